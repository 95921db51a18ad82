//! The table has what is in the results, and shows what is missing.

use super::figures::{key, launches};
use crate::report::results::Results;
use crate::report::table::markdown;
use pairbench::estimate::Precision;
use pairbench::registry::Side;

#[test]
fn a_table_of_little() {
    let mut results = Results::default();
    results
        .launches
        .extend(launches(key(Side::Rust, 0, 0), 0.0, 0.005, 20));
    results
        .launches
        .extend(launches(key(Side::Rust, 2, 0), -0.02, 0.005, 20));
    results
        .skipped
        .push("pyperf, which could not be installed: no network".into());
    let text = markdown(&results);
    assert!(text.contains("**Skipped: pyperf, which could not be installed: no network.**"));
    let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
    assert_eq!(
        line("| false alarms, equal code |"),
        "| false alarms, equal code | 0/1: 0 % [0–79] | — | — | — |"
    );
    assert_eq!(
        line("| 2 % slower: found |"),
        "| 2 % slower: found | 1/1: 100 % [21–100] | 1/1: 100 % [21–100] | — | — |"
    );
    assert_eq!(
        line("| seconds until"),
        format!(
            "| seconds until ±2 % | {:.1} | — | — | — |",
            f64::from(Precision::LEAST_LAUNCHES) * 0.5
        )
    );
    let rows = text.lines().filter(|line| line.starts_with('|'));
    assert!(rows.clone().all(|row| row.matches('|').count() == 6), "{text}");
    assert_eq!(rows.filter(|row| row.starts_with("| **")).count(), 2);
}

#[test]
fn results_read_back() {
    let mut results = Results::default();
    results
        .launches
        .extend(launches(key(Side::Python, 1, 3), 0.1, 0.005, 2));
    let text = serde_json::to_string(&results).unwrap();
    assert_eq!(serde_json::from_str::<Results>(&text).unwrap(), results);
}
