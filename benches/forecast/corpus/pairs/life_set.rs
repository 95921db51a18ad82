//! The game of life on a set of cells.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::{HashMap, HashSet};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "plays life on a set of cells")
        .input(generate)
        .cases("cells", &[20, 500, 2_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    cells: Vec<(i32, i32)>,
    steps: u32,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let side = (size as f64 * 3.4).sqrt() as i32;
    let mut cell = |_| (rng.random_range(0..=side), rng.random_range(0..=side));
    Input {
        cells: (0..size).map(&mut cell).collect(),
        steps: 6,
    }
}

fn rust(input: &Input) -> Vec<(i32, i32)> {
    let mut live: HashSet<(i32, i32)> = input.cells.iter().copied().collect();
    for _ in 0..input.steps {
        let mut counts: HashMap<(i32, i32), u8> = HashMap::new();
        for &(x, y) in &live {
            for dx in -1..=1 {
                for dy in -1..=1 {
                    if dx != 0 || dy != 0 {
                        *counts.entry((x + dx, y + dy)).or_default() += 1;
                    }
                }
            }
        }
        live = counts
            .into_iter()
            .filter(|(cell, count)| *count == 3 || *count == 2 && live.contains(cell))
            .map(|(cell, _)| cell)
            .collect();
    }
    let mut cells: Vec<_> = live.into_iter().collect();
    cells.sort_unstable();
    cells
}
