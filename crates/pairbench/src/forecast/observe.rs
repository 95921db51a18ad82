//! Runs a workload in fresh processes: times it, samples it, and watches what it calls.

use super::classify::Work;
use super::watched::WatchedProcess;
use super::workload::{Prepared, Workload};
use crate::hosts::worker::Worker;
use crate::hosts::{Fault, Handle, Host, Sampled, SampledFunction};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Enough samples: their shares repeat within ×1.06.
pub(super) const ENOUGH: usize = 300;
/// How long a short workload is sampled: longer than needed, to make up for samples outside its calls.
const SAMPLED: Duration = Duration::from_millis(800);
/// How many such spans at most, if other processes use the CPUs.
const MOST_SPANS: u32 = 3;
/// How long it is warmed up in each launch, and how long it is then timed.
const WARM: Duration = Duration::from_millis(150);
const TIMED: Duration = Duration::from_millis(300);
/// A workload whose call takes longer is slow: its first call is sampled.
const SLOW: Duration = Duration::from_secs(2);
/// Maximum number of launches for timing.
const LAUNCHES: usize = 6;
/// Minimum for a short workload, so that its time has an interval.
const FEWEST_LAUNCHES: usize = 3;
/// Maximum number of sampled launches of a program.
const MOST_LAUNCHES: u32 = 12;
/// A call that takes longer is not watched, because watching makes it several times slower.
const WATCHED: Duration = Duration::from_secs(4);

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Observation {
    /// Seconds per run, one value from each launch.
    pub times: Vec<f64>,
    /// Whether those runs were sampled at the same time.
    pub while_sampled: bool,
    /// Fraction of the wall time in which it was on no CPU.
    pub idle: f64,
    /// All functions found in samples.
    pub functions: Vec<SampledFunction>,
    pub samples: Vec<Sample>,
    /// Whether the C functions inside the interpreter have names.
    pub named: bool,
    /// Largest number of threads sampled at one time.
    pub threads: usize,
    /// Number of child processes sampled.
    pub children: usize,
    /// Why it could not be sampled.
    pub unsampled: Option<String>,
    pub state: State,
    /// The last lines that a run printed.
    pub output: String,
    pub check: Check,
    pub watched: Option<Watched>,
    /// Indexes of functions known to belong to a library, if nothing was watched.
    pub foreign: HashSet<usize>,
    /// For an already running process.
    pub watched_process: Option<WatchedProcess>,
}

/// One sample.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// Indexes into the functions, the innermost first.
    pub stack: Vec<usize>,
    pub work: Work,
    /// The call site of the instruction.
    site: String,
}

impl Sample {
    pub(super) fn new(stack: Vec<usize>, work: Work) -> Self {
        let site = String::new();
        Sample { stack, work, site }
    }
}

/// What the workload records about itself.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct State {
    /// What kind of function it is: `ready`, `generator`, `coroutine`, `async generator`.
    pub state: String,
    /// Whether it was ended by the time limit.
    pub ended: bool,
    pub read_input: bool,
    /// The exit code of a program, if it is not 0.
    pub exit: Option<String>,
    pub threads: u32,
    pub children: u32,
    /// Wall time of the run and CPU time of its process during it, in seconds.
    wall: f64,
    cpu: f64,
}

/// An entry of a function profile: module, name, line, seconds, operation and callee.
type Part = (String, String, u32, f64, String, String);

/// Whether calls can be compared with each other.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct Check {
    pub mutates: bool,
    pub wavers: bool,
}

/// What one run calls.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Watched {
    callees: Vec<(String, String)>,
    pub functions: Vec<WatchedFunction>,
}

/// Calls of a Python function during a run.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct WatchedFunction {
    pub name: String,
    pub line: u32,
    /// `own`, `package` or `standard`.
    pub origin: String,
    pub calls: u64,
    seen: u64,
    elements_in: u64,
    returned: u64,
    elements_out: u64,
}

impl WatchedFunction {
    /// Number of objects that all calls take, and that they return.
    pub(super) fn elements(&self) -> (f64, f64) {
        let all = |sum: u64, of: u64| sum as f64 / of.max(1) as f64 * self.calls as f64;
        (
            all(self.elements_in, self.seen),
            all(self.elements_out, self.returned),
        )
    }
}

/// Runs it; `progress` is called with the name of each step.
pub(super) fn observe(
    prepared: &Prepared<'_>,
    budget: Duration,
    progress: &mut dyn FnMut(&str),
) -> Result<Observation, Fault> {
    let start = Instant::now();
    let mut found = Observation::default();
    progress("first run");
    let first = found.first(prepared)?;
    let is_short = first < SLOW && !found.state.ended;
    let program = prepared.workload.is_program();
    if is_short && !program {
        progress("sampling");
        found.sample(prepared)?;
    }
    let mut launches = 1;
    while program && is_short && found.samples.len() < ENOUGH && found.unsampled.is_none() {
        if launches == MOST_LAUNCHES || start.elapsed() + first > budget {
            break;
        }
        launches += 1;
        progress("sampling");
        found.first(prepared)?;
    }
    if first < WATCHED && !found.state.ended {
        progress("noting what it calls");
        found.watch(prepared)?;
    }
    let mut timed = Vec::new();
    let is_worth = |count: usize| count < LAUNCHES && start.elapsed() + first < budget;
    while !found.state.ended && (is_worth(timed.len()) || is_short && timed.len() < FEWEST_LAUNCHES) {
        progress("timing");
        timed.push(time(prepared, timed.len() as u32 + 1, first)?);
    }
    if !timed.is_empty() {
        found.while_sampled = false;
        found.times = timed.iter().map(|(wall, _)| *wall).collect();
        let cpu: f64 = timed.iter().map(|(_, cpu)| cpu).sum();
        found.idle = (1.0 - cpu / found.times.iter().sum::<f64>()).max(0.0);
    }
    Ok(found)
}

impl Observation {
    /// Samples the first run of a process: all of a program; for other workloads, what is used if a call is slow.
    fn first(&mut self, prepared: &Prepared<'_>) -> Result<Duration, Fault> {
        let mut worker = prepared.worker(1)?;
        let ready = worker.open("limited", 1, 0)?;
        match worker.sample_closely(ready.handle, Duration::ZERO) {
            Ok(sampled) => self.add(&mut worker, sampled)?,
            Err(Fault::Harness { message }) => {
                self.unsampled = Some(message);
                worker.time(ready.handle, 1)?;
            }
            Err(other) => return Err(other),
        }
        self.state = worker.consult("state_of_workload", &())?;
        self.output = prepared.output();
        self.while_sampled = true;
        self.times.push(self.state.wall);
        self.idle = (1.0 - self.state.cpu / self.state.wall).max(0.0);
        Ok(Duration::from_secs_f64(self.state.wall))
    }

    /// Samples many calls of a short workload after a warm-up.
    fn sample(&mut self, prepared: &Prepared<'_>) -> Result<(), Fault> {
        let mut worker = prepared.worker(1)?;
        let handle = warm(&mut worker)?;
        if self.unsampled.is_none() {
            self.samples.clear();
            for _ in 0..MOST_SPANS {
                let sampled = worker.sample_closely(handle, SAMPLED)?;
                self.add(&mut worker, sampled)?;
                if self.samples.len() >= ENOUGH {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Adds samples, with what the worker knows about their instructions.
    fn add(&mut self, worker: &mut Worker<'_>, sampled: Sampled) -> Result<(), Fault> {
        let at: Vec<(u64, Option<u64>)> = (sampled.places.iter())
            .map(|place| (place.code, place.instruction))
            .collect();
        let instructions: Vec<(String, String, bool)> = worker.consult("instructions", &at)?;
        self.named = sampled.named;
        self.threads = self.threads.max(sampled.threads);
        self.children = self.children.max(sampled.children);
        let places: Vec<usize> = sampled
            .functions
            .iter()
            .map(|function| self.place(function))
            .collect();
        let all = sampled.stacks.iter().zip(&sampled.places).zip(instructions);
        for ((stack, place), (operation, site, in_vector_loop)) in all {
            // Samples outside the workload, or innermost in the code that runs it, are not part of its time.
            let is_ours = |at: &&usize| !is_driver(&sampled.functions[**at]);
            if stack.first().is_none_or(|innermost| !is_ours(&innermost)) {
                continue;
            }
            let spot = place.spot.clone().unwrap_or_default();
            let operation = match place.operation.is_empty() {
                true => operation,
                false => place.operation.clone(),
            };
            self.samples.push(Sample {
                stack: stack.iter().filter(is_ours).map(|at| places[*at]).collect(),
                work: Work {
                    operation,
                    callee: String::new(),
                    library: spot.library,
                    symbol: spot.symbol,
                    in_system_call: place.in_system_call,
                    in_vector_loop,
                },
                site,
            });
        }
        Ok(())
    }

    /// Adds a function profile as if it were samples.
    fn add_parts(&mut self, parts: &[Part]) {
        let all: f64 = parts.iter().map(|part| part.3).sum();
        for (module, name, line, seconds, operation, callee) in parts {
            let function = SampledFunction {
                name: format!("{module}:{name}"),
                line: *line,
            };
            let stack = vec![self.place(&function)];
            let work = Work {
                operation: operation.clone(),
                callee: callee.clone(),
                ..Work::default()
            };
            let count = (seconds / all * ENOUGH as f64).round() as usize;
            self.samples.extend(vec![Sample::new(stack, work); count]);
        }
    }

    fn place(&mut self, function: &SampledFunction) -> usize {
        let known = self.functions.iter().position(|known| known == function);
        known.unwrap_or_else(|| {
            self.functions.push(function.clone());
            self.functions.len() - 1
        })
    }

    /// Records what a run calls, and checks whether calls can be compared with each other.
    fn watch(&mut self, prepared: &Prepared<'_>) -> Result<(), Fault> {
        let mut worker = prepared.worker(1)?;
        let ready = worker.open("limited", 1, 0)?;
        if let Workload::Function { .. } = prepared.workload {
            self.check = worker.consult("check", &())?;
        }
        if self.unsampled.is_some() {
            let parts: Vec<Part> = worker.consult("functions", &())?;
            self.add_parts(&parts);
        }
        let watched: Watched = worker.consult("watch", &())?;
        worker.close(ready.handle)?;
        let callees: HashMap<&str, &str> = (watched.callees.iter())
            .map(|(site, callee)| (site.as_str(), callee.as_str()))
            .collect();
        for sample in self.samples.iter_mut().filter(|sample| !sample.site.is_empty()) {
            sample.work.callee = callees
                .get(sample.site.as_str())
                .copied()
                .unwrap_or_default()
                .into();
        }
        self.watched = Some(watched);
        Ok(())
    }

    /// Fraction of the samples that were in a system call.
    pub(super) fn in_system_calls(&self) -> f64 {
        let inside = self
            .samples
            .iter()
            .filter(|sample| sample.work.in_system_call)
            .count();
        inside as f64 / self.samples.len().max(1) as f64
    }
}

/// Whether it is a function of `workload.py`, which runs the workload and is a separate module.
fn is_driver(function: &SampledFunction) -> bool {
    !function.name.contains(':')
}

/// Sets it up and calls it for a while.
fn warm(worker: &mut Worker<'_>) -> Result<Handle, Fault> {
    let handle = worker.open("python", 1, 0)?.handle;
    worker.settle()?;
    let (start, mut calls) = (Instant::now(), 1);
    while start.elapsed() < WARM {
        worker.time(handle, calls)?;
        calls *= 2;
    }
    Ok(handle)
}

/// Wall and CPU time of a run, in a process of its own. A program runs once, and so does a workload whose first run
/// took longer than `TIMED`.
fn time(prepared: &Prepared<'_>, hash_seed: u32, first: Duration) -> Result<(f64, f64), Fault> {
    let mut worker = prepared.worker(hash_seed)?;
    if prepared.workload.is_program() || first > TIMED {
        let ready = worker.open("limited", 1, 0)?;
        let timing = worker.time(ready.handle, 1)?;
        return Ok(seconds(timing.wall, timing.cpu, 1));
    }
    let handle = warm(&mut worker)?;
    let mut calls = 1;
    loop {
        let timing = worker.time(handle, calls)?;
        if timing.wall * 2 >= TIMED {
            return Ok(seconds(timing.wall, timing.cpu, calls));
        }
        let factor = TIMED.as_secs_f64() / timing.wall.as_secs_f64().max(1e-9);
        calls = (calls as f64 * factor.clamp(2.0, 1000.0)) as u64;
    }
}

fn seconds(wall: Duration, cpu: Option<Duration>, calls: u64) -> (f64, f64) {
    let each = |time: Duration| time.as_secs_f64() / calls as f64;
    (each(wall), each(cpu.unwrap_or(wall)))
}
