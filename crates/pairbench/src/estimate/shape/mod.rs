//! How launches compare with each other: outlying, drifting, of two kinds.
//!
//! The interval over launches assumes that they are independent and symmetric about one true value. These functions
//! test whether that seems true, on one logarithm per launch, from [`launch_log_ratio`](super::launch_log_ratio).
//!
//! A run has some twenty ratios of some ten launches each, and every one of them is tested. So the thresholds are set
//! so that launches of one plain kind raise nothing in at least 99 % of cases at *every* number of launches. The usual
//! thresholds are meant for many numbers; with ten launches they fire in one case of eight.

mod drift;
mod kinds;
mod outlying;

pub use drift::Trend;
pub(crate) use drift::trend;
pub use kinds::{Cause, Kind, Kinds, Seen, two_kinds};
pub(crate) use outlying::outlying;

/// The least number of launches for a shape: with fewer, nothing can be distinguished from chance.
pub(crate) const SHAPE_LAUNCHES: usize = 6;

/// The spread of launches counts as at least this, as a logarithm: 0.2 %. Otherwise, if launches agree to the
/// last step of a clock, one that is a step off would be an outlier or a kind.
const LEAST_SPREAD: f64 = 0.002;

/// The middle of sorted values, or the mean of the middle two; NaN if there is none.
fn middle(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        n => f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    //! How often launches of one plain kind are taken for a shape, counted on simulated launches.
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    pub type Draw = fn(&mut StdRng) -> f64;

    pub fn normal(random: &mut StdRng) -> f64 {
        let (a, b): (f64, f64) = (random.random(), random.random());
        (-2.0 * (1.0 - a).ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }

    fn heavy(random: &mut StdRng) -> f64 {
        let square: f64 = (0..3).map(|_| normal(random).powi(2)).sum();
        normal(random) / (square / 3.0).sqrt()
    }

    fn skewed(random: &mut StdRng) -> f64 {
        let (a, b): (f64, f64) = (random.random(), random.random());
        -((1.0 - a) * (1.0 - b)).ln()
    }

    /// Standard deviation 3 %, as real launches have.
    fn launches(n: usize, draw: Draw, random: &mut StdRng) -> Vec<Seen> {
        let seen = |i| Seen {
            log: 1.0 + 0.03 * draw(random),
            at_s: f64::from(i) * 7.0,
            baseline_first: random.random(),
        };
        (0..n as u32).map(seen).collect()
    }

    const RUNS: usize = 2_000;

    const NUMBERS: [usize; 7] = [6, 7, 8, 10, 15, 20, 40];

    fn share(n: usize, draw: Draw, raised: impl Fn(&[Seen]) -> bool) -> f64 {
        let mut random = StdRng::seed_from_u64(n as u64);
        let hits = (0..RUNS).filter(|_| raised(&launches(n, draw, &mut random)));
        hits.count() as f64 / RUNS as f64
    }

    /// 1 %, plus three standard deviations of a count over this many runs.
    const ONE_PERCENT: f64 = 0.01 + 3.0 * 0.002_2;

    #[test]
    fn one_kind_is_seldom_taken_for_two() {
        for n in NUMBERS {
            for (name, draw) in [("normal", normal as Draw), ("heavy", heavy), ("skewed", skewed)] {
                let share = share(n, draw, |seen| two_kinds(seen).is_some());
                assert!(share <= ONE_PERCENT, "{name}, {n} launches: {share}");
            }
        }
    }

    #[test]
    fn normal_launches_seldom_look_outlying_or_drifting() {
        for n in NUMBERS {
            let logs = |seen: &[Seen]| seen.iter().map(|one| one.log).collect::<Vec<_>>();
            let out = share(n, normal, |seen| !outlying(&logs(seen)).is_empty());
            assert!(out <= 0.01 + 3.0 * 0.002_2, "outlying, {n} launches: {out}");
            let drifts = share(n, normal, |seen| {
                let at: Vec<f64> = seen.iter().map(|one| one.at_s).collect();
                trend(&at, &logs(seen)).is_some_and(|trend| trend.is_sure())
            });
            assert!(
                drifts <= 0.001 + 3.0 * 0.000_7,
                "drifting, {n} launches: {drifts}"
            );
        }
    }

    #[test]
    fn two_kinds_far_apart_are_seen() {
        // Twelve standard deviations apart, equally likely: seen unless one kind has fewer than three.
        for n in [10, 15, 20, 30] {
            let apart: Draw = |random| normal(random) + if random.random() { 12.0 } else { 0.0 };
            let share = share(n, apart, |seen| two_kinds(seen).is_some());
            assert!(share > 0.8, "{n} launches: {share}");
        }
    }
}
