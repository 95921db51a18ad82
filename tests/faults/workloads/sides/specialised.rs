//! Python becomes faster at the ninth call: CPython 3.11 does so to functions with only `while` loops.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
