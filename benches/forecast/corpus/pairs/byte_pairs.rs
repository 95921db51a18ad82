//! A tokeniser by byte pairs: learn the most frequent pairs of a text, and encode its words.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "learns and applies byte pairs")
        .input(generate)
        .cases("sentences", &[3, 12, 60])
        .build()
}

#[derive(Serialize)]
struct Input {
    text: String,
    merges: u32,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    Input {
        text: (0..size).map(|_| sentence(&mut rng)).collect(),
        merges: 40,
    }
}
