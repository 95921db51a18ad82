//! A bench executable with pairs of its own, most of which fail: the tests beside it check what the harness reports of each.
//!
//! It is declared as another crate would do it: a build script, [`pairbench::pairs!`] and a `main`.

use pairbench::cli::{Suite, bench_main};
use pairbench::registry::{Pair, Profile};
use std::process::ExitCode;

pairbench::pairs!();

fn main() -> ExitCode {
    bench_main(Suite {
        registry: registry(),
        register_extension: None,
    })
}

/// The Rust side of the pairs whose fault is in Python.
fn adds_numbers() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|numbers: &Vec<u64>| sum(numbers))
        .build()
}

/// The input of most pairs here: numbers below a thousand, in no order.
fn numbers(size: u64, seed: u64) -> Vec<u64> {
    (0..size)
        .map(|at| (at + seed + 1).wrapping_mul(2_654_435_761) % 1_000)
        .collect()
}

/// What most pairs here compute.
fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}
