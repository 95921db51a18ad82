//! The interval over launches.

use super::signed_rank::Walsh;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Fewest launches for an interval: two have a single difference, and their interval would be useless.
pub(crate) const MINIMUM_LAUNCHES: u32 = 3;

/// Number of launches from which the 95 % interval assumes nothing but symmetry.
///
/// With fewer, no such interval can have 95 % coverage: all of five launches lie on the same side of the truth in 2 of
/// 2⁵ cases, 6.25 %. Student's t interval is used instead, which assumes normal logarithms.
pub(crate) const SIGNED_RANKS_FROM: u32 = 6;

/// The confidence of every interval unless stated otherwise.
pub(crate) const CONFIDENCE: f64 = 0.95;

/// An estimate over launches of a positive quantity (a ratio, or a time in the unit of the input).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// The 95 % interval; `None` while there are too few launches for one.
    pub interval: Option<(f64, f64)>,
    /// The number of launches used.
    pub launches: u32,
}

impl Estimate {
    /// How far the interval reaches on either side, as a share of the estimate: 0.02 for ±2 %.
    ///
    /// On the log scale, on which the interval was computed: `√(high ÷ low) − 1`. `None` without an interval, or when
    /// the interval has no such width because an end is zero or not finite.
    pub fn relative_half_width(&self) -> Option<f64> {
        let (low, high) = self.interval?;
        let width = (high / low).sqrt() - 1.0;
        width.is_finite().then_some(width)
    }

    /// The same estimate with the ends of its interval this many times as far from the value, on the log scale.
    pub(crate) fn widened(self, factor: f64) -> Self {
        let end = |end: f64| self.value * (end / self.value).powf(factor);
        Estimate {
            interval: self.interval.map(|(low, high)| match factor == 1.0 {
                true => (low, high),
                false => (end(low), end(high)),
            }),
            ..self
        }
    }

    /// Whether the interval lies wholly above or wholly below one: the two sides differ. `false` without an interval.
    pub fn excludes_one(&self) -> bool {
        self.interval.is_some_and(|(low, high)| low > 1.0 || high < 1.0)
    }
}

/// Estimate and 95 % interval from one logarithm per launch; `None` without a launch.
///
/// The estimate is the Hodges–Lehmann centre of the logarithms (the median of all Walsh averages), the interval is
/// that of Wilcoxon's signed-rank test; both are returned exponentiated. Logarithms that are not finite are
/// dropped and not counted. From three to five launches, too few for signed ranks, the interval is Student's, about the
/// mean: wide, and widened further if it would not contain the centre. There is none below `MINIMUM_LAUNCHES`.
///
/// Assumptions: launches are independent, and their logarithms symmetric about the truth. For two equal sides the
/// second holds by construction, because sides are set up and sampled in random order, so that swapping their names
/// changes nothing. Nothing is assumed about the tails: one wild launch in four or more leaves the estimate within the
/// range of the others, and from twelve launches on the interval too.
///
/// Launches taken back to back share the state of the machine and are *not* independent: spread them over the run.
pub fn over_launches(logs: &[f64]) -> Option<Estimate> {
    over_launches_at(logs, CONFIDENCE)
}

/// [`over_launches`] with a confidence other than 95 %, given as a number between 0 and 1. More confidence
/// needs more launches for signed ranks; with fewer, Student's t interval is used.
pub(crate) fn over_launches_at(logs: &[f64], confidence: f64) -> Option<Estimate> {
    let logs = finite(logs);
    let walsh = Walsh::new(&logs);
    let centre = walsh.centre()?;
    let by_ranks = walsh.interval(confidence);
    let interval = by_ranks.or_else(|| student(&logs, f64::midpoint(1.0, confidence), 0.0));
    Some(Estimate {
        value: centre.exp(),
        interval: interval.map(|(low, high)| (low.min(centre).exp(), high.max(centre).exp())),
        launches: u32::try_from(logs.len()).unwrap_or(u32::MAX),
    })
}

/// The finite logarithms, sorted, so that sums do not depend on the order of arrival, not even in the last bit.
pub(super) fn finite(logs: &[f64]) -> Vec<f64> {
    let mut logs: Vec<f64> = logs.iter().copied().filter(|log| log.is_finite()).collect();
    logs.sort_by(f64::total_cmp);
    logs
}

/// Student's interval about the mean: `x̄ ± t(n−1; below) · s ÷ √n`, where the deviation s counts as at least `spread`
/// ("Student", *The probable error of a mean*, Biometrika 6, 1908). `None` below [`MINIMUM_LAUNCHES`].
pub(super) fn student(logs: &[f64], below: f64, spread: f64) -> Option<(f64, f64)> {
    if logs.len() < MINIMUM_LAUNCHES as usize {
        return None;
    }
    let (mean, variance, n) = moments(logs, spread);
    let reach = student_quantile(n - 1.0, below)? * variance.sqrt();
    Some((mean - reach, mean + reach))
}

/// Mean, variance of the mean, and count; the deviation counts as at least `spread`.
pub(super) fn moments(logs: &[f64], spread: f64) -> (f64, f64, f64) {
    let n = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / n;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).max(spread * spread) / n, n)
}

/// The quantile of Student's t with these degrees of freedom at the probability `below`; `None` if no distribution has
/// these degrees.
pub(super) fn student_quantile(degrees: f64, below: f64) -> Option<f64> {
    Some(StudentsT::new(0.0, 1.0, degrees).ok()?.inverse_cdf(below))
}

/// Geometric mean of positive values: `exp(mean of ln xᵢ)`.
///
/// The only mean of ratios that does not depend on which side they are taken against (P. J. Fleming and J. J. Wallace,
/// *How not to lie with statistics*, CACM 29, 1986). `None` when empty, or when a value is not positive and finite:
/// leaving it out would give the mean of something else.
pub(crate) fn geometric_mean(values: &[f64]) -> Option<f64> {
    let sound = values.iter().all(|&value| value > 0.0 && value.is_finite());
    let logs: f64 = values.iter().map(|value| value.ln()).sum();
    (sound && !values.is_empty()).then(|| (logs / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn close(a: f64, b: f64) -> bool {
        (a / b - 1.0).abs() < 1e-9
    }

    #[test]
    fn an_interval_from_three_launches_on_and_by_ranks_from_six() {
        let logs: Vec<f64> = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
            .iter()
            .map(|x: &f64| x.ln())
            .collect();
        assert_eq!(over_launches(&[]), None);
        for n in 1..=2 {
            let few = over_launches(&logs[..n]).unwrap();
            assert_eq!((few.interval, few.launches), (None, n as u32));
            assert!(!few.excludes_one());
            assert_eq!(few.relative_half_width(), None);
        }
        // By hand: mean and deviation of 0, 1, 2 are 1 and 1; t(2; 0.975) is 4.3027.
        let (low, high) = over_launches(&[0.0, 1.0, 2.0]).unwrap().interval.unwrap();
        let reach = 4.302_652_73 / 3.0_f64.sqrt();
        assert!(
            (low.ln() - (1.0 - reach)).abs() < 1e-6 && (high.ln() - (1.0 + reach)).abs() < 1e-6,
            "{low} {high}"
        );
        let six = over_launches(&logs).unwrap();
        assert_eq!(six.launches, 6);
        let (low, high) = six.interval.unwrap();
        assert!(
            close(low, 1.0) && close(high, 6.0),
            "the whole range, {low} to {high}"
        );
        assert!(close(six.relative_half_width().unwrap(), 6.0_f64.sqrt() - 1.0));
    }

    #[test]
    fn equal_launches_give_an_interval_without_width() {
        let equal = over_launches(&[2.0_f64.ln(); 8]).unwrap();
        assert!(close(equal.value, 2.0));
        assert_eq!(equal.relative_half_width(), Some(0.0));
        assert!(equal.excludes_one());
    }

    #[test]
    fn non_finite_launches_are_not_counted() {
        let logs = [
            f64::NAN,
            0.0,
            0.0,
            f64::INFINITY,
            0.0,
            0.0,
            f64::NEG_INFINITY,
            0.0,
            0.0,
        ];
        let estimate = over_launches(&logs).unwrap();
        assert_eq!((estimate.value, estimate.launches), (1.0, 6));
        assert!(!estimate.excludes_one());
        assert_eq!(over_launches(&[f64::NAN]), None);
    }

    #[test]
    fn sides_that_differ() {
        let of = |low, high| Estimate {
            value: 1.0,
            interval: Some((low, high)),
            launches: 9,
        };
        assert!(of(1.01, 1.2).excludes_one());
        assert!(of(0.7, 0.99).excludes_one());
        assert!(!of(1.0, 1.2).excludes_one());
        assert_eq!(of(0.0, 1.0).relative_half_width(), None);
        assert_eq!(of(1.0, f64::INFINITY).relative_half_width(), None);
    }

    #[test]
    fn geometric_means() {
        assert!(close(geometric_mean(&[0.5, 8.0]).unwrap(), 2.0));
        assert_eq!(geometric_mean(&[]), None);
        for unsound in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(geometric_mean(&[1.0, unsound]), None);
        }
        assert!(
            close(geometric_mean(&[f64::MAX; 5]).unwrap().ln(), f64::MAX.ln()),
            "no overflow on the way"
        );
    }

    fn logs() -> impl Strategy<Value = Vec<f64>> {
        vec(-20.0..20.0_f64, 1..40)
    }

    proptest! {
        #[test]
        fn the_interval_contains_the_estimate(logs in logs()) {
            let estimate = over_launches(&logs).unwrap();
            prop_assert_eq!(estimate.interval.is_some(), logs.len() >= MINIMUM_LAUNCHES as usize);
            if let Some((low, high)) = estimate.interval {
                prop_assert!(low <= estimate.value && estimate.value <= high);
            }
        }

        #[test]
        fn a_factor_scales_the_estimate_and_its_interval(logs in logs(), shift in -20.0..20.0_f64) {
            let shifted: Vec<f64> = logs.iter().map(|log| log + shift).collect();
            let (there, here) = (over_launches(&shifted).unwrap(), over_launches(&logs).unwrap());
            prop_assert!(close(there.value, here.value * shift.exp()));
            if let (Some(there), Some(here)) = (there.interval, here.interval) {
                prop_assert!(close(there.0, here.0 * shift.exp()) && close(there.1, here.1 * shift.exp()));
            }
        }

        #[test]
        fn swapping_the_sides_inverts(logs in logs()) {
            let swapped: Vec<f64> = logs.iter().map(|log| -log).collect();
            let (there, here) = (over_launches(&swapped).unwrap(), over_launches(&logs).unwrap());
            prop_assert!(close(there.value, 1.0 / here.value));
            if let (Some(there), Some(here)) = (there.interval, here.interval) {
                prop_assert!(close(there.0, 1.0 / here.1) && close(there.1, 1.0 / here.0));
            }
        }

        #[test]
        fn order_does_not_matter(
            (logs, shuffled) in logs().prop_flat_map(|logs| (Just(logs.clone()), Just(logs).prop_shuffle()))
        ) {
            prop_assert_eq!(over_launches(&logs), over_launches(&shuffled));
        }

        #[test]
        fn one_wild_launch_stays_within_the_others(logs in vec(-1.0..1.0_f64, 3..40), wild in -1e300..1e300_f64) {
            let lowest = logs.iter().copied().fold(f64::INFINITY, f64::min).exp();
            let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max).exp();
            let with: Vec<f64> = logs.iter().copied().chain([wild]).collect();
            let estimate = over_launches(&with).unwrap();
            prop_assert!(lowest <= estimate.value && estimate.value <= highest);
            if let (12.., Some((low, high))) = (with.len(), estimate.interval) {
                prop_assert!(lowest <= low && high <= highest);
            }
        }

        #[test]
        fn any_numbers_are_accepted(logs in vec(proptest::num::f64::ANY, 0..30), again in 0..30_usize) {
            let mut logs = logs;
            if let Some(&log) = logs.get(again) {
                logs.push(log);
            }
            if let Some(estimate) = over_launches(&logs) {
                let _ = (estimate.excludes_one(), estimate.relative_half_width());
                let _ = (estimate.display_ratio(), estimate.display_time());
                prop_assert!(estimate.value >= 0.0);
            }
            let _ = geometric_mean(&logs);
        }

        #[test]
        fn the_geometric_mean_lies_between(values in vec(1e-9..1e9_f64, 1..20)) {
            let mean = geometric_mean(&values).unwrap();
            let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
            let highest = values.iter().copied().fold(0.0, f64::max);
            prop_assert!(lowest * (1.0 - 1e-9) <= mean && mean <= highest * (1.0 + 1e-9));
        }
    }
}
