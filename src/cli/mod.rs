//! `cargo bench`: arguments, the run from registry to report, and what the terminal shows of it.

mod asked;
mod beginning;
mod bench;
mod bencher;
mod changes;
mod child;
mod compare;
mod deprecations;
mod diagnosing;
mod effort;
mod events;
mod interpreters;
mod keeping;
mod launching;
mod lock;
mod matrix;
mod measuring;
mod options;
mod outcome;
mod progress;
mod reading;
mod resume;
mod run;
mod scaffold;
mod schedule;
mod seats;
mod select;
mod shard;
mod table;
mod tasks;
mod terminal;
mod then;
mod tool;
mod turn;
mod verifying;
mod warnings;

pub use options::{Cases, Color, Options, OutputFormat};

use crate::diagnose::turnaround;
use crate::registry::Registry;
use std::path::Path;
use std::process::ExitCode;

/// What one bench executable measures.
#[derive(Debug)]
pub struct Suite {
    /// The pairs.
    pub registry: Registry,
    /// Puts the extension module into the embedded interpreter, before that starts.
    pub register_extension: Option<fn()>,
}

/// The main function of a bench executable: all of `cargo bench`, and the processes that it launches.
///
/// The exit code is 0 when every pair was verified and measured, 1 when one was not, when a floor of a pair was broken or
/// a change was one of `--fail-if`, 2 when nothing could be
/// measured at all (a wrong argument, no interpreter), and 130 after Ctrl-C.
pub fn bench_main(suite: Suite) -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments == [turnaround::NOTHING] {
        return ExitCode::SUCCESS;
    }
    match arguments.as_slice() {
        [first, spec] if first == child::ARGUMENT => child::main(&suite, Path::new(spec)),
        [first, rest @ ..] if first == turnaround::FIRST_CALL => child::first_call(&suite, rest),
        _ => bench::main(&suite),
    }
}

/// The main function of `cargo run`: scaffolding, rendering records, comparing them, and listing interpreters.
///
/// The exit code is 0; 1 when `compare` found a change of `--fail-if`, `interpreters` found none, or `report` could not read
/// every record; and 2 when nothing could be read or a file cannot be written.
pub fn tool_main() -> ExitCode {
    tool::main()
}
