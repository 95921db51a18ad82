//! Differs from Rust in one item far behind.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|numbers: &Vec<u64>| numbers.iter().map(|number| number * 2).collect::<Vec<_>>())
        .build()
}
