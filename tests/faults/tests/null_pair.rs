//! The figure "two identical sides come out with an interval that holds 1.0 in at least 93 of 100 runs, with another
//! process keeping one core busy":
//!
//! ```text
//! cargo test --release -p pairbench-faults --test null_pair -- --ignored --nocapture
//! ```
//!
//! A run of a pair is ten launches; since the pair is alone here, a thousand launches in a row are a hundred runs.
#![allow(missing_docs)]

use pairbench::estimate::{launch_log_ratio, over_launches};
use std::process::{Child, Command, Stdio};

const RUNS: usize = 100;
const LAUNCHES: usize = 10;

/// A process that computes for ever, ended when dropped.
struct Neighbour(Child);

impl Neighbour {
    fn start() -> Self {
        let python = std::env::var("PAIRBENCH_INTERPRETER").unwrap_or_else(|_| "python3".into());
        let busy = Command::new(python)
            .args(["-c", "while True: pass"])
            .stdin(Stdio::null())
            .spawn();
        Neighbour(busy.expect("an interpreter to keep a core busy with"))
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "a measurement of about five minutes"]
fn an_interval_holds_one() {
    let reports = tempfile::tempdir().unwrap();
    let neighbour = Neighbour::start();
    let status = Command::new(env!("CARGO_BIN_EXE_pairbench-faults"))
        // Quick launches: the test is whether the interval holds, not how narrow it is.
        .args(
            "null_pair --exact --variants same --noplot --quick --measurement-time 0.1 --launches".split(' '),
        )
        .arg((RUNS * LAUNCHES).to_string())
        .arg("--bench")
        .arg("--reports")
        .arg(reports.path())
        .status()
        .unwrap();
    drop(neighbour);
    assert!(status.success());
    let mut files = std::fs::read_dir(reports.path().join("records"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let file = files.find(|path| pairbench::record::is_record(path)).unwrap();
    let record = pairbench::record::read(&file).unwrap();
    let logs: Vec<f64> = record.pairs[0]
        .launches
        .iter()
        .flat_map(|launch| {
            launch
                .comparisons
                .iter()
                .filter(|comparison| comparison.variant == "same")
        })
        .filter_map(|comparison| {
            let baseline: Vec<f64> = comparison.baseline_samples.per_call().collect();
            let variant: Vec<f64> = comparison.variant_samples.per_call().collect();
            launch_log_ratio(&baseline, &variant)
        })
        .collect();
    let runs: Vec<_> = logs.chunks_exact(LAUNCHES).filter_map(over_launches).collect();
    let held = runs.iter().filter(|run| !run.excludes_one()).count();
    let mut widths: Vec<f64> = runs.iter().filter_map(|run| run.relative_half_width()).collect();
    widths.sort_by(f64::total_cmp);
    println!(
        "{held} of {} runs held 1.0; median half-width {:.2} %; {:.1} s of wall time a run",
        runs.len(),
        widths[widths.len() / 2] * 100.0,
        record.run_seconds() / runs.len() as f64
    );
    assert_eq!(runs.len(), RUNS);
}
