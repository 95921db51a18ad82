//! The command line: `cargo bench` and the tool `pairbench`, their arguments and what they print.

mod bench;
mod changes;
mod compare;
mod dig;
mod edit;
mod exporting;
mod forecast;
mod init;
mod interpreters;
mod matrix;
mod new;
mod project;
mod reading;
mod recorder;
mod recording;
mod scaffold;
mod suite;
mod table;
mod tool;
mod warnings;

pub use crate::run::Suite;

use crate::diagnose::turnaround;
use crate::hosts::served;
use crate::run::process;
use crate::text::name_tool;
use std::path::Path;
use std::process::ExitCode;

/// The main function of a bench executable: all of `cargo bench`, and the processes that it launches.
///
/// `--help` lists the exit codes.
pub fn bench_main(suite: Suite) -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments == [turnaround::NOTHING] {
        return ExitCode::SUCCESS;
    }
    name_tool();
    match arguments.as_slice() {
        [first, spec] if first == process::ARGUMENT => process::main(&suite, Path::new(spec)),
        [first, rest @ ..] if first == turnaround::FIRST_CALL => process::first_call(&suite, rest),
        [first, rest @ ..] if first == served::SERVE => served::main(&suite.registry, rest),
        _ => bench::main(&suite),
    }
}

impl Suite {
    /// Measures the pairs: the end of a bench's `main`. See [`bench_main`].
    pub fn run(self) -> ExitCode {
        bench_main(self)
    }
}

/// The main function of the tool `pairbench`: making projects ready, adding pairs and recording calls; rendering,
/// comparing and exporting records; listing interpreters.
///
/// `--help` lists the exit codes.
pub fn tool_main() -> ExitCode {
    name_tool();
    tool::main()
}
