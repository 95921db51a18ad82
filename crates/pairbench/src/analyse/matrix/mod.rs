//! Every pair with every interpreter on every machine: the rows are pairs, a column is one interpreter on one machine, and
//! each cell has the outcome of the pair there. docs/which-python.md has the rules.
//!
//! The input is any number of views (records of one interpreter each, [`Record::into_views`]) from any runs and
//! machines. Launches of different records are never pooled: if several views fall into one column (parts of a divided
//! run, repeated runs), the newest that has the pair counts.

mod cell;
mod columns;
mod progress;
#[cfg(test)]
mod tests;

pub use cell::Cell;
pub(crate) use cell::Note;
pub(crate) use columns::{Column, Source, columns};
pub(crate) use progress::{MeanProgress, Progress, since};
pub(crate) use progress::{are_built_alike, is_release_of_one, release};

use super::{Analysis, PairAnalysis};
use crate::record::{OldestRust, Record};
use crate::registry::Profile;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// The analysis of each view.
type Analyses<'a> = HashMap<usize, &'a Analysis<'a>>;

/// All pairs with all interpreters.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Matrix<'a> {
    /// Interpreters on machines, by machine, implementation and version; those that were not found are last within their
    /// machine.
    pub columns: Vec<Column<'a>>,
    /// All pairs of all views, by name.
    pub rows: Vec<Row<'a>>,
    /// The check with the oldest compiler, from the newest view that has one.
    pub oldest_rust: Option<&'a OldestRust>,
}

/// A pair with every interpreter.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The pair's name.
    pub pair: &'a str,
    /// Its kind of work.
    pub profile: Profile,
    /// Its outcome in each column.
    pub spots: Vec<Spot<'a>>,
}

/// A pair in one column.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Spot<'a> {
    /// Its outcome.
    pub cell: Cell,
    /// Skipped variants that the cell does not mention.
    pub notes: Vec<Note>,
    /// Its analysis, unless it is missing.
    pub seen: Option<&'a PairAnalysis<'a>>,
}

impl<'a> Matrix<'a> {
    /// The matrix of these analyses, which are of one interpreter each ([`views`](crate::record::views)).
    pub fn of(analyses: &'a [Analysis<'a>]) -> Self {
        let views = || analyses.iter().map(|one| one.record);
        let columns = columns(views());
        let by_view: Analyses<'_> = analyses.iter().map(|one| (address(one.record), one)).collect();
        let mut profiles: BTreeMap<&str, Profile> = BTreeMap::new();
        for pair in views().flat_map(|view| &view.pairs) {
            profiles.entry(&pair.name).or_insert(pair.profile);
        }
        let row = |(pair, profile): (&'a str, Profile)| Row {
            pair,
            profile,
            spots: columns
                .iter()
                .map(|column| spot(column, &by_view, pair))
                .collect(),
        };
        let rows: Vec<(&str, Profile)> = profiles.into_iter().collect();
        Matrix {
            rows: rows.into_par_iter().map(row).collect(),
            oldest_rust: newest_first(views())
                .into_iter()
                .find_map(|view| view.oldest_rust.as_ref()),
            columns,
        }
    }

    /// Whether there is anything to compare: more than one column.
    pub(crate) fn has_several(&self) -> bool {
        self.columns.len() > 1
    }

    /// The row of a pair.
    pub fn row(&self, pair: &str) -> Option<&Row<'a>> {
        self.rows.iter().find(|row| row.pair == pair)
    }
}

/// Identifies a view by its address, because two views may be equal.
fn address(view: &Record) -> usize {
    std::ptr::from_ref(view).addr()
}

/// The outcome of the pair in the newest view of a column that has it.
fn spot<'a>(column: &Column<'a>, analyses: &Analyses<'a>, pair: &str) -> Spot<'a> {
    let views = column.views().iter();
    let seen = views.filter_map(|view| analyses.get(&address(view)));
    match seen.filter_map(|analysis| analysis.pair(pair)).next() {
        Some(seen) => Spot {
            cell: Cell::of(seen),
            notes: Note::of(seen),
            seen: Some(seen),
        },
        None => Spot {
            cell: Cell::Missing {
                reason: column.missing_reason(),
            },
            notes: Vec::new(),
            seen: None,
        },
    }
}

/// The views, newest first.
fn newest_first<'a>(views: impl Iterator<Item = &'a Record>) -> Vec<&'a Record> {
    let mut views: Vec<&Record> = views.collect();
    views.sort_by_cached_key(|view| std::cmp::Reverse(view.newness()));
    views
}
