//! Is fine when verified, and panics while it is measured.

use pairbench::registry::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|numbers: &Vec<u64>| {
            assert!(CALLS.fetch_add(1, Ordering::Relaxed) < 300, "had enough of it");
            crate::sum(numbers)
        })
        .build()
}

/// Calls so far.
static CALLS: AtomicU64 = AtomicU64::new(0);
