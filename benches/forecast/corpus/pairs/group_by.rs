//! Group rows by two columns in a defaultdict.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "groups rows by two columns")
        .input(generate)
        .cases("rows", &[50, 30_000, 120_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<(String, String, i64)> {
    let mut rng = rng(seed);
    let cities: Vec<String> = (0..40).map(|_| word(&mut rng, 2..=4)).collect();
    let products: Vec<String> = (0..12).map(|_| word(&mut rng, 2..=3)).collect();
    let mut row = |_| {
        let city = cities.choose(&mut rng).unwrap().clone();
        let product = products.choose(&mut rng).unwrap().clone();
        (city, product, rng.random_range(1..=10_000))
    };
    (0..size).map(&mut row).collect()
}

fn rust(rows: &Vec<(String, String, i64)>) -> Vec<(String, String, usize, i64, i64)> {
    let mut groups: HashMap<(&str, &str), Vec<i64>> = HashMap::new();
    for (city, product, amount) in rows {
        groups.entry((city, product)).or_default().push(*amount);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_unstable();
    let summary = |((city, product), amounts): ((&str, &str), Vec<i64>)| {
        (
            city.to_string(),
            product.to_string(),
            amounts.len(),
            amounts.iter().sum(),
            *amounts.iter().max().unwrap(),
        )
    };
    groups.into_iter().map(summary).collect()
}
