//! A linear regression over two lists of floats.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "fits a line to points")
        .input(generate)
        .cases("points", &[20, 30_000, 120_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    xs: Vec<f64>,
    ys: Vec<f64>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let xs: Vec<f64> = (0..size + 3).map(|_| rng.random_range(-3.0..3.0)).collect();
    let ys = xs.iter().map(|x| 2.0 * x + rng.random_range(-1.0..1.0)).collect();
    Input { xs, ys }
}

fn rust(Input { xs, ys }: &Input) -> [f64; 4] {
    let n = xs.len() as f64;
    let mx = xs.iter().sum::<f64>() / n;
    let my = ys.iter().sum::<f64>() / n;
    let (mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0);
    for (x, y) in xs.iter().zip(ys) {
        let (dx, dy) = (x - mx, y - my);
        sxx += dx * dx;
        syy += dy * dy;
        sxy += dx * dy;
    }
    let slope = sxy / sxx;
    let mut residual = 0.0;
    for (x, y) in xs.iter().zip(ys) {
        let error = y - (my + slope * (x - mx));
        residual += error * error;
    }
    [
        slope,
        my - slope * mx,
        sxy / (sxx * syy).sqrt(),
        (residual / (n - 2.0)).sqrt(),
    ]
}
