//! Columns: one interpreter on one machine, seen through one or more views.

use crate::analyse::sites::sites;
use crate::hosts::interpreter::Jit;
use crate::hosts::interpreter::version_numbers;
use crate::record::{Interpreter, Machine, Record};
use std::collections::{BTreeMap, BTreeSet};

/// An interpreter on a machine.
#[derive(Debug, Clone)]
pub struct Column<'a> {
    /// What it is called: no two columns are called the same. The interpreter's own label; its executable where two of a
    /// machine have the same label; the site where there are several.
    pub label: String,
    /// The machine; of the several of a divided run that of its newest part.
    pub machine: &'a Machine,
    /// What it was seen through.
    pub source: Source<'a>,
}

/// What a column was seen through.
#[derive(Debug, Clone)]
pub enum Source<'a> {
    /// It measured, or was to.
    Measured {
        /// The interpreter, as the newest view describes it.
        interpreter: &'a Interpreter,
        /// The views, the newest first; one at least.
        views: Vec<&'a Record>,
    },
    /// It was asked for and could not be had.
    Lacking {
        /// As the user named it.
        asked: &'a str,
        /// Why it is not there.
        reason: &'a str,
    },
}

impl<'a> Column<'a> {
    /// The interpreter, unless it could not be had.
    pub fn interpreter(&self) -> Option<&'a Interpreter> {
        match self.source {
            Source::Measured { interpreter, .. } => Some(interpreter),
            Source::Lacking { .. } => None,
        }
    }

    /// The views, the newest first.
    pub fn views(&self) -> &[&'a Record] {
        match &self.source {
            Source::Measured { views, .. } => views,
            Source::Lacking { .. } => &[],
        }
    }

    /// Why a pair is not among what it measured.
    pub(super) fn why_without(&self) -> String {
        match &self.source {
            Source::Lacking { reason, .. } => (*reason).to_string(),
            Source::Measured { views, .. } => {
                let parts: BTreeSet<u32> = views
                    .iter()
                    .filter_map(|view| Some(view.settings.shard?.part))
                    .collect();
                match views[0].settings.shard {
                    Some(shard) if parts.len() < shard.of as usize => format!(
                        "{} of {} parts of the run have a record, and none of these has the pair",
                        parts.len(),
                        shard.of
                    ),
                    _ => "no run with it had this pair".into(),
                }
            }
        }
    }
}

/// The columns of these views: by site, then implementation and version; what could not be had at the end of each
/// site's. A site is a machine, or those of one divided run.
pub fn columns(views: &[Record]) -> Vec<Column<'_>> {
    let sites = sites(views);
    let several = sites.len() > 1;
    let mut columns = Vec::new();
    for site in &sites {
        let mut own = measured(&site.records);
        own.sort_by_cached_key(|column| column.interpreter().map(order));
        own.extend(lacking(&site.records));
        if several {
            (own.iter_mut()).for_each(|column| column.label = format!("{} on {}", column.label, site.name));
        }
        columns.extend(own);
    }
    tell_apart(&mut columns);
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

/// A column for each interpreter of one machine that was asked for in vain, and not had by a later run either.
fn lacking<'a>(views: &[&'a Record]) -> Vec<Column<'a>> {
    let mut columns: BTreeMap<&str, Column<'a>> = BTreeMap::new();
    for (at, view) in views.iter().enumerate() {
        let later = &views[..at];
        for lacking in &view.lacking {
            let is_asked = |view: &&&Record| {
                let executable = view.interpreter.executable.as_str();
                executable == lacking.asked || executable.ends_with(&format!("/{}", lacking.asked))
            };
            if later.iter().find(is_asked).is_some() {
                continue;
            }
            columns.entry(&lacking.asked).or_insert_with(|| Column {
                label: lacking.asked.clone(),
                machine: &view.machine,
                source: Source::Lacking {
                    asked: &lacking.asked,
                    reason: &lacking.reason,
                },
            });
        }
    }
    columns.into_values().collect()
}

/// Machines of one name, and names that were made up to look alike, get a number.
fn tell_apart(columns: &mut [Column<'_>]) {
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
