//! How much faster Python itself became from one release to the next.

use super::{Column, Matrix, Row};
use crate::analyse::PairAnalysis;
use crate::analyse::launches::LaunchFigures;
use crate::estimate::{Estimate, IntervalRule, geometric_mean};
use crate::hosts::interpreter::Jit;
use crate::hosts::interpreter::version_numbers;
use crate::record::Interpreter;

/// Python's time with an older interpreter ÷ its time with a newer one: above 1 the newer is faster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Index of the older interpreter's column.
    pub from: usize,
    /// Index of the newer interpreter's column.
    pub to: usize,
    /// Old ÷ new, with its interval over the launches that both share.
    pub estimate: Estimate,
    /// Whether both were built alike (optimised, debug, JIT), so that only the release differs.
    pub alike: bool,
}

/// The geometric mean of a progress over pairs. Show it beside the pairs, never alone.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct MeanProgress {
    /// Index of the older interpreter's column.
    pub from: usize,
    /// The mean of old ÷ new.
    pub value: f64,
    /// How many pairs the mean is over.
    pub pairs: usize,
}

impl Matrix<'_> {
    /// For each column the mean progress since the two releases that most pairs are compared with: the release before and
    /// the oldest, unless pairs failed there.
    pub(crate) fn mean_progress(&self) -> Vec<Vec<MeanProgress>> {
        let all: Vec<Progress> = (self.rows.iter())
            .flat_map(|row| row.progress(&self.columns))
            .collect();
        let means_of = |to: usize| {
            let mut means: Vec<MeanProgress> = (0..self.columns.len())
                .filter_map(|from| mean(&all, from, to))
                .collect();
            means.sort_by_key(|mean| std::cmp::Reverse(mean.pairs));
            means.truncate(2);
            // The release before is to the right of the oldest, and comes first.
            means.sort_by_key(|mean| std::cmp::Reverse(mean.from));
            means
        };
        (0..self.columns.len()).map(means_of).collect()
    }
}

fn mean(all: &[Progress], from: usize, to: usize) -> Option<MeanProgress> {
    let own = all.iter().filter(|one| one.from == from && one.to == to);
    let values: Vec<f64> = own.map(|one| one.estimate.value).collect();
    Some(MeanProgress {
        from,
        value: geometric_mean(&values)?,
        pairs: values.len(),
    })
}

impl Row<'_> {
    /// The progress of each column since the release before it and since the oldest, of the same implementation in the
    /// same launches. If both are the same release, there is one entry. In the order of the columns.
    pub fn progress(&self, columns: &[Column<'_>]) -> Vec<Progress> {
        let all = (0..columns.len()).flat_map(|to| self.progress_of(columns, to));
        all.collect()
    }

    /// The progress of one column: since the release before, then since the oldest if that is another.
    fn progress_of(&self, columns: &[Column<'_>], to: usize) -> Vec<Progress> {
        let mut since_all: Vec<(Progress, [u32; 3])> = (0..columns.len())
            .filter_map(|from| {
                let (older, newer) = (columns[from].interpreter()?, columns[to].interpreter()?);
                let is_older = is_release_of_one(older, newer) && release(older) < release(newer);
                let alike = are_built_alike(older, newer);
                let version = release(older);
                let (older, newer) = (self.spots[from].seen.as_ref()?, self.spots[to].seen.as_ref()?);
                let estimate = is_older.then(|| since(older, newer)).flatten()?;
                let progress = Progress {
                    from,
                    to,
                    estimate,
                    alike,
                };
                Some((progress, version))
            })
            .collect();
        // If some are built alike, only those show the effect of the release.
        if since_all.iter().any(|(progress, _)| progress.alike) {
            since_all.retain(|(progress, _)| progress.alike);
        }
        since_all.sort_by_key(|(_, release)| *release);
        let (first, last) = (since_all.first().copied(), since_all.last().copied());
        let (Some((oldest, _)), Some((before, _))) = (first, last) else {
            return Vec::new();
        };
        match oldest.from == before.from {
            true => vec![before],
            false => vec![before, oldest],
        }
    }
}

/// Python's time in `older` ÷ its time in `newer`, from launches that both share; `None` if they share none.
///
/// Both ran beside the same Rust code in one process, and each launch gives one number,
///
/// ```text
/// median ln(python_older ÷ rust) − median ln(python_newer ÷ rust)
/// ```
///
/// with the medians over adjacent samples, so that anything that slows a whole launch cancels twice. The interval is
/// [`IntervalRule::over_launches`] of these. Launches of different records, or processes, are never compared.
pub fn since(older: &PairAnalysis<'_>, newer: &PairAnalysis<'_>) -> Option<Estimate> {
    if older.record.id != newer.record.id {
        return None;
    }
    let (port, size) = (older.port()?, older.summary.headline()?.size);
    let has_ratio = |seen: &PairAnalysis<'_>| {
        let case = seen.summary.headline().filter(|case| case.size == size);
        case.and_then(|case| case.variant(&port.name)?.ratio).is_some()
    };
    if !has_ratio(older) || !has_ratio(newer) {
        return None;
    }
    let log = |launch: &LaunchFigures| launch.log_ratio(&port.name);
    let logs = older.launches_of(size).filter_map(|launch| {
        let same = |other: &&LaunchFigures| other.order_seed == launch.order_seed;
        let newer = log(newer.launches_of(size).find(same)?)?;
        Some((launch.comparison(&port.name)?.started_s, log(launch)? - newer))
    });
    let rule = IntervalRule {
        target: None,
        ..newer.rule
    };
    rule.over_launches(&logs.collect::<Vec<_>>())
}

/// Whether both are releases of one implementation, both with a GIL or both without.
pub(crate) fn is_release_of_one(a: &Interpreter, b: &Interpreter) -> bool {
    a.implementation == b.implementation && (a.free_threaded == Some(true)) == (b.free_threaded == Some(true))
}

/// The version by which releases of one implementation are ordered.
pub(crate) fn release(interpreter: &Interpreter) -> [u32; 3] {
    version_numbers(interpreter.release.as_deref().unwrap_or(&interpreter.version))
}

/// Whether both builds have the same options that affect speed.
pub(crate) fn are_built_alike(a: &Interpreter, b: &Interpreter) -> bool {
    let kind = |one: &Interpreter| (one.optimized, one.debug == Some(true), one.jit == Some(Jit::On));
    kind(a) == kind(b)
}
