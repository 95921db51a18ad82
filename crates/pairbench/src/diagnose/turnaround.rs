//! What has to happen before there is a first answer: starts, imports, first calls.

use super::{About, Diagnose, Finding, PairDiagnoses, Setting, Step, Target};
use crate::hosts::worker::{WorkerSetup, input_pickle};
use crate::hosts::{Fault, Hosts, ending, script};
use crate::registry::{Entry, Variant};
use serde::{Deserialize, Serialize};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The first argument of a process of this executable that ends at once.
pub(crate) const NOTHING: &str = "__nothing";

/// The first argument of a process that calls a Rust variant once and prints the nanoseconds; then come pair, variant,
/// size and seed.
pub(crate) const FIRST_CALL: &str = "__first_call";

/// Rounds that count; one more runs before them to load files into the system's cache. Six give an interval by ranks.
const ROUNDS: usize = 7;

/// The port whose start is compared with Python's.
const PORT: &str = "rust";

/// From the start of a process to its first answer, in seconds. One value per round, in each of which every process was
/// started once; the i-th values of all parts come from the same round.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StartUp {
    /// The interpreter, from its start to its end, with a program that does nothing.
    pub interpreter: Vec<f64>,
    /// Importing the pair's module, in an interpreter that has imported nothing else, without the modules that only
    /// variants other than the baseline require.
    pub import: Vec<f64>,
    /// The baseline's first call.
    pub python_first_call: Vec<f64>,
    /// A Rust process (the harness's own executable) from its start to its end, doing nothing.
    pub process: Vec<f64>,
    /// Rust's first call; empty when `rust` was not to be run.
    pub rust_first_call: Vec<f64>,
}

/// What the program of the first call answers.
#[derive(Debug, Deserialize)]
struct FirstCall {
    import_ns: u64,
    call_ns: u64,
}

pub(super) struct Pass;

impl Diagnose for Pass {
    fn about(&self) -> About {
        About::named("startup")
    }

    fn steps<'a>(&self, _entry: &Entry, _variants: &[&'a Variant], _cores: u32) -> Vec<Target<'a>> {
        vec![(None, None)]
    }

    fn is_answered(&self, found: &PairDiagnoses, _step: &Step) -> bool {
        found.start_up.is_some()
    }

    /// Times the starts of a pair.
    fn run(
        &self,
        _step: &Step,
        entry: &Entry,
        hosts: &mut Hosts<'_>,
        setting: Setting<'_>,
        report: &mut dyn FnMut(Finding),
    ) -> Result<(), Fault> {
        let setup = hosts.setup();
        let input = input_pickle(entry, setting.size, setting.seed)?;
        let has_port = setting.variants.iter().any(|name| name == PORT);
        let mut start_up = StartUp::default();
        for round in 0..=ROUNDS {
            let mut this = StartUp::default();
            // Alternating, so that neither side always comes after the other.
            for side in [round % 2, (round + 1) % 2] {
                match side {
                    0 => this.python(entry, &setup, &input)?,
                    _ => this.rust(entry, setting, has_port)?,
                }
            }
            if round > 0 {
                start_up.append(this);
            }
        }
        report(Finding::StartUp { start_up });
        Ok(())
    }
}

impl StartUp {
    fn python(&mut self, entry: &Entry, setup: &WorkerSetup<'_>, input: &[u8]) -> Result<(), Fault> {
        let whole = script::whole_time(setup, script::NOTHING)?;
        let root = entry.sources.python_root.to_string_lossy();
        let without = only_others_require(entry).join(",");
        let form = entry.pair.form().name();
        let arguments = [&*root, &entry.sources.module, Variant::BASELINE, &without, form];
        let first: FirstCall = script::run_json(setup, script::FIRST_CALL, &arguments, input)?;
        self.interpreter.push(whole.as_secs_f64());
        self.import.push(first.import_ns as f64 * 1e-9);
        self.python_first_call.push(first.call_ns as f64 * 1e-9);
        Ok(())
    }

    fn rust(&mut self, entry: &Entry, setting: Setting<'_>, has_port: bool) -> Result<(), Fault> {
        let start = Instant::now();
        this_executable(&[NOTHING])?;
        self.process.push(start.elapsed().as_secs_f64());
        if has_port {
            let (size, seed) = (setting.size.to_string(), setting.seed.to_string());
            let output = this_executable(&[FIRST_CALL, entry.name, PORT, &size, &seed])?;
            let text = String::from_utf8_lossy(&output.stdout);
            // Output of the pair comes before it.
            let last = text.lines().next_back().unwrap_or_default();
            let ns: u64 = last.trim().parse().map_err(|error| Fault::Harness {
                message: format!("the process of the first call printed {last:?}: {error}"),
            })?;
            self.rust_first_call.push(ns as f64 * 1e-9);
        }
        Ok(())
    }

    fn append(&mut self, mut round: StartUp) {
        self.interpreter.append(&mut round.interpreter);
        self.import.append(&mut round.import);
        self.python_first_call.append(&mut round.python_first_call);
        self.process.append(&mut round.process);
        self.rust_first_call.append(&mut round.rust_first_call);
    }
}

/// Modules without which a variant is skipped, but not the baseline: a program that is only the baseline would not
/// import them. A file loads without them, as it must.
fn only_others_require(entry: &Entry) -> Vec<String> {
    let variants = entry.pair.variants();
    let of_baseline = |module: &String| {
        let baseline = variants.iter().find(|one| one.name == Variant::BASELINE);
        baseline.is_some_and(|one| one.requires.contains(module))
    };
    let required = variants.iter().flat_map(|one| &one.requires);
    let mut modules: Vec<String> = required.filter(|module| !of_baseline(module)).cloned().collect();
    modules.sort();
    modules.dedup();
    modules
}

fn this_executable(arguments: &[&str]) -> Result<Output, Fault> {
    let harness = |error: std::io::Error| Fault::Harness {
        message: format!("this executable does not start again: {error}"),
    };
    let output = Command::new(std::env::current_exe().map_err(harness)?)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(harness)?;
    if output.status.success() {
        return Ok(output);
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_string();
    Err(ending::ended_unexpectedly("the process", output.status, message))
}

/// What the process of [`FIRST_CALL`] does: sets the variant up on the case, and times one call. `None` without such a
/// variant.
pub(crate) fn first_call(entry: &Entry, variant: &str, size: u64, seed: u64) -> Option<Duration> {
    let mut opened = entry.pair.open_rust(variant, size, seed)?;
    Some(opened.time(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Pair, Profile, fixture};

    fn entry() -> Entry {
        let pair = Pair::new(Profile::HotLoop, "adds")
            .input(|size, seed| size + seed)
            .cases("numbers", &[1])
            .python(&["numpy", "native", "zlib"])
            .requires("zlib", "zlib_ng")
            .rust(|x: &u64| x + 1)
            .build();
        fixture::entry(pair)
    }

    #[test]
    fn the_baseline_does_not_pay_for_the_modules_of_others() {
        assert_eq!(
            only_others_require(&entry()),
            ["numpy", "pairbench_native", "zlib_ng"]
        );
    }

    #[test]
    fn a_first_call_is_that_of_a_rust_variant() {
        assert!(first_call(&entry(), "rust", 3, 4).is_some());
        assert_eq!(first_call(&entry(), "numpy", 3, 4), None);
    }

    #[test]
    fn rounds_stay_together() {
        let round = |seconds: f64| StartUp {
            interpreter: vec![seconds],
            import: vec![seconds],
            python_first_call: vec![seconds],
            process: vec![seconds],
            rust_first_call: Vec::new(),
        };
        let mut all = round(1.0);
        all.append(round(2.0));
        assert_eq!((all.interpreter, all.process), (vec![1.0, 2.0], vec![1.0, 2.0]));
    }
}
