//! Invoices with Decimal: discounts, tax rounded by line, and totals by rate.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "computes invoices with Decimal")
        .input(generate)
        .cases("invoices", &[10, 1_000, 4_000])
        .build()
}

/// A discount in percent; of each line the quantity, the price and the rate of the tax.
type Invoice = (String, Vec<(u32, String, String)>);

fn generate(size: u64, seed: u64) -> Vec<Invoice> {
    let mut rng = rng(seed);
    let mut invoice = |_| {
        let discount = *["0", "0", "2.5", "10"].choose(&mut rng).unwrap();
        let count = rng.random_range(1..=6);
        let mut line = |_| {
            let cents: u32 = rng.random_range(1..100_000);
            let rate = *["19", "7", "5.5"].choose(&mut rng).unwrap();
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            (rng.random_range(1..=20), price, rate.to_string())
        };
        (discount.to_string(), (0..count).map(&mut line).collect())
    };
    (0..size).map(&mut invoice).collect()
}
