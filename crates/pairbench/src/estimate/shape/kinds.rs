//! Launches of two kinds: two speeds instead of one.
//!
//! The memory layout and hash seed that a process gets at its start can make it faster or slower for its lifetime, and
//! a machine can change its state in the middle of a run. The mean of two speeds then describes neither, and a reader
//! should see both.

use super::{LEAST_SPREAD, SHAPE_LAUNCHES, middle};
use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::factorial::binomial;
use statrs::stats_tests::{Alternative, fishers_exact};

/// Fewer launches than this, or than a fifth of all, are outliers, not a kind.
const FEWEST: usize = 3;

/// Kinds closer together than this, as a logarithm, are of no interest: 1 %.
const LEAST_DISTANCE: f64 = 0.01;

/// Probability below which something counts as the cause. The kinds are already found; this only chooses the words.
const CAUSE: f64 = 0.05;

/// Probability below which the order of set-up makes a difference.
const ORDER: f64 = 0.002;

/// The facts about one launch that its kind may depend on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Its log-ratio.
    pub log: f64,
    /// Seconds from the start of the run to its start.
    pub at_s: f64,
    /// Whether the baseline was set up first.
    pub baseline_first: bool,
}

/// Launches of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kind {
    /// The median of their logarithms.
    pub centre: f64,
    /// Number of launches.
    pub launches: usize,
}

/// Two kinds of launches.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Kinds {
    /// The kind with the smaller ratio.
    pub lower: Kind,
    /// The kind with the larger ratio.
    pub upper: Kind,
    /// For each launch, whether it is of the upper kind.
    pub is_upper: Vec<bool>,
    /// What the kind is associated with.
    pub cause: Cause,
}

/// What the kind of a launch is associated with. Association does not prove a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Which side was set up first.
    SetUpOrder,
    /// The time: launches of one kind follow each other.
    Time,
    /// Nothing that is recorded.
    Unknown,
}

/// The two kinds of launches, if there are two; `None` below `SHAPE_LAUNCHES`, or if a number is not finite.
///
/// Found in one of two ways:
///
/// - **By speed.** The split of the logarithms with the least sum of squares within the groups (two means, found
///   exactly, since in one dimension groups are neighbours), with at least three launches and a fifth of all in the
///   smaller group. Its distance is measured as K. M. Ashman, C. M. Bird and S. E. Zepf do (*Detecting bimodality in
///   astronomical datasets*, Astronomical Journal 108, 1994): `D = |μ₁ − μ₂| ÷ s`, with `s` the pooled deviation within
///   the groups. They call D > 2 clearly apart, for known groups. But groups chosen to be apart always look so: the
///   best split of ten normal numbers has a median D of 3. So here D must exceed `3.9 + 33 ÷ n`, which normal,
///   heavy-tailed (t with 3 degrees) and skewed (gamma 2) launches do in at most 1 % of cases from n = 6 to 40 (found
///   by simulation, checked by a test).
/// - **By the order of set-up**, the one cause that is known beforehand: groups by which side was set up first, at
///   least three launches in each, Student's two-sample t below 0.2 %, and D > 2.
///
/// Either way the kinds must be at least 1 % apart, and `s` counts as at least 0.2 %.
pub fn two_kinds(launches: &[Seen]) -> Option<Kinds> {
    let finite = launches.iter().all(|one| one.log.is_finite());
    if launches.len() < SHAPE_LAUNCHES || !finite {
        return None;
    }
    by_speed(launches).or_else(|| by_order(launches))
}

fn by_speed(launches: &[Seen]) -> Option<Kinds> {
    let n = launches.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| launches[a].log.total_cmp(&launches[b].log));
    let sorted: Vec<f64> = order.iter().map(|&i| launches[i].log).collect();
    let fewest = FEWEST.max(n.div_ceil(5));
    let within = |k: usize| squares(&sorted[..k]) + squares(&sorted[k..]);
    let split = (fewest..=n - fewest).min_by(|&a, &b| within(a).total_cmp(&within(b)))?;
    let mut is_upper = vec![false; n];
    order[split..].iter().for_each(|&i| is_upper[i] = true);
    let enough = distance(&sorted[..split], &sorted[split..]) > 3.9 + 33.0 / n as f64;
    let cause = cause(launches, &is_upper);
    enough.then(|| kinds(launches, is_upper, cause)).flatten()
}

fn by_order(launches: &[Seen]) -> Option<Kinds> {
    let of = |first: bool| -> Vec<f64> {
        let own = launches.iter().filter(|one| one.baseline_first == first);
        own.map(|one| one.log).collect()
    };
    let (baseline, variant) = (of(true), of(false));
    if baseline.len().min(variant.len()) < FEWEST {
        return None;
    }
    let d = distance(&baseline, &variant);
    let (a, b) = (baseline.len() as f64, variant.len() as f64);
    let t = d * (a * b / (a + b)).sqrt();
    let p = 2.0 * StudentsT::new(0.0, 1.0, a + b - 2.0).ok()?.sf(t);
    let baseline_is_upper = mean(&baseline) > mean(&variant);
    let is_upper = launches
        .iter()
        .map(|one| one.baseline_first == baseline_is_upper)
        .collect();
    (d > 2.0 && p < ORDER)
        .then(|| kinds(launches, is_upper, Cause::SetUpOrder))
        .flatten()
}

/// The kinds, unless they are too close together to be of interest.
fn kinds(launches: &[Seen], is_upper: Vec<bool>, cause: Cause) -> Option<Kinds> {
    let kind = |upper: bool| {
        let own = launches.iter().zip(&is_upper).filter(|(_, is)| **is == upper);
        let mut logs: Vec<f64> = own.map(|(one, _)| one.log).collect();
        logs.sort_by(f64::total_cmp);
        Kind {
            centre: middle(&logs),
            launches: logs.len(),
        }
    };
    let (lower, upper) = (kind(false), kind(true));
    (upper.centre - lower.centre >= LEAST_DISTANCE).then_some(Kinds {
        lower,
        upper,
        is_upper,
        cause,
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The sum of squares about the mean.
fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

/// Ashman's D, with the pooled deviation.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let freedom = (a.len() + b.len()).saturating_sub(2).max(1) as f64;
    let deviation = ((squares(a) + squares(b)) / freedom).sqrt();
    (mean(a) - mean(b)).abs() / deviation.max(LEAST_SPREAD)
}

/// What the kind is associated with: the less probable coincidence, if it is improbable enough.
fn cause(launches: &[Seen], is_upper: &[bool]) -> Cause {
    let first: Vec<bool> = launches.iter().map(|one| one.baseline_first).collect();
    let mut in_time: Vec<usize> = (0..launches.len()).collect();
    in_time.sort_by(|&a, &b| launches[a].at_s.total_cmp(&launches[b].at_s));
    let in_time: Vec<bool> = in_time.into_iter().map(|i| is_upper[i]).collect();
    let (order, time) = (association(&first, is_upper), few_runs(&in_time));
    match order.min(time) {
        p if p > CAUSE => Cause::Unknown,
        p if p == order => Cause::SetUpOrder,
        _ => Cause::Time,
    }
}

/// Fisher's exact test of whether two properties are associated, in either direction: the probability of a table no
/// likelier than this one, given how often each property occurs.
fn association(a: &[bool], b: &[bool]) -> f64 {
    let mut table = [0; 4];
    for (&a, &b) in a.iter().zip(b) {
        table[2 * usize::from(a) + usize::from(b)] += 1;
    }
    fishers_exact(&table, Alternative::TwoSided).unwrap_or(1.0)
}

/// The probability of at most this many runs of equal values in a random order of two kinds. A. Wald and J. Wolfowitz,
/// *On a test whether two samples are from the same population*, Annals of Mathematical Statistics 11 (1940).
fn few_runs(row: &[bool]) -> f64 {
    let ones = row.iter().filter(|is| **is).count() as u64;
    let zeros = row.len() as u64 - ones;
    if ones == 0 || zeros == 0 {
        return 1.0;
    }
    let runs = 1 + row.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64;
    // r runs are ⌈r ÷ 2⌉ of one kind and ⌊r ÷ 2⌋ of the other, either first.
    let ways = |r: u64| {
        let cut = |of: u64, into: u64| binomial(of - 1, into - 1);
        let (more, less) = (r.div_ceil(2), r / 2);
        cut(ones, more) * cut(zeros, less) + cut(ones, less) * cut(zeros, more)
    };
    let few: f64 = (2..=runs).map(ways).sum();
    (few / binomial(ones + zeros, ones)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    /// Launches at 3.41 and 3.92, varying by half a percent.
    fn row(kinds: &[bool], first: impl Fn(usize) -> bool) -> Vec<Seen> {
        let seen = |(i, upper): (usize, &bool)| Seen {
            log: if *upper { 3.92_f64 } else { 3.41 }.ln() + 0.002 * (i % 3) as f64,
            at_s: i as f64 * 5.0,
            baseline_first: first(i),
        };
        kinds.iter().enumerate().map(seen).collect()
    }

    const MIXED: [bool; 12] = {
        let (o, i) = (false, true);
        [o, i, o, o, i, o, i, i, o, i, o, o]
    };

    #[test]
    fn two_speeds_are_reported_with_their_counts() {
        let found = two_kinds(&row(&MIXED, |i| i % 2 == 0)).unwrap();
        assert_eq!((found.lower.launches, found.upper.launches), (7, 5));
        assert!((found.lower.centre.exp() - 3.41).abs() < 0.02);
        assert!((found.upper.centre.exp() - 3.92).abs() < 0.02);
        assert_eq!(found.is_upper, MIXED);
        assert_eq!(found.cause, Cause::Unknown);
    }

    #[test]
    fn the_cause_is_what_correlates_with_the_kind() {
        let ordered = two_kinds(&row(&MIXED, |i| MIXED[i])).unwrap();
        assert_eq!(ordered.cause, Cause::SetUpOrder);
        let mut in_time = MIXED;
        in_time.sort_unstable();
        let found = two_kinds(&row(&in_time, |i| i % 2 == 0)).unwrap();
        assert_eq!(found.cause, Cause::Time);
    }

    #[test]
    fn the_order_of_set_up_is_found_if_speed_alone_does_not_show_it() {
        // Two groups that touch: 1.00 to 1.03 and 1.03 to 1.06.
        let launches: Vec<Seen> = (0..12)
            .map(|i| Seen {
                log: 0.01 * f64::from(i % 4) + if i % 2 == 0 { 0.0 } else { 0.03 },
                at_s: 0.0,
                baseline_first: i % 2 == 0,
            })
            .collect();
        assert!(by_speed(&launches).is_none());
        let found = two_kinds(&launches).unwrap();
        assert_eq!((found.cause, found.upper.launches), (Cause::SetUpOrder, 6));
    }

    #[test]
    fn neither_a_few_far_launches_nor_equal_ones_make_a_kind() {
        let mut one = row(&[false; 12], |i| i % 2 == 0);
        assert_eq!(two_kinds(&one), None);
        one[3].log += 1.0;
        one[4].log += 1.0;
        assert_eq!(two_kinds(&one), None, "two of twelve");
        let equal = [Seen {
            log: 0.5,
            at_s: 0.0,
            baseline_first: true,
        }; 9];
        assert_eq!(two_kinds(&equal), None);
    }

    #[test]
    fn exact_probabilities() {
        let (t, f) = (true, false);
        // All of 5 and none of 5: 2 of 252 tables.
        let half = [t, t, t, t, t, f, f, f, f, f];
        assert!((association(&half, &half) - 2.0 / 252.0).abs() < 1e-12);
        assert!((few_runs(&half) - 2.0 / 252.0).abs() < 1e-12);
        // The lady tasting tea: 3 of 4 right, either way 34 of 70.
        let tea = [t, t, t, t, f, f, f, f];
        let said = [t, t, t, f, t, f, f, f];
        assert!((association(&tea, &said) - 34.0 / 70.0).abs() < 1e-12);
        assert_eq!(few_runs(&[t, t]), 1.0);
    }

    proptest! {
        #[test]
        fn kinds_are_sound(logs in vec(-1.0..1.0_f64, 0..40), first in vec(proptest::bool::ANY, 40)) {
            let seen: Vec<Seen> = logs.iter().zip(&first).map(|(&log, &baseline_first)| Seen {
                log, at_s: 0.0, baseline_first,
            }).collect();
            if let Some(kinds) = two_kinds(&seen) {
                prop_assert_eq!(kinds.lower.launches + kinds.upper.launches, logs.len());
                prop_assert!(kinds.lower.launches.min(kinds.upper.launches) >= FEWEST);
                prop_assert!(kinds.upper.centre - kinds.lower.centre >= LEAST_DISTANCE);
            }
        }

        #[test]
        fn swapping_the_sides_swaps_the_kinds(pattern in vec(proptest::bool::ANY, 6..30), order in vec(proptest::bool::ANY, 30)) {
            let there = row(&pattern, |i| order[i]);
            let back: Vec<Seen> = there.iter().map(|one| Seen {
                log: -one.log, at_s: one.at_s, baseline_first: !one.baseline_first,
            }).collect();
            match (two_kinds(&there), two_kinds(&back)) {
                (Some(a), Some(b)) => {
                    prop_assert_eq!((a.lower.launches, a.cause), (b.upper.launches, b.cause));
                    prop_assert!((a.lower.centre + b.upper.centre).abs() < 1e-9);
                }
                (a, b) => prop_assert_eq!(a.is_some(), b.is_some()),
            }
        }

        #[test]
        fn probabilities_are_probabilities(a in vec(proptest::bool::ANY, 1..60), b in vec(proptest::bool::ANY, 60)) {
            for p in [association(&a, &b[..a.len()]), few_runs(&a)] {
                prop_assert!(p > 0.0 && p <= 1.0, "{}", p);
            }
        }

        #[test]
        fn any_numbers_are_accepted(logs in vec(proptest::num::f64::ANY, 0..20)) {
            let seen: Vec<Seen> = logs.iter().map(|&log| Seen { log, at_s: log, baseline_first: log > 0.0 }).collect();
            prop_assert!(two_kinds(&seen).is_none_or(|kinds| kinds.upper.centre > kinds.lower.centre));
        }
    }
}
