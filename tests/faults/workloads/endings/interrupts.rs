//! Raises what Ctrl-C raises, which no `except Exception` catches.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
