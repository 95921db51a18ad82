//! pyperf: installed from PyPI into an environment of its own. One run of several processes measures one side, and
//! `pyperf compare_to` reports whether it differs from another run.

use super::{Peer, Run, program};
use crate::report::results::{Key, PyperfRun};
use crate::report::text;
use crate::workloads::{SEED, registry, variant};
use pairbench::hosts::interpreter::Python;
use pairbench::hosts::launcher::Stop;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The version whose output is parsed.
pub const REQUIREMENT: &str = "pyperf==2.10.0";
/// Half of its default of 20, as with its own `--fast`. Each takes 3 values after a warm-up, its default.
const PROCESSES: &str = "--processes=10";
/// Its default is 0.1 s per value. It doubles a value's loops until this is reached, so a value takes up to twice this.
const MIN_TIME: &str = "--min-time=0.06";

/// pyperf, and where its files are.
pub struct Runs {
    python: PathBuf,
    folder: PathBuf,
    stop: &'static Stop,
}

impl Runs {
    /// Makes the environment and installs pyperf, unless that has been done.
    ///
    /// # Errors
    ///
    /// Why it could not be installed.
    pub fn install(
        python: &Python,
        target: &Path,
        folder: &Path,
        stop: &'static Stop,
    ) -> Result<Self, String> {
        let environment = target.join(format!("pyperf-{}", python.about.version));
        let below = if cfg!(windows) {
            "Scripts/python.exe"
        } else {
            "bin/python"
        };
        let own = environment.join(below);
        let output = folder.join("install");
        let run =
            |arguments: &[&str]| program(arguments, &output, stop)?.ok_or_else(|| "interrupted".to_string());
        let path = own.to_string_lossy();
        let have = "import sys, pyperf; sys.exit('pyperf==' + pyperf.__version__ != sys.argv[1])";
        if run(&[&path, "-c", have, REQUIREMENT]).is_err() {
            run(&[
                &python.about.executable,
                "-m",
                "venv",
                &environment.to_string_lossy(),
            ])?;
            run(&[&path, "-m", "pip", "install", "--quiet", REQUIREMENT])?;
        }
        Ok(Runs {
            python: own,
            folder: folder.into(),
            stop,
        })
    }

    fn file(&self, key: Key, name: &str) -> PathBuf {
        let condition = if key.busy { "busy" } else { "quiet" };
        self.folder
            .join(format!("{}-{condition}-{name}.json", key.work.name()))
    }

    /// The verdict against the last run of the side that is not slowed, if there was one.
    fn compare(&self, base: &Path, now: &Path) -> Result<Option<text::Comparison>, String> {
        if !base.exists() {
            return Ok(None);
        }
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let (python, base, now) = (path(&self.python), path(base), path(now));
        let arguments = [&python, "-m", "pyperf", "compare_to", "--verbose", &base, &now];
        let printed = program(&arguments, &self.folder.join("compared"), self.stop)?;
        printed.map(|printed| text::pyperf(&printed)).transpose()
    }
}

impl Peer for Runs {
    fn run(&mut self, key: Key) -> Result<Option<Run>, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/accuracy/peers/measure.py");
        let registry = registry();
        let entry = registry
            .get(key.work.name())
            .expect("all kinds of work are there");
        let input = self.folder.join("input.pickle");
        let pickle = entry.pair.input_pickle(key.work.size(key.side), SEED);
        std::fs::write(&input, pickle.map_err(|error| error.to_string())?)
            .map_err(|error| format!("{}: {error}", input.display()))?;
        let (base, now) = (self.file(key, "base"), self.file(key, "now"));
        let _ = std::fs::remove_file(&now);
        let arguments = [
            &self.python.to_string_lossy(),
            &script.to_string_lossy() as &str,
            PROCESSES,
            MIN_TIME,
            "--quiet",
            "--output",
            &now.to_string_lossy(),
            "--root",
            &entry.sources.python_root.to_string_lossy(),
            "--module",
            &entry.sources.module,
            "--variant",
            &variant(key.side, key.slowed),
            "--input",
            &input.to_string_lossy(),
        ];
        let start = Instant::now();
        if program(&arguments, &self.folder.join("pyperf-output"), self.stop)?.is_none() {
            return Ok(None);
        }
        let wall_s = start.elapsed().as_secs_f64();
        let values = values(&now)?;
        let comparison = self.compare(&base, &now)?;
        if key.slowed == 0 {
            std::fs::rename(&now, &base).map_err(|error| format!("{}: {error}", base.display()))?;
        }
        Ok(Some(Run::Pyperf(PyperfRun {
            key,
            wall_s,
            values,
            comparison,
        })))
    }
}

/// The values of each process, in seconds; the calibrating one has none.
fn values(file: &Path) -> Result<Vec<Vec<f64>>, String> {
    #[derive(Deserialize)]
    struct Suite {
        benchmarks: Vec<Benchmark>,
    }
    #[derive(Deserialize)]
    struct Benchmark {
        runs: Vec<Process>,
    }
    #[derive(Deserialize)]
    struct Process {
        #[serde(default)]
        values: Vec<f64>,
    }
    let place = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read(file).map_err(|error| place(&error))?;
    let suite: Suite = serde_json::from_slice(&text).map_err(|error| place(&error))?;
    let runs = suite.benchmarks.into_iter().flat_map(|benchmark| benchmark.runs);
    Ok(runs
        .map(|run| run.values)
        .filter(|values| !values.is_empty())
        .collect())
}
