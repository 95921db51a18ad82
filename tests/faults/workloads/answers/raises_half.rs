//! Raises with half of a surrogate pair, which no text of Rust holds.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
