//! Breadth-first search in a grid; the distances are in a dict.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::{HashMap, VecDeque};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "searches a grid breadth first")
        .input(generate)
        .cases("rows", &[5, 100, 250])
        .rust(rust)
        .build()
}

fn generate(side: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    let mut cell = |y, x| {
        if y + x > 3 && rng.random_bool(0.2) {
            '#'
        } else {
            '.'
        }
    };
    (0..side)
        .map(|y| (0..side).map(|x| cell(y, x)).collect())
        .collect()
}

fn rust(grid: &Vec<String>) -> (usize, u32, u32) {
    let grid: Vec<&[u8]> = grid.iter().map(|row| row.as_bytes()).collect();
    let (height, width) = (grid.len(), grid[0].len());
    let mut seen = HashMap::from([((0, 0), 0)]);
    let mut queue = VecDeque::from([(0_usize, 0_usize)]);
    while let Some((y, x)) = queue.pop_front() {
        let distance = seen[&(y, x)];
        for (dy, dx) in [(0, 1), (1, 0), (0, -1), (-1, 0)] {
            let next = (y.wrapping_add_signed(dy), x.wrapping_add_signed(dx));
            let inside = next.0 < height && next.1 < width;
            if inside && grid[next.0][next.1] == b'.' && !seen.contains_key(&next) {
                seen.insert(next, distance + 1);
                queue.push_back(next);
            }
        }
    }
    (seen.len(), *seen.values().max().unwrap(), seen.values().sum())
}
