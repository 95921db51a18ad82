//! The sieve of Eratosthenes, with assignments to slices.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "sieves primes with slices")
        .input(generate)
        .cases("numbers", &[100, 1_000_000, 3_000_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> u64 {
    2 + size + seed % 10
}

fn rust(&n: &u64) -> (usize, u64) {
    let n = n as usize;
    let mut flags = vec![true; n + 1];
    flags[0] = false;
    flags[1] = false;
    for i in 2..=n.isqrt() {
        if flags[i] {
            for j in (i * i..=n).step_by(i) {
                flags[j] = false;
            }
        }
    }
    let count = flags.iter().filter(|&&flag| flag).count();
    let sum = (0_u64..)
        .zip(&flags)
        .filter(|(_, flag)| **flag)
        .map(|(i, _)| i)
        .sum();
    (count, sum)
}
