//! The longest Collatz sequence, with all lengths kept in a dict.

use pairbench::registry::prelude::*;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "finds the longest Collatz sequence")
        .input(generate)
        .cases("numbers", &[50, 12_000, 50_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> u64 {
    2 + size + seed % 10
}

fn rust(&limit: &u64) -> (u64, u64) {
    let mut cache = HashMap::from([(1, 1)]);
    let mut best = (0, 0);
    let mut path = Vec::new();
    for start in 1..limit {
        let mut number = start;
        path.clear();
        let mut length = loop {
            if let Some(&known) = cache.get(&number) {
                break known;
            }
            path.push(number);
            number = if number % 2 == 0 {
                number / 2
            } else {
                3 * number + 1
            };
        };
        for &passed in path.iter().rev() {
            length += 1;
            cache.insert(passed, length);
        }
        if length > best.0 {
            best = (length, start);
        }
    }
    best
}
