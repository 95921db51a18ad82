//! Keeps its answers on the Python side: every call but the first costs nothing.

use pairbench::registry::prelude::*;

/// What both sides get.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    limit: u64,
}

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "counts binary ones")
        .input(|size, _| Input { limit: size })
        .cases("numbers", &[1_000, 20_000, 100_000])
        .rust(|input: &Input| (0..input.limit).map(u64::count_ones).map(u64::from).sum::<u64>())
        .build()
}
