//! `cargo bench -p pairbench-corpus`: verifies and measures the corpus. Its record has the ratios for `cargo bench --bench
//! forecast`.

use pairbench::cli::{Suite, bench_main};
use std::process::ExitCode;

fn main() -> ExitCode {
    bench_main(Suite {
        registry: pairbench_corpus::registry(),
        register_extension: None,
    })
}
