//! Sum columns of a text that str.split takes apart.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashMap;
use std::fmt::Write;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "sums columns of a text by city")
        .input(generate)
        .cases("rows", &[50, 12_000, 50_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> String {
    let mut rng = rng(seed);
    let cities: Vec<String> = (0..40).map(|_| word(&mut rng, 2..=4)).collect();
    let mut text = String::from("name,city,count,price\n");
    for _ in 0..size {
        let name = word(&mut rng, 1..=4);
        let city = cities.choose(&mut rng).unwrap();
        let (count, price) = (rng.random_range(1..=100), rng.random_range(0.0..100.0));
        writeln!(text, "{name},{city} ,{count},{price:.2}").unwrap();
    }
    text
}

fn rust(text: &String) -> Vec<(String, i64, f64)> {
    let mut totals: HashMap<&str, (i64, f64)> = HashMap::new();
    for line in text.split('\n').skip(1) {
        if line.is_empty() {
            continue;
        }
        let mut fields = line.split(',').skip(1);
        let mut field = || fields.next().unwrap();
        let (city, count, price) = (field(), field(), field());
        let count: i64 = count.parse().unwrap();
        let price: f64 = price.parse().unwrap();
        let entry = totals.entry(city.trim()).or_default();
        entry.0 += count;
        entry.1 += count as f64 * price;
    }
    let flat = |(city, (count, total)): (&str, _)| (city.to_string(), count, total);
    let mut out: Vec<(String, i64, f64)> = totals.into_iter().map(flat).collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}
