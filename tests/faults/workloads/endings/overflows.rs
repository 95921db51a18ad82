//! Overflows the stack in Rust, after the embedded Python has started.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|numbers: &Vec<u64>| deeper(numbers, 0))
        .build()
}

/// Ends for the smallest case only.
fn deeper(numbers: &[u64], depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 100]);
    if numbers.len() == 10 && depth == 10 {
        return crate::sum(numbers);
    }
    let below = deeper(std::hint::black_box(numbers), depth + 1);
    std::hint::black_box(&room);
    below
}
