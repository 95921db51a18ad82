//! The figure "Python in the worker agrees with pyperf on the same function within 3 %":
//!
//! ```text
//! python3 -m venv .venv && .venv/bin/python -m pip install pyperf
//! PAIRBENCH_INTERPRETER=.venv/bin/python cargo test --release --test pyperf -- --ignored --nocapture
//! ```
//!
//! Both take turns, so that a drifting machine treats them alike; what is compared is the median over the turns.

#![allow(missing_docs)]

use pairbench::hosts::worker::{PROGRAM, Worker, WorkerSetup};
use pairbench::hosts::{Host, interpreter};
use pairbench::registry::{Entry, Profile, Variant};
use std::path::Path;
use std::process::Command;

/// Processes of each, in turn.
const TURNS: u32 = 7;
/// Values that each process takes.
const VALUES: usize = 15;

/// Runs one pyperf worker: the same file, the same input, the same number of values.
const SCRIPT: &str = r"
import functools, importlib, os, pickle, sys
import pyperf
sys.path.insert(0, os.environ['PAIR_ROOT'])
function = importlib.import_module(os.environ['PAIR_MODULE']).python
with open(os.environ['PAIR_INPUT'], 'rb') as file:
    value = pickle.load(file)
call = functools.partial(function, **value) if isinstance(value, dict) else functools.partial(function, value)
pyperf.Runner().bench_func('f', call)
";

#[test]
#[ignore = "a measurement that needs pyperf"]
fn worker_against_pyperf() {
    let python = interpreter::choose(None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker.py");
    std::fs::write(&program, PROGRAM).unwrap();
    let script = folder.path().join("bench.py");
    std::fs::write(&script, SCRIPT).unwrap();
    println!(
        "{:<16} {:>10} {:>10} {:>16}",
        "pair", "worker", "pyperf", "worker ÷ pyperf"
    );
    let registry = pairbench_workloads::registry();
    let called = |entry: &&Entry| entry.pair.profile() != Profile::Service;
    for entry in registry.entries().iter().filter(called) {
        let input = folder.path().join("input");
        let size = entry.pair.default_case().size;
        std::fs::write(&input, entry.pair.input_pickle(size, 1).unwrap()).unwrap();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for turn in 0..TURNS {
            let setup = WorkerSetup {
                python: &python,
                program: &program,
                extension_dir: None,
                hash_seed: turn,
            };
            ours.push(worker(entry, &setup, size));
            theirs.push(pyperf(
                entry,
                &python.about.executable,
                &script,
                &input,
                turn,
                folder.path(),
            ));
        }
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        println!(
            "{:<16} {:>7.2} ms {:>7.2} ms {:>16.3}",
            entry.name,
            ours * 1e3,
            theirs * 1e3,
            ours / theirs
        );
    }
}

fn worker(entry: &Entry, setup: &WorkerSetup<'_>, size: u64) -> f64 {
    let mut worker = Worker::start(setup, entry).unwrap();
    let ready = worker.open(Variant::BASELINE, size, 1).unwrap();
    worker.settle().unwrap();
    let calls = 4;
    worker.time(ready.handle, calls).unwrap();
    let mut values: Vec<f64> = (0..VALUES)
        .map(|_| worker.time(ready.handle, calls).unwrap().wall.as_secs_f64() / calls as f64)
        .collect();
    median(&mut values)
}

fn pyperf(entry: &Entry, python: &str, script: &Path, input: &Path, turn: u32, folder: &Path) -> f64 {
    let output = folder.join("pyperf.json");
    let _ = std::fs::remove_file(&output);
    let done = Command::new(python)
        .arg(script)
        .args(["--processes=1", "--warmups=1", "--loops=4", "--quiet"])
        .arg("--inherit-environ=PYTHONHASHSEED,PAIR_ROOT,PAIR_MODULE,PAIR_INPUT")
        .arg(format!("--values={VALUES}"))
        .arg("-o")
        .arg(&output)
        .env("PYTHONHASHSEED", turn.to_string())
        .env("PAIR_ROOT", &entry.sources.python_root)
        .env("PAIR_MODULE", &entry.sources.module)
        .env("PAIR_INPUT", input)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "pyperf: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&output).unwrap()).unwrap();
    let values = json["benchmarks"][0]["runs"].as_array().unwrap().iter();
    let values = values.filter_map(|run| run["values"].as_array());
    let mut values: Vec<f64> = values.flatten().map(|value| value.as_f64().unwrap()).collect();
    median(&mut values)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
