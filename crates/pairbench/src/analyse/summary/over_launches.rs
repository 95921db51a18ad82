//! Turns one logarithm per launch into a ratio or a time.

use crate::analyse::launches::{Figures, PairFigures};
use crate::estimate::{Dependence, Estimate, IntervalRule, Precision, Timed};
use crate::record::Record;
use crate::registry::Variant;
use std::collections::BTreeMap;

/// How a record's intervals with one interpreter are computed, from the launches of all pairs and null pairs.
pub(crate) fn interval_rule(record: &Record, figures: &Figures, interpreter: usize) -> IntervalRule {
    let pairs = figures.pairs(interpreter).iter();
    rule_of_pairs(record, pairs.chain(figures.nulls()))
}

/// The same from the launches of these pairs.
pub(in crate::analyse) fn rule_of_pairs<'a>(
    record: &Record,
    pairs: impl Iterator<Item = &'a PairFigures>,
) -> IntervalRule {
    IntervalRule {
        target: record.settings.precision.and_then(Precision::new),
        dependence: Dependence::of(&pairs.flat_map(by_variant).collect::<Vec<_>>()),
    }
}

/// The launches of each ratio, grouped by case.
fn by_variant(pair: &PairFigures) -> Vec<Vec<Vec<Timed>>> {
    let mut cases: BTreeMap<u64, BTreeMap<&str, Vec<Timed>>> = BTreeMap::new();
    for launch in pair.iter() {
        let case = cases.entry(launch.size).or_default();
        let is_ratio = |name: &str| name != Variant::BASELINE && name != Variant::EMBEDDED;
        for own in launch.comparisons.iter().filter(|own| is_ratio(&own.variant)) {
            case.entry(&own.variant).or_default().extend(own.timed());
        }
    }
    let cases = cases.into_values();
    cases.map(|case| case.into_values().collect()).collect()
}

/// [`estimate_by`] the default rule, which depends on no run.
pub(in crate::analyse) fn estimate(logs: impl Iterator<Item = f64>) -> Option<Estimate> {
    estimate_by(IntervalRule::default(), logs.map(|log| (0.0, log)))
}

/// [`IntervalRule::over_launches`] of the finite logarithms; a time of zero has none. `None` if the result is not a positive
/// number, and no interval if its ends are not.
pub(in crate::analyse) fn estimate_by(
    rule: IntervalRule,
    launches: impl Iterator<Item = Timed>,
) -> Option<Estimate> {
    let positive = |v: f64| v.is_finite() && v > 0.0;
    let launches: Vec<Timed> = launches.collect();
    let mut estimate = rule.over_launches(&launches).filter(|e| positive(e.value))?;
    estimate.interval = estimate
        .interval
        .filter(|(low, high)| positive(*low) && positive(*high));
    Some(estimate)
}
