//! Then and now: two runs of the same code drawn from different five minutes of the recorded hour.

use crate::candidates::{median, student};
use crate::random::Random;
use crate::series::{Draw, Launch, Series};
use crate::tables::{head, row};
use crate::{SEED, logs};
use pairbench::estimate::{INTEREST, Outcome, SMALLEST_CLAIM, Shift, between_runs, between_runs_at};
use statrs::distribution::{ContinuousCDF, StudentsT};

const RUNS: usize = 1000;

/// From the logarithms of both runs to a change with its interval.
type Method = fn(&[f64], &[f64]) -> Option<Shift>;

/// What was tried: a name, the interval, and the smallest change that is claimed.
const CANDIDATES: [(&str, Method, f64); 6] = [
    (
        "rank sums, from 1 % on (chosen)",
        between_runs as Method,
        SMALLEST_CLAIM,
    ),
    ("rank sums", between_runs as Method, 0.0),
    (
        "rank sums at 99 %",
        |then, now| between_runs_at(then, now, 0.99),
        0.0,
    ),
    (
        "rank sums at 99 %, from 1 % on",
        |then, now| between_runs_at(then, now, 0.99),
        SMALLEST_CLAIM,
    ),
    ("Welch's t", |then, now| welch(then, now), 0.0),
    (
        "Welch's t, from 1 % on",
        |then, now| welch(then, now),
        SMALLEST_CLAIM,
    ),
];

/// How often something was claimed, and the median half-width of the comparisons.
#[derive(Debug, Clone, Copy)]
struct Claims {
    faster: f64,
    slower: f64,
    half_width: f64,
}

/// Many comparisons of a run of `n.0` launches with another of `n.1`, whose code is faster by `change`.
fn compare(
    series: &Series,
    n: (usize, usize),
    change: f64,
    runs: usize,
    method: Method,
    claim: f64,
) -> Option<Claims> {
    let mut random = Random(SEED);
    let (mut faster, mut slower, mut widths) = (0, 0, Vec::new());
    for _ in 0..runs {
        let (then, now) = two_runs(series, n, &mut random)?;
        let now: Vec<f64> = logs(&now).iter().map(|log| log + change.ln_1p()).collect();
        let shift = method(&logs(&then), &now)?;
        shift.interval?;
        faster += usize::from(shift.faster_by(claim));
        slower += usize::from(shift.slower_by(claim));
        widths.push(shift.as_estimate().relative_half_width()?);
    }
    let percent = |count: usize| 100.0 * count as f64 / runs as f64;
    Some(Claims {
        faster: percent(faster),
        slower: percent(slower),
        half_width: 100.0 * median(&widths),
    })
}

/// Two runs from windows of five minutes that share no round: whatever state the machine was in, then and now.
pub fn two_runs<'a>(
    series: &'a Series,
    n: (usize, usize),
    random: &mut Random,
) -> Option<(Vec<&'a Launch>, Vec<&'a Launch>)> {
    loop {
        let (then, now) = (
            series.draw(Draw::Spread, n.0, random)?,
            series.draw(Draw::Spread, n.1, random)?,
        );
        let rounds = |run: &[&Launch]| run.iter().map(|launch| launch.round).collect::<Vec<_>>();
        let (first, second) = (rounds(&then), rounds(&now));
        let apart = |a: &[usize], b: &[usize]| a.iter().max() < b.iter().min();
        if apart(&first, &second) || apart(&second, &first) {
            return Some((then, now));
        }
    }
}

/// Welch (1947), for any two series of logarithms.
fn welch(then: &[f64], now: &[f64]) -> Option<Shift> {
    let moments = |xs: &[f64]| {
        let n = xs.len() as f64;
        let mean = xs.iter().sum::<f64>() / n;
        (
            mean,
            xs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n,
            n,
        )
    };
    let ((x, a, m), (y, b, n)) = (moments(then), moments(now));
    let degrees = (a + b).powi(2) / (a * a / (m - 1.0) + b * b / (n - 1.0));
    let reach = StudentsT::new(0.0, 1.0, degrees).ok()?.inverse_cdf(0.975) * (a + b).sqrt();
    Some(Shift {
        value: (y - x).exp(),
        interval: Some(((y - x - reach).exp(), (y - x + reach).exp())),
        then: then.len() as u32,
        now: now.len() as u32,
    })
}

#[test]
fn two_runs_of_the_same_code_seldom_differ() {
    for series in Series::load() {
        for n in [
            (3, 3),
            (5, 5),
            (6, 6),
            (10, 10),
            (20, 20),
            (3, 10),
            (6, 20),
            (20, 6),
        ] {
            let claims = compare(&series, n, 0.0, RUNS, between_runs, SMALLEST_CLAIM).unwrap();
            assert!(
                claims.faster + claims.slower <= 5.0,
                "{}, {n:?} launches: {claims:?}",
                series.pair
            );
        }
    }
}

/// Silence would be easy: a rule with few false alarms must still find what is there.
#[test]
fn a_real_change_is_found() {
    for series in Series::load().into_iter().filter(Series::is_null) {
        let claims = |change| compare(&series, (10, 10), change, RUNS, between_runs, SMALLEST_CLAIM).unwrap();
        let (up, down) = (claims(0.06), claims(1.0 / 1.06 - 1.0));
        assert!(up.faster >= 90.0 && up.slower == 0.0, "{}: {up:?}", series.pair);
        assert!(
            down.slower >= 90.0 && down.faster == 0.0,
            "{}: {down:?}",
            series.pair
        );
    }
}

/// What holds in 5 % by construction must not be the reason that the tests above pass.
#[test]
fn samples_as_if_independent_cry_wolf() {
    let pooled: fn(&[&Launch]) -> Vec<f64> = |run| run.iter().flat_map(|l| l.samples.clone()).collect();
    let all = Series::load();
    let worst = all.iter().map(|series| {
        let mut random = Random(SEED);
        let alarms = (0..RUNS).filter(|_| {
            let (then, now) = two_runs(series, (10, 10), &mut random).unwrap();
            let shift = welch(&pooled(&then), &pooled(&now)).unwrap();
            shift.faster_by(SMALLEST_CLAIM) || shift.slower_by(SMALLEST_CLAIM)
        });
        100.0 * alarms.count() as f64 / RUNS as f64
    });
    let worst = worst.fold(0.0, f64::max);
    assert!(worst > 15.0, "false alarms in {worst} %");
    // The same for the intervals of one process each, compared by whether they overlap, as people do by eye.
    let apart = |series: &Series| {
        let mut random = Random(SEED);
        let alarms = (0..RUNS).filter(|_| {
            let (then, now) = two_runs(series, (1, 1), &mut random).unwrap();
            let (a, b) = (
                student(&then[0].samples).unwrap(),
                student(&now[0].samples).unwrap(),
            );
            a.high < b.low || b.high < a.low
        });
        100.0 * alarms.count() as f64 / RUNS as f64
    };
    let worst = all.iter().map(apart).fold(0.0, f64::max);
    assert!(worst > 15.0, "one launch each: false alarms in {worst} %");
}

#[test]
fn an_outcome_for_every_comparison() {
    let series = &Series::load()[0];
    let mut random = Random(SEED);
    for n in [1, 2, 3, 10] {
        let (then, now) = two_runs(series, (n, n), &mut random).unwrap();
        let shift = between_runs(&logs(&then), &logs(&now)).unwrap();
        let decided = shift.outcome(INTEREST) != Outcome::TooNoisy;
        assert!(n > 2 || !decided, "{n} launches: {shift:?}");
    }
}

const TABLE_RUNS: usize = 4000;
const LAUNCHES: [usize; 7] = [3, 5, 6, 8, 10, 15, 20];

#[test]
#[ignore = "prints how often two runs of the same code differ; takes minutes without --release"]
fn false_alarms() {
    for series in Series::load() {
        println!(
            "\n{}, two runs of the same code: called faster or slower in %, half-width in %\n",
            series.pair
        );
        head(&LAUNCHES.map(|n| n.to_string()));
        for (name, method, claim) in CANDIDATES {
            let cell = |n| match compare(&series, (n, n), 0.0, TABLE_RUNS, method, claim) {
                Some(claims) => format!("{:.1}, ±{:.2}", claims.faster + claims.slower, claims.half_width),
                None => "—".into(),
            };
            row(name, LAUNCHES.map(cell));
        }
    }
}

#[test]
#[ignore = "prints how often a known change is found; takes minutes without --release"]
fn known_changes() {
    const CHANGES: [f64; 5] = [0.01, 0.02, 0.03, 0.05, 0.1];
    for series in Series::load() {
        println!(
            "\n{}, two runs of 10 launches, slower by …: called slower in %\n",
            series.pair
        );
        head(&CHANGES.map(|change| format!("{:.0} %", 100.0 * change)));
        for (name, method, claim) in CANDIDATES {
            let cell = |change: f64| {
                compare(
                    &series,
                    (10, 10),
                    1.0 / (1.0 + change) - 1.0,
                    TABLE_RUNS,
                    method,
                    claim,
                )
                .map_or("—".into(), |claims| format!("{:.1}", claims.slower))
            };
            row(name, CHANGES.map(cell));
        }
    }
}
