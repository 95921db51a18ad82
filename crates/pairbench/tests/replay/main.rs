//! Replays recorded launches through the estimates and counts how often the intervals hold.
//!
//! Every figure comes from recorded or made-up numbers and a fixed seed, so the bounds are exact and no stopwatch is
//! involved. The tables of docs/evidence come from here too:
//!
//! ```text
//! cargo test --release --test replay -- --ignored --nocapture --test-threads=1
//! ```
#![cfg(feature = "harness")]

mod candidates;
mod dependence;
mod family;
mod random;
mod series;
mod shapes;
mod stopping;
mod tables;
mod two_runs;

use candidates::{Interval, Method, chosen, median, percentile_bootstrap, student};
use random::{DISTRIBUTIONS, Random};
use series::{Draw, Launch, Series};

const SEED: u64 = 20_260;
const RUNS: usize = 1000;

/// How often an interval held, and its median width over the runs.
#[derive(Debug, Clone, Copy)]
struct Result {
    held: f64,
    half_width: f64,
}

/// Many runs of one way to make an interval; `None` if it makes none.
fn repeat(
    runs: usize,
    truth: f64,
    mut interval: impl FnMut(&mut Random) -> Option<Interval>,
) -> Option<Result> {
    let mut random = Random(SEED);
    let all: Vec<Interval> = (0..runs).map(|_| interval(&mut random)).collect::<Option<_>>()?;
    let held = all.iter().filter(|interval| interval.holds(truth)).count();
    let widths: Vec<f64> = all.iter().map(Interval::half_width).collect();
    Some(Result {
        held: 100.0 * held as f64 / runs as f64,
        half_width: median(&widths),
    })
}

/// A method on runs of `n` launches of a recorded series.
fn replay(series: &Series, how: Draw, n: usize, runs: usize, method: Method) -> Option<Result> {
    repeat(runs, series.truth, |random| {
        method(&logs(&series.draw(how, n, random)?), random)
    })
}

fn logs(launches: &[&Launch]) -> Vec<f64> {
    launches.iter().map(|launch| launch.log).collect()
}

#[test]
fn the_interval_holds_when_launches_are_spread() {
    for series in Series::load() {
        for how in [Draw::Spread, Draw::Hour] {
            for n in [6, 8, 10, 15, 20] {
                let result = replay(&series, how, n, RUNS, |logs, _| chosen(logs)).unwrap();
                assert!(
                    result.held >= 93.0,
                    "{}, {how:?}, {n} launches: {result:?}",
                    series.pair
                );
            }
        }
    }
}

#[test]
fn the_interval_costs_little_width() {
    for series in Series::load() {
        let of = |method: Method| {
            replay(&series, Draw::Spread, 10, RUNS, method)
                .unwrap()
                .half_width
        };
        let (own, students) = (of(|logs, _| chosen(logs)), of(|logs, _| student(logs)));
        assert!(own < 1.1 * students, "{}: {own} or {students}", series.pair);
    }
}

#[test]
fn the_interval_holds_for_made_up_launches() {
    for (name, draw) in DISTRIBUTIONS {
        // Without symmetry the estimate aims at the median of the mean of two launches.
        let truth = match name {
            "skewed (gamma 2)" => {
                let mut random = Random(SEED);
                median(
                    &(0..200_000)
                        .map(|_| (draw(&mut random) + draw(&mut random)) / 2.0)
                        .collect::<Vec<_>>(),
                )
            }
            _ => 0.0,
        };
        for n in [6, 10, 20] {
            let result = repeat(RUNS, truth, |random| chosen(&made_up(draw, n, random))).unwrap();
            // Outliers to one side are not symmetric about the bulk: a known limit, kept in view here.
            let bound = if name.ends_with("one side by 8") {
                88.0
            } else {
                93.0
            };
            assert!(result.held >= bound, "{name}, {n} launches: {result:?}");
        }
    }
}

#[test]
fn the_interval_bears_outlying_launches() {
    let (_, contaminated) = DISTRIBUTIONS[2];
    let of = |method: fn(&[f64]) -> Option<Interval>| {
        repeat(RUNS, 0.0, |random| method(&made_up(contaminated, 20, random)))
            .unwrap()
            .half_width
    };
    let (own, students) = (of(chosen), of(student));
    assert!(own < 0.6 * students, "{own} or {students}");
}

/// What the same replay makes of the alternatives, on the pair where each is worst: if one of these reached the bound
/// that the chosen interval has to reach on every pair, the tests above would prove nothing.
#[test]
fn naive_intervals_fail() {
    let all = Series::load();
    let worst = |interval: fn(&Series, &mut Random) -> Option<Interval>| {
        let held = all.iter().map(|series| {
            let result = repeat(RUNS, series.truth, |random| interval(series, random));
            result.unwrap().held
        });
        held.fold(100.0, f64::min)
    };
    let one = worst(|series, random| student(&series.draw(Draw::Spread, 1, random)?[0].samples));
    assert!(one < 70.0, "the samples of one launch held in {one} %");
    let all_samples = worst(|series, random| pooled(&series.draw(Draw::Spread, 10, random)?));
    assert!(
        all_samples < 85.0,
        "samples pooled as if independent held in {all_samples} %"
    );
    let percentile = worst(|series, random| {
        let launches = series.draw(Draw::Spread, 6, random)?;
        percentile_bootstrap(&logs(&launches), random)
    });
    assert!(
        percentile < 88.0,
        "the percentile bootstrap of six launches held in {percentile} %"
    );
}

/// The harness takes launches round-robin and sets sides up in random order: both are needed.
#[test]
fn launches_in_a_row_or_set_up_alike_fail() {
    let all = Series::load();
    let find = |name: &str| all.iter().find(|series| series.pair == name).unwrap();
    let row = replay(
        find("rust_hash_map / python_objects"),
        Draw::BackToBack,
        15,
        RUNS,
        |logs, _| chosen(logs),
    );
    assert!(row.unwrap().held < 90.0, "in a row: {row:?}");
    let alike = replay(
        find("rust_hash_map / itself"),
        Draw::SameOrder,
        10,
        RUNS,
        |logs, _| chosen(logs),
    );
    assert!(alike.unwrap().held < 50.0, "set up alike: {alike:?}");
}

/// Student's t over all samples of all launches, as if they were independent.
fn pooled(launches: &[&Launch]) -> Option<Interval> {
    student(
        &launches
            .iter()
            .flat_map(|launch| launch.samples.iter().copied())
            .collect::<Vec<_>>(),
    )
}

fn made_up(draw: fn(&mut Random) -> f64, n: usize, random: &mut Random) -> Vec<f64> {
    (0..n).map(|_| draw(random)).collect()
}
