//! A pair without a Rust side: what a smaller step gains can be measured before anything is ported.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .python(&["shorter"])
        .build()
}
