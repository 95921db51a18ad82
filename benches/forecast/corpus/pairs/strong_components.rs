//! Tarjan's strongly connected components of packages that import one another, without recursion.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "finds circles of imports")
        .input(generate)
        .cases("packages", &[20, 3_000, 12_000])
        .build()
}

#[derive(Serialize)]
struct Input {
    names: Vec<String>,
    imports: Vec<(String, String)>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let names: Vec<String> = (0..size)
        .map(|number| format!("{}_{number}", word(&mut rng, 1..=3)))
        .collect();
    let mut import = |_| {
        // Most packages import older ones; the others close circles.
        let a = rng.random_range(0..names.len());
        let b = rng.random_range(0..names.len());
        let older = rng.random_bool(0.97);
        let (from, to) = if older { (a.max(b), a.min(b)) } else { (a, b) };
        (names[from].clone(), names[to].clone())
    };
    let imports = (0..size * 2).map(&mut import).collect();
    Input { names, imports }
}
