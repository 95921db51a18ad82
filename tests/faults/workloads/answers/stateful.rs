//! Answers differently when it is called again.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
