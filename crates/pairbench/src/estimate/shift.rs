//! Then and now: how much a quantity changed between two runs.

use super::Estimate;
use super::interval::{CONFIDENCE, MINIMUM_LAUNCHES, finite, moments, student, student_quantile};
use super::rank_sum::Differences;
use super::signed_rank::Walsh;
use std::fmt;

/// The smallest change that is claimed, as a share: 1 %.
///
/// Launches of one run share states of the machine that another run does not see, so two runs differ by a little more
/// than their launches show. An interval that reaches within this much of no change is not called faster or slower,
/// however narrow it is. The replay in `tests/replay` shows what that does to false alarms of a single row; a
/// comparison of several rows estimates the state, see [`State`](super::State).
pub const SMALLEST_CLAIM: f64 = 0.01;

/// Half-width, as a share, up to which an interval that shows no change is called narrow: 5 % by default.
pub const INTEREST: f64 = 0.05;

/// The change of a positive quantity from one run to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// Now ÷ then. For ratios baseline ÷ variant: above 1 the variant is faster now.
    pub value: f64,
    /// Its interval; `None` while either run has too few launches for one.
    pub interval: Option<(f64, f64)>,
    /// Launches of the earlier run that were used.
    pub then: u32,
    /// Launches of the later one.
    pub now: u32,
}

/// The verdict on a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The interval lies wholly above 1, by more than [`SMALLEST_CLAIM`].
    Faster,
    /// It lies wholly below 1, by more than that.
    Slower,
    /// Neither, and the interval is narrow: a change of the size that matters would probably have shown.
    NoDifference,
    /// Neither, and the interval is wide, or there is none: a change that matters could hide in it.
    TooNoisy,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::NoDifference => "no difference shown",
            Self::TooNoisy => "too noisy to tell",
        })
    }
}

impl Shift {
    /// The verdict on the change. `interest` is the change that matters, as a share: with 0.05 an interval of more than
    /// ±5 % that shows no difference is too noisy for a statement. See [`INTEREST`].
    pub fn outcome(&self, interest: f64) -> Outcome {
        if self.faster_by(SMALLEST_CLAIM) {
            Outcome::Faster
        } else if self.slower_by(SMALLEST_CLAIM) {
            Outcome::Slower
        } else if (self.as_estimate().relative_half_width()).is_some_and(|width| width <= interest) {
            Outcome::NoDifference
        } else {
            Outcome::TooNoisy
        }
    }

    /// Whether the whole interval lies above `1 + share`: the time is now less than `1 ÷ (1 + share)` of what it was.
    pub fn faster_by(&self, share: f64) -> bool {
        self.interval.is_some_and(|(low, _)| low > 1.0 + share)
    }

    /// Whether the whole interval lies below `1 ÷ (1 + share)`: the time is now `1 + share` of what it was or more.
    ///
    /// Measured on the time, as people put it ("5 % slower" takes 105 %), and the mirror of
    /// [`faster_by`](Self::faster_by): swapping then and now turns one into the other.
    pub fn slower_by(&self, share: f64) -> bool {
        self.interval.is_some_and(|(_, high)| high * (1.0 + share) < 1.0)
    }

    /// The change as an estimate, which prints itself; its launches are those of the run that has fewer.
    pub fn as_estimate(&self) -> Estimate {
        Estimate {
            value: self.value,
            interval: self.interval,
            launches: self.then.min(self.now),
        }
    }
}

/// The change between two runs, from one logarithm per launch of each, with its interval at `CONFIDENCE`.
///
/// See [`between_runs_at`].
pub fn between_runs(then: &[f64], now: &[f64]) -> Option<Shift> {
    between_runs_at(then, now, CONFIDENCE)
}

/// The change between two runs, from one logarithm per launch of each; `None` if a run has no launch.
///
/// The estimate is the Hodges–Lehmann shift (the median of all differences of a launch now and a launch then), the
/// interval is that of Mann and Whitney's rank-sum test; both are returned exponentiated. Logarithms that
/// are not finite are dropped and not counted. If the launches are too few for ranks (at 95 %: three against three or
/// four), the interval is Welch's, widened if it would not contain the estimate. There is none if a run has fewer than
/// `MINIMUM_LAUNCHES`.
///
/// Assumptions: launches are independent, within a run and between the two, and the launches of both runs have the same
/// distribution except for the shift. For two runs of the same code the second holds by construction; nothing is
/// assumed about the tails. Independence fails: launches of one run share the machine's state.
/// [`SMALLEST_CLAIM`] allows for that.
pub fn between_runs_at(then: &[f64], now: &[f64], confidence: f64) -> Option<Shift> {
    let [shift] = at_tails(then, now, [(1.0 - confidence) / 2.0], 0.0)?;
    Some(shift)
}

/// The same with several intervals, each of which leaves out at most one of `tails` at each end. Welch's assumes that
/// launches deviate by at least `spread`, so that three that agree by chance do not look certain.
pub(super) fn at_tails<const N: usize>(
    then: &[f64],
    now: &[f64],
    tails: [f64; N],
    spread: f64,
) -> Option<[Shift; N]> {
    let (then, now) = (finite(then), finite(now));
    let differences = Differences::new(&then, &now);
    let ranks = |tail| {
        differences
            .interval(tail)
            .or_else(|| welch(&then, &now, tail, spread))
    };
    Some(around(
        differences.centre()?,
        [then.len(), now.len()],
        tails,
        ranks,
    ))
}

/// The same for two runs in step, whose launches at the same index were taken side by side: the centre and the
/// intervals are those of the differences, by signed ranks, or by Student's t if they are too few. Such runs
/// do not differ in the machine's state, and nothing is assumed about what launches of one run share.
pub(super) fn in_step_at_tails<const N: usize>(
    then: &[f64],
    now: &[f64],
    tails: [f64; N],
    spread: f64,
) -> Option<[Shift; N]> {
    let differences: Vec<f64> = then.iter().zip(now).map(|(then, now)| now - then).collect();
    let differences = finite(&differences);
    let walsh = Walsh::new(&differences);
    let ranks = |tail| {
        let by_ranks = walsh.interval(1.0 - 2.0 * tail);
        by_ranks.or_else(|| student(&differences, 1.0 - tail, spread))
    };
    Some(around(walsh.centre()?, [differences.len(); 2], tails, ranks))
}

/// A centre with an interval for each tail; no intervals if a run has too few launches.
fn around<const N: usize>(
    centre: f64,
    launches: [usize; 2],
    tails: [f64; N],
    interval: impl Fn(f64) -> Option<(f64, f64)>,
) -> [Shift; N] {
    let [then, now] = launches.map(|launches| u32::try_from(launches).unwrap_or(u32::MAX));
    let enough = then.min(now) >= MINIMUM_LAUNCHES;
    tails.map(|tail| Shift {
        value: centre.exp(),
        interval: (enough.then(|| interval(tail)).flatten())
            .map(|(low, high)| (low.min(centre).exp(), high.max(centre).exp())),
        then,
        now,
    })
}

/// Welch's interval of the difference of two means (B. L. Welch, *The generalization of "Student's" problem when
/// several different population variances are involved*, Biometrika 34, 1947):
///
/// ```text
/// ȳ − x̄ ± t(ν; 1 − tail) · √(a + b),   a = s²ₓ ÷ m,   b = s²ᵧ ÷ n,   ν = (a + b)² ÷ (a² ÷ (m − 1) + b² ÷ (n − 1))
/// ```
///
/// where each deviation s counts as at least `spread`.
fn welch(then: &[f64], now: &[f64], tail: f64, spread: f64) -> Option<(f64, f64)> {
    let ((x, a, m), (y, b, n)) = (moments(then, spread), moments(now, spread));
    let variance = a + b;
    let difference = y - x;
    if variance == 0.0 {
        return Some((difference, difference));
    }
    // As shares of the sum, so that no square overflows or underflows.
    let (a, b) = (a / variance, b / variance);
    let degrees = 1.0 / (a * a / (m - 1.0) + b * b / (n - 1.0));
    let t = student_quantile(degrees, 1.0 - tail)?;
    let reach = t * variance.sqrt();
    Some((difference - reach, difference + reach))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn close(a: f64, b: f64) -> bool {
        (a / b - 1.0).abs() < 1e-9
    }

    fn of(low: f64, high: f64) -> Shift {
        Shift {
            value: (low * high).sqrt(),
            interval: Some((low, high)),
            then: 10,
            now: 10,
        }
    }

    #[test]
    fn outcomes() {
        for (low, high, outcome) in [
            (1.02, 1.05, Outcome::Faster),
            (1.02, 9.0, Outcome::Faster),
            (1.005, 1.05, Outcome::NoDifference),
            (1.005, 1.5, Outcome::TooNoisy),
            (0.99, 1.01, Outcome::NoDifference),
            (0.9, 1.1, Outcome::TooNoisy),
            (0.0, f64::INFINITY, Outcome::TooNoisy),
            (0.94, 0.97, Outcome::Slower),
            (0.94, 0.995, Outcome::NoDifference),
        ] {
            assert_eq!(of(low, high).outcome(INTEREST), outcome, "{low} to {high}");
        }
        assert_eq!(of(0.98, 1.02).outcome(0.01), Outcome::TooNoisy);
        let none = Shift {
            interval: None,
            ..of(1.0, 1.0)
        };
        assert_eq!(none.outcome(INTEREST), Outcome::TooNoisy);
    }

    #[test]
    fn a_slow_down_is_measured_on_the_time() {
        // 1 ÷ 1.05 is 0.9524: what took 100 ms takes more than 105 ms.
        assert!(of(0.90, 0.95).slower_by(0.05));
        assert!(!of(0.90, 0.953).slower_by(0.05));
        assert!(of(1.051, 1.06).faster_by(0.05));
        assert!(!of(1.049, 1.06).faster_by(0.05));
    }

    #[test]
    fn few_launches_have_welchs_interval_and_fewer_none() {
        let none = between_runs(&[0.0, 0.1], &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5]).unwrap();
        assert_eq!((none.interval, none.then, none.now), (None, 2, 6));
        assert_eq!(between_runs(&[], &[0.0]), None);
        // By hand: variances 1 and 1 over 3, so √(2 ÷ 3), and t(4; 0.975) = 2.776 445.
        let shift = between_runs(&[0.0, 1.0, 2.0], &[3.0, 4.0, 5.0]).unwrap();
        let (low, high) = shift.interval.unwrap();
        let reach = 2.776_445_1 * (2.0_f64 / 3.0).sqrt();
        assert!(
            (low.ln() - (3.0 - reach)).abs() < 1e-6 && (high.ln() - (3.0 + reach)).abs() < 1e-6,
            "{low} {high}"
        );
        // Four against four: the whole range of the differences.
        let four = between_runs(&[0.0, 0.0, 0.0, 1.0], &[2.0, 2.0, 2.0, 2.0]).unwrap();
        let (low, high) = four.interval.unwrap();
        assert!(close(low, 1.0_f64.exp()) && close(high, 2.0_f64.exp()));
    }

    #[test]
    fn non_finite_launches_are_not_counted() {
        let shift = between_runs(&[f64::NAN, 0.0, 0.0, 0.0], &[0.0, 0.0, f64::INFINITY, 0.0]).unwrap();
        assert_eq!((shift.value, shift.then, shift.now), (1.0, 3, 3));
        assert_eq!(shift.interval, Some((1.0, 1.0)));
        assert_eq!(shift.outcome(INTEREST), Outcome::NoDifference);
    }

    fn logs() -> impl Strategy<Value = Vec<f64>> {
        vec(-20.0..20.0_f64, 1..30)
    }

    proptest! {
        #[test]
        fn the_interval_contains_the_estimate(then in logs(), now in logs()) {
            let shift = between_runs(&then, &now).unwrap();
            prop_assert_eq!(shift.interval.is_some(), then.len().min(now.len()) >= 3);
            if let Some((low, high)) = shift.interval {
                prop_assert!(low <= shift.value && shift.value <= high);
            }
        }

        #[test]
        fn a_known_change_scales_estimate_and_interval(then in logs(), now in logs(), change in -20.0..20.0_f64) {
            let changed: Vec<f64> = now.iter().map(|log| log + change).collect();
            let (with, without) = (between_runs(&then, &changed).unwrap(), between_runs(&then, &now).unwrap());
            prop_assert!(close(with.value, without.value * change.exp()));
            if let (Some(with), Some(without)) = (with.interval, without.interval) {
                prop_assert!(close(with.0, without.0 * change.exp()) && close(with.1, without.1 * change.exp()));
            }
        }

        #[test]
        fn swapping_then_and_now_inverts(then in logs(), now in logs(), share in 0.0..1.0_f64) {
            let (there, back) = (between_runs(&then, &now).unwrap(), between_runs(&now, &then).unwrap());
            prop_assert!(close(there.value, 1.0 / back.value));
            if let (Some(there), Some(back)) = (there.interval, back.interval) {
                prop_assert!(close(there.0, 1.0 / back.1) && close(there.1, 1.0 / back.0));
            }
            prop_assert_eq!(there.faster_by(share), back.slower_by(share));
        }

        #[test]
        fn a_run_against_itself_shows_no_change(logs in logs()) {
            let shift = between_runs(&logs, &logs).unwrap();
            prop_assert!(close(shift.value, 1.0));
            prop_assert!(matches!(shift.outcome(INTEREST), Outcome::NoDifference | Outcome::TooNoisy));
        }

        #[test]
        fn more_confidence_is_never_narrower(then in vec(-1.0..1.0_f64, 5..30), now in vec(-1.0..1.0_f64, 5..30)) {
            let width = |confidence| {
                let shift = between_runs_at(&then, &now, confidence).unwrap();
                shift.as_estimate().relative_half_width().unwrap()
            };
            prop_assert!(width(0.9) <= width(0.95) && width(0.95) <= width(0.99));
        }

        #[test]
        fn one_wild_launch_stays_within_the_others(
            then in vec(-1.0..1.0_f64, 10..20), now in vec(-1.0..1.0_f64, 10..20), wild in -1e300..1e300_f64
        ) {
            let mut disturbed = now.clone();
            disturbed.push(wild);
            let (low, high) = between_runs(&then, &disturbed).unwrap().interval.unwrap();
            prop_assert!((-2.0..=2.0).contains(&low.ln()) && (-2.0..=2.0).contains(&high.ln()));
        }

        #[test]
        fn any_numbers_are_accepted(then in vec(proptest::num::f64::ANY, 0..20), now in vec(proptest::num::f64::ANY, 0..20)) {
            if let Some(shift) = between_runs(&then, &now) {
                let _ = (shift.outcome(INTEREST), shift.as_estimate().display_ratio());
                prop_assert!(shift.value >= 0.0);
            }
        }
    }
}
