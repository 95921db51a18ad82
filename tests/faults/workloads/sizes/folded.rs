//! A port whose time does not grow: what a compiler makes of a loop whose result it can compute.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds the numbers of a range")
        .input(|size, _| size)
        .cases("numbers", &[100, 1_000, 20_000])
        .rust(|size: &u64| size * (size - 1) / 2)
        .build()
}
