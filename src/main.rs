//! `cargo run`: scaffold a pair, render records.

use std::process::ExitCode;

fn main() -> ExitCode {
    pairbench::cli::tool_main()
}
