//! Dates: when orders are due, counted in working days, and how late they are by month.

use crate::draw::*;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use pairbench::registry::prelude::*;
use std::collections::{HashMap, HashSet};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "counts working days")
        .input(generate)
        .cases("orders", &[10, 1_500, 6_000])
        .rust(rust)
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

fn due(start: Date, mut days: u32, holidays: &HashSet<Date>) -> Date {
    let mut current = start;
    while days > 0 {
        current = current.tomorrow().unwrap();
        if current.weekday().to_monday_zero_offset() < 5 && !holidays.contains(&current) {
            days -= 1;
        }
    }
    current
}

type Late = (u32, i64);

fn rust(input: &Input) -> (Vec<(String, Late)>, Option<String>) {
    let parsed = |text: &String| text.parse::<Date>().unwrap();
    let closed: HashSet<Date> = input.holidays.iter().map(parsed).collect();
    let mut late: HashMap<String, Late> = HashMap::new();
    let mut latest = None;
    for (ordered, days, delivered) in &input.orders {
        let promised = due(parsed(ordered), *days, &closed);
        let delay = (parsed(delivered) - promised).get_days();
        if delay > 0 {
            let month = promised.strftime("%Y-%m").to_string();
            let (count, total) = late.entry(month).or_default();
            *count += 1;
            *total += i64::from(delay);
            latest = latest.max(Some(promised));
        }
    }
    let mut late: Vec<_> = late.into_iter().collect();
    late.sort_unstable();
    (late, latest.map(|date| date.to_string()))
}
