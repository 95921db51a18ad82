//! A pair whose port is still to be written: everything else of it can be verified, measured and profiled.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .python(&["shorter"])
        .rust(|_: &Vec<u64>| -> u64 { todo!("the loop") })
        .build()
}
