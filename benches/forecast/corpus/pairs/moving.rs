//! Moving means and the runs in which they rise, with itertools.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "finds runs in moving means")
        .input(generate)
        .cases("numbers", &[50, 30_000, 120_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<i64> {
    let mut rng = rng(seed);
    // The means rise at first, so that there is a longest rise.
    let mut numbers: Vec<i64> = (0..20).collect();
    numbers.extend((0..size).map(|_| rng.random_range(0..=1000)));
    numbers
}

fn rust(xs: &Vec<i64>) -> (f64, usize, usize) {
    let mut prefix = vec![0];
    let mut sum = 0;
    prefix.extend(xs.iter().map(|x| {
        sum += x;
        sum
    }));
    let means: Vec<f64> = prefix
        .iter()
        .zip(&prefix[16..])
        .map(|(a, b)| (b - a) as f64 / 16.0)
        .collect();
    let rises: Vec<bool> = means.windows(2).map(|pair| pair[1] > pair[0]).collect();
    let runs: Vec<(bool, usize)> = rises
        .chunk_by(|a, b| a == b)
        .map(|run| (run[0], run.len()))
        .collect();
    let longest = runs.iter().filter(|run| run.0).map(|run| run.1).max();
    (means.iter().sum(), runs.len(), longest.unwrap())
}
