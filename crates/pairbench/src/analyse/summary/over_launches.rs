//! From one logarithm per launch to a ratio or a time.

use crate::estimate::{Estimate, IntervalRule, Precision};
use crate::record::Record;

/// How the intervals of a record's ratios are made.
pub(crate) fn interval_rule(record: &Record) -> IntervalRule {
    IntervalRule {
        target: record.settings.precision.and_then(Precision::new),
    }
}

/// [`estimate_by`] the rule of no run in particular.
pub(in crate::analyse) fn estimate(logs: impl Iterator<Item = f64>) -> Option<Estimate> {
    estimate_by(IntervalRule::default(), logs)
}

/// [`IntervalRule::over_launches`] of the finite logarithms; a time of zero has none. `None` if the result is not a positive
/// number, and no interval if its ends are not.
pub(in crate::analyse) fn estimate_by(
    rule: IntervalRule,
    logs: impl Iterator<Item = f64>,
) -> Option<Estimate> {
    let logs: Vec<f64> = logs.filter(|log| log.is_finite()).collect();
    let positive = |v: f64| v.is_finite() && v > 0.0;
    let mut estimate = rule.over_launches(&logs).filter(|e| positive(e.value))?;
    estimate.interval = estimate
        .interval
        .filter(|(low, high)| positive(*low) && positive(*high));
    Some(estimate)
}
