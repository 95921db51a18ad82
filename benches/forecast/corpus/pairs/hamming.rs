//! Near duplicates: fingerprints of texts (SimHash), and which of them differ in few bits.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "finds near duplicates by fingerprints")
        .input(generate)
        .cases("texts", &[5, 150, 500])
        .build()
}

#[derive(Serialize)]
struct Input {
    texts: Vec<String>,
    distance: u32,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut texts: Vec<String> = Vec::new();
    for _ in 0..size {
        let text = match texts.choose(&mut rng) {
            Some(copied) if rng.random_bool(0.2) => format!("{copied} {}", word(&mut rng, 1..=4)),
            _ => sentence(&mut rng),
        };
        texts.push(text);
    }
    Input { texts, distance: 12 }
}
