//! The knapsack problem, by a table of the best values.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "fills a knapsack by dynamic programming")
        .input(generate)
        .cases("capacity", &[50, 2_000, 8_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    capacity: usize,
    items: Vec<(usize, i64)>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut item = |_| (rng.random_range(5..=300), rng.random_range(1..=500));
    Input {
        capacity: size as usize,
        items: (0..50).map(&mut item).collect(),
    }
}

fn rust(input: &Input) -> Vec<i64> {
    let mut best = vec![0; input.capacity + 1];
    for &(weight, value) in &input.items {
        for capacity in (weight..=input.capacity).rev() {
            let candidate = best[capacity - weight] + value;
            if candidate > best[capacity] {
                best[capacity] = candidate;
            }
        }
    }
    best
}
