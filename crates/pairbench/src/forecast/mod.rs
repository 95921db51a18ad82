//! Forecasts: what a port of a Python workload would gain, before any Rust is written.
//!
//! A workload runs in fresh workers (`observe`). Its samples are put into classes of work (`class`, `shares`); each
//! class has a measured gain (`gains`), and Amdahl's sum over them is the forecast of a whole port (`port`) and of
//! extensions that replace single functions (`candidates`).

mod candidates;
mod class;
mod classify;
mod gains;
mod known;
mod measured;
mod observe;
mod port;
mod running;
mod sentences;
mod shares;
mod trust;
mod watched;
mod workload;

pub use candidates::{Candidate, Step};
pub use class::Class;
pub use measured::Measured;
pub use port::{Answer, Limit, Port, Resolution};
pub use running::interpreter_of;
pub(crate) use sentences::{about, ends};
pub use workload::Workload;

use crate::estimate::over_launches;
use crate::hosts::Fault;
use crate::hosts::interpreter::Python;
use crate::text::utc;
use observe::Observation;
use serde::{Deserialize, Serialize};
use shares::Shares;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// If the user sets no time limit: how long a workload is run in all, and how long a single call may take.
const BUDGET: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(600);
/// Below this number of samples, the user is warned.
const FEW: usize = 100;
/// Smaller parts of the wall time do not count as waiting.
const SMALLEST_WAIT: f64 = 0.02;

/// What to forecast, and how.
#[derive(Debug)]
pub struct Request {
    /// The workload.
    pub workload: Workload,
    /// Its interpreter.
    pub python: Python,
    /// A file for its standard input.
    pub stdin: Option<PathBuf>,
    /// How long to run it; a call that is still running then is ended.
    pub duration: Option<Duration>,
}

/// A forecast. As JSON it is the output of `pairbench forecast --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// When it was made, RFC 3339, UTC; `None` in older forecasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// The statement, function or program.
    pub workload: String,
    /// `CPython 3.11.7`.
    pub interpreter: String,
    /// How long it takes now.
    pub time: Now,
    /// What a whole port would gain.
    pub port: Port,
    /// Smaller steps, the largest gain first.
    pub candidates: Vec<Candidate>,
    /// Part of the CPU time by class of work.
    pub shares: BTreeMap<String, f64>,
    /// Measured workloads with the most similar shares.
    pub nearest: Vec<Measured>,
    /// What could be seen.
    pub resolution: Resolution,
    /// Number of samples behind the shares.
    pub samples: usize,
    /// What the user should know: the workload changes its input, was ended, or printed an error.
    pub warnings: Vec<String>,
    /// The exit code of a program, if it is not 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<String>,
    /// What limits how far the forecast can be trusted.
    pub trust: Vec<String>,
}

impl Forecast {
    /// What `--json` prints.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("names, numbers and texts") + "\n"
    }

    /// Where the forecast of a pair is kept, in the folder of its crate.
    pub(crate) fn path(folder: &Path, pair: &str) -> PathBuf {
        folder.join("benches/forecasts").join(format!("{pair}.json"))
    }

    /// The stored forecast of a pair, if there is one.
    ///
    /// # Errors
    ///
    /// If the file exists but cannot be read, or holds no forecast.
    pub(crate) fn kept(folder: &Path, pair: &str) -> Result<Option<Self>, String> {
        let path = Forecast::path(folder, pair);
        let at_file = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|error| at_file(&error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at_file(&error)),
        }
    }
}

/// How long a run takes, and in which functions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Now {
    /// Seconds per run, over launches.
    pub seconds: f64,
    /// Lower end of the 95 % interval; `None` with fewer than three launches.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// Number of launches, each a fresh process.
    pub launches: usize,
    /// For an already running process, which has no launches: CPU time as a fraction of the time it was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<f64>,
    /// Fraction of the wall time spent waiting.
    pub waits: f64,
    /// The functions by their own time, the largest first.
    pub functions: Vec<FunctionTime>,
}

/// A function's part of the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionTime {
    /// Its name, after its module and a colon.
    pub name: String,
    /// The line on which it begins.
    pub line: u32,
    /// In its own code and the C functions that it calls.
    pub own: f64,
    /// Including everything it calls.
    pub total: f64,
}

/// Why there is no forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The workload cannot be run: a module is missing, an input is not a call.
    Refused(String),
    /// It failed while it ran.
    Failed(String),
}

/// Runs the workload and forecasts; `progress` is called with the name of each step.
///
/// # Errors
///
/// Why there is no forecast.
pub fn forecast(request: &Request, progress: &mut dyn FnMut(&str)) -> Result<Forecast, Failure> {
    let about = &request.python.about;
    if about.implementation != "CPython" {
        let label = about.label();
        return Err(Failure::Refused(format!(
            "forecasts are for CPython, and {} is {label}: its time has other reasons. Name a CPython with --interpreter",
            about.executable
        )));
    }
    if let Workload::Running { process } = request.workload {
        return running::forecast(request, process, progress);
    }
    let limit = request.duration.unwrap_or(PATIENCE);
    let prepared = workload::Prepared::new(
        &request.workload,
        &request.python,
        request.stdin.as_deref(),
        limit,
    );
    let prepared = prepared.map_err(Failure::Refused)?;
    let budget = request.duration.unwrap_or(BUDGET);
    let seen =
        observe::observe(&prepared, budget, progress).map_err(|fault| failure(fault, &prepared.output()))?;
    of(request, &seen)
}

/// The forecast from what was seen.
fn of(request: &Request, seen: &Observation) -> Result<Forecast, Failure> {
    let logs: Vec<f64> = seen.times.iter().map(|time| time.ln()).collect();
    let nothing = || {
        Failure::Failed(format!(
            "{} ended before anything could be seen of it{}",
            request.workload.name(),
            last_lines(&seen.output)
        ))
    };
    let time = over_launches(&logs).ok_or_else(nothing)?;
    let shares = Shares::of(seen.samples.iter().map(|sample| &sample.work));
    let watched = seen.watched_process;
    // A process that waits for a CPU is not in a system call.
    let waits = watched.map_or(seen.idle.min(seen.in_system_calls()), |watched| watched.waits);
    let waits = if waits < SMALLEST_WAIT { 0.0 } else { waits };
    let computing = match watched {
        // Only computing threads were sampled.
        Some(_) => shares,
        None => shares.without(Class::System, waits),
    };
    let resolution = trust::resolution(seen);
    let samples = seen.samples.len();
    let working = if computing.gain().is_some() {
        computing
    } else {
        shares
    };
    let port = port::port(&working, waits, resolution, samples).ok_or_else(nothing)?;
    Ok(Forecast {
        made: Some(utc(jiff::Timestamp::now())),
        workload: request.workload.name(),
        interpreter: request.python.about.label(),
        time: Now {
            seconds: time.value,
            low: time.interval.map(|(low, _)| low),
            high: time.interval.map(|(_, high)| high),
            launches: if watched.is_some() { 0 } else { seen.times.len() },
            cpu: watched.map(|watched| watched.cpu),
            waits,
            functions: functions(seen),
        },
        port,
        candidates: candidates::candidates(
            seen,
            time.value,
            watched.map_or(1.0, |watched| 1.0 - watched.waits),
        ),
        shares: (working.each().into_iter())
            .map(|(class, part)| (trust::key(class), part))
            .collect(),
        nearest: measured::nearest(&working),
        resolution,
        samples,
        warnings: trust::warnings(request, seen, time.value),
        exit: seen.state.exit.clone(),
        trust: trust::limits(&request.python.about, seen),
    })
}

/// What a forecast covers if several threads or processes were sampled.
fn of_all(who: &str) -> String {
    format!("{who} were sampled, and the forecast is about the sum of their work")
}

/// The functions of the workload, by their own time.
fn functions(seen: &Observation) -> Vec<FunctionTime> {
    let part = |count: usize| count as f64 / seen.samples.len().max(1) as f64;
    let mut all: Vec<FunctionTime> = (seen.functions.iter().enumerate())
        .map(|(at, function)| {
            let stacks = || seen.samples.iter().map(|sample| &sample.stack);
            FunctionTime {
                name: function.name.trim_start_matches("statement:").into(),
                line: function.line,
                own: part(stacks().filter(|stack| stack.first() == Some(&at)).count()),
                total: part(stacks().filter(|stack| stack.contains(&at)).count()),
            }
        })
        .filter(|function| function.total > 0.0)
        .collect();
    all.sort_by(|a, b| (b.own.total_cmp(&a.own)).then(b.total.total_cmp(&a.total)));
    all
}

/// What went wrong, and what to do.
fn failure(fault: Fault, output: &str) -> Failure {
    match fault {
        Fault::Exception { name, message, .. } if name == "Unusable" => Failure::Refused(message),
        Fault::Exception { name, message, .. } if name == "ModuleNotFoundError" => Failure::Refused(format!(
            "{message}: it is neither in the working folder nor where this interpreter looks. Run the command where the \
             module is, or name the interpreter that has it with --interpreter"
        )),
        Fault::Exception {
            name,
            message,
            traceback,
        } => Failure::Failed(format!(
            "it raised {name}: {message}\n{}",
            of_the_workload(&traceback)
        )),
        Fault::Exit { code, .. } => Failure::Failed(format!(
            "it left the interpreter with exit code {code}{}",
            last_lines(output)
        )),
        other => Failure::Failed(format!("{other}{}", last_lines(output))),
    }
}

/// A traceback without the lines of the code that runs the workload.
fn of_the_workload(traceback: &str) -> String {
    let mut ours = false;
    let lines = traceback.trim_end().lines().filter(|line| {
        if line.starts_with("  File ") || !line.starts_with(' ') {
            ours = line.contains(workload::MODULE);
        }
        !ours
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn last_lines(output: &str) -> String {
    match output.is_empty() {
        true => String::new(),
        false => format!("; it printed last:\n{output}"),
    }
}
