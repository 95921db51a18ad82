//! Simulate an epidemic among people who meet at random, with random numbers of its own.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "simulates an epidemic")
        .input(generate)
        .cases("people", &[50, 1_200, 5_000])
        .build()
}

#[derive(Serialize)]
struct Input {
    people: u64,
    days: u32,
    seed: u32,
}

fn generate(people: u64, seed: u64) -> Input {
    Input {
        people,
        days: 25,
        seed: (seed % 1_000_000_007) as u32,
    }
}
