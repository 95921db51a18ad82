//! Turns a record into all figures that are shown: `launches` turns samples into figures of launches, [`summary`] turns
//! those into ratios and times, the analysers find warnings and [`verdict`] judges. [`Analysis`] holds all of it and is
//! made once per record. The only input is the record, so an old record can be analysed again.
//!
//! An analyser is a pure function from a record (and its figures) to warnings. docs/warnings.md lists the kinds, with their
//! thresholds and the reasons for them.

mod analysis;
pub(crate) mod boundary;
mod calibration;
pub(crate) mod claims;
mod comparison;
mod deprecated;
mod environment;
pub(crate) mod floors;
mod group;
pub(crate) mod launches;
pub(crate) mod load;
pub(crate) mod machine;
pub mod matrix;
mod memory;
mod outcome;
mod precision;
pub(crate) mod profile;
mod progress;
pub(crate) mod scaling;
pub(crate) mod shape;
mod sides;
pub(crate) mod sites;
mod sizes;
pub(crate) mod sources;
pub mod summary;
#[cfg(test)]
mod tests;
pub(crate) mod turnaround;
pub mod verdict;

pub(crate) use analysis::by_record;
pub use analysis::{Analysis, PairAnalysis, analyses, read};
pub(crate) use calibration::{Calibration, calibration};
pub(crate) use comparison::{differences, interpreter_differs};
pub(crate) use group::{Group, groups};

use crate::estimate::Dependence;
use crate::record::{Record, Subject, Warning};
use summary::{CaseSummary, PairSummary, VariantSummary};

/// Warnings about the run as a whole.
fn of_run(record: &Record, nulls: &[PairAnalysis<'_>], dependence: Dependence) -> Vec<Warning> {
    sorted(
        [
            progress::find(record),
            environment::find(record),
            machine::find(record),
            calibration::nulls(record, nulls),
            shape::dependent(dependence).into_iter().collect(),
        ]
        .concat(),
    )
}

/// Warnings about one pair.
fn of_pair(one: &PairAnalysis<'_>) -> Vec<Warning> {
    let (pair, summary) = (one.pair, &one.summary);
    sorted(
        [
            environment::altered_by(pair).into_iter().collect(),
            environment::unoptimised_extension(pair).into_iter().collect(),
            environment::open_findings(pair).into_iter().collect(),
            outcome::find(pair, summary),
            precision::find(one),
            shape::find(one),
            sizes::find(one),
            sides::find(one),
            calibration::embedded(pair, summary),
            memory::find(pair),
            profile::find(pair, summary),
            deprecated::find(pair).into_iter().collect(),
        ]
        .concat(),
    )
}

/// Most important first: warnings before notes, and by kind.
fn sorted(mut all: Vec<Warning>) -> Vec<Warning> {
    all.sort_by_key(|warning| (warning.severity, warning.kind));
    all
}

/// A measured case and the pair that it belongs to.
#[derive(Clone, Copy)]
struct CaseInPair<'a> {
    summary: &'a PairSummary,
    figures: &'a CaseSummary,
}

impl<'a> CaseInPair<'a> {
    fn variant(self, variant: &str) -> Subject {
        Subject {
            variant: Some(variant.into()),
            ..self.pair()
        }
    }

    fn pair(self) -> Subject {
        let headline = self.summary.headline().map(|case| case.size);
        Subject {
            size: (headline != Some(self.figures.size)).then_some(self.figures.size),
            ..Subject::pair(&self.summary.name)
        }
    }

    /// The variants that have a ratio.
    fn ratios(self) -> impl Iterator<Item = (&'a VariantSummary, crate::estimate::Estimate)> {
        self.figures.variants.iter().filter_map(|v| Some((v, v.ratio?)))
    }
}

/// All cases with launches.
fn cases_in(summary: &PairSummary) -> impl Iterator<Item = CaseInPair<'_>> {
    summary.measured_cases().map(move |case| CaseInPair {
        summary,
        figures: case,
    })
}
