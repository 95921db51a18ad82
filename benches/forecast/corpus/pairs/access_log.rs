//! Analyse an access log with a regular expression: traffic by path, errors by address.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "analyses an access log")
        .input(generate)
        .cases("lines", &[20, 5_000, 20_000])
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    let paths: Vec<String> = (0..60)
        .map(|_| format!("/{}/{}", word(&mut rng, 1..=3), word(&mut rng, 1..=4)))
        .collect();
    let mut line = |_| {
        if rng.random_bool(0.02) {
            return sentence(&mut rng);
        }
        let address = format!("10.0.{}.{}", rng.random_range(0..4), rng.random_range(1..=50));
        let hour = rng.random_range(0..24);
        let minute = rng.random_range(0..60);
        let method = *["GET", "GET", "GET", "POST"].choose(&mut rng).unwrap();
        let path = paths.choose(&mut rng).unwrap();
        let query = if rng.random_bool(0.2) { "?page=2" } else { "" };
        let status = *[200, 200, 200, 200, 304, 404, 500].choose(&mut rng).unwrap();
        let bytes = match status {
            304 => "-".to_string(),
            _ => rng.random_range(100..100_000).to_string(),
        };
        format!(
            "{address} - - [28/Nov/2026:{hour:02}:{minute:02}:00 +0000] \
             \"{method} {path}{query} HTTP/1.1\" {status} {bytes}"
        )
    };
    (0..size).map(&mut line).collect()
}
