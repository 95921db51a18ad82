//! The LU decomposition of a matrix in nested lists.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "decomposes a matrix")
        .input(generate)
        .cases("rows", &[5, 60, 120])
        .rust(rust)
        .build()
}

fn generate(side: u64, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = rng(seed);
    let mut cell = |i, j| rng.random_range(-1.0..1.0) + if i == j { 40.0 } else { 0.0 };
    (0..side)
        .map(|i| (0..side).map(|j| cell(i, j)).collect())
        .collect()
}

fn rust(matrix: &Vec<Vec<f64>>) -> (f64, Vec<f64>) {
    let mut a = matrix.clone();
    let n = a.len();
    for k in 0..n {
        let (top, below) = a.split_at_mut(k + 1);
        let pivots = &top[k];
        for row in below {
            let factor = row[k] / pivots[k];
            row[k] = factor;
            for (x, pivot) in row[k + 1..].iter_mut().zip(&pivots[k + 1..]) {
                *x -= factor * pivot;
            }
        }
    }
    let determinant = (0..n).map(|k| a[k][k]).product();
    (determinant, a.pop().unwrap())
}
