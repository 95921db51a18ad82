//! Cut a text into tokens, one character after the other.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::fmt::Write;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "cuts a text into tokens")
        .input(generate)
        .cases("lines", &[5, 500, 2_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> String {
    let mut rng = rng(seed);
    let mut text = String::new();
    for _ in 0..size {
        let mut name = || word(&mut rng, 1..=4);
        let (a, b, c, d) = (name(), name(), name(), name());
        let (x, y, z) = (
            rng.random_range(0..=9),
            rng.random_range(0..=9999),
            rng.random_range(0..=99),
        );
        writeln!(text, "if {a}_{x} == {y} return \"{b} {c}\" + ({d} * {z});").unwrap();
    }
    text
}

fn rust(text: &String) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, first)) = letters.next() {
        let mut take = |belongs: fn(char) -> bool| loop {
            match letters.peek() {
                Some((_, letter)) if belongs(*letter) => letters.next(),
                Some((end, _)) => break *end,
                None => break text.len(),
            };
        };
        let (kind, end) = if first.is_whitespace() {
            continue;
        } else if first.is_numeric() {
            ("number", take(char::is_numeric))
        } else if first.is_alphabetic() || first == '_' {
            let end = take(|letter| letter.is_alphanumeric() || letter == '_');
            match &text[start..end] {
                "if" | "else" | "while" | "return" => ("keyword", end),
                _ => ("name", end),
            }
        } else if first == '"' {
            let quote = take(|letter| letter != '"');
            letters.next();
            ("string", quote + 1)
        } else {
            ("operator", start + first.len_utf8())
        };
        out.push((kind, text[start..end].to_string()));
    }
    out
}
