//! Clean lines of a configuration file with the methods of str.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "cleans lines of a configuration file")
        .input(generate)
        .cases("lines", &[50, 9_000, 40_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    let mut line = |_| {
        let indent = *["", "  ", "\t"].choose(&mut rng).unwrap();
        let rest = match rng.random_range(0..4) {
            0 => format!("# {}", sentence(&mut rng)),
            1 => format!(
                "{}-{} = {}",
                word(&mut rng, 1..=4),
                word(&mut rng, 1..=4),
                sentence(&mut rng)
            ),
            2 => {
                let state = *["Error", "ok"].choose(&mut rng).unwrap();
                let key = word(&mut rng, 1..=4).to_uppercase();
                format!("{key}={state} {}", word(&mut rng, 1..=4))
            }
            _ => String::new(),
        };
        format!("{indent}{rest}")
    };
    (0..size).map(&mut line).collect()
}

fn rust(lines: &Vec<String>) -> (u64, Vec<String>) {
    let mut out = Vec::new();
    let mut errors = 0;
    for line in lines {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.to_lowercase().contains("error") {
            errors += 1;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let mut cleaned = key.trim().to_lowercase().replace('-', "_");
        cleaned.push(':');
        cleaned.push_str(value.trim());
        out.push(cleaned);
    }
    (errors, out)
}
