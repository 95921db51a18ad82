//! A pair that agrees and is measured, but of which more is expected than any computer can do.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|numbers: &Vec<u64>| crate::sum(numbers))
        .at_least("rust", 1e12)
        .build()
}
