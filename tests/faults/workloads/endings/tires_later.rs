//! A variant beside a good baseline is fine when verified, and raises while it is measured.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .python(&["same"])
        .rust(|numbers: &Vec<u64>| crate::sum(numbers))
        .build()
}
