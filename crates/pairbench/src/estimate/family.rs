//! All changes of one comparison together: how much two runs may differ without a cause, and how certain each change
//! must be, given the number of rows.
//!
//! **State.** The launches of a run share a state of the machine, which the other run does not share. With `dᵢ` the
//! shift of row i (a logarithm) and `eᵢ` its standard error from its launches,
//!
//! ```text
//! dᵢ = change + common + stateᵢ + noiseᵢ,   stateᵢ ~ N(0, τ²),   noiseᵢ ~ N(0, eᵢ²)
//! ```
//!
//! Most rows of a comparison have not changed. So `common` is the median of the shifts, and τ solves
//!
//! ```text
//! median of (dᵢ − common)² ÷ (eᵢ² + τ²)  =  0.4549, the median of χ² with 1 degree of freedom
//! ```
//!
//! or is 0 if the launches explain the spread. A common factor of more than 8 % is a change, not a state, and stays.
//! This is the estimate of R. C. Paule and J. Mandel (*Consensus values and weighting factors*, J. Res. NBS 87, 1982)
//! with a median instead of the mean, so that real changes of fewer than half of the rows do not distort it. A scale
//! from a median of k values is as precise as one from the squares of 0.37 k (P. J. Rousseeuw and C. Croux,
//! *Alternatives to the median absolute deviation*, JASA 88, 1993): its quantiles `q` are those of Student's t with
//! that many degrees of freedom.
//!
//! **Interval.** From the limits `l`, `u` of the launches and `±qτ` of the state, after G. Y. Zou and A. Donner
//! (*Construction of confidence limits about effect measures*, Statistics in Medicine 27, 2008):
//!
//! ```text
//! d − √((d − l)² + (qτ)²)   to   d + √((u − d)² + (qτ)²)
//! ```
//!
//! **In step.** If each launch of one run was taken beside one of the other, the runs do not differ in state, and `dᵢ`
//! is the centre of the differences of such launches. Then no τ is assumed if rows are too few, and no common factor is
//! removed. τ measures how much two builds of unchanged code differ.
//!
//! **Family.** Each of N rows is tested at 1 ÷ N of the level (C. E. Bonferroni, 1936), so that *any* false alarm among
//! them is as rare as the level says, however the rows depend on each other. If launches are too few for ranks at that
//! level, the interval is Welch's, which assumes normal logarithms and, here, at least the usual spread of launches.

use super::interval::{CONFIDENCE, MINIMUM_LAUNCHES, student_quantile};
use super::middle::median;
use super::rank_sum;
use super::shift::{Outcome, SMALLEST_CLAIM, Shift, at_tails, in_step_at_tails};
use super::signed_rank;
use statrs::distribution::{ContinuousCDF, Normal};

/// How often a whole comparison of equal runs may call any row faster or slower.
pub const FALSE_ALARMS: f64 = 0.05;

/// How often equal runs may break a rule of `--fail-if`.
pub const FALSE_FAILURES: f64 = 0.01;

/// Fewest rows from which the state is estimated.
pub const STATE_FROM: usize = 8;

/// The median of χ² with one degree of freedom.
const MEDIAN_OF_SQUARES: f64 = 0.454_936;

/// The assumed deviation of the state if rows are too few: launches recorded over an hour differ by about this much
/// from one five-minute period to the next.
const ASSUMED: f64 = 0.007;

/// The largest common factor, as a logarithm, that counts as a state of the machine: 8 %.
const MOST_COMMON: f64 = 0.08;

/// Degrees of freedom per value of a scale that comes from a median.
const DEGREES: f64 = 0.37;

/// How much runs differ without a cause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// The factor that the rows have in common, now ÷ then: their median; 1 if it is not known, and in step.
    pub common: f64,
    /// The standard deviation of the rows' logarithms about `common` that their launches do not explain.
    pub deviation: f64,
    /// The standard deviation of a row's launches: the median over the rows.
    pub spread: f64,
    /// Number of rows it was estimated from; 0 if it is assumed.
    pub rows: usize,
}

impl State {
    /// The state from the shifts of rows whose code is the same in both runs, or mostly the same.
    pub fn of(shifts: &[Shift], in_step: bool) -> Self {
        let rows: Vec<Row> = shifts
            .iter()
            .filter_map(|shift| Row::of(shift, in_step))
            .collect();
        let middle = |of: &dyn Fn(&Row) -> f64| median(rows.iter().map(of).collect()).unwrap_or(0.0);
        let spread = middle(&|row| row.spread);
        if rows.len() < STATE_FROM {
            return State {
                common: 1.0,
                deviation: if in_step { 0.0 } else { ASSUMED },
                spread,
                rows: 0,
            };
        }
        let common = middle(&|row| row.shift);
        let square = |row: &Row, deviation: f64| {
            let variance = row.error.powi(2) + deviation.powi(2);
            (row.shift - common).powi(2) / variance.max(f64::MIN_POSITIVE)
        };
        let excess = |deviation: f64| middle(&|row| square(row, deviation)) > MEDIAN_OF_SQUARES;
        // Bisects between no state and the whole spread, to a millionth.
        let (mut low, mut high) = (0.0, 2.0 * middle(&|row| (row.shift - common).abs()));
        while excess(low) && high - low > 1e-6 {
            let between = f64::midpoint(low, high);
            *(if excess(between) { &mut low } else { &mut high }) = between;
        }
        State {
            common: if in_step { 1.0 } else { common.exp() },
            deviation: low,
            spread,
            rows: rows.len(),
        }
    }

    /// Whether the common factor may be a state of the machine. A larger one is a change of all rows.
    pub fn is_plausible(&self) -> bool {
        self.common.ln().abs() <= MOST_COMMON
    }

    /// How far a row may be off because of the state, except in a share `tail` of cases at each end.
    fn reach(&self, tail: f64) -> f64 {
        let quantile = match self.rows {
            0 => Normal::standard().inverse_cdf(1.0 - tail),
            rows => student(DEGREES * rows as f64, tail),
        };
        quantile * self.deviation
    }
}

/// What a row shows about the state, in logarithms.
struct Row {
    shift: f64,
    error: f64,
    /// The standard deviation of its launches; in step, that of their differences.
    spread: f64,
}

impl Row {
    fn of(shift: &Shift, in_step: bool) -> Option<Self> {
        let (low, high) = shift.interval?;
        let (m, n) = (f64::from(shift.then), f64::from(shift.now));
        let (degrees, of_mean) = match in_step {
            true => (n - 1.0, 1.0 / n),
            false => (m + n - 2.0, 1.0 / m + 1.0 / n),
        };
        let error = (high / low).ln() / 2.0 / student(degrees, (1.0 - CONFIDENCE) / 2.0);
        let row = Row {
            shift: shift.value.ln(),
            error,
            spread: error / of_mean.sqrt(),
        };
        (row.shift.is_finite() && row.error.is_finite()).then_some(row)
    }
}

/// The quantile of Student's t that leaves out `tail` above it.
fn student(degrees: f64, tail: f64) -> f64 {
    student_quantile(degrees, 1.0 - tail).unwrap_or(f64::INFINITY)
}

/// How many launches two runs in step need before ranks can show a change of one row among `rows`.
pub(crate) fn launches_in_step(rows: usize) -> u32 {
    Family::new(rows, Family::alone(true).state, true).launches()
}

/// The rows that are compared together.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Family {
    /// Number of rows.
    pub rows: usize,
    /// The state that is allowed for.
    pub state: State,
    /// Whether each launch of one run was taken beside one of the other.
    pub in_step: bool,
    tails: [f64; 3],
    reaches: [f64; 3],
}

impl Family {
    /// A family of this many rows, whose runs differ by this state.
    pub fn new(rows: usize, state: State, in_step: bool) -> Self {
        let among = rows.max(1) as f64;
        let tails = [
            (1.0 - CONFIDENCE) / 2.0,
            FALSE_ALARMS / 2.0 / among,
            FALSE_FAILURES / among,
        ];
        Family {
            rows,
            state,
            in_step,
            tails,
            reaches: tails.map(|tail| state.reach(tail)),
        }
    }

    /// A single row, with no allowance for any state.
    pub fn alone(in_step: bool) -> Self {
        let state = State {
            common: 1.0,
            deviation: 0.0,
            spread: 0.0,
            rows: 0,
        };
        Family::new(1, state, in_step)
    }

    /// How many launches each run needs before ranks can show a change among this many rows.
    pub fn launches(&self) -> u32 {
        let enough = |&launches: &u32| match self.in_step {
            true => signed_rank::reachable(launches as usize, self.tails[1]),
            false => rank_sum::reachable(launches as usize, self.tails[1]),
        };
        (MINIMUM_LAUNCHES..).find(enough).unwrap_or(u32::MAX)
    }

    /// How one of the rows changed, from one logarithm per launch of each run; `None` if a run has no launch. In step,
    /// both runs have equally many, and launches at the same index were taken side by side.
    pub fn change(&self, then: &[f64], now: &[f64]) -> Option<Change> {
        let at_tails = if self.in_step { in_step_at_tails } else { at_tails };
        let mut shifts = at_tails(then, now, self.tails, self.state.spread)?;
        let common = if self.state.is_plausible() {
            self.state.common.ln()
        } else {
            0.0
        };
        for (shift, reach) in shifts.iter_mut().zip(self.reaches) {
            let centre = shift.value.ln();
            let far = |end: f64| (end.ln() - centre).hypot(reach);
            let value = centre - common;
            shift.value = value.exp();
            shift.interval =
                (shift.interval).map(|(low, high)| ((value - far(low)).exp(), (value + far(high)).exp()));
        }
        let [shift, together, sure] = shifts;
        Some(Change {
            shift,
            together: together.interval,
            sure: sure.interval,
        })
    }
}

/// The change of one row among those of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The change relative to what all rows have in common, with a 95 % interval of its own that allows for the state.
    pub shift: Shift,
    /// The interval for all rows jointly: each row lies within its own, in all but [`FALSE_ALARMS`] of comparisons.
    pub together: Option<(f64, f64)>,
    /// One-sided limits for all rows, jointly correct in all but [`FALSE_FAILURES`] of comparisons.
    pub sure: Option<(f64, f64)>,
}

impl Change {
    /// The verdict: *faster* or *slower* if its own interval lies beyond [`SMALLEST_CLAIM`] and the joint one excludes
    /// a ratio of 1. Otherwise *no difference* if a change of `interest` would have been shown.
    pub fn outcome(&self, interest: f64) -> Outcome {
        match self.together {
            Some((low, _)) if low > 1.0 && self.shift.faster_by(SMALLEST_CLAIM) => Outcome::Faster,
            Some((_, high)) if high < 1.0 && self.shift.slower_by(SMALLEST_CLAIM) => Outcome::Slower,
            _ if self.smallest().is_some_and(|smallest| smallest <= interest) => Outcome::NoDifference,
            _ => Outcome::TooNoisy,
        }
    }

    /// The smallest change that the row could have shown, as a share: a measured change of this size counts as faster
    /// or slower, given how wide the intervals are. A true change of that size is found in about half of the cases.
    pub fn smallest(&self) -> Option<f64> {
        let half = |(low, high): (f64, f64)| (high / low).ln() / 2.0;
        let own = half(self.shift.interval?) + SMALLEST_CLAIM.ln_1p();
        Some(own.max(half(self.together?)).exp_m1()).filter(|share| share.is_finite())
    }

    /// Whether it is slower by more than a share, surely enough to fail a run.
    pub fn surely_slower_by(&self, share: f64) -> bool {
        self.shift.slower_by(share) && self.sure.is_some_and(|(_, high)| high < 1.0)
    }

    /// Whether it is faster by more than a share, surely enough to fail a run.
    pub fn surely_faster_by(&self, share: f64) -> bool {
        self.shift.faster_by(share) && self.sure.is_some_and(|(low, _)| low > 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::between_runs;
    use super::*;
    use proptest::{collection::vec, prelude::*};

    /// A row that moved to `value`, give or take `width`, in logarithms.
    fn row(value: f64, width: f64) -> Shift {
        Shift {
            value: value.exp(),
            interval: Some(((value - width).exp(), (value + width).exp())),
            then: 8,
            now: 8,
        }
    }

    fn state(common: f64, deviation: f64) -> State {
        State {
            common,
            deviation,
            spread: 0.0,
            rows: 56,
        }
    }

    #[test]
    fn the_spread_that_launches_do_not_explain_is_the_state() {
        // The median distance from the middle is 2 %, and of a normal distribution 0.6745 deviations.
        let exact: Vec<Shift> = (-4..=4).map(|i| row(0.03 + f64::from(i) / 100.0, 0.0)).collect();
        let found = State::of(&exact, false);
        assert!((found.common.ln() - 0.03).abs() < 1e-9 && (found.deviation - 0.02 / 0.6745).abs() < 1e-5);
        assert_eq!(found.rows, 9);
        // One or two wild rows change little; if launches differ as much, they explain all of the spread.
        let mut wild = exact.clone();
        wild.extend([row(3.0, 0.0), row(-2.0, 0.0)]);
        let robust = State::of(&wild, false);
        assert!(
            robust.common == found.common && robust.deviation < 0.035 / 0.6745,
            "{robust:?}"
        );
        let noisy: Vec<Shift> = exact.iter().map(|shift| row(shift.value.ln(), 0.07)).collect();
        assert_eq!(State::of(&noisy, false).deviation, 0.0);
        // t(14; 0.975) is 2.1448, and launches of a row differ by twice the error of 8 against 8.
        assert!((State::of(&noisy, false).spread - 2.0 * 0.07 / 2.144_787).abs() < 1e-6);
    }

    #[test]
    fn too_few_rows_show_no_state() {
        let few = State::of(&[row(0.2, 0.0); STATE_FROM - 1], false);
        assert_eq!((few.common, few.deviation, few.rows), (1.0, ASSUMED, 0));
        let none = Shift {
            interval: None,
            ..row(0.0, 0.0)
        };
        assert_eq!(State::of(&[none; 20], false).rows, 0);
    }

    #[test]
    fn a_common_factor_is_removed_if_it_may_be_a_state() {
        let change = |common: f64| {
            let family = Family::new(56, state(common, 0.0), false);
            family.change(&[0.0; 8], &[0.05; 8]).unwrap().shift.value.ln()
        };
        assert!((change(1.03) - (0.05 - 1.03_f64.ln())).abs() < 1e-9);
        assert!((change(1.1) - 0.05).abs() < 1e-9);
    }

    #[test]
    fn the_state_widens_intervals() {
        // Launches without any spread: the state alone gives 0.01 × t(20.72; 0.975) = 0.01 × 2.0814.
        let family = Family::new(56, state(1.0, 0.01), false);
        let change = family.change(&[0.0; 8], &[0.0; 8]).unwrap();
        let (low, high) = change.shift.interval.unwrap();
        assert!(
            (high.ln() - 0.020_814).abs() < 1e-5 && (low * high - 1.0).abs() < 1e-9,
            "{high}"
        );
        assert!(change.together.unwrap().1 > 1.03 && change.sure.unwrap().1 > change.together.unwrap().1);
        assert_eq!(change.outcome(0.05), Outcome::NoDifference);
        assert_eq!(change.outcome(0.03), Outcome::TooNoisy);
    }

    #[test]
    fn among_more_rows_it_takes_more_launches() {
        // Two runs of n do not overlap in 2 of C(2n, n) ways: of 70 for 4, of 3,432 for 7, of 12,870 for 8.
        for (rows, launches) in [(1, 4), (56, 7), (60, 7), (90, 8), (300, 8)] {
            assert_eq!(
                Family::new(rows, state(1.0, 0.0), false).launches(),
                launches,
                "{rows} rows"
            );
        }
    }

    #[test]
    fn in_step_it_takes_as_many_launches_as_signs_can_show() {
        // All of n differences lie on one side in 2 of 2ⁿ ways.
        for (rows, launches) in [(1, 6), (5, 8), (6, 8), (7, 9), (56, 12)] {
            assert_eq!(launches_in_step(rows), launches, "{rows} rows");
        }
    }

    /// Three launches that agree by chance prove nothing if those of other rows do not agree.
    #[test]
    fn few_launches_have_at_least_the_usual_spread() {
        let smallest = |spread: f64| {
            let state = State {
                spread,
                ..state(1.0, 0.0)
            };
            let change = Family::new(56, state, false)
                .change(&[0.0, 0.001, 0.002], &[0.1, 0.101, 0.102])
                .unwrap();
            (change.outcome(0.05), change.smallest().unwrap())
        };
        assert_eq!(smallest(0.0).0, Outcome::Faster);
        let (outcome, share) = smallest(0.02);
        assert!(outcome == Outcome::TooNoisy && share > 0.1, "{share}");
    }

    fn logs() -> impl Strategy<Value = Vec<f64>> {
        vec(-1.0..1.0_f64, 3..20)
    }

    proptest! {
        #[test]
        fn a_row_alone_is_as_measured(then in logs(), now in logs()) {
            let (change, shift) = (Family::alone(false).change(&then, &now).unwrap(), between_runs(&then, &now).unwrap());
            prop_assert!((change.shift.value / shift.value - 1.0).abs() < 1e-9);
            let ((a, b), (c, d)) = (change.shift.interval.unwrap(), shift.interval.unwrap());
            prop_assert!((a / c - 1.0).abs() < 1e-9 && (b / d - 1.0).abs() < 1e-9);
        }

        #[test]
        fn more_rows_and_more_state_never_show_smaller_changes(
            then in logs(), now in logs(), rows in 1..100_usize, deviation in 0.0..0.1_f64
        ) {
            let smallest = |rows, deviation| {
                let change = Family::new(rows, state(1.0, deviation), false).change(&then, &now).unwrap();
                change.smallest().unwrap()
            };
            // Welch's interval, used for few launches, may be narrower than that of ranks at a larger tail.
            if then.len().min(now.len()) >= 8 {
                prop_assert!(smallest(rows, deviation) <= smallest(2 * rows, deviation) + 1e-12);
            }
            prop_assert!(smallest(rows, deviation) <= smallest(rows, 2.0 * deviation) + 1e-12);
        }

        #[test]
        fn a_row_that_fails_a_run_has_changed(then in logs(), now in logs(), change in -1.0..1.0_f64, share in 0.01..1.0_f64) {
            let now: Vec<f64> = now.iter().map(|log| log / 100.0 + change).collect();
            let then: Vec<f64> = then.iter().map(|log| log / 100.0).collect();
            let change = Family::new(56, state(1.0, 0.01), false).change(&then, &now).unwrap();
            if change.surely_slower_by(share) {
                prop_assert!(then.len().min(now.len()) < 8 || change.outcome(0.05) == Outcome::Slower);
                prop_assert!(change.shift.value < 1.0 / (1.0 + share));
            }
        }
    }
}
