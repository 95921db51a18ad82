//! Read expressions in parentheses by recursive descent, and evaluate them.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "reads and evaluates expressions")
        .input(generate)
        .cases("expressions", &[5, 50, 200])
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    (0..size).map(|_| expression(&mut rng, 5)).collect()
}

fn expression(rng: &mut Draws, depth: u32) -> String {
    if depth == 0 || rng.random_bool(0.15) {
        return match rng.random_range(0..3) {
            0 => "x".to_string(),
            1 => "y".to_string(),
            _ => rng.random_range(0..1000).to_string(),
        };
    }
    let kind = rng.random_range(0..7);
    let mut inner = || expression(rng, depth - 1);
    match kind {
        0 => format!("(if (< {} {}) {} {})", inner(), inner(), inner(), inner()),
        1 => format!("(let x {} {})", inner(), inner()),
        2 => format!("(fold y {} 3 (+ y {}))", inner(), inner()),
        3 => format!("(max {} {} {})", inner(), inner(), inner()),
        4 => format!("(* {} {})", inner(), inner()),
        _ => format!("(+ {} {} {})", inner(), inner(), inner()),
    }
}
