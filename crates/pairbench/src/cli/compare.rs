//! `pairbench compare`: records against an earlier one, or every two of them.

use super::changes;
use crate::analyse::{self, analyses, by_record};
use crate::compare::{Changes, FailIf, Named, changes as compare, interest, offences};
use crate::record::{self, Record, views};
use crate::report::Report;
use crate::run::exit::{Exit, HELP_OF_TOOL};
use crate::terminal::{Color, Terminal, print_error, show};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// The arguments of `compare`.
#[derive(Debug, Args)]
#[command(after_help = HELP_OF_TOOL)]
pub(super) struct Arguments {
    /// Records, as files or as names of baselines; the first is the earlier one, with which each of the others is compared
    #[arg(required = true, num_args = 2..)]
    records: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value = "terminal")]
    format: Format,
    /// Also render the report of all these records into this folder, with a page that compares them
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Exit with 3 when any variant is slower (or faster) by more than this, like `slower:5%`; may be repeated
    #[arg(long, value_name = "CHANGE")]
    fail_if: Vec<FailIf>,
    /// Compare every two of the records and count the verdicts: how often runs differ that should not
    #[arg(long, conflicts_with_all = ["format", "out", "fail_if"])]
    every: bool,
    /// Folder in which baselines are looked up by name
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    reports: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table of 80 columns.
    Terminal,
    /// A table for a comment or a page.
    Markdown,
}

/// A record and the name of the baseline that it was read by.
type Read = (Record, Option<String>);

/// Reads, compares, writes.
pub(super) fn main(arguments: &Arguments) -> Result<Exit, String> {
    // A shell's `*.json` also names the summaries beside the records.
    let words = arguments.records.iter();
    let mut read: Vec<Read> = words
        .filter(|word| !record::is_summary(Path::new(word)))
        .map(|word| read(word, &arguments.reports))
        .collect::<Result<_, _>>()?;
    if read.len() < 2 {
        return Err("it takes two records to compare; a summary is none".into());
    }
    if arguments.every {
        read.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    }
    let (records, names): (Vec<Record>, Vec<Option<String>>) = read.into_iter().unzip();
    let (views, figures) = (views(&records), analyse::read(&records));
    let analyses = analyses(&views, &figures);
    // All interpreters of each record.
    let runs: Vec<Named<'_>> = by_record(&analyses)
        .zip(&names)
        .map(|(analyses, name)| Named {
            analyses,
            name: name.as_deref(),
        })
        .collect();
    if arguments.every {
        let written = show(&changes::every(&every_two(&runs), runs.len()));
        return Ok(Exit::of(&[(Exit::Unwritten, !written)]));
    }
    let matters = interest(&arguments.fail_if);
    let later = runs.iter().skip(1);
    let all: Vec<Changes> = later.flat_map(|run| compare(runs[0], *run, matters)).collect();
    let tables = all.iter().map(|changes| match arguments.format {
        Format::Terminal => changes::table(changes, colors()),
        Format::Markdown => changes::markdown(changes) + "\n",
    });
    let written = show(&tables.collect::<String>());
    let rendered = arguments.out.as_ref().map(|out| {
        let report = Report {
            changes: all.clone(),
            ..Report::of(&records, &analyses)
        };
        report.write(out)
    });
    if let (Some(written), Some(out)) = (&rendered, &arguments.out) {
        print_error(&match written {
            Ok(index) => format!("report: {}", index.display()),
            Err(error) => format!(
                "error: the report cannot be written to {}: {error}",
                out.display()
            ),
        });
    }
    let broken = offences(&all, &arguments.fail_if);
    for offence in &broken {
        print_error(&format!("error: {offence}"));
    }
    Ok(Exit::of(&[
        (Exit::Unwritten, !written || matches!(rendered, Some(Err(_)))),
        (Exit::Broken, !broken.is_empty()),
    ]))
}

/// A file, or else the name of a baseline.
fn read(word: &str, reports: &Path) -> Result<Read, String> {
    let path = Path::new(word);
    if path.exists() {
        let record = record::read(path).map_err(|error| error.to_string())?;
        return Ok((record, None));
    }
    let name = word
        .parse()
        .map_err(|_| format!("{word}: there is no such file, and it cannot be the name of a baseline"))?;
    let record = record::read_baseline(&name, reports)
        .map_err(|error| format!("{word} is not a file, and {error}"))?;
    Ok((record, Some(word.into())))
}

fn every_two(records: &[Named<'_>]) -> Vec<Vec<Changes>> {
    let pairs = records
        .iter()
        .enumerate()
        .flat_map(|(at, now)| records[..at].iter().map(move |then| (then, now)));
    pairs.map(|(then, now)| compare(*then, *now, None)).collect()
}

fn colors() -> bool {
    Terminal::new(Color::Auto, false).colors()
}
