//! Comprehensions over a list of integers.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "filters and maps a list")
        .input(generate)
        .cases("numbers", &[50, 60_000, 240_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<i64> {
    let mut rng = rng(seed);
    // Some numbers rise at first, so that there is a largest sum.
    let mut numbers = vec![1, 2, 4, 5];
    numbers.extend((0..size).map(|_| rng.random_range(-1_000_000..=1_000_000)));
    numbers
}

fn rust(xs: &Vec<i64>) -> (usize, i64, usize, i64, i64) {
    let a: Vec<i64> = xs
        .iter()
        .filter(|&x| x % 3 != 0)
        .map(|x| (x * x).rem_euclid(1009))
        .collect();
    let b: Vec<i64> = a
        .windows(2)
        .filter(|pair| pair[0] < pair[1])
        .map(|pair| pair[0] + pair[1])
        .collect();
    (
        a.len(),
        a.iter().sum(),
        b.len(),
        b.iter().sum(),
        *b.iter().max().unwrap(),
    )
}
