//! The spectral norm of an infinite matrix, cut off.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "computes a spectral norm")
        .input(generate)
        .cases("rows", &[5, 60, 120])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> u64 {
    size + seed % 2
}

fn cell(i: usize, j: usize) -> f64 {
    1.0 / (((i + j) * (i + j + 1)) as f64 / 2.0 + i as f64 + 1.0)
}

fn times(u: &[f64]) -> Vec<f64> {
    let row = |i| u.iter().enumerate().map(|(j, x)| cell(i, j) * x).sum();
    (0..u.len()).map(row).collect()
}

fn times_transposed(u: &[f64]) -> Vec<f64> {
    let row = |i| u.iter().enumerate().map(|(j, x)| cell(j, i) * x).sum();
    (0..u.len()).map(row).collect()
}

fn rust(&n: &u64) -> f64 {
    let mut u = vec![1.0; n as usize];
    let mut v = Vec::new();
    for _ in 0..2 {
        v = times_transposed(&times(&u));
        u = times_transposed(&times(&v));
    }
    let (mut vbv, mut vv) = (0.0, 0.0);
    for (a, b) in u.iter().zip(&v) {
        vbv += a * b;
        vv += b * b;
    }
    f64::sqrt(vbv / vv)
}
