//! Run tasks with priorities and dependencies on some machines, with two heaps.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "runs tasks by priority")
        .input(generate)
        .cases("tasks", &[10, 3_000, 12_000])
        .rust(rust)
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

fn rust(input: &Input) -> (u64, usize, Vec<String>) {
    let machines = input.machines as usize;
    let mut waiting: HashMap<&str, u32> = HashMap::new();
    let mut unlocks: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut details: HashMap<&str, (u32, u64)> = HashMap::new();
    for (name, priority, seconds) in &input.tasks {
        waiting.insert(name, 0);
        unlocks.insert(name, Vec::new());
        details.insert(name, (*priority, *seconds));
    }
    for (later, earlier) in &input.needs {
        *waiting.get_mut(later.as_str()).unwrap() += 1;
        unlocks.get_mut(earlier.as_str()).unwrap().push(later);
    }
    let mut ready: BinaryHeap<(u32, Reverse<&str>)> = input
        .tasks
        .iter()
        .filter(|(name, ..)| waiting[name.as_str()] == 0)
        .map(|(name, priority, _)| (*priority, Reverse(name.as_str())))
        .collect();
    let mut running = BinaryHeap::new();
    let (mut now, mut idle) = (0, 0);
    let mut order = Vec::new();
    while !ready.is_empty() || !running.is_empty() {
        while running.len() < machines
            && let Some((_, Reverse(name))) = ready.pop()
        {
            order.push(name.to_string());
            running.push(Reverse((now + details[name].1, name)));
        }
        idle += machines - running.len();
        let Reverse((finished, name)) = running.pop().unwrap();
        now = finished;
        for &later in &unlocks[name] {
            let missing = waiting.get_mut(later).unwrap();
            *missing -= 1;
            if *missing == 0 {
                ready.push((details[later].0, Reverse(later)));
            }
        }
    }
    (now, idle, order)
}
