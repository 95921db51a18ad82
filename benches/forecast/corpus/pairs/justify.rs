//! Break paragraphs into lines of equal width, with the spaces spread between the words.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "breaks and justifies paragraphs")
        .input(generate)
        .cases("paragraphs", &[5, 400, 1_600])
        .build()
}

#[derive(Serialize)]
struct Input {
    paragraphs: Vec<String>,
    width: u32,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut paragraph = |_| {
        let sentences = rng.random_range(0..=8);
        (0..sentences).map(|_| sentence(&mut rng)).collect()
    };
    Input {
        paragraphs: (0..size).map(&mut paragraph).collect(),
        width: 72,
    }
}
