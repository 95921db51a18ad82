//! The sieve of Eratosthenes, one assignment for each multiple.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "sieves primes")
        .input(generate)
        .cases("numbers", &[100, 60_000, 240_000])
        .rust(rust)
        .build()
}

pub(crate) fn generate(size: u64, seed: u64) -> u64 {
    2 + size + seed % 10
}

pub(crate) fn rust(&n: &u64) -> (usize, u64) {
    let n = n as usize;
    let mut flags = vec![true; n + 1];
    flags[0] = false;
    flags[1] = false;
    let mut i = 2;
    while i * i <= n {
        if flags[i] {
            for j in (i * i..=n).step_by(i) {
                flags[j] = false;
            }
        }
        i += 1;
    }
    let count = flags.iter().filter(|&&flag| flag).count();
    let sum = (0_u64..)
        .zip(&flags)
        .filter(|(_, flag)| **flag)
        .map(|(i, _)| i)
        .sum();
    (count, sum)
}
