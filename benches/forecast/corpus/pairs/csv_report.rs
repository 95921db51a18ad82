//! Read sales as CSV, total them by region and product, and write a report as CSV.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashMap;
use std::fmt::Write;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "reports sales from CSV to CSV")
        .input(generate)
        .cases("rows", &[20, 4_000, 16_000])
        .rust(rust)
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

#[derive(Deserialize)]
struct Sale<'a> {
    region: &'a str,
    product: &'a str,
    quantity: u64,
    cents: u64,
    state: &'a str,
}

#[derive(Default)]
struct Total {
    orders: u64,
    quantity: u64,
    cents: u64,
}

fn rust(text: &String) -> String {
    let mut totals: HashMap<(String, String), Total> = HashMap::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).unwrap() {
        let sale: Sale<'_> = record.deserialize(Some(&headers)).unwrap();
        if sale.state == "cancelled" {
            continue;
        }
        let key = (sale.region.to_string(), sale.product.to_string());
        let total = totals.entry(key).or_default();
        total.orders += 1;
        total.quantity += sale.quantity;
        total.cents += sale.quantity * sale.cents;
    }
    let mut totals: Vec<_> = totals.into_iter().collect();
    totals.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer
        .write_record(["region", "product", "orders", "quantity", "mean"])
        .unwrap();
    for ((region, product), total) in totals {
        let mean = total.cents.checked_div(total.quantity);
        writer
            .serialize((region, product, total.orders, total.quantity, mean))
            .unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}
