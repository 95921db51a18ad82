//! The command line: `cargo bench` and `cargo run`, their arguments and what they print.

mod bench;
mod bencher;
mod changes;
mod compare;
mod interpreters;
mod matrix;
mod reading;
mod scaffold;
mod table;
mod tool;
mod warnings;

pub use crate::run::{Cases, Options, OutputFormat, Suite};
pub use crate::terminal::Color;

use crate::diagnose::turnaround;
use crate::run::process;
use std::path::Path;
use std::process::ExitCode;

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
        [first, spec] if first == process::ARGUMENT => process::main(&suite, Path::new(spec)),
        [first, rest @ ..] if first == turnaround::FIRST_CALL => process::first_call(&suite, rest),
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
