//! An input so small that the processor learns the branches that it takes.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "adds what rises and takes away what falls")
        .input(crate::numbers)
        .cases("numbers", &[10, 1_000, 4_000])
        .rust(|numbers: &Vec<u64>| {
            let mut total = 0_i64;
            for pair in numbers.windows(2) {
                let number = pair[1] as i64;
                total += if pair[1] > pair[0] { number } else { -number };
            }
            total
        })
        .build()
}
