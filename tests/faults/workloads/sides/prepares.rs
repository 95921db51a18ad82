//! The first call of Python does work for all later ones, whatever their input: as an import does or a JIT.

use pairbench::registry::Pair;

/// The pair.
pub fn pair() -> Pair {
    crate::adds_numbers()
}
