//! Counting: judgements of made-up launches and runs whose truth is known.

use crate::report::count::Count;
use crate::report::figures::{Figures, half_width};
use crate::report::results::{CriterionRun, Key, Launch, PyperfRun, Results, ShortRun};
use crate::report::text::{Change, Comparison};
use crate::report::{ours, peers};
use crate::workloads::Work;
use pairbench::estimate::Precision;
use pairbench::registry::Side;

pub fn key(side: Side, slowed: u32, block: u32) -> Key {
    Key {
        work: Work::HashMap,
        side,
        busy: false,
        slowed,
        block,
    }
}

/// Launches of half a second around a logarithm, within `reach` of it.
pub fn launches(key: Key, centre: f64, reach: f64, number: usize) -> Vec<Launch> {
    let steps = [-1.0, 0.6, -0.3, 1.0, -0.6, 0.3];
    (0..number)
        .map(|at| Launch {
            key,
            log: centre + reach * steps[at % steps.len()],
            wall_s: 0.5,
        })
        .collect()
}

fn truth(slowed: u32) -> f64 {
    -(1.0 + f64::from(slowed) / 100.0).ln()
}

#[test]
fn counts_have_wilsons_interval() {
    let count: Count = [true, false, false, false].into_iter().collect();
    assert_eq!((count.k, count.n, count.share()), (1, 4, Some(0.25)));
    // Newcombe (1998), table I: 15 of 148 and 0 of 20.
    for (k, n, low, high) in [
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let ends = Count { k, n }.wilson();
        assert!(
            (ends.0 - low).abs() < 5e-5 && (ends.1 - high).abs() < 5e-5,
            "{k} of {n}: {ends:?}"
        );
    }
    assert_eq!(Count::default().wilson(), (0.0, 1.0));
    assert_eq!(Count { k: 3, n: 40 }.to_string(), "3/40: 8 % [3–20]");
    assert_eq!(Count::default().to_string(), "—");
}

#[test]
fn side_by_side_stops_as_the_product_does() {
    let mut results = Results::default();
    // Within ±0.5 % as soon as there are enough launches.
    let enough = f64::from(Precision::LEAST_LAUNCHES) * 0.5;
    results
        .launches
        .extend(launches(key(Side::Rust, 0, 0), 0.0, 0.005, 20));
    // Always wider than ±2 %.
    results
        .launches
        .extend(launches(key(Side::Rust, 0, 1), 0.0, 0.3, 20));
    // Equal code that comes out as 3 % slower: a false alarm, and a miss.
    results
        .launches
        .extend(launches(key(Side::Rust, 0, 2), -0.03, 0.005, 20));
    for slowed in [1, 2, 5] {
        results
            .launches
            .extend(launches(key(Side::Rust, slowed, 0), truth(slowed), 0.012, 20));
    }
    let figures = Figures::of(&ours::side_by_side(&results, false));
    assert_eq!(figures.false_alarms, Count { k: 1, n: 3 });
    assert_eq!(figures.coverage, Count { k: 5, n: 6 });
    assert_eq!(
        figures
            .seconds
            .iter()
            .filter(|seconds| **seconds == enough)
            .count(),
        2
    );
    assert!(figures.seconds.contains(&f64::INFINITY));
    assert_eq!(figures.held, Count { k: 1, n: 2 });
    assert_eq!(figures.median_seconds(), Some(enough));
    for slowed in [1, 2, 5] {
        assert_eq!(figures.found[&slowed], Count { k: 1, n: 1 }, "{slowed}");
    }
    assert!(ours::side_by_side(&results, true).is_empty(), "another condition");
}

#[test]
fn a_slow_down_counts_only_within_ten_seconds() {
    // Six launches of two seconds: only five end in time, and their interval is Student's.
    let slow = |number| {
        let mut launches = launches(key(Side::Python, 2, 0), truth(2), 0.012, number);
        launches.iter_mut().for_each(|launch| launch.wall_s = 2.0);
        let results = Results {
            launches,
            ..Results::default()
        };
        ours::side_by_side(&results, false)
    };
    assert_eq!(slow(5), slow(30));
}

#[test]
fn two_runs_of_equal_code_and_of_code_that_was_slowed() {
    let mut results = Results::default();
    for block in 0..3 {
        results
            .launches
            .extend(launches(key(Side::Rust, 0, block), 0.0, 0.004, 20));
        results
            .launches
            .extend(launches(key(Side::Rust, 5, block), truth(5), 0.004, 20));
    }
    // The other language's block between them changes nothing.
    results
        .launches
        .extend(launches(key(Side::Python, 0, 1), 0.3, 0.004, 20));
    let figures = Figures::of(&ours::run_to_run(&results, false));
    // Runs of a block with those of the block before, of the null pair and of the slowed one alike.
    assert_eq!(figures.false_alarms, Count { k: 0, n: 4 });
    assert_eq!(figures.coverage, Count { k: 7, n: 7 });
    assert_eq!(figures.found[&5], Count { k: 3, n: 3 });
    // One side is 10 % off in the last block: both comparisons of two runs that it takes part in show it.
    results
        .launches
        .iter_mut()
        .filter(|launch| launch.key == key(Side::Rust, 0, 2))
        .for_each(|launch| launch.log += 0.1);
    let figures = Figures::of(&ours::run_to_run(&results, false));
    assert_eq!(figures.false_alarms, Count { k: 1, n: 4 });
    assert_eq!(figures.coverage, Count { k: 5, n: 7 });
}

fn criterion(slowed: u32, interval: Option<(f64, f64)>, comparison: Comparison) -> CriterionRun {
    let change = interval.map(|interval| Change { interval, comparison });
    CriterionRun {
        key: key(Side::Rust, slowed, 0),
        wall_s: 5.0,
        change,
        short: (slowed == 0).then_some(ShortRun { wall_s: 1.5, change }),
    }
}

#[test]
fn criterion_is_judged_by_its_verdicts() {
    let results = Results {
        criterion: vec![
            criterion(0, None, Comparison::Neither),
            criterion(0, Some((0.015, 0.03)), Comparison::Slower),
            criterion(1, Some((0.001, 0.03)), Comparison::Neither),
            criterion(5, Some((0.02, 0.04)), Comparison::Slower),
            criterion(0, Some((-0.1, 0.1)), Comparison::Neither),
        ],
        ..Results::default()
    };
    let figures = Figures::of(&peers::criterion(&results, false));
    assert_eq!(figures.false_alarms, Count { k: 1, n: 2 });
    assert_eq!(figures.coverage, Count { k: 2, n: 4 });
    assert_eq!(figures.found[&1], Count { k: 0, n: 1 });
    assert_eq!(figures.found[&5], Count { k: 1, n: 1 });
    assert_eq!(figures.smallest_found(), Some(5));
    // Two short processes were enough for ±2 %, and then it was wrong; the last was wide however long.
    assert_eq!(figures.seconds, [3.0, f64::INFINITY]);
    assert_eq!(figures.held, Count { k: 0, n: 1 });
    assert!(half_width((0.0, 1.0)).is_infinite());
}

#[test]
fn pyperf_is_judged_by_its_verdicts_and_by_the_interval_of_its_test() {
    let run = |slowed, factor: f64, comparison| PyperfRun {
        key: key(Side::Python, slowed, 0),
        wall_s: 5.5,
        values: vec![[0.99, 1.0, 1.01].map(|value| value * factor).to_vec(); 10],
        comparison,
    };
    let results = Results {
        pyperf: vec![
            run(0, 1.0, None),
            run(0, 1.0, Some(Comparison::Neither)),
            run(2, 1.02, Some(Comparison::Slower)),
            run(0, 1.1, Some(Comparison::Slower)),
        ],
        ..Results::default()
    };
    let figures = Figures::of(&peers::pyperf(&results, false));
    assert_eq!(figures.false_alarms, Count { k: 1, n: 2 });
    assert_eq!(figures.coverage, Count { k: 2, n: 3 });
    assert_eq!(figures.found[&2], Count { k: 1, n: 1 });
    // Two processes and the calibrating one, on both sides: 3 of 11 parts of 5.5 s each.
    assert!(figures.seconds.iter().all(|seconds| (seconds - 3.0).abs() < 1e-9));
    assert_eq!(figures.held, Count { k: 1, n: 2 });
}

#[test]
fn the_smallest_found_has_all_greater_ones_found() {
    let mut figures = Figures::default();
    assert_eq!((figures.smallest_found(), figures.median_seconds()), (None, None));
    figures.found = [
        (1, Count { k: 9, n: 10 }),
        (2, Count { k: 8, n: 10 }),
        (5, Count { k: 10, n: 10 }),
    ]
    .into_iter()
    .collect();
    assert_eq!(figures.smallest_found(), Some(5));
    figures.found.insert(2, Count { k: 9, n: 10 });
    assert_eq!(figures.smallest_found(), Some(1));
}
