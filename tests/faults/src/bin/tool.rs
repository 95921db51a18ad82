//! What `cargo run` runs, for the tests beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    pairbench::cli::tool_main()
}
