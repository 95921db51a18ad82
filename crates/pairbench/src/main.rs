//! The tool: scaffold a pair, render, compare and export records, list interpreters.

use std::process::ExitCode;

fn main() -> ExitCode {
    pairbench::cli::tool_main()
}
