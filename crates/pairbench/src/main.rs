//! The tool: make a project ready for pairs, add pairs, render, compare and export records, list interpreters.

use std::process::ExitCode;

fn main() -> ExitCode {
    pairbench::cli::tool_main()
}
