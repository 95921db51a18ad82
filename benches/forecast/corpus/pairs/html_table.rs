//! Write a table as HTML with f-strings.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::fmt::Write;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "writes a table as HTML")
        .input(generate)
        .cases("rows", &[20, 6_000, 24_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<(u64, String, f64)> {
    let mut rng = rng(seed);
    let mut row = |id| {
        let between = *[" & ", " <b> ", " "].choose(&mut rng).unwrap();
        let name = word(&mut rng, 1..=4) + between + &word(&mut rng, 1..=4);
        (id, name, rng.random_range(0.0..999.0))
    };
    (0..size).map(&mut row).collect()
}

/// As `str.title`.
fn title(text: &str, out: &mut String) {
    let mut inside = false;
    for letter in text.chars() {
        if !letter.is_alphabetic() {
            out.push(letter);
        } else if inside {
            out.extend(letter.to_lowercase());
        } else {
            out.extend(letter.to_uppercase());
        }
        inside = letter.is_alphabetic();
    }
}

fn rust(rows: &Vec<(u64, String, f64)>) -> String {
    let mut out = String::from("<table>\n");
    for (id, name, price) in rows {
        let class = if id % 2 == 0 { "even" } else { "odd" };
        write!(out, "<tr class=\"{class}\"><td>{id}</td><td>").unwrap();
        title(&name.replace('&', "&amp;").replace('<', "&lt;"), &mut out);
        writeln!(out, "</td><td>{price:.2}</td></tr>").unwrap();
    }
    out.push_str("</table>");
    out
}
