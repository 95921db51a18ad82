//! Which goods are bought together: frequent sets of up to three, by intersections.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "finds goods bought together")
        .input(generate)
        .cases("baskets", &[20, 4_000, 16_000])
        .build()
}

#[derive(Serialize)]
struct Input {
    baskets: Vec<Vec<String>>,
    least: u64,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let goods: Vec<String> = (0..40)
        .map(|number| format!("{}{number}", word(&mut rng, 1..=3)))
        .collect();
    let mut basket = |_| {
        let count = rng.random_range(1..=8);
        // The square prefers the first of them.
        let mut good = |_| goods[(rng.random::<f64>().powi(2) * 40.0) as usize].clone();
        (0..count).map(&mut good).collect()
    };
    Input {
        baskets: (0..size).map(&mut basket).collect(),
        least: 2 + size / 50,
    }
}
