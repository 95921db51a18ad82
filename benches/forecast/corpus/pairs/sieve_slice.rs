//! The sieve of Eratosthenes, with assignments to slices. In Rust that is the same loop as without.

use crate::sieve::{generate, rust};
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "sieves primes with slices")
        .input(generate)
        .cases("numbers", &[100, 1_000_000, 3_000_000])
        .rust(rust)
        .build()
}
