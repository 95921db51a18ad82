//! Filter the rows of a text with the module csv.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::fmt::Write;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "filters rows of a CSV text")
        .input(generate)
        .cases("rows", &[50, 15_000, 60_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> String {
    let mut rng = rng(seed);
    let cities: Vec<String> = (0..40).map(|_| word(&mut rng, 2..=4)).collect();
    let mut text = String::from("name,city,count,price\n");
    for _ in 0..size {
        let mut name = word(&mut rng, 1..=4);
        if rng.random_bool(0.3) {
            name = format!("\"{name}, {}\"", word(&mut rng, 1..=4));
        }
        let city = cities.choose(&mut rng).unwrap();
        let (count, price) = (rng.random_range(1..=100), rng.random_range(0.0..100.0));
        writeln!(text, "{name},{city},{count},{price:.2}").unwrap();
    }
    text
}

fn rust(text: &String) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut row = csv::StringRecord::new();
    let mut out = Vec::new();
    while reader.read_record(&mut row).unwrap() {
        if row[2].parse::<i64>().unwrap() > 50 {
            out.push((row[0].to_uppercase(), row[3].to_string()));
        }
    }
    out
}
