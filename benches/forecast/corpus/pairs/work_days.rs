//! Dates: when orders are due, counted in working days, and how late they are by month.

use crate::draw::*;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "counts working days")
        .input(generate)
        .cases("orders", &[10, 1_500, 6_000])
        .build()
}

#[derive(Serialize)]
struct Input {
    orders: Vec<(String, u32, String)>,
    holidays: Vec<String>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut day = |from: Date, within: i32| from + rng.random_range(0..within).days();
    let holidays = (0..30).map(|_| day(date(2026, 1, 1), 400).to_string()).collect();
    let mut ordered: Vec<(Date, Date)> = Vec::new();
    for _ in 0..size {
        let start = day(date(2026, 1, 1), 365);
        ordered.push((start, day(start, 30)));
    }
    let order = |(start, delivered): (Date, Date)| {
        (start.to_string(), rng.random_range(1..=15), delivered.to_string())
    };
    Input {
        orders: ordered.into_iter().map(order).collect(),
        holidays,
    }
}
