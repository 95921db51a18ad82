//! Columns: one interpreter on one machine, from one or more views.

use crate::analyse::sites::sites;
use crate::hosts::interpreter::Jit;
use crate::hosts::interpreter::version_numbers;
use crate::record::{Interpreter, Machine, Record};
use std::collections::{BTreeMap, BTreeSet};

/// An interpreter on a machine.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Column<'a> {
    /// A unique label: the interpreter's own, with its executable if two on a machine have the same label, and with the
    /// site if there are several.
    pub label: String,
    /// The machine; for a divided run, that of its newest part.
    pub machine: &'a Machine,
    /// Where its figures come from.
    pub source: Source<'a>,
}

/// Where the figures of a column come from.
#[derive(Debug, Clone)]
pub enum Source<'a> {
    /// It measured pairs, or was selected to.
    Measured {
        /// The interpreter, as the newest view describes it.
        interpreter: &'a Interpreter,
        /// The views, newest first; at least one.
        views: Vec<&'a Record>,
    },
    /// It was requested but not found.
    Missing {
        /// The name that the user gave.
        name: &'a str,
        /// Why it was not found.
        reason: &'a str,
    },
}

impl<'a> Column<'a> {
    /// The interpreter, unless it was not found.
    pub fn interpreter(&self) -> Option<&'a Interpreter> {
        match self.source {
            Source::Measured { interpreter, .. } => Some(interpreter),
            Source::Missing { .. } => None,
        }
    }

    /// The views, newest first.
    pub fn views(&self) -> &[&'a Record] {
        match &self.source {
            Source::Measured { views, .. } => views,
            Source::Missing { .. } => &[],
        }
    }

    /// Why it has not measured a pair.
    pub(super) fn missing_reason(&self) -> String {
        match &self.source {
            Source::Missing { reason, .. } => (*reason).to_string(),
            Source::Measured { views, .. } => {
                let parts: BTreeSet<u32> = views
                    .iter()
                    .filter_map(|view| Some(view.settings.shard?.part))
                    .collect();
                match views[0].settings.shard {
                    Some(shard) if parts.len() < shard.of as usize => format!(
                        "{} of {} parts of the run have a record, and none of them has the pair",
                        parts.len(),
                        shard.of
                    ),
                    _ => "no run with it has this pair".into(),
                }
            }
        }
    }
}

/// The columns of these views: by site, then implementation and version; interpreters that were not found are last within
/// their site. A site is a machine, or those of one divided run.
pub fn columns<'a>(views: impl IntoIterator<Item = &'a Record>) -> Vec<Column<'a>> {
    let sites = sites(views);
    let several = sites.len() > 1;
    let mut columns = Vec::new();
    for site in &sites {
        let mut own = measured(&site.records);
        own.sort_by_cached_key(|column| column.interpreter().map(order));
        own.extend(missing(&site.records));
        if several {
            (own.iter_mut()).for_each(|column| column.label = format!("{} on {}", column.label, site.name));
        }
        columns.extend(own);
    }
    make_labels_unique(&mut columns);
    columns
}

/// A column for each interpreter of one machine, by its label and executable.
fn measured<'a>(views: &[&'a Record]) -> Vec<Column<'a>> {
    let mut by_interpreter: BTreeMap<(String, &str), Vec<&'a Record>> = BTreeMap::new();
    for view in views {
        let key = (view.interpreter.label(), view.interpreter.executable.as_str());
        by_interpreter.entry(key).or_default().push(view);
    }
    let labels: Vec<String> = by_interpreter.keys().map(|(label, _)| label.clone()).collect();
    let column = |((label, executable), views): ((String, &str), Vec<&'a Record>)| {
        let twins = labels.iter().filter(|other| **other == label).count();
        Column {
            label: match twins {
                0 | 1 => label,
                _ => format!("{label} at {executable}"),
            },
            machine: &views[0].machine,
            source: Source::Measured {
                interpreter: &views[0].interpreter,
                views,
            },
        }
    };
    by_interpreter.into_iter().map(column).collect()
}

/// A column for each interpreter of one machine that was requested and not found, unless a later run found it.
fn missing<'a>(views: &[&'a Record]) -> Vec<Column<'a>> {
    let mut columns: BTreeMap<&str, Column<'a>> = BTreeMap::new();
    for (at, view) in views.iter().enumerate() {
        let later = &views[..at];
        for missing in &view.lacking {
            let is_this = |view: &&&Record| {
                let executable = view.interpreter.executable.as_str();
                executable == missing.asked || executable.ends_with(&format!("/{}", missing.asked))
            };
            if later.iter().find(is_this).is_some() {
                continue;
            }
            columns.entry(&missing.asked).or_insert_with(|| Column {
                label: missing.asked.clone(),
                machine: &view.machine,
                source: Source::Missing {
                    name: &missing.asked,
                    reason: &missing.reason,
                },
            });
        }
    }
    columns.into_values().collect()
}

/// Adds numbers to labels that are the same.
fn make_labels_unique(columns: &mut [Column<'_>]) {
    for at in 1..columns.len() {
        let (before, rest) = columns.split_at_mut(at);
        let own = rest[0].label.clone();
        let mut number = 2;
        while before.iter().any(|column| column.label == rest[0].label) {
            rest[0].label = format!("{own} ({number})");
            number += 1;
        }
    }
}

/// By implementation, CPython first; by version of the language, then of the implementation; with a GIL first.
fn order(interpreter: &Interpreter) -> (bool, String, [u32; 3], [u32; 3], bool, bool, String) {
    let release = interpreter.release.as_deref().unwrap_or_default();
    (
        interpreter.implementation != "CPython",
        interpreter.implementation.clone(),
        version_numbers(&interpreter.version),
        version_numbers(release),
        interpreter.free_threaded == Some(true),
        interpreter.jit == Some(Jit::On),
        interpreter.executable.clone(),
    )
}
