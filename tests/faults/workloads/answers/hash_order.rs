//! Answers in the order of a set of texts, which is another one in each process.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|numbers: &Vec<u64>| {
            numbers
                .iter()
                .map(|number| format!("number {number}"))
                .collect::<Vec<_>>()
        })
        .build()
}
