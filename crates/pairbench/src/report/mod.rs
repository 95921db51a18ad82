//! Renders records as static HTML. Only records are read, so an old one renders again on a machine with neither Python
//! nor the pairs; and no page loads anything from a network.
//!
//! All figures come from [`Analysis`]; [`render`] writes the pages.

mod argument;
mod calibration;
mod charts;
mod claims;
mod comparison;
mod diagnoses;
mod environment;
mod explained;
pub(crate) mod forecast;
mod highlight;
mod history;
mod index;
mod interpreters;
mod ladder;
mod latency;
mod machines;
mod page;
mod pair_page;
mod prose;
mod table;
mod verdicts;

use crate::analyse::matrix::Matrix;
pub use crate::analyse::summary;
use crate::analyse::{self, Analysis, PairAnalysis, analyses, by_record};
use crate::compare::{Changes, FailIf, History, Named, changes, interest};
use crate::record::{Record, Warning, views};
use crate::text::visible;
use maud::Markup;
use rayon::prelude::*;
use std::borrow::Borrow;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A record from which the report shows something.
struct Used<'a> {
    record: &'a Record,
    /// What the analysers find in the run as a whole.
    warnings: Vec<Warning>,
    /// Its environment section, for the index and the page of each of its pairs.
    environment: Markup,
}

/// Writes `index.html`, a page per pair below `pairs/`, and the stylesheet and script that they share; returns the path
/// of the index.
///
/// All pairs of all records are shown; a pair that is in several records is shown from the newest. If a record has
/// several interpreters, the figures are those of the first, and a table compares them all. Pages that a report wrote
/// for pairs that are no longer in any record are removed.
///
/// # Errors
///
/// When a folder or a file cannot be written; the error names it.
pub fn render(records: &[Record], out_dir: &Path) -> io::Result<PathBuf> {
    let (views, figures) = (views(records), analyse::read(records));
    Report::of(records, &analyses(&views, &figures)).write(out_dir)
}

/// The input of a report.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The records whose pairs are shown.
    pub records: &'a [Record],
    /// The analyses of these records, one for each interpreter.
    pub analyses: &'a [Analysis<'a>],
    /// Comparisons with earlier records; without any, no comparison page is written.
    pub changes: Vec<Changes>,
    /// The runs that the history of a pair shows, if there are at least two of them.
    pub history: History,
}

impl<'a> Report<'a> {
    /// A report of the records alone. They are also the history; and a run that was compared with a baseline is
    /// compared again if the baseline is among the records.
    pub fn of(records: &'a [Record], analyses: &'a [Analysis<'a>]) -> Self {
        let history = match records.len() {
            0 | 1 => History::default(),
            _ => History::of(analyses),
        };
        // All interpreters of each record.
        let runs = || by_record(analyses);
        let compared = runs().filter_map(|run| {
            let settings = &run[0].record.settings;
            let used = settings.baseline.as_ref()?;
            let baseline = Named {
                analyses: runs().find(|run| run[0].record.id == used.record)?,
                name: Some(&used.name),
            };
            let rules = settings.fail_if.iter();
            let rules: Vec<FailIf> = rules.filter_map(|rule| rule.parse().ok()).collect();
            let later = Named {
                analyses: run,
                name: None,
            };
            Some(changes(baseline, later, interest(&rules)))
        });
        Report {
            records,
            analyses,
            changes: compared.flatten().collect(),
            history,
        }
    }

    /// The projects whose records are shown, in their order: the name of the report.
    fn projects(&self) -> String {
        some(self.records.iter().map(Record::project))
    }

    /// Writes the pages; see [`render`].
    ///
    /// # Errors
    ///
    /// When a folder or a file cannot be written; the error names it.
    pub fn write(&self, out_dir: &Path) -> io::Result<PathBuf> {
        write_pages(self, out_dir)
    }
}

/// The first few of these names, each once, and how many more there are.
fn some<T: Clone + Eq + Borrow<str>>(names: impl Iterator<Item = T>) -> String {
    const MOST: usize = 3;
    let mut all: Vec<T> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let shown = all[..all.len().min(MOST)].join(", ");
    match all.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn write_pages(report: &Report<'_>, out_dir: &Path) -> io::Result<PathBuf> {
    // Pages show the figures of a record's first interpreter; the matrix has the others.
    let matrix = Matrix::of(report.analyses);
    let chosen = choose(report.analyses);
    let pairs_dir = out_dir.join("pairs");
    fs::create_dir_all(&pairs_dir).map_err(|error| with_path(&pairs_dir, error))?;
    for (name, text) in page::ASSETS {
        write(&out_dir.join(name), text)?;
    }
    let used = used(report.analyses, &chosen);
    chosen.par_iter().try_for_each(|one| {
        let file = out_dir.join(page::pair_file(&one.pair.name));
        write(&file, &pair_page::render(one, &used, report, &matrix))
    })?;
    let nulls = nulls(report.analyses);
    // Sequentially, since two of them may have the same name in a manipulated record.
    nulls.iter().try_for_each(|one| {
        let file = out_dir.join(page::pair_file(&one.pair.name));
        write(&file, &pair_page::render(one, &used, report, &matrix))
    })?;
    let index = out_dir.join("index.html");
    write(&index, &index::render(&chosen, &nulls, &used, report, &matrix))?;
    write_changes(report, &chosen, out_dir)?;
    remove_stale(&pairs_dir, chosen.iter().chain(&nulls).copied())?;
    Ok(index)
}

/// Writes the comparison page; without a comparison, removes the one that an earlier report wrote.
fn write_changes(report: &Report<'_>, chosen: &[&PairAnalysis<'_>], out_dir: &Path) -> io::Result<()> {
    let page = out_dir.join(comparison::FILE);
    if !report.changes.is_empty() {
        return write(
            &page,
            &comparison::render(&report.projects(), &report.changes, chosen),
        );
    }
    match is_ours(&page) {
        true => fs::remove_file(&page).map_err(|error| with_path(&page, error)),
        false => Ok(()),
    }
}

/// Each pair from the newest record that has it, sorted by name.
fn choose<'a>(analyses: &'a [Analysis<'a>]) -> Vec<&'a PairAnalysis<'a>> {
    let mut newest: BTreeMap<&str, (usize, &PairAnalysis<'_>)> = BTreeMap::new();
    let starts: Vec<_> = analyses.iter().map(|one| one.record.newness()).collect();
    for (at, analysis) in analyses.iter().enumerate() {
        for pair in &analysis.pairs {
            let entry = newest.entry(&pair.pair.name).or_insert((at, pair));
            if starts[at] > starts[entry.0] {
                *entry = (at, pair);
            }
        }
    }
    newest.into_values().map(|(_, pair)| pair).collect()
}

/// The null pairs of the newest record, which the index shows.
fn nulls<'a>(analyses: &'a [Analysis<'a>]) -> Vec<&'a PairAnalysis<'a>> {
    let newest = analyses
        .iter()
        .max_by(|a, b| a.record.newness().cmp(&b.record.newness()));
    newest.into_iter().flat_map(|newest| &newest.nulls).collect()
}

/// The records that pairs are shown from, the newest first; a single record is always included.
fn used<'a>(analyses: &'a [Analysis<'a>], chosen: &[&PairAnalysis<'a>]) -> Vec<Used<'a>> {
    let mut used: Vec<Used<'a>> = Vec::new();
    for analysis in analyses {
        let record = analysis.record;
        let is_shown = chosen.iter().any(|one| std::ptr::eq(one.record, record));
        if is_shown || analyses.len() == 1 {
            let mut warnings = analysis.of_run.to_vec();
            // Warnings that need two records are kept as they were at the end of the run.
            let compared = record.warnings.iter().filter(|one| one.kind.takes_two_records());
            warnings.extend(compared.cloned());
            used.push(Used {
                record,
                warnings,
                environment: environment::full(record),
            });
        }
    }
    used.sort_by(|a, b| b.record.newness().cmp(&a.record.newness()));
    used
}

/// Writes the file beside its place and renames it, so that a reader never sees half a page.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let written = fs::write(&beside, &*visible(text)).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| with_path(path, error))
}

fn with_path(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Removes pages that an earlier report wrote for pairs that are gone. Other files stay.
fn remove_stale<'a>(pairs_dir: &Path, written: impl Iterator<Item = &'a PairAnalysis<'a>>) -> io::Result<()> {
    let file_name = |one: &PairAnalysis<'_>| {
        Path::new(&page::pair_file(&one.pair.name))
            .file_name()
            .map(OsString::from)
    };
    let kept: HashSet<OsString> = written.filter_map(file_name).collect();
    for entry in fs::read_dir(pairs_dir).map_err(|error| with_path(pairs_dir, error))? {
        let path = entry?.path();
        let stale = path.extension().is_some_and(|e| e == "html")
            && path.file_name().is_some_and(|name| !kept.contains(name))
            && is_ours(&path);
        if stale {
            fs::remove_file(&path).map_err(|error| with_path(&path, error))?;
        }
    }
    Ok(())
}

/// Whether the file starts like our pages.
fn is_ours(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(2048).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains(page::GENERATOR_MARK)
}
