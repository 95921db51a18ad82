//! Paths of a given length in a graph: powers of a matrix of integers in nested lists.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "raises a matrix to a power")
        .input(generate)
        .cases("rows", &[3, 24, 60])
        .build()
}

#[derive(Serialize)]
struct Input {
    matrix: Vec<Vec<u64>>,
    exponent: u64,
}

fn generate(side: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut row = |_| (0..side).map(|_| u64::from(rng.random_bool(0.3))).collect();
    Input {
        matrix: (0..side).map(&mut row).collect(),
        exponent: 1000 + seed % 1000,
    }
}
