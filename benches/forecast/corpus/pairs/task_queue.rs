//! Run tasks with priorities and dependencies on some machines, with two heaps.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "runs tasks by priority")
        .input(generate)
        .cases("tasks", &[10, 3_000, 12_000])
        .build()
}

#[derive(Serialize)]
struct Input {
    tasks: Vec<(String, u32, u64)>,
    needs: Vec<(String, String)>,
    machines: u32,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut task = |number| {
        let name = format!("{}-{number}", word(&mut rng, 1..=3));
        (name, rng.random_range(0..10), rng.random_range(1..=300))
    };
    let tasks: Vec<(String, u32, u64)> = (0..size).map(&mut task).collect();
    let mut needs = Vec::new();
    for later in 1..tasks.len() {
        for _ in 0..rng.random_range(0..3) {
            let earlier = rng.random_range(later.saturating_sub(200)..later);
            needs.push((tasks[later].0.clone(), tasks[earlier].0.clone()));
        }
    }
    Input {
        tasks,
        needs,
        machines: 8,
    }
}
