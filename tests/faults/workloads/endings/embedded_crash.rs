//! Crashes in the interpreter inside the bench process, and nowhere else.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
