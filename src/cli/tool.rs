//! `cargo run --`: what needs no measuring.

use super::{compare, interpreters, scaffold};
use crate::record;
use crate::registry::Profile;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Scaffolds pairs, renders and compares records, lists interpreters; measuring is `cargo bench`.
#[derive(Debug, Parser)]
#[command(
    name = "cargo run --",
    bin_name = "cargo run --",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
struct Tool {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the two files of a new pair: they compile, verify and measure at once
    New {
        /// Name of the pair: a-z, 0-9 and _
        name: String,
        /// Kind of work: hot-loop, flat, parallel, concurrent or library-bound
        #[arg(long, default_value = "hot-loop")]
        profile: Profile,
        /// Folder that holds workloads/ and python/
        #[arg(long, default_value = ".")]
        root: PathBuf,
    },
    /// Render the report from records alone; where a pair is in several, the newest wins
    Report {
        /// Records, as in reports/records/
        #[arg(required = true)]
        records: Vec<PathBuf>,
        /// Folder for the pages
        #[arg(long, default_value = "reports")]
        out: PathBuf,
    },
    /// Compare records: what is faster or slower than in the first
    Compare(compare::Arguments),
    /// List every Python on this machine: what it is, where it was found, and what was left out and why
    Interpreters(interpreters::Arguments),
}

/// Parses the arguments and runs.
pub(super) fn main() -> ExitCode {
    let done = match Tool::parse().command {
        Command::New { name, profile, root } => scaffold::new_pair(&root, &name, profile),
        Command::Report { records, out } => report(&records, &out),
        Command::Compare(arguments) => {
            return compare::main(&arguments).unwrap_or_else(|error| {
                eprintln!("error: {error}");
                ExitCode::from(2)
            });
        }
        Command::Interpreters(arguments) => return interpreters::main(&arguments),
    };
    match done {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn report(paths: &[PathBuf], out: &std::path::Path) -> Result<String, String> {
    let records: Vec<_> = paths
        .iter()
        .map(|path| record::read(path))
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())?;
    let index = crate::report::Report::of(&records)
        .write(out)
        .map_err(|error| format!("the report cannot be written to {}: {error}", out.display()))?;
    Ok(format!("report: {}", index.display()))
}
