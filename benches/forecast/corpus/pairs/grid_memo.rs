//! The cheapest path through a grid, by recursion with a memo in a dict.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "finds the cheapest path with a memo")
        .input(generate)
        .cases("rows", &[5, 90, 140])
        .rust(rust)
        .build()
}

fn generate(side: u64, seed: u64) -> Vec<Vec<i64>> {
    let mut rng = rng(seed);
    (0..side)
        .map(|_| (0..side).map(|_| rng.random_range(1..=9)).collect())
        .collect()
}

type Memo = HashMap<(usize, usize), i64>;

fn cost(grid: &[Vec<i64>], i: usize, j: usize, memo: &mut Memo) -> i64 {
    if let Some(&known) = memo.get(&(i, j)) {
        return known;
    }
    let here = grid[i][j];
    let found = match (i, j) {
        (0, 0) => here,
        (0, _) => here + cost(grid, i, j - 1, memo),
        (_, 0) => here + cost(grid, i - 1, j, memo),
        _ => here + cost(grid, i - 1, j, memo).min(cost(grid, i, j - 1, memo)),
    };
    memo.insert((i, j), found);
    found
}

fn rust(grid: &Vec<Vec<i64>>) -> (i64, usize) {
    let mut memo = Memo::new();
    let least = cost(grid, grid.len() - 1, grid[0].len() - 1, &mut memo);
    (least, memo.len())
}
