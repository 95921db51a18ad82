//! The shape of a ratio's launches: modes, drift, outliers.

use super::launches::{ComparisonFigures, LaunchRatio};
use super::summary::Modes;
use super::{PairAnalysis, cases_in};
use crate::estimate::shape::{Cause, outlying, trend};
use crate::estimate::{Dependence, Ratio};
use crate::record::{Severity, Subject, Warning, WarningKind};
use crate::text::{count, percent};

/// A drift below 1 % does not matter, however certain it is.
const LEAST_DRIFT: f64 = 0.01;

/// A correlation of neighbours below 0.1 makes intervals at most a tenth wider.
const LEAST_CORRELATION: f64 = 0.1;

/// Warns if launches of the run depend on those shortly before them.
pub(super) fn dependent(dependence: Dependence) -> Option<Warning> {
    let found = dependence.is_sure() && dependence.neighbours >= LEAST_CORRELATION;
    let figure = format!("neighbours correlate by {:.2}", dependence.neighbours);
    found.then(|| WarningKind::DependentLaunches.found(Vec::new(), figure))
}

pub(super) fn find(one: &PairAnalysis<'_>) -> Vec<Warning> {
    let ratios = cases_in(&one.summary).flat_map(|case| case.ratios().map(move |ratio| (case, ratio)));
    let found = ratios.flat_map(|(case, (variant, ratio))| {
        let about = || vec![case.variant(&variant.name)];
        let disturbed = disturbed(one, case.figures.size, &variant.name, about());
        // The rarer of two modes may look outlying, and modes one after the other like a drift. Modes explain more.
        if let Some(modes) = &variant.modes {
            return Vec::from_iter(disturbed.into_iter().chain([two(modes, about())]));
        }
        let launches = one.launch_ratios(case.figures.size, &variant.name);
        let drift = drift(&launches, ratio.relative_half_width(), about());
        [disturbed, drift, far(&launches, about())]
            .into_iter()
            .flatten()
            .collect()
    });
    found.collect()
}

/// What correlates with the modes, as far as the record shows; follows the speeds in a sentence. Correlation does not
/// prove that it is the cause.
pub fn goes_with(cause: Cause) -> &'static str {
    match cause {
        Cause::SetUpOrder => "by which side was set up first",
        Cause::Time => "one mode after the other in time",
        Cause::Unknown => "and nothing recorded correlates with them",
    }
}

fn disturbed(one: &PairAnalysis<'_>, size: u64, variant: &str, about: Vec<Subject>) -> Option<Warning> {
    let own: Vec<&ComparisonFigures> = one.comparisons(size, variant).collect();
    let disturbed = own.iter().filter(|own| own.disturbed).count();
    let left_out = own.iter().any(|own| own.left_out);
    let found =
        WarningKind::CoresTaken.found(about, format!("{disturbed} of {}", count(own.len(), "launch")));
    (disturbed > 0).then(|| match left_out {
        true => Warning {
            severity: Severity::Note,
            ..found
                .with_text("Launches in which other processes used cores that a side needs are left out")
                .with_remedy("nothing: the others are enough for an interval")
        },
        false => found,
    })
}

fn two(modes: &Modes, about: Vec<Subject>) -> Warning {
    let figure = format!("{}, {}", modes.display_ratio(), goes_with(modes.cause));
    let found = WarningKind::TwoKinds.found(about, figure);
    match modes.cause {
        // The order is random in every launch, so both occur in every run, and the interval over launches covers both.
        Cause::SetUpOrder => Warning {
            severity: Severity::Note,
            ..found.with_remedy("report both speeds: the order of set-up is random in every launch, so both belong to the result")
        },
        Cause::Time => found.with_remedy(
            "measure again, when the machine is idle, to see whether both speeds return; report both if they do",
        ),
        Cause::Unknown => found,
    }
}

fn drift(launches: &[LaunchRatio], half_width: Option<f64>, about: Vec<Subject>) -> Option<Warning> {
    let times: Vec<f64> = launches.iter().map(|launch| launch.seen.at_s).collect();
    let logs: Vec<f64> = launches.iter().map(|launch| launch.seen.log).collect();
    let trend = trend(&times, &logs)?;
    let least = half_width.unwrap_or_default().max(LEAST_DRIFT).ln_1p();
    let matters = trend.is_sure() && trend.change.abs() > least;
    let change = trend.change.exp_m1();
    let sign = if change > 0.0 { "+" } else { "" };
    let figure = format!(
        "{sign}{} over {}",
        percent(change),
        count(launches.len(), "launch")
    );
    matters.then(|| WarningKind::DriftingLaunches.found(about, figure))
}

fn far(launches: &[LaunchRatio], about: Vec<Subject>) -> Option<Warning> {
    let logs: Vec<f64> = launches.iter().map(|launch| launch.seen.log).collect();
    let far = outlying(&logs);
    let farthest = far.iter().map(|&i| &launches[i]).max_by(|a, b| {
        let centre = crate::estimate::over_launches(&logs).map_or(0.0, |e| e.value.ln());
        let distance = |launch: &LaunchRatio| (launch.seen.log - centre).abs();
        distance(a).total_cmp(&distance(b))
    })?;
    let figure = format!(
        "{} of {}, launch {} at {}",
        far.len(),
        launches.len(),
        u64::from(farthest.index) + 1,
        Ratio(farthest.seen.log.exp())
    );
    Some(WarningKind::OutlyingLaunches.found(about, figure))
}
