//! `cargo bench --bench accuracy`: the published calibration. pairbench, criterion and pyperf measure the same work on the
//! same machine in turns, equal sides and sides slowed by a known amount, with a busy neighbour and without. It ends with
//! the table of docs/evidence/accuracy.md.
//!
//! | file | what it does |
//! |---|---|
//! | `workloads.rs`, `python/` | the work, in rounds; a side is slowed by doing more of them |
//! | `blocks.rs` | what is measured when: blocks of one kind of work, one language, one condition |
//! | `block.rs` | one block: launches of all comparisons and runs of the peers, in turns |
//! | `launches.rs` | pairbench's own launches, through the machinery of `cargo bench` |
//! | `peers/` | criterion and pyperf, each in processes of its own, judged by its own verdict |
//! | `progress.rs` | what the terminal shows during a run |
//! | `neighbour.rs` | a process that keeps a core busy now and then |
//! | `roles.rs`, `child.rs` | the roles in which this executable starts itself, and what each does |
//! | `report/` | from raw results to the table; pure, tested by `tests/accuracy.rs` |
#![allow(missing_docs, reason = "an executable")]

mod block;
mod blocks;
mod child;
mod launches;
mod neighbour;
mod options;
mod peers;
mod progress;
mod report;
mod roles;
mod workloads;

use clap::Parser;
use options::Options;
use pairbench::hosts::launcher::Stop;
use report::results::Results;
use report::table;
use std::path::Path;
use std::process::ExitCode;

/// Set by Ctrl-C.
static STOP: Stop = Stop::new();

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, rest @ ..] = arguments.as_slice()
        && let Some(code) = child::main(role, rest)
    {
        return code;
    }
    // `cargo test --benches` starts every bench, and this one is not a test.
    if arguments.is_empty() {
        println!("this is a measurement, not a test: cargo bench --bench accuracy -- --minutes 30");
        return ExitCode::SUCCESS;
    }
    match bench(&Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The pipeline: measure (or read), keep, print.
fn bench(options: &Options) -> Result<ExitCode, String> {
    let results = match &options.from {
        Some(file) => read(file)?,
        None => {
            refuse_debug()?;
            watch_interrupts();
            blocks::measure(options, &STOP)?
        }
    };
    let code = if STOP.requested() { 130 } else { 0 };
    if results.about.blocks == 0 {
        if STOP.requested() {
            eprintln!("stopped before the first block was finished, so there is no table");
            return Ok(ExitCode::from(code));
        }
        return Err(
            "no block was finished, so there is no table; the first takes about a minute and a half".into(),
        );
    }
    println!("\n{}", table::markdown(&results));
    Ok(ExitCode::from(code))
}

fn read(file: &Path) -> Result<Results, String> {
    let place = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read(file).map_err(|error| place(&error))?;
    serde_json::from_slice(&text)
        .map_err(|error| format!("{}. It must be a file that --json wrote", place(&error)))
}

fn refuse_debug() -> Result<(), String> {
    if cfg!(debug_assertions) {
        return Err("this is a debug build; calibrate what is used: cargo bench --bench accuracy".into());
    }
    Ok(())
}

/// The first Ctrl-C ends the run with a table of the results so far, the second ends it at once.
fn watch_interrupts() {
    let watched = ctrlc::set_handler(|| {
        if STOP.requested() {
            std::process::exit(130);
        }
        STOP.request();
    });
    if let Err(error) = watched {
        eprintln!("Ctrl-C will end it without a table: {error}");
    }
}
