//! From a record to everything that anybody shows: [`launches`] turns samples into figures of launches, [`summary`] those
//! into ratios and times, the analysers these into warnings and [`verdict`] into verdicts. [`Analysis`] holds it all and
//! is made once for each record. Nothing here reads anything but records, so what is found in a run today can be found
//! in an old record tomorrow.
//!
//! An analyser is a pure function from a record (and its figures) to findings. docs/warnings.md lists the kinds, with their
//! thresholds and the reasons for them.

mod analysis;
pub mod boundary;
mod calibration;
pub mod claims;
mod comparison;
mod deprecated;
mod environment;
pub mod floors;
mod group;
pub mod launches;
pub mod machine;
pub mod matrix;
mod memory;
mod outcome;
mod precision;
pub mod profile;
mod progress;
pub mod scaling;
pub mod shape;
pub mod sites;
pub mod sources;
pub mod summary;
#[cfg(test)]
mod tests;
pub mod turnaround;
pub mod verdict;

pub use analysis::{Analysis, PairAnalysis, analyses, read};
pub use calibration::null_estimate;
pub use comparison::differences;
pub use group::{Group, groups};

use crate::record::{Record, Subject, Warning};
use summary::{CaseSummary, PairSummary, VariantSummary};

/// What concerns all of a run.
fn of_run(record: &Record, nulls: &[PairAnalysis<'_>]) -> Vec<Warning> {
    sorted(
        [
            progress::find(record),
            environment::find(record),
            machine::find(record),
            calibration::nulls(record, nulls),
        ]
        .concat(),
    )
}

/// What concerns one pair alone.
fn of_pair(one: &PairAnalysis<'_>) -> Vec<Warning> {
    let (pair, summary) = (one.pair, &one.summary);
    sorted(
        [
            outcome::find(pair, summary),
            precision::find(one),
            shape::find(one),
            calibration::embedded(pair, summary),
            memory::find(pair),
            profile::find(pair, summary),
            deprecated::find(pair).into_iter().collect(),
        ]
        .concat(),
    )
}

/// What matters most first: doubts before notes, and each by its kind.
fn sorted(mut all: Vec<Warning>) -> Vec<Warning> {
    all.sort_by_key(|warning| (warning.severity, warning.kind));
    all
}

/// A variant of a measured case with a place in the record.
#[derive(Clone, Copy)]
struct Place<'a> {
    summary: &'a PairSummary,
    case: &'a CaseSummary,
}

impl<'a> Place<'a> {
    fn of(self, variant: &str) -> Subject {
        Subject {
            variant: Some(variant.into()),
            ..self.pair()
        }
    }

    fn pair(self) -> Subject {
        let headline = self.summary.headline().map(|case| case.size);
        Subject {
            size: (headline != Some(self.case.size)).then_some(self.case.size),
            ..Subject::pair(&self.summary.name)
        }
    }

    /// The variants that have a ratio.
    fn ratios(self) -> impl Iterator<Item = (&'a VariantSummary, crate::estimate::Estimate)> {
        self.case.variants.iter().filter_map(|v| Some((v, v.ratio?)))
    }
}

/// All cases with launches.
fn places(summary: &PairSummary) -> impl Iterator<Item = Place<'_>> {
    summary.measured_cases().map(move |case| Place { summary, case })
}
