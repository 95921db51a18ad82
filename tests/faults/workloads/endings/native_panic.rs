//! Raises an exception of the class that PyO3 has for a panic in an extension module.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
