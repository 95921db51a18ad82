//! `cargo run`: scaffold a pair, render and compare records, list interpreters.

use std::process::ExitCode;

fn main() -> ExitCode {
    pairbench::cli::tool_main()
}
