//! Whether the run is complete.

use crate::record::{Record, Status, Warning, WarningKind};
use crate::text::count;

pub(super) fn find(record: &Record) -> Vec<Warning> {
    [unfinished(record), quick(record), disturbed(record)]
        .into_iter()
        .flatten()
        .collect()
}

fn unfinished(record: &Record) -> Option<Warning> {
    if !record.is_provisional() {
        return None;
    }
    let (text, remedy) = match record.status {
        Status::Complete => return None,
        Status::Running => (
            "Provisional, because the run was still going when this was written",
            "wait: every further launch narrows the intervals; if the run was killed, cargo bench -- --resume continues it",
        ),
        Status::Interrupted => (
            "Provisional, because the run was interrupted",
            WarningKind::Unfinished.remedy(),
        ),
        Status::OutOfTime => (
            "Provisional, because the time budget ran out before the run was complete",
            "more time: --budget 10m, or fewer pairs",
        ),
    };
    let done: usize = record.pairs.iter().map(|pair| pair.launches.len()).sum();
    let found = WarningKind::Unfinished.found(Vec::new(), format!("after {}", count(done, "launch")));
    Some(found.with_text(text).with_remedy(remedy))
}

fn quick(record: &Record) -> Option<Warning> {
    let settings = &record.settings;
    let launches = count(settings.launches as usize, "launch");
    let figure = format!("{launches} of {}", count(settings.sample_size as usize, "sample"));
    settings
        .quick
        .then(|| WarningKind::Quick.found(Vec::new(), figure))
}

fn disturbed(record: &Record) -> Option<Warning> {
    let all = &record.disturbances;
    let first = all.first()?;
    let figure = match all.len() {
        1 => first.to_string(),
        n => format!("{n} times, first {first}"),
    };
    // The sentence around it adds the full stop.
    let figure = figure.trim_end_matches('.');
    Some(WarningKind::Disturbed.found(Vec::new(), figure))
}
