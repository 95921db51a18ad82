//! Moving sums through three generators.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::VecDeque;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "sums windows of numbers through generators")
        .input(generate)
        .cases("numbers", &[50, 30_000, 120_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<i64> {
    let mut rng = rng(seed);
    (0..size).map(|_| rng.random_range(0..=1_000_000)).collect()
}

fn rust(xs: &Vec<i64>) -> (u64, i64) {
    let (mut count, mut sum, mut total) = (0, 0, 0_i64);
    let mut window = VecDeque::new();
    for x in xs.iter().map(|x| x * 3 + 1).filter(|x| x & 1 == 1) {
        window.push_back(x);
        total += x;
        if window.len() > 8 {
            total -= window.pop_front().unwrap();
        }
        if window.len() == 8 {
            count += 1;
            sum += total.div_euclid(8);
        }
    }
    (count, sum)
}
