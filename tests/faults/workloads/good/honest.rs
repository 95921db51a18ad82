//! A good pair: it finishes and stays in the report, whatever the others do.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .versions(|| vec![("serde", crate::locked("serde").into()), ("Abacus", "3".into())])
        .rust(|numbers: &Vec<u64>| crate::sum(numbers))
        .build()
}
