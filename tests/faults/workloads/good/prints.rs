//! Prints a lot, past Python's own buffers too; none of it may reach the protocol.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
