//! What a launched process does: check one pair, or measure one case of it.

use crate::diagnose::{self, Setting, Step, turnaround};
use crate::dig;
use crate::hosts::interpreter::Python;
use crate::hosts::launcher;
use crate::hosts::limits::{self, Bytes};
use crate::hosts::steps::Refused;
use crate::hosts::worker::WorkerSetup;
use crate::hosts::{Fault, HostSet, Hosts};
use crate::measure::launch::{self, Job};
use crate::registry::{Entry, Side, Variant};
use crate::run::launch::blame::Blaming;
use crate::run::suite::Suite;
use crate::terminal::{print, print_error};
use crate::verify::{self, Finding, Library};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// The first argument of a launched process; the second is the path of its [`Spec`].
pub(crate) const ARGUMENT: &str = "__launch";

/// What a launched process is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Spec {
    /// The interpreters that take part.
    pub interpreters: Vec<RunInterpreter>,
    pub program: PathBuf,
    pub hash_seed: u32,
    pub memory_limit: Option<Bytes>,
    /// The file for its events, one JSON line each.
    pub events: PathBuf,
    pub role: Role,
}

/// An interpreter of a run, with what it imports.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RunInterpreter {
    pub python: Python,
    /// The folder of its extension module, if there is one.
    pub extension_dir: Option<PathBuf>,
    /// What could not be made for its steps.
    #[serde(skip)]
    pub refused: Refused,
}

impl From<Python> for RunInterpreter {
    fn from(python: Python) -> Self {
        RunInterpreter {
            python,
            extension_dir: None,
            refused: Refused::new(),
        }
    }
}

/// The kinds of launches.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub(crate) enum Role {
    Verify {
        pair: String,
        contestants: Vec<String>,
        sizes: Vec<u64>,
        seed: u64,
    },
    Measure {
        job: Job,
    },
    Dig {
        pair: String,
        /// How long it may report nothing before it counts as hanging.
        silence: Duration,
        task: dig::Task,
    },
    Diagnose {
        step: Step,
        variants: Vec<String>,
        size: u64,
        seed: u64,
        /// The folder of the extension module that counts allocations, or why there is none.
        counting: Result<PathBuf, String>,
    },
}

/// Runs the launch that the file describes.
pub(crate) fn main(suite: &Suite, spec: &Path) -> ExitCode {
    match run(suite, spec) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&error.to_string());
            ExitCode::from(2)
        }
    }
}

/// Calls a Rust variant once and prints the nanoseconds, for [`turnaround::FIRST_CALL`].
pub(crate) fn first_call(suite: &Suite, arguments: &[OsString]) -> ExitCode {
    let texts: Vec<_> = arguments.iter().map(|text| text.to_string_lossy()).collect();
    let took = match &texts[..] {
        [pair, variant, size, seed] => {
            let entry = suite.registry.get(pair);
            let case = size.parse().ok().zip(seed.parse().ok());
            entry
                .zip(case)
                .and_then(|(entry, (size, seed))| turnaround::first_call(entry, variant, size, seed))
        }
        _ => None,
    };
    let Some(took) = took else {
        print_error(&format!(
            "{texts:?} are not a pair, a Rust variant of it, a size and a seed"
        ));
        return ExitCode::from(2);
    };
    match print(&format!("{}\n", took.as_nanos())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(suite: &Suite, spec: &Path) -> Result<(), Box<dyn std::error::Error>> {
    launcher::end_with_supervisor()?;
    let spec: Spec = serde_json::from_slice(&std::fs::read(spec)?)?;
    if let Some(limit) = spec.memory_limit {
        limits::stop_hard(limit);
    }
    let mut events = std::fs::File::options()
        .append(true)
        .create(true)
        .open(&spec.events)?;
    let setups: Vec<WorkerSetup<'_>> = spec
        .interpreters
        .iter()
        .map(|interpreter| WorkerSetup {
            python: &interpreter.python,
            program: &spec.program,
            extension_dir: interpreter.extension_dir.as_deref(),
            hash_seed: spec.hash_seed,
        })
        .collect();
    let setup = *setups.first().ok_or("no interpreter takes part")?;
    let find = |name: &str| {
        suite
            .registry
            .get(name)
            .ok_or_else(|| format!("no pair is called {name}"))
    };
    match &spec.role {
        Role::Verify {
            pair,
            contestants,
            sizes,
            seed,
        } => {
            let entry = find(pair)?;
            let mut hosts = Hosts::new(entry, setup, suite.register_extension).watching();
            let mut report = |finding: Finding| write(&mut events, &finding);
            let able = able(entry, &mut hosts, contestants, &mut report);
            if let Some(able) = able {
                verify::check(entry, &mut hosts, &able, sizes, *seed, &mut report);
            }
        }
        Role::Measure { job } => {
            let entry = find(&job.pair)?;
            let hosts = Hosts::of_all(entry, setups, suite.register_extension).against(&job.baseline);
            let mut hosts = Blaming::new(hosts, &spec.events)?;
            launch::run(job, &mut hosts, &mut |event| write(&mut events, &event));
        }
        Role::Dig { pair, task, .. } => {
            let current = dig::file_of_call(&spec.events);
            dig::perform(task, find(pair)?, setup, &current, &mut |event| {
                write(&mut events, &event);
            });
        }
        Role::Diagnose { step, .. } if step.pair.is_empty() => {
            diagnose::run_wide(step, &setup, &mut |finding| write(&mut events, &finding));
        }
        Role::Diagnose {
            step,
            variants,
            size,
            seed,
            counting,
        } => {
            let entry = find(&step.pair)?;
            let mut hosts = Hosts::new(entry, setup, suite.register_extension);
            let setting = Setting {
                size: *size,
                seed: *seed,
                variants,
                counting: counting.as_deref().map_err(String::as_str),
            };
            diagnose::run(step, entry, &mut hosts, setting, &mut |finding| {
                write(&mut events, &finding);
            });
        }
    }
    Ok(())
}

/// One line, one write: what was written before a crash is whole. If nothing can be written any more, the process
/// ends: what it measured so far has been written, and the rest would be lost.
fn write(events: &mut std::fs::File, event: &impl Serialize) {
    let mut line = serde_json::to_vec(event).expect("events are plain data");
    line.push(b'\n');
    if let Err(error) = events.write_all(&line) {
        print_error(&error.to_string());
        std::process::exit(launcher::UNWRITTEN);
    }
}

/// The libraries of both sides, Python's first, each side's in the order in which it reports them.
fn libraries(entry: &Entry, python: Vec<(String, String)>) -> Vec<Library> {
    let rust = entry.pair.versions().into_iter();
    let rust = rust.map(|(name, version)| (Side::Rust, name.to_string(), version));
    python
        .into_iter()
        .map(|(name, version)| (Side::Python, name, version))
        .chain(rust)
        .map(|(side, name, version)| Library { side, name, version })
        .collect()
}

/// Leaves out the contestants that miss a requirement, and reports them. `None` when the file itself does not load.
fn able(
    entry: &Entry,
    hosts: &mut Hosts<'_>,
    contestants: &[String],
    report: &mut dyn FnMut(Finding),
) -> Option<Vec<String>> {
    let variants: Vec<&Variant> = entry
        .pair
        .variants()
        .iter()
        .filter(|variant| contestants.contains(&variant.name))
        .collect();
    let mut modules: Vec<String> = variants
        .iter()
        .flat_map(|variant| variant.requires.clone())
        .collect();
    modules.sort();
    modules.dedup();
    let versions = hosts
        .worker()
        .and_then(|worker| Ok((worker.missing(&modules)?, worker.versions()?, worker.altered()?)));
    let (found, libraries) = match versions {
        Ok((found, versions, what)) => {
            report(Finding::Alters { what });
            (found, libraries(entry, versions))
        }
        Err(fault) => {
            report(Finding::Fails {
                variant: String::new(),
                size: None,
                fault,
            });
            report(Finding::Done);
            return None;
        }
    };
    // The warnings raised while importing the pair's file and what its variants require.
    verify::pass_on_warnings(hosts, Variant::BASELINE, report);
    report(Finding::Unoptimised { modules: found.debug });
    for (name, version) in found.versions {
        report(Finding::Package { name, version });
    }
    for library in libraries {
        report(Finding::Library(library));
    }
    let lacks = |name: &str| {
        let variant = variants.iter().find(|variant| variant.name == name)?;
        let missing = |(module, _): &&(String, String)| variant.requires.contains(module);
        let (module, reason) = found.missing.iter().find(missing)?;
        Some(format!("needs {module} ({reason})"))
    };
    // Without the baseline there is nothing to compare with.
    let all_lack = entry.pair.available().err().or_else(|| lacks(Variant::BASELINE));
    let mut able = Vec::new();
    for name in contestants {
        if let Some(reason) = all_lack.clone().or_else(|| lacks(name)) {
            report(Finding::Skips {
                variant: name.clone(),
                reason,
            });
        } else if name == Variant::EMBEDDED
            && let Err(fault @ Fault::Harness { .. }) = hosts.for_contestant(name).map(|_| ())
        {
            // Not the pair's fault: this machine cannot embed.
            report(Finding::Skips {
                variant: name.clone(),
                reason: fault.to_string(),
            });
        } else {
            able.push(name.clone());
        }
    }
    Some(able)
}
