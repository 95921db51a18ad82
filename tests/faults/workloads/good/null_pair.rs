//! The same Python function under two names: an honest harness finds a ratio of 1.

use pairbench::registry::prelude::*;

/// What both sides get.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    start: u64,
    count: u64,
}

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "hashes the numbers of a range")
        .input(|size, seed| Input {
            start: seed % 1_000,
            count: size,
        })
        .cases("numbers", &[1_000, 50_000, 200_000])
        .python(&["same"])
        .rust(|input: &Input| {
            (input.start..input.start + input.count)
                .fold(7_u64, |hash, number| (hash * 31 + number) & 0xffff_ffff)
        })
        .build()
}
