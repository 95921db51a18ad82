//! Reads its standard input, which is empty, and not the harness's requests.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
