//! The game of life on a grid of lists.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "plays life on a grid")
        .input(generate)
        .cases("rows", &[4, 64, 200])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    grid: Vec<Vec<u8>>,
    steps: u32,
}

fn generate(side: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut row = |_| (0..side).map(|_| u8::from(rng.random_bool(0.3))).collect();
    Input {
        grid: (0..side).map(&mut row).collect(),
        steps: 6,
    }
}

fn rust(input: &Input) -> Vec<Vec<u8>> {
    let mut grid = input.grid.clone();
    let (height, width) = (grid.len(), grid[0].len());
    for _ in 0..input.steps {
        let mut new = Vec::with_capacity(height);
        for y in 0..height {
            let (up, row, down) = (
                &grid[(y + height - 1) % height],
                &grid[y],
                &grid[(y + 1) % height],
            );
            let cell = |x: usize| {
                let left = if x == 0 { width - 1 } else { x - 1 };
                let right = if x + 1 == width { 0 } else { x + 1 };
                let mut around = up[left] + up[x] + up[right] + row[left] + row[right];
                around += down[left] + down[x] + down[right];
                u8::from(around == 3 || (around == 2 && row[x] != 0))
            };
            new.push((0..width).map(cell).collect());
        }
        grid = new;
    }
    grid
}
