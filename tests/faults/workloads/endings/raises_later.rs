//! Is fine when verified, and raises while it is measured.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
