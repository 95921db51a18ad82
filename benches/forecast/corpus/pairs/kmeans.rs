//! A few rounds of k-means on points in the plane.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "clusters points in the plane")
        .input(generate)
        .cases("points", &[20, 2_500, 10_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    points: Vec<(f64, f64)>,
    centers: Vec<(f64, f64)>,
    rounds: u32,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    Input {
        points: (0..size).map(|_| (rng.random(), rng.random())).collect(),
        centers: (0..8).map(|_| (rng.random(), rng.random())).collect(),
        rounds: 3,
    }
}

fn rust(input: &Input) -> Vec<(f64, f64)> {
    let mut centers = input.centers.clone();
    for _ in 0..input.rounds {
        let mut sums = vec![(0.0, 0.0, 0_u32); centers.len()];
        for &(x, y) in &input.points {
            let (mut best, mut least) = (0, 1e300);
            for (at, &(cx, cy)) in centers.iter().enumerate() {
                let distance = (x - cx) * (x - cx) + (y - cy) * (y - cy);
                if distance < least {
                    least = distance;
                    best = at;
                }
            }
            let sum = &mut sums[best];
            sum.0 += x;
            sum.1 += y;
            sum.2 += 1;
        }
        for (center, &(x, y, count)) in centers.iter_mut().zip(&sums) {
            if count > 0 {
                *center = (x / f64::from(count), y / f64::from(count));
            }
        }
    }
    centers
}
