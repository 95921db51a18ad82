//! Sorts the list that it was given.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "takes a median")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|numbers: &Vec<u64>| {
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            sorted[sorted.len() / 2]
        })
        .build()
}
