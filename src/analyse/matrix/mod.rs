//! Every pair with every interpreter on every machine: the rows are pairs, a column is one interpreter on one machine, and
//! each cell says what became of the pair there. METHODOLOGY, *Every Python in one run*, has the rules.
//!
//! What goes in are views, records of one interpreter each ([`Record::into_views`]); any number of them, of any runs and
//! machines. Launches of different records are never pooled: where several views fall into one column (the parts of a
//! divided run, runs repeated), the newest that has the pair speaks for it.

mod cell;
mod columns;
mod progress;
#[cfg(test)]
mod tests;

pub use cell::{Cell, Note};
pub use columns::{Column, Source, columns};
pub use progress::{MeanProgress, Progress, since};
pub(crate) use progress::{are_built_alike, is_release_of_one, release};

use crate::analyse::summary::{PairSummary, VariantSummary, summarise_pair};
use crate::analyse::verdict::port;
use crate::record::{OldestRust, PairRecord, Record};
use crate::registry::Profile;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// All pairs with all interpreters.
#[derive(Debug, Clone)]
pub struct Matrix<'a> {
    /// Interpreters on machines: by machine, implementation and version, those that could not be had at the end of each
    /// machine's.
    pub columns: Vec<Column<'a>>,
    /// Pairs by name: all that any view has.
    pub rows: Vec<Row<'a>>,
    /// What the newest view that tells it says of the oldest compiler.
    pub oldest_rust: Option<&'a OldestRust>,
}

/// A pair with every interpreter.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The pair's name.
    pub pair: &'a str,
    /// Its kind of work.
    pub profile: Profile,
    /// What became of it, one for each column.
    pub spots: Vec<Spot<'a>>,
}

/// A pair in one column.
#[derive(Debug, Clone)]
pub struct Spot<'a> {
    /// What became of it.
    pub cell: Cell,
    /// What became of variants that the cell does not speak of.
    pub notes: Vec<Note>,
    /// Where it was measured, unless it is missing.
    pub seen: Option<Seen<'a>>,
}

/// A pair as one view has it.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// The view.
    pub record: &'a Record,
    /// The pair in it.
    pub pair: &'a PairRecord,
    /// Its figures.
    pub summary: PairSummary,
}

impl Seen<'_> {
    /// The port that the cell speaks of, where it was declared.
    pub fn port(&self) -> Option<&VariantSummary> {
        port(self.summary.headline()?)
    }
}

impl<'a> Matrix<'a> {
    /// The matrix of these views. `further` of a record is not looked at: split it before.
    pub fn of(views: &'a [Record]) -> Self {
        let columns = columns(views);
        let mut profiles: BTreeMap<&str, Profile> = BTreeMap::new();
        for pair in views.iter().flat_map(|view| &view.pairs) {
            profiles.entry(&pair.name).or_insert(pair.profile);
        }
        let row = |(pair, profile): (&'a str, Profile)| Row {
            pair,
            profile,
            spots: columns.iter().map(|column| spot(column, pair)).collect(),
        };
        let rows: Vec<(&str, Profile)> = profiles.into_iter().collect();
        Matrix {
            rows: rows.into_par_iter().map(row).collect(),
            oldest_rust: newest_first(views.iter())
                .into_iter()
                .find_map(|view| view.oldest_rust.as_ref()),
            columns,
        }
    }

    /// Whether there is anything to compare: more than one column.
    pub fn has_several(&self) -> bool {
        self.columns.len() > 1
    }

    /// The row of a pair.
    pub fn row(&self, pair: &str) -> Option<&Row<'a>> {
        self.rows.iter().find(|row| row.pair == pair)
    }
}

/// What the newest view of a column that has the pair says of it.
fn spot<'a>(column: &Column<'a>, pair: &str) -> Spot<'a> {
    let seen = column.views().iter().find_map(|view| {
        let pair = view.pairs.iter().find(|own| own.name == pair)?;
        Some(Seen {
            record: view,
            pair,
            summary: summarise_pair(pair),
        })
    });
    match seen {
        Some(seen) => Spot {
            cell: Cell::of(&seen),
            notes: Note::of(&seen),
            seen: Some(seen),
        },
        None => Spot {
            cell: Cell::Missing {
                reason: column.why_without(),
            },
            notes: Vec::new(),
            seen: None,
        },
    }
}

/// The views, the newest first.
fn newest_first<'a>(views: impl Iterator<Item = &'a Record>) -> Vec<&'a Record> {
    let mut views: Vec<&Record> = views.collect();
    views.sort_by_cached_key(|view| std::cmp::Reverse(view.newness()));
    views
}
