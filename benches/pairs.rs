//! `cargo bench`: verifies, measures and reports all shipped pairs.

use pairbench::cli::{Suite, bench_main};
use std::process::ExitCode;

fn main() -> ExitCode {
    bench_main(Suite {
        registry: pairbench_workloads::registry().as_catalogue(),
        #[cfg(feature = "embed")]
        register_extension: Some(pairbench_workloads::register_extension),
        #[cfg(not(feature = "embed"))]
        register_extension: None,
    })
}
