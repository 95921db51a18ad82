//! Read sales as CSV, total them by region and product, and write a report as CSV.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::fmt::Write;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "reports sales from CSV to CSV")
        .input(generate)
        .cases("rows", &[20, 4_000, 16_000])
        .build()
}

fn generate(size: u64, seed: u64) -> String {
    let mut rng = rng(seed);
    let regions: Vec<String> = (0..12).map(|_| word(&mut rng, 2..=4)).collect();
    let products: Vec<String> = (0..30)
        .map(|_| format!("{}, {}", word(&mut rng, 2..=3), word(&mut rng, 1..=2)))
        .collect();
    let mut text = String::from("id,region,product,quantity,cents,state\n");
    for id in 0..size {
        let region = regions.choose(&mut rng).unwrap();
        let product = products.choose(&mut rng).unwrap();
        let quantity = rng.random_range(0..=20);
        let cents = rng.random_range(99..50_000);
        let state = *["paid", "paid", "open", "cancelled"].choose(&mut rng).unwrap();
        writeln!(text, "{id},{region},\"{product}\",{quantity},{cents},{state}").unwrap();
    }
    text
}
