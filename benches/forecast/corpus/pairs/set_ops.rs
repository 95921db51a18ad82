//! Set algebra on sets of integers.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashSet;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "computes with sets of integers")
        .input(generate)
        .cases("numbers in a set", &[50, 4_000, 16_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<Vec<i64>> {
    let mut rng = rng(seed);
    let largest = size as i64 * 9 / 4;
    (0..16)
        .map(|_| (0..size).map(|_| rng.random_range(0..=largest)).collect())
        .collect()
}

type Sizes = (usize, usize, usize, usize, i64);

fn rust(lists: &Vec<Vec<i64>>) -> (Vec<Sizes>, Vec<i64>) {
    let sets: Vec<HashSet<i64>> = lists.iter().map(|list| list.iter().copied().collect()).collect();
    let sizes = |pair: &[HashSet<i64>]| {
        let (a, b) = (&pair[0], &pair[1]);
        let both: HashSet<i64> = a & b;
        (
            both.len(),
            (a | b).len(),
            (a - b).len(),
            (a ^ b).len(),
            both.iter().copied().min().unwrap_or(-1),
        )
    };
    let out = sets.windows(2).map(sizes).collect();
    let everything: HashSet<i64> = sets.iter().flatten().copied().collect();
    let mut everything: Vec<i64> = everything.into_iter().collect();
    everything.sort_unstable();
    (out, everything)
}
