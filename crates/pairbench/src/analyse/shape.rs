//! The shape of a ratio's launches: modes, drift, outliers.

use super::launches::LaunchRatio;
use super::{PairAnalysis, cases_in};
use crate::estimate::Ratio;
use crate::estimate::shape::{Cause, Kinds, Seen, outlying, trend, two_kinds};
use crate::record::{Severity, Subject, Warning, WarningKind};
use crate::text::{count, percent};

/// A drift below 1 % does not matter, however sure.
const LEAST_DRIFT: f64 = 0.01;

pub(super) fn find(one: &PairAnalysis<'_>) -> Vec<Warning> {
    let ratios = cases_in(&one.summary).flat_map(|case| case.ratios().map(move |ratio| (case, ratio)));
    let found = ratios.flat_map(|(case, (variant, ratio))| {
        let about = || vec![case.variant(&variant.name)];
        let launches = one.launch_ratios(case.figures.size, &variant.name);
        let kinds = kinds(&launches);
        let drift = drift(&launches, ratio.relative_half_width(), about());
        // Of two modes the rarer may look outlying, and modes that follow each other look like a drift. Modes explain more.
        match kinds {
            Some(kinds) => vec![two(&kinds, about())],
            None => [drift, far(&launches, about())].into_iter().flatten().collect(),
        }
    });
    found.collect()
}

/// The modes of a variant's launches, where there are two.
pub fn kinds(launches: &[LaunchRatio]) -> Option<Kinds> {
    let seen: Vec<Seen> = launches.iter().map(|launch| launch.seen).collect();
    two_kinds(&seen)
}

/// Both modes with their counts: `7 launches at 3.41×, 5 at 3.92×`.
pub fn both_speeds(kinds: &Kinds) -> String {
    format!(
        "{} at {}, {} at {}",
        count(kinds.lower.launches, "launch"),
        Ratio(kinds.lower.centre.exp()),
        kinds.upper.launches,
        Ratio(kinds.upper.centre.exp())
    )
}

/// What the modes go with; follows the speeds in a sentence.
pub fn cause(kinds: &Kinds) -> &'static str {
    match kinds.cause {
        Cause::SetUpOrder => "by which side was set up first",
        Cause::Time => "one mode after the other in time",
        Cause::Process => "from process to process",
    }
}

fn two(kinds: &Kinds, about: Vec<Subject>) -> Warning {
    let figure = format!("{}, {}", both_speeds(kinds), cause(kinds));
    let found = WarningKind::TwoKinds.found(about, figure);
    match kinds.cause {
        // The order is random in every launch, so the interval over launches covers both modes.
        Cause::SetUpOrder => Warning {
            severity: Severity::Note,
            ..found.with_remedy(
                "nothing: the order is random, and the interval covers both modes; the cause is placement in memory, not speed",
            )
        },
        Cause::Time => found.with_remedy(
            "the machine changed its state: measure again when it is idle, or report both",
        ),
        Cause::Process => found.with_remedy(
            "report both: the cause is hash seeds or placement in memory, which change with each process, for users too",
        ),
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
