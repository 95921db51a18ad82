//! `pairbench export`: records as other programs read them.

use super::reading::{Gathered, gather};
use crate::export::{Format, export_records};
use crate::run::exit::{Exit, HELP_OF_TOOL};
use crate::run::exporting::write;
use crate::terminal::{print, print_error};
use clap::Args;
use std::path::PathBuf;

/// The arguments of `export`.
#[derive(Debug, Args)]
#[command(after_help = HELP_OF_TOOL)]
pub(super) struct Arguments {
    /// Records, or folders with records in or below them, as reports/records/. In bencher, bmf, github and pyperf each
    /// benchmark may be in one of them only, as in the parts of a run with --shard
    #[arg(required = true)]
    records: Vec<PathBuf>,
    /// What to write; bencher, bmf, github and pyperf have the results of the first interpreter of a run, the others of
    /// all
    #[arg(long, value_enum)]
    format: Format,
    /// File to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Reads, exports, writes.
pub(super) fn main(arguments: &Arguments) -> Result<Exit, String> {
    let Gathered { records, unread, .. } = gather(&arguments.records);
    for error in &unread {
        print_error(&format!("error: {error}"));
    }
    if records.is_empty() {
        return Err("there is no record to export".into());
    }
    let text = export_records(arguments.format, &records)?;
    let written = match &arguments.output {
        Some(path) => write(path, &text),
        None => print(&text).map_err(|error| format!("standard output cannot be written: {error}")),
    };
    if let Err(error) = &written {
        print_error(&format!("error: {error}"));
    }
    Ok(Exit::of(&[
        (Exit::Failed, !unread.is_empty()),
        (Exit::Unwritten, written.is_err()),
    ]))
}
