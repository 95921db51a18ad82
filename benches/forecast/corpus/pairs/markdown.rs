//! Turn a little Markdown into HTML: blocks line by line, marks letter by letter.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "turns Markdown into HTML")
        .input(generate)
        .cases("lines", &[10, 600, 2_400])
        .build()
}

fn generate(size: u64, seed: u64) -> String {
    let mut rng = rng(seed);
    let mut text = String::new();
    for _ in 0..size {
        let start = match rng.random_range(0..12) {
            0 => "\n# ",
            1 => "\n### ",
            2..5 => "- ",
            5 | 6 => "\n",
            _ => "",
        };
        text.push_str(start);
        let marked = match rng.random_range(0..6) {
            0 => format!("**{}** ", word(&mut rng, 1..=4)),
            1 => format!("`{} < {}` ", word(&mut rng, 1..=2), word(&mut rng, 1..=2)),
            2 => format!(
                "[{}](https://example.org/{}) ",
                word(&mut rng, 1..=3),
                word(&mut rng, 1..=3)
            ),
            3 => "a & b [no link ".to_string(),
            _ => String::new(),
        };
        text.push_str(&marked);
        text.push_str(&sentence(&mut rng));
        text.push('\n');
    }
    text
}
