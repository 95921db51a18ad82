//! A port that is faster on the case that is measured, and much slower on a large one.

use pairbench::registry::prelude::*;
use std::hint::black_box;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "takes steps")
        .input(|size, _| size)
        .cases("things", &[5, 10, 8_000])
        .rust(|size: &u64| {
            (0..size * size).for_each(|step| {
                black_box(step);
            });
            *size
        })
        .build()
}
