//! Fibonacci numbers by plain recursion: nothing but calls.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "computes Fibonacci numbers recursively")
        .input(generate)
        .cases("th number", &[10, 21, 25])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> u64 {
    size.min(25) + seed % 2
}

fn fib(n: u64) -> u64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

fn rust(&n: &u64) -> u64 {
    fib(n)
}
