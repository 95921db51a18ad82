//! Uses what Python will remove, as its warnings tell: said, and no failure.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
