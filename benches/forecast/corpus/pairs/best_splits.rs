//! Split joined words into the cheapest known words, by recursion with functools.lru_cache.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::BTreeMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "splits joined words")
        .input(generate)
        .cases("texts", &[3, 60, 240])
        .build()
}

#[derive(Serialize)]
struct Input {
    costs: BTreeMap<String, u32>,
    texts: Vec<String>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let costs: BTreeMap<String, u32> = (0..400)
        .map(|_| (word(&mut rng, 1..=3), rng.random_range(1..=40)))
        .collect();
    let known: Vec<&String> = costs.keys().collect();
    let mut text = |_| {
        let words = rng.random_range(1..=14);
        (0..words)
            .map(|_| match rng.random_range(0..8) {
                0 => "xyz",
                _ => known.choose(&mut rng).unwrap().as_str(),
            })
            .collect()
    };
    let texts = (0..size).map(&mut text).collect();
    Input { costs, texts }
}
