//! Does as a test asks: prints or takes memory without end. Else it is good.

use pairbench::registry::prelude::*;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(crate::numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|numbers: &Vec<u64>| rust(numbers))
        .build()
}

/// What to do, and whether to do it at once or while being measured.
static ASKED: LazyLock<String> = LazyLock::new(|| std::env::var("PAIRBENCH_TEST_UNRULY").unwrap_or_default());

/// Calls so far.
static CALLS: AtomicU64 = AtomicU64::new(0);

fn rust(numbers: &[u64]) -> u64 {
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    match ASKED.as_str() {
        "rust-talk" => talk(),
        "rust-talk later" if call > 300 => talk(),
        "rust-eat" => eat(),
        "rust-eat later" if call > 300 => eat(),
        _ => crate::sum(numbers),
    }
}

fn talk() -> u64 {
    loop {
        println!("{}", "and another thing ".repeat(100));
    }
}

fn eat() -> u64 {
    let mut hoard = Vec::new();
    loop {
        hoard.push(vec![hoard.len() as u8 | 1; 1 << 20]);
    }
}
