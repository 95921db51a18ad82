//! Builds the summary of a pair from the figures of its launches.

use super::over_launches::{estimate, estimate_by};
use super::{
    CaseSummary, EmbeddedSummary, FailureSummary, Gate, Modes, PairSummary, Stage, State, VariantSummary,
};
use crate::analyse::launches::{ComparisonFigures, LaunchFigures};
use crate::estimate::{Estimate, IntervalRule, median};
use crate::hosts::Fault;
use crate::measure::Launch;
use crate::record::{PairRecord, VariantRecord, VariantState};
use crate::registry::{Side, Variant};

/// The figures of a pair, from those of its launches.
pub(in crate::analyse) fn summarise_pair(
    pair: &PairRecord,
    figures: &[LaunchFigures],
    rule: IntervalRule,
) -> PairSummary {
    let gate = match &pair.verification {
        v if v.passed => Gate::Passed,
        v if !v.failures.is_empty() => Gate::Failed,
        _ if pair.skipped().is_some() => Gate::Skipped,
        _ if pair
            .variants
            .iter()
            .any(|v| matches!(v.state, VariantState::Failed { .. })) =>
        {
            Gate::Failed
        }
        _ => Gate::Pending,
    };
    let mut sizes: Vec<u64> = pair.launches.iter().map(|launch| launch.size).collect();
    sizes.extend(
        pair.cases
            .iter()
            .filter(|case| case.default)
            .map(|case| case.size),
    );
    sizes.sort_unstable();
    sizes.dedup();
    let cases: Vec<_> = sizes
        .into_iter()
        .map(|size| summarise_case(pair, figures, rule, gate, size))
        .collect();
    let headline = cases
        .iter()
        .position(|case| case.default && case.launches > 0)
        .or_else(|| cases.iter().rposition(|case| case.launches > 0))
        .or_else(|| cases.iter().position(|case| case.default));
    PairSummary {
        name: pair.name.clone(),
        profile: pair.profile,
        gate,
        cases,
        headline,
        failures: failures(pair),
    }
}

fn summarise_case(
    pair: &PairRecord,
    figures: &[LaunchFigures],
    rule: IntervalRule,
    gate: Gate,
    size: u64,
) -> CaseSummary {
    let launches: Vec<&Launch> = pair.launches_of(size).collect();
    let figures: Vec<&LaunchFigures> = figures.iter().filter(|launch| launch.size == size).collect();
    let undeclared = VariantRecord {
        name: pair.baseline.clone(),
        side: Side::Python,
        declared: None,
        state: VariantState::Active,
    };
    let is_baseline = |v: &&VariantRecord| v.name == pair.baseline;
    let baseline = pair.variants.iter().find(is_baseline).unwrap_or(&undeclared);
    let verified = gate == Gate::Passed;
    CaseSummary {
        size,
        default: pair.cases.iter().any(|case| case.size == size && case.default),
        launches: figures
            .iter()
            .filter(|launch| !launch.comparisons.is_empty())
            .count() as u32,
        baseline: summarise_variant(baseline, rule, true, verified, &launches, &figures),
        variants: (pair.variants.iter())
            .filter(|v| !is_baseline(v) && v.name != Variant::EMBEDDED)
            .map(|v| summarise_variant(v, rule, false, verified, &launches, &figures))
            .collect(),
        embedded: verified.then(|| embedded(&figures)).flatten(),
    }
}

fn summarise_variant(
    variant: &VariantRecord,
    rule: IntervalRule,
    is_baseline: bool,
    verified: bool,
    launches: &[&Launch],
    figures: &[&LaunchFigures],
) -> VariantSummary {
    let own: Vec<&ComparisonFigures> = comparisons(figures, &variant.name).collect();
    let time = match is_baseline {
        true => estimate(figures.iter().filter_map(|launch| launch.baseline_log_time)),
        false => estimate(own.iter().filter_map(|c| c.log_time)),
    };
    let state = match &variant.state {
        VariantState::Skipped { reason } => State::Skipped(reason.clone()),
        VariantState::Deselected => State::Deselected,
        VariantState::Failed { fault } => State::Failed(fault.clone()),
        VariantState::Active if !verified => State::NotMeasured,
        VariantState::Active if time.is_some() => State::Measured,
        VariantState::Active => launches
            .iter()
            .flat_map(|launch| &launch.failures)
            .find(|failure| failure.variant == variant.name || failure.variant.is_empty())
            .map_or(State::NotMeasured, |failure| State::Failed(failure.fault.clone())),
    };
    let measured = state == State::Measured;
    let compared = measured && !is_baseline;
    let logs = match compared {
        true => logs(figures, &variant.name),
        false => Vec::new(),
    };
    let starts: Vec<f64> = own.iter().filter_map(|c| Some(c.timed()?.0)).collect();
    let setup: Vec<f64> = own.iter().map(|c| c.setup_s).collect();
    let threads: Vec<f64> = match is_baseline {
        true => (figures.iter())
            .filter_map(|launch| launch.baseline_threads(&variant.name))
            .collect(),
        false => own.iter().filter_map(|c| c.variant_calls.threads).collect(),
    };
    VariantSummary {
        name: variant.name.clone(),
        side: variant.side,
        kind: variant.kind(),
        state,
        ratio: match compared {
            true => estimate_by(rule, own.iter().filter_map(|c| c.timed())),
            false => None,
        },
        widening: rule.dependence.widening(&starts),
        logs,
        time: time.filter(|_| measured),
        modes: compared.then(|| Modes::of(figures, &variant.name)).flatten(),
        setup: measured.then(|| median(setup)).flatten(),
        launches: time.map_or(0, |time| time.launches),
        threads: measured.then(|| median(threads)).flatten(),
    }
}

/// The logarithm of a variant's ratio in each launch that has one.
fn logs(figures: &[&LaunchFigures], variant: &str) -> Vec<(u32, f64)> {
    let log = |launch: &&LaunchFigures| Some((launch.index, launch.comparison(variant)?.log_ratio?));
    figures.iter().filter_map(log).collect()
}

/// The comparisons of one variant, at most one per launch.
fn comparisons<'a>(
    launches: &'a [&LaunchFigures],
    variant: &'a str,
) -> impl Iterator<Item = &'a ComparisonFigures> {
    launches
        .iter()
        .filter_map(move |launch| launch.comparison(variant))
}

/// The ratio of a variant on a case over these launches. A run in progress and its report both use this function.
pub(crate) fn ratio_so_far(
    launches: &[LaunchFigures],
    rule: IntervalRule,
    size: u64,
    variant: &str,
) -> Option<Estimate> {
    let own = launches.iter().filter(|launch| launch.size == size);
    estimate_by(rule, own.filter_map(|launch| launch.comparison(variant)?.timed()))
}

fn embedded(launches: &[&LaunchFigures]) -> Option<EmbeddedSummary> {
    let own: Vec<&ComparisonFigures> = comparisons(launches, Variant::EMBEDDED).collect();
    (!own.is_empty()).then(|| EmbeddedSummary {
        time: estimate(own.iter().filter_map(|c| c.log_time)),
        tax: estimate(own.iter().filter_map(|c| c.log_ratio)).map(inverse),
    })
}

/// The estimate of 1 ÷ the quantity.
pub(crate) fn inverse(estimate: Estimate) -> Estimate {
    Estimate {
        value: 1.0 / estimate.value,
        interval: estimate.interval.map(|(low, high)| (1.0 / high, 1.0 / low)),
        launches: estimate.launches,
    }
}

/// The failures of verification, then those of launches, then faults of variants that are in neither.
fn failures(pair: &PairRecord) -> Vec<FailureSummary> {
    let failure = |variant: &str, size, stage, fault: &Fault| FailureSummary {
        pair: pair.name.clone(),
        variant: variant.into(),
        size,
        stage,
        fault: fault.clone(),
    };
    let mut all: Vec<FailureSummary> = (pair.verification.failures.iter())
        .map(|f| failure(&f.variant, f.size, Stage::Verify, &f.fault))
        .collect();
    for launch in &pair.launches {
        let stage = Stage::Launch(launch.index);
        let here = launch.failures.iter();
        all.extend(here.map(|f| failure(&f.variant, Some(launch.size), stage, &f.fault)));
    }
    for variant in &pair.variants {
        if let VariantState::Failed { fault } = &variant.state
            && !all.iter().any(|f| f.fault == *fault)
        {
            all.push(failure(&variant.name, None, Stage::Unknown, fault));
        }
    }
    all
}
