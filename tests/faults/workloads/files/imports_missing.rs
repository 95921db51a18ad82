//! Imports a module that nobody has, outside any variant that could be skipped.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
