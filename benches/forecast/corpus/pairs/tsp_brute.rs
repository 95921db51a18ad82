//! The shortest round trip, by trying all.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "tries all round trips")
        .input(generate)
        .cases("cities", &[4, 8, 9])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<Vec<i64>> {
    let mut rng = rng(seed);
    let cities = size.clamp(2, 9);
    (0..cities)
        .map(|_| (0..cities).map(|_| rng.random_range(1..=100)).collect())
        .collect()
}

/// The next permutation in ascending order, as `itertools.permutations` of sorted items gives them.
fn advance(order: &mut [usize]) -> bool {
    let Some(at) = (1..order.len()).rev().find(|&at| order[at - 1] < order[at]) else {
        return false;
    };
    let other = (at..order.len())
        .rev()
        .find(|&other| order[other] > order[at - 1])
        .unwrap();
    order.swap(at - 1, other);
    order[at..].reverse();
    true
}

fn rust(distances: &Vec<Vec<i64>>) -> (i64, Vec<usize>) {
    let mut order: Vec<usize> = (1..distances.len()).collect();
    let mut best: Option<(i64, Vec<usize>)> = None;
    loop {
        let (mut total, mut at) = (0, 0);
        for &city in &order {
            total += distances[at][city];
            at = city;
        }
        total += distances[at][0];
        if best.as_ref().is_none_or(|best| total < best.0) {
            best = Some((total, order.clone()));
        }
        if !advance(&mut order) {
            return best.unwrap();
        }
    }
}
