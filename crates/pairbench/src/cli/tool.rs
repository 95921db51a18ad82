//! The tool `pairbench`: everything that needs no measuring.

use super::reading::{Gathered, gather};
use super::{compare, dig, exporting, forecast, init, interpreters, new, recorder};
use crate::analyse::sites::{self, identity};
use crate::analyse::{self, analyses};
use crate::record::{Record, views};
use crate::run::exit::{Exit, HELP_OF_TOOL};
use crate::terminal::{print_error, show};
use crate::text::{count, tool};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;

/// Forecasts ports, makes projects ready for pairs, adds pairs, records real calls, digs for differences; renders, compares
/// and exports records; lists interpreters. Measuring is `cargo bench`.
#[derive(Debug, Parser)]
#[command(
    name = "pairbench",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = HELP_OF_TOOL
)]
struct Tool {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Forecast what a port to Rust would gain, before any Rust is written: of a statement, a function, a program, or a
    /// process that runs already
    Forecast(forecast::Arguments),
    /// Make a project ready for pairs: a dev-dependency, a bench target and benches/pairs.rs. It shows the changes first
    Init(init::Arguments),
    /// Add a pair: a Python function by reference, with calls from a file and a port that is not written yet; or the two files
    /// of a pair as the catalogue has them
    New(new::Arguments),
    /// Look for inputs on which the variants of the project's pairs differ, and store what is found beside them
    Dig(dig::Arguments),
    /// Keep real calls of a Python function, as inputs for a pair, while a program or its tests run:
    /// `pairbench record shop.pricing:total -- pytest -q`
    Record(recorder::Arguments),
    /// Render the report from records alone, of any runs and machines; where a pair is in several records of a machine, the
    /// newest speaks, and launches of different machines are never put together
    #[command(after_help = HELP_OF_TOOL)]
    Report {
        /// Records, or folders with records in or below them, as reports/records/
        #[arg(required = true)]
        records: Vec<PathBuf>,
        /// Folder for the pages
        #[arg(long, default_value = "reports")]
        out: PathBuf,
    },
    /// Compare records: what is faster or slower than in the first
    Compare(compare::Arguments),
    /// Write the results of records for other programs: JSON, CSV, Markdown, and what Bencher, github-action-benchmark and
    /// pyperf read
    Export(exporting::Arguments),
    /// List every Python on this machine: what it is, where it was found, and what was left out and why
    Interpreters(interpreters::Arguments),
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page: `pairbench man | man -l -`
    Man,
}

/// Parses the arguments and runs.
pub(super) fn main() -> ExitCode {
    let matches = Tool::command().bin_name(tool()).get_matches();
    let parsed = Tool::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let done = match parsed.command {
        Command::Forecast(arguments) => forecast::main(&arguments),
        Command::Init(arguments) => init::main(&arguments),
        Command::New(arguments) => new::main(&arguments),
        Command::Dig(arguments) => dig::main(&arguments),
        Command::Record(arguments) => match recorder::main(&arguments) {
            Ok(code) => return code,
            Err(error) => Err(error),
        },
        Command::Report { records, out } => report(&records, &out),
        Command::Compare(arguments) => compare::main(&arguments),
        Command::Export(arguments) => exporting::main(&arguments),
        Command::Interpreters(arguments) => Ok(interpreters::main(&arguments)),
        Command::Completions { shell } => Ok(generated(|out| {
            clap_complete::generate(shell, &mut Tool::command(), "pairbench", out);
            Ok(())
        })),
        Command::Man => Ok(generated(|out| {
            clap_mangen::Man::new(Tool::command()).render(out)
        })),
    };
    let exit = done.unwrap_or_else(|error| {
        print_error(&format!("error: {error}"));
        Exit::Refused
    });
    exit.into()
}

/// Prints what a generator writes.
fn generated(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Exit {
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = write(&mut text);
    shown(&String::from_utf8_lossy(&text))
}

/// Prints a text.
fn shown(text: &str) -> Exit {
    Exit::of(&[(Exit::Unwritten, !show(text))])
}

/// Renders what can be read, and names what cannot.
fn report(paths: &[PathBuf], out: &std::path::Path) -> Result<Exit, String> {
    let Gathered {
        records,
        unread,
        twice,
    } = gather(paths);
    for error in &unread {
        print_error(&format!("error: {error}"));
    }
    if records.is_empty() {
        return Err("there is no record to render".into());
    }
    let (views, figures) = (views(&records), analyse::read(&records));
    let written = crate::report::Report::of(&records, &analyses(&views, &figures)).write(out);
    print_error(&summary(&records, &unread, twice));
    let written = match &written {
        Ok(index) => show(&format!("report: {}\n", index.display())),
        Err(error) => {
            let out = out.display();
            print_error(&format!("error: the report cannot be written to {out}: {error}"));
            false
        }
    };
    Ok(Exit::of(&[
        (Exit::Unwritten, !written),
        (Exit::Failed, !unread.is_empty()),
    ]))
}

/// What was merged, and what was not.
fn summary(records: &[Record], unread: &[String], twice: usize) -> String {
    let machines: HashSet<_> = records.iter().map(|record| identity(&record.machine)).collect();
    let mut text = format!(
        "{} of {}",
        count(records.len(), "record"),
        count(machines.len(), "machine")
    );
    if twice > 0 {
        text += &format!("; {twice} more were copies");
    }
    if !unread.is_empty() {
        text += &format!("; {} could not be read", unread.len());
    }
    for warning in sites::warnings(&sites::sites(records)) {
        text += &format!(
            "\nwarning: {}: {}\n  → {}",
            warning.text, warning.figure, warning.remedy
        );
    }
    text
}
