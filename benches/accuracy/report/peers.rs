//! criterion's and pyperf's runs, judged by their own verdicts. As in their output, now ÷ then above 1 is slower here.

use super::figures::{Judged, PRECISION, half_width, holds};
use super::results::{CriterionRun, Key, PyperfRun, Results};
use super::text::{Change, Comparison};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// criterion's comparisons under one condition. Its seconds are those of both processes: the short ones if their
/// interval was within ±2 %, else the long ones.
pub fn criterion(results: &Results, busy: bool) -> Vec<Judged> {
    let judge = |then: &CriterionRun, now: &CriterionRun| {
        let change = now.change?;
        let truth = now.key.truth();
        let short = then.short.as_ref().zip(now.short.as_ref());
        let short = short.and_then(|(then, now)| narrow(then.wall_s + now.wall_s, now.change?, truth));
        Some(Judged {
            key: now.key,
            alarm: change.comparison.alarms(),
            slower: change.comparison == Comparison::Slower,
            held: Some(holds(change.quotient(), truth)),
            narrow: short.or_else(|| narrow(then.wall_s + now.wall_s, change, truth)),
        })
    };
    against_last(&results.criterion, busy, |run| run.key)
        .into_iter()
        .filter_map(|(then, now)| judge(then, now))
        .collect()
}

/// The seconds, and whether the interval held, if it is within ±2 %.
fn narrow(seconds: f64, change: Change, truth: f64) -> Option<(f64, bool)> {
    let interval = change.quotient();
    (half_width(interval) <= PRECISION).then(|| (seconds, holds(interval, truth)))
}

/// pyperf's comparisons under one condition.
///
/// It prints no interval. The one judged is that of its t test on the means of two runs, whose values it takes as
/// independent; see [`quotient`].
pub fn pyperf(results: &Results, busy: bool) -> Vec<Judged> {
    let judge = |then: &PyperfRun, now: &PyperfRun| {
        let comparison = now.comparison?;
        let processes = then.values.len().min(now.values.len());
        let interval = |of: usize| quotient(&then.values[..of].concat(), &now.values[..of].concat());
        let held = |interval| holds(interval, now.key.truth());
        // What fewer processes would have taken; each run has one more, which calibrates.
        let share = |run: &PyperfRun, of: usize| run.wall_s * (of + 1) as f64 / (run.values.len() + 1) as f64;
        let narrow = (2..=processes).find_map(|of| {
            let interval = interval(of)?;
            let seconds = share(then, of) + share(now, of);
            (half_width(interval) <= PRECISION).then(|| (seconds, held(interval)))
        });
        Some(Judged {
            key: now.key,
            alarm: comparison.alarms(),
            slower: comparison == Comparison::Slower,
            held: interval(processes).map(held),
            narrow,
        })
    };
    against_last(&results.pyperf, busy, |run| run.key)
        .into_iter()
        .filter_map(|(then, now)| judge(then, now))
        .collect()
}

/// Every run with the one that it was compared with: the last earlier run of the side that is not slowed.
fn against_last<T>(runs: &[T], busy: bool, key: impl Fn(&T) -> Key) -> Vec<(&T, &T)> {
    let mut pairs = Vec::new();
    for (at, now) in runs.iter().enumerate() {
        let wanted = key(now);
        let then = runs[..at].iter().rev().find(|then| {
            let then = key(then);
            then.slowed == 0 && (then.work, then.side, then.busy) == (wanted.work, wanted.side, wanted.busy)
        });
        if let Some(then) = then.filter(|_| wanted.busy == busy) {
            pairs.push((then, now));
        }
    }
    pairs
}

/// The 95 % interval of mean now ÷ mean then, as if all values were independent: Student's with the pooled number of
/// values, the variance of the quotient's logarithm by the delta method.
///
/// ```text
/// ln(ȳ ÷ x̄) ± t(m + n − 2; 0.975) · √(s²ₓ ÷ (m x̄²) + s²ᵧ ÷ (n ȳ²))
/// ```
fn quotient(then: &[f64], now: &[f64]) -> Option<(f64, f64)> {
    let moments = |values: &[f64]| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (n, mean, variance)
    };
    if then.len() < 2 || now.len() < 2 {
        return None;
    }
    let ((m, x, a), (n, y, b)) = (moments(then), moments(now));
    let t = StudentsT::new(0.0, 1.0, m + n - 2.0).ok()?.inverse_cdf(0.975);
    let reach = t * (a / (m * x * x) + b / (n * y * y)).sqrt();
    let log = (y / x).ln();
    Some(((log - reach).exp(), (log + reach).exp()))
}
