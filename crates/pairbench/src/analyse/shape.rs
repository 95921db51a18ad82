//! What the launches of a ratio look like beside each other.

use super::launches::LaunchRatio;
use super::{PairAnalysis, places};
use crate::estimate::Ratio;
use crate::estimate::shape::{Cause, Kinds, Seen, outlying, trend, two_kinds};
use crate::record::{Severity, Subject, Warning, WarningKind};
use crate::text::{count, percent};

/// A drift below this is of no interest, however sure: 1 %.
const LEAST_DRIFT: f64 = 0.01;

pub(super) fn find(one: &PairAnalysis<'_>) -> Vec<Warning> {
    let ratios = places(&one.summary).flat_map(|place| place.ratios().map(move |ratio| (place, ratio)));
    let found = ratios.flat_map(|(place, (variant, ratio))| {
        let about = || vec![place.of(&variant.name)];
        let launches = one.launch_ratios(place.case.size, &variant.name);
        let kinds = kinds(&launches);
        let drift = drift(&launches, ratio.relative_half_width(), about());
        // Of two kinds the rarer may look outlying, and kinds that follow each other look like a drift. The kinds say more.
        match kinds {
            Some(kinds) => vec![two(&kinds, about())],
            None => [drift, far(&launches, about())].into_iter().flatten().collect(),
        }
    });
    found.collect()
}

/// The kinds of a variant's launches, where there are two.
pub fn kinds(launches: &[LaunchRatio]) -> Option<Kinds> {
    let seen: Vec<Seen> = launches.iter().map(|launch| launch.seen).collect();
    two_kinds(&seen)
}

/// Both speeds with their counts: `7 launches at 3.41×, 5 at 3.92×`.
pub fn both_speeds(kinds: &Kinds) -> String {
    format!(
        "{} at {}, {} at {}",
        count(kinds.lower.launches, "launch"),
        Ratio(kinds.lower.centre.exp()),
        kinds.upper.launches,
        Ratio(kinds.upper.centre.exp())
    )
}

/// What goes with the kind, to follow on the speeds.
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
        // The order is random in every launch, so that the interval over launches holds both kinds.
        Cause::SetUpOrder => Warning {
            severity: Severity::Note,
            ..found.with_remedy(
                "nothing: the order is random, and the interval holds both; it is placement in memory, not speed",
            )
        },
        Cause::Time => found.with_remedy(
            "the machine changed its state: measure again when it is at rest, or report both",
        ),
        Cause::Process => found.with_remedy(
            "report both: it is hash seeds or placement in memory, new in each process as they are for users",
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
