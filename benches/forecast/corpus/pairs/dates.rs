//! Parse time stamps, shift them, and sum by day.

use crate::draw::*;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use pairbench::registry::prelude::*;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "parses time stamps and sums by day")
        .input(generate)
        .cases("time stamps", &[20, 8_000, 30_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    let mut stamp = |_| {
        format!(
            "2024-{:02}-{:02}T{:02}:{:02}:{:02}",
            rng.random_range(1..=12),
            rng.random_range(1..=28),
            rng.random_range(0..24),
            rng.random_range(0..60),
            rng.random_range(0..60)
        )
    };
    (0..size).map(&mut stamp).collect()
}

fn rust(stamps: &Vec<String>) -> Vec<(String, i64)> {
    let mut days: HashMap<Date, i64> = HashMap::new();
    for stamp in stamps {
        let time: DateTime = stamp.parse().unwrap();
        let date = (time + 90.minutes()).date();
        *days.entry(date).or_default() += i64::from(date.weekday().to_monday_zero_offset());
    }
    let mut out: Vec<_> = days.into_iter().collect();
    out.sort_unstable();
    out.into_iter()
        .map(|(date, sum)| (date.to_string(), sum))
        .collect()
}
