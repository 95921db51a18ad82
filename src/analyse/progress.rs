//! How far the run came.

use super::count;
use super::summary::{CaseSummary, PairSummary, Standing};
use crate::record::{Record, Status, Warning, WarningKind};

pub(super) fn find(record: &Record, pairs: &[&PairSummary]) -> Vec<Warning> {
    [unfinished(record), quick(record), no_interval(pairs)]
        .into_iter()
        .flatten()
        .collect()
}

fn unfinished(record: &Record) -> Option<Warning> {
    let (text, remedy) = match record.status {
        Status::Complete => return None,
        Status::Running => (
            "Provisional: the run was still going when this was written",
            "wait: every further launch narrows the intervals",
        ),
        Status::Interrupted => (
            "Provisional: the run was interrupted",
            WarningKind::Unfinished.remedy(),
        ),
        Status::OutOfTime => (
            "Provisional: the time was over before the run was done",
            "more time: --budget 10m, or fewer pairs",
        ),
    };
    let done: usize = record.pairs.iter().map(|pair| pair.launches.len()).sum();
    let found = WarningKind::Unfinished.found(Vec::new(), format!("after {}", count(done, "launch")));
    Some(found.saying(text).mended_by(remedy))
}

fn quick(record: &Record) -> Option<Warning> {
    let settings = &record.settings;
    let launches = count(settings.launches as usize, "launch");
    let figure = format!("{launches} of {}", count(settings.sample_size as usize, "sample"));
    settings
        .quick
        .then(|| WarningKind::Quick.found(Vec::new(), figure))
}

/// Where some ratios have intervals, those that have none are told with the pair.
fn no_interval(pairs: &[&PairSummary]) -> Option<Warning> {
    let cases = measured(pairs);
    let ratios = || {
        cases
            .iter()
            .flat_map(|case| &case.variants)
            .filter_map(|variant| variant.ratio)
    };
    let most = cases.iter().map(|case| case.launches).max()?;
    let none = ratios().count() > 0 && ratios().all(|ratio| ratio.interval.is_none());
    none.then(|| WarningKind::NoInterval.found(Vec::new(), count(most as usize, "launch")))
}

/// The headline cases that were measured, of pairs that did not fail.
fn measured<'a>(pairs: &[&'a PairSummary]) -> Vec<&'a CaseSummary> {
    let good = pairs.iter().filter(|pair| pair.standing() != Standing::Failed);
    good.filter_map(|pair| pair.headline())
        .filter(|case| case.launches > 0)
        .collect()
}
