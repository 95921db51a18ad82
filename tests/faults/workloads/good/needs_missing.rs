//! A variant that needs a module which nobody has: skipped, and no failure.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .python(&["extra"])
        .requires("extra", "a_module_that_nobody_has")
        .rust(|numbers: &Vec<u64>| crate::sum(numbers))
        .build()
}
