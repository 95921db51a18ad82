//! Whether both sides of a ratio do the same kind of work in every call: threads, state that is kept, warm-up, short calls.

use super::launches::{Calls, ComparisonFigures};
use super::summary::{CaseSummary, VariantSummary};
use super::{CaseInPair, PairAnalysis, cases_in};
use crate::estimate::{CHANGE, Time, median, over_launches};
use crate::measure::prepares;
use crate::record::{Severity, Subject, Warning, WarningKind};
use crate::registry::Kind;
use crate::text::{count, percent};

/// In seconds: a tenth of what a case should take. A port of a shorter one takes microseconds, and the branch predictor
/// learns so small an input.
const SHORT_S: f64 = 1e-3;

pub(super) fn find(one: &PairAnalysis<'_>) -> Vec<Warning> {
    let found = cases_in(&one.summary).flat_map(|case| {
        let own = case.ratios().flat_map(move |(variant, _)| {
            let compared: Vec<&ComparisonFigures> =
                one.comparisons(case.figures.size, &variant.name).collect();
            [
                threads(case, variant),
                kept(
                    compared.iter().map(|own| own.variant_calls),
                    case.variant(&variant.name),
                ),
                warming(&compared, case.variant(&variant.name)),
            ]
        });
        let baseline = &case.figures.baseline.name;
        // Later comparisons of a launch find the state that the first one left.
        let first = one
            .launches_of(case.figures.size)
            .filter_map(|launch| launch.baseline_calls(baseline).next());
        let of_baseline = kept(first, case.variant(baseline));
        own.chain([of_baseline, short(case).filter(|_| one.pair.null_of.is_none())])
    });
    found.flatten().collect()
}

/// Warns if the numbers of threads differ. For a variant that is meant to run in parallel it is only a note.
fn threads(case: CaseInPair<'_>, variant: &VariantSummary) -> Option<Warning> {
    let baseline = &case.figures.baseline;
    let (of_baseline, own) = (baseline.threads?, variant.threads?);
    let is_parallel = matches!(variant.kind, Kind::ParallelPython | Kind::ParallelPort);
    let several = [baseline, variant].map(|side| side.several_threads().is_some());
    let figure = format!("{own:.1} threads, {} {of_baseline:.1}", baseline.name);
    (several[0] != several[1]).then(|| Warning {
        severity: match is_parallel && several[1] {
            true => Severity::Note,
            false => Severity::Warning,
        },
        ..WarningKind::ThreadsDiffer.found(vec![case.variant(&variant.name)], figure)
    })
}

/// Warns of a first call that did work for all later ones. If a first call on another case costs no more than a second
/// one, that work was warm-up, such as a JIT's: only a note.
fn kept(calls: impl Iterator<Item = Calls>, about: Subject) -> Option<Warning> {
    let all: Vec<Calls> = calls.collect();
    let medians = |of: fn(&Calls) -> Option<(f64, f64)>| {
        let calls = all.iter().filter_map(of);
        let (first, later): (Vec<f64>, Vec<f64>) = calls.unzip();
        median(first).zip(median(later))
    };
    let (first, later) = medians(|calls| calls.first_and_later)?;
    let elsewhere = medians(|calls| calls.elsewhere);
    prepares(first, later).then(|| {
        let mut figure = format!("the first call {}, later ones {}", Time(first), Time(later));
        if let Some((first, second)) = elsewhere {
            figure += &format!("; on another case {}, then {}", Time(first), Time(second));
        }
        Warning {
            severity: match elsewhere {
                Some((first, second)) if !prepares(first, second) => Severity::Note,
                _ => Severity::Warning,
            },
            ..WarningKind::StateSurvives.found(vec![about], figure)
        }
    })
}

/// Warns of ratios that change from the first half of the samples to the second, over all launches.
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
