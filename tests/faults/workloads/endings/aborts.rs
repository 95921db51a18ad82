//! Aborts in Rust.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|_: &Vec<u64>| -> u64 {
            eprintln!("about to abort");
            std::process::abort()
        })
        .build()
}
