//! Panics in Rust while it sets up what it needs.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust_variant_with(
            "rust",
            || -> u8 { panic!("no pool today") },
            |_, numbers: &Vec<u64>| crate::sum(numbers),
        )
        .build()
}
