//! Analyse an access log with a regular expression: traffic by path, errors by address.

use crate::draw::*;
use pairbench::registry::prelude::*;
use regex::Regex;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "analyses an access log")
        .input(generate)
        .cases("lines", &[20, 5_000, 20_000])
        .rust(rust)
        .build()
}

static LINE: LazyLock<Regex> = LazyLock::new(|| {
    let client = r"(?P<address>\d+\.\d+\.\d+\.\d+) - (?P<user>\S+)";
    let time = r"\[(?P<day>[^:]+):(?P<hour>\d\d):[^\]]+\]";
    let request = r#""(?P<method>[A-Z]+) (?P<path>[^ ?"]+)(?:\?[^ "]*)? HTTP/[\d.]+""#;
    let answer = r"(?P<status>\d{3}) (?P<size>\d+|-)";
    Regex::new(&format!("^{client} {time} {request} {answer}")).unwrap()
});

fn generate(size: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    let paths: Vec<String> = (0..60)
        .map(|_| format!("/{}/{}", word(&mut rng, 1..=3), word(&mut rng, 1..=4)))
        .collect();
    let mut line = |_| {
        if rng.random_bool(0.02) {
            return sentence(&mut rng);
        }
        let address = format!("10.0.{}.{}", rng.random_range(0..4), rng.random_range(1..=50));
        let hour = rng.random_range(0..24);
        let minute = rng.random_range(0..60);
        let method = *["GET", "GET", "GET", "POST"].choose(&mut rng).unwrap();
        let path = paths.choose(&mut rng).unwrap();
        let query = if rng.random_bool(0.2) { "?page=2" } else { "" };
        let status = *[200, 200, 200, 200, 304, 404, 500].choose(&mut rng).unwrap();
        let bytes = match status {
            304 => "-".to_string(),
            _ => rng.random_range(100..100_000).to_string(),
        };
        format!(
            "{address} - - [28/Nov/2026:{hour:02}:{minute:02}:00 +0000] \
             \"{method} {path}{query} HTTP/1.1\" {status} {bytes}"
        )
    };
    (0..size).map(&mut line).collect()
}

type Counts = Vec<(String, u64)>;

fn most(counts: HashMap<&str, u64>) -> Counts {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|&(name, count)| (Reverse(count), name));
    counts.truncate(10);
    owned(counts)
}

fn owned(counts: Vec<(&str, u64)>) -> Counts {
    counts
        .into_iter()
        .map(|(name, count)| (name.to_string(), count))
        .collect()
}

fn rust(lines: &Vec<String>) -> (u64, Counts, [u64; 24], Counts, Counts) {
    let mut sizes: HashMap<&str, u64> = HashMap::new();
    let mut statuses: HashMap<&str, u64> = HashMap::new();
    let mut errors: HashMap<&str, u64> = HashMap::new();
    let mut hours = [0; 24];
    let mut broken = 0;
    for line in lines {
        let Some(found) = LINE.captures(line) else {
            broken += 1;
            continue;
        };
        let (_, [address, _user, _day, hour, _method, path, status, size]) = found.extract();
        *statuses.entry(status).or_default() += 1;
        hours[hour.parse::<usize>().unwrap()] += 1;
        if size != "-" {
            *sizes.entry(path).or_default() += size.parse::<u64>().unwrap();
        }
        if status.starts_with(['4', '5']) {
            *errors.entry(address).or_default() += 1;
        }
    }
    let mut statuses: Vec<_> = statuses.into_iter().collect();
    statuses.sort_unstable();
    (broken, owned(statuses), hours, most(sizes), most(errors))
}
