//! Paths of a given length in a graph: powers of a matrix of integers in nested lists.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "raises a matrix to a power")
        .input(generate)
        .cases("rows", &[3, 24, 60])
        .rust(rust)
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

const PRIME: u64 = 1_000_000_007;

fn product(a: &[Vec<u64>], b: &[Vec<u64>]) -> Vec<Vec<u64>> {
    let columns: Vec<Vec<u64>> = (0..b[0].len())
        .map(|at| b.iter().map(|row| row[at]).collect())
        .collect();
    let cell = |row: &[u64], column: &[u64]| {
        let products = row
            .iter()
            .zip(column)
            .map(|(&x, &y)| u128::from(x) * u128::from(y));
        (products.sum::<u128>() % u128::from(PRIME)) as u64
    };
    a.iter()
        .map(|row| columns.iter().map(|column| cell(row, column)).collect())
        .collect()
}

fn rust(input: &Input) -> (u64, Vec<u64>, Vec<u64>) {
    let n = input.matrix.len();
    let mut result: Vec<Vec<u64>> = (0..n)
        .map(|i| (0..n).map(|j| u64::from(i == j)).collect())
        .collect();
    let mut base = input.matrix.clone();
    let mut exponent = input.exponent;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product(&result, &base);
        }
        base = product(&base, &base);
        exponent >>= 1;
    }
    let trace = (0..n).map(|i| result[i][i]).sum::<u64>() % PRIME;
    let last = result.iter().map(|row| row[n - 1]).collect();
    (trace, result.swap_remove(0), last)
}
