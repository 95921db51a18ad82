//! Whether both sides of a ratio do the same kind of work in every call: threads, state that is kept, warm-up, short calls.

use super::launches::{Calls, ComparisonFigures};
use super::summary::{CaseSummary, VariantSummary};
use super::{CaseInPair, PairAnalysis, cases_in};
use crate::estimate::{CHANGE, Time, median, over_launches};
use crate::record::{Severity, Subject, Warning, WarningKind};
use crate::text::{count, percent};

/// A first call that takes this many times longer than the later ones, and [`KEPT_S`] more, has done work for them.
const KEPT: f64 = 10.0;

/// In seconds. A cold cache, a page fault or the start of threads costs a first call less.
const KEPT_S: f64 = 1e-3;

/// With a factor like this, [`KEPT_FAR_S`] more is enough: no cold start is that slow.
const KEPT_FAR: f64 = 100.0;

/// In seconds.
const KEPT_FAR_S: f64 = 1e-4;

/// In seconds: a tenth of what a case should take. A port of a shorter one takes microseconds, and the processor learns
/// the branches of so small an input.
const SHORT_S: f64 = 1e-3;

pub(super) fn find(one: &PairAnalysis<'_>) -> Vec<Warning> {
    let port = one.port().map(|port| port.name.as_str());
    let found = cases_in(&one.summary).flat_map(|case| {
        let own = case.ratios().flat_map(move |(variant, _)| {
            let compared: Vec<&ComparisonFigures> = one
                .launches_of(case.figures.size)
                .filter_map(|launch| launch.comparison(&variant.name))
                .collect();
            let is_port = port == Some(variant.name.as_str());
            [
                threads(case, variant, is_port),
                kept(&compared, |own| own.variant_calls, case.variant(&variant.name)),
                warming(&compared, case.variant(&variant.name)),
            ]
        });
        let baseline = &case.figures.baseline.name;
        let compared: Vec<&ComparisonFigures> = one
            .launches_of(case.figures.size)
            .flat_map(|launch| &launch.comparisons)
            .filter(|own| own.variant != *baseline)
            .collect();
        let of_baseline = kept(&compared, |own| own.baseline_calls, case.variant(baseline));
        own.chain([of_baseline, short(case).filter(|_| one.pair.null_of.is_none())])
    });
    found.flatten().collect()
}

/// Both sides' threads, where they differ. For a variant that is meant to run in parallel it is a note.
fn threads(case: CaseInPair<'_>, variant: &VariantSummary, is_port: bool) -> Option<Warning> {
    let baseline = &case.figures.baseline;
    let differ = baseline.several_threads().is_some() != variant.several_threads().is_some();
    let (of_baseline, own) = (baseline.threads?, variant.threads?);
    let figure = format!("{own:.1} threads, {} {of_baseline:.1}", baseline.name);
    differ.then(|| Warning {
        severity: match is_port || baseline.several_threads().is_some() {
            true => Severity::Warning,
            false => Severity::Note,
        },
        ..WarningKind::ThreadsDiffer.found(vec![case.variant(&variant.name)], figure)
    })
}

/// A first call that did work for all later ones: the medians over launches.
fn kept(
    compared: &[&ComparisonFigures],
    side: fn(&ComparisonFigures) -> Calls,
    about: Subject,
) -> Option<Warning> {
    let calls = compared.iter().filter_map(|own| side(own).first_and_later);
    let (first, later): (Vec<f64>, Vec<f64>) = calls.unzip();
    let (first, later) = (median(first)?, median(later)?);
    let beyond = |factor: f64, more: f64| first >= factor * later && first - later >= more;
    (beyond(KEPT, KEPT_S) || beyond(KEPT_FAR, KEPT_FAR_S)).then(|| {
        let figure = format!("the first call {}, later ones {}", Time(first), Time(later));
        WarningKind::StateSurvives.found(vec![about], figure)
    })
}

/// Ratios that change from the first half of the samples to the second, over all launches.
fn warming(compared: &[&ComparisonFigures], about: Subject) -> Option<Warning> {
    let drifts: Vec<f64> = compared.iter().filter_map(|own| own.drift).collect();
    let drift = over_launches(&drifts)?;
    let (low, high) = drift.interval?;
    let change = drift.value - 1.0;
    let sign = if change > 0.0 { "+" } else { "" };
    (low > 1.0 + CHANGE || high < 1.0 / (1.0 + CHANGE)).then(|| {
        let launches = count(drifts.len(), "launch");
        let figure = format!(
            "{sign}{} from the first half of the samples to the second, over {launches}",
            percent(change)
        );
        WarningKind::StillWarmingUp.found(vec![about], figure)
    })
}

fn short(case: CaseInPair<'_>) -> Option<Warning> {
    let CaseSummary { baseline, .. } = case.figures;
    let time = baseline.time.filter(|time| time.value < SHORT_S)?;
    let is_compared = case.ratios().next().is_some();
    is_compared.then(|| {
        WarningKind::CallsTooShort.found(vec![case.variant(&baseline.name)], Time(time.value).to_string())
    })
}
