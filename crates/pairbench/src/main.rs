//! The tool: sets up a project for pairs, adds pairs, renders, compares and exports records, lists interpreters.

use std::process::ExitCode;

fn main() -> ExitCode {
    pairbench::cli::tool_main()
}
