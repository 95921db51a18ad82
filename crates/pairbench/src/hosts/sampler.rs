//! Samples the functions that a worker is in.
//!
//! About every millisecond the worker is stopped for as long as it takes to read from outside where its main thread is,
//! or, for a program, all threads that compute. A handler inside the interpreter, which is how a timer's signal reaches
//! Python code, would be simpler but wrong: CPython runs handlers only when a function begins, a loop goes round or a C
//! call has returned. The time of a function without these would be charged to whichever function comes next.

use super::frames::{Facts, Look};
#[cfg(target_os = "linux")]
use super::running::{Function, Running};
use super::symbols::Spot;
use super::wire::{CodeName, Owner};
use super::worker::Worker;
use super::{Fault, Handle};
use returned::Returned;
use std::time::Duration;

mod returned;

/// The program that the worker loads so that it can be read from outside.
#[cfg(target_os = "linux")]
const PROGRAM: &str = include_str!("frames.py");

/// The functions that a variant was in at many points in time.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Sampled {
    /// Calls in that time.
    pub calls: u64,
    /// Wall time, in seconds.
    pub seconds: f64,
    /// All functions that were seen.
    pub functions: Vec<SampledFunction>,
    /// For each tick and thread, the indices in `functions` of those that the thread was in, the innermost first. Empty
    /// for a tick between two calls, when results are freed.
    pub stacks: Vec<Vec<usize>>,
    /// What else is known about each of these ticks.
    pub(crate) places: Vec<Place>,
    /// How many of these ticks were spent freeing what a function left in its variables, which counts for that
    /// function; `None` if the interpreter does not show it.
    pub(crate) freeing: Option<u64>,
    /// Whether the interpreter's file names its inner functions.
    pub(crate) named: bool,
    /// The most threads that were sampled at one time.
    pub(crate) threads: usize,
    /// How many child processes were sampled.
    pub(crate) children: usize,
}

/// Where exactly a thread was at a tick.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Place {
    /// The index of the look at the process.
    look: usize,
    /// The address of the innermost code object.
    pub code: u64,
    /// The offset of the instruction in that object's bytecode, in bytes; `None` if the interpreter does not keep it
    /// beside the code.
    pub instruction: Option<u64>,
    /// Whether the kernel was working for it or let it wait.
    pub in_system_call: bool,
    /// Where the processor was; `None` if that cannot be read, or was not looked for.
    pub spot: Option<Spot>,
    /// The instruction in a child process; the worker knows those of its own.
    pub operation: String,
}

/// A function of the pair or of a library.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SampledFunction {
    /// Qualified name, after the module and a colon if the module is not the pair's.
    pub name: String,
    /// Line on which it begins.
    pub line: u32,
}

impl Sampled {
    /// Adds more samples of the same variant.
    pub fn add(&mut self, more: Sampled) {
        self.calls += more.calls;
        self.seconds += more.seconds;
        let places: Vec<usize> = more
            .functions
            .iter()
            .map(|function| self.place(function))
            .collect();
        let stacks = more.stacks.into_iter();
        self.stacks
            .extend(stacks.map(|stack| stack.into_iter().map(|at| places[at]).collect()));
        self.places.extend(more.places);
        self.freeing = self
            .freeing
            .max(more.freeing.map(|more| more + self.freeing.unwrap_or(0)));
        self.named = more.named;
        self.threads = self.threads.max(more.threads);
        self.children = self.children.max(more.children);
    }

    /// Adds the samples of a child process. There the program's functions are in a module with the program's name.
    #[cfg(target_os = "linux")]
    fn add_child(&mut self, child: Running) {
        self.children += 1;
        let places: Vec<usize> = (child.functions.into_iter())
            .map(|function| self.place_of_child(function.into()))
            .collect();
        for sample in child.samples {
            let stack = sample.stack.into_iter().map(|at| places[at]);
            self.stacks.push(stack.collect());
            self.places.push(Place {
                in_system_call: sample.in_system_call,
                spot: Some(sample.spot),
                operation: sample.operation,
                ..Place::default()
            });
        }
    }

    #[cfg(target_os = "linux")]
    fn place_of_child(&mut self, function: SampledFunction) -> usize {
        let own = |known: &SampledFunction| {
            let name = known.name.strip_prefix("__main__:");
            known.line == function.line && name == function.name.split_once(':').map(|(_, name)| name)
        };
        let known = self.functions.iter().position(own);
        known.unwrap_or_else(|| self.place(&function))
    }

    /// The index of this function in the list; adds it if it is new.
    fn place(&mut self, function: &SampledFunction) -> usize {
        let known = self.functions.iter().position(|known| known == function);
        known.unwrap_or_else(|| {
            self.functions.push(function.clone());
            self.functions.len() - 1
        })
    }
}

impl Worker<'_> {
    /// Calls the variant repeatedly for this long, and samples where it is.
    ///
    /// # Errors
    ///
    /// The fault of a call, or [`Fault::Harness`] if the stack cannot be read: a system other than Linux, an
    /// interpreter other than CPython, a container that forbids it.
    pub fn sample(&mut self, handle: Handle, span: Duration) -> Result<Sampled, Fault> {
        sample(self, handle, span, false)
    }

    /// The same, with the library and the C function of each tick, and with all threads that compute. The workload's
    /// module has to include `layout.py`.
    ///
    /// # Errors
    ///
    /// Those of [`sample`](Self::sample).
    pub(crate) fn sample_closely(&mut self, handle: Handle, span: Duration) -> Result<Sampled, Fault> {
        sample(self, handle, span, true)
    }
}

#[cfg(not(target_os = "linux"))]
fn sample(
    _worker: &mut Worker<'_>,
    _handle: Handle,
    _span: Duration,
    _closely: bool,
) -> Result<Sampled, Fault> {
    Err(Fault::Harness {
        message:
            "profiles need Linux: elsewhere the stack of another process cannot be read without more rights"
                .into(),
    })
}

#[cfg(target_os = "linux")]
pub(super) use linux::find;
#[cfg(target_os = "linux")]
use linux::sample;

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use crate::hosts::frames::Stacks;
    use crate::hosts::running::{Children, Layout, Thread};
    use crate::hosts::stopped::{Counter, Process};
    use crate::hosts::symbols::Symbols;
    use crate::hosts::wire::Request;
    use rand::RngExt;
    use std::time::Instant;

    /// Time from continuing to the next stop, randomised from half to one and a half of this so that ticks do not keep
    /// step with a loop.
    const INTERVAL_NS: i64 = 1_000_000;

    pub(super) fn sample(
        worker: &mut Worker<'_>,
        handle: Handle,
        span: Duration,
        closely: bool,
    ) -> Result<Sampled, Fault> {
        let process = Process::of(worker)?;
        let mut stacks = find(worker, &process)?;
        // Without it only the main thread is sampled.
        let layout: Option<Layout> = match closely {
            true => worker.consult("layout", &()).ok(),
            false => None,
        };
        let id = worker.process();
        let mut children = (layout.clone()).map(|layout| Children::of(id, layout, stacks.clone()));
        let start = Instant::now();
        worker.send(&Request::Repeat {
            handle: handle.0,
            seconds: span.as_secs_f64(),
        })?;
        let (mut found, mut counters, mut threads) = (Vec::new(), Vec::new(), 1);
        let mut random = rand::rng();
        while !worker.has_replied(random.random_range(INTERVAL_NS / 2..INTERVAL_NS * 3 / 2)) {
            let a_child_computes = children.as_mut().is_some_and(Children::tick);
            if !process.stop()? {
                break;
            }
            let others = layout.as_ref().map(|layout| layout.others(&process.memory));
            let others = others.unwrap_or_default();
            threads = threads.max(1 + others.len());
            let before = found.len();
            for thread in others {
                if let Some((look, counter)) = other(&process, &mut stacks, thread) {
                    let is_main = false;
                    found.push(Tick { look, is_main });
                    counters.push(Some(counter));
                }
            }
            let counter = process.counter();
            // A waiting main thread does not count while others compute.
            let others_compute = a_child_computes || found.len() > before;
            let waits = counter.is_some_and(|counter| counter.in_system_call);
            if !(waits && others_compute)
                && let Some(look) = stacks.read(&process.memory)
            {
                let is_main = true;
                found.push(Tick { look, is_main });
                counters.push(counter);
            }
            process.go_on()?;
        }
        let calls = worker.hear()?;
        let seconds = start.elapsed().as_secs_f64();
        let mut sampled = name(worker, calls, seconds, &found)?;
        sampled.threads = threads;
        if closely {
            let mut symbols = Symbols::of(worker.process());
            sampled.named = symbols.names_all_of("_PyEval_EvalFrameDefault");
            for at in &mut sampled.places {
                let counter = counters[at.look];
                at.in_system_call = counter.is_some_and(|counter| counter.in_system_call);
                at.spot = counter.map(|counter| symbols.at(counter.address));
            }
        }
        for child in children.into_iter().flat_map(Children::end) {
            sampled.add_child(child);
        }
        Ok(sampled)
    }

    /// A look at a thread other than the main one; `None` if it does not compute.
    fn other(process: &Process, stacks: &mut Stacks, thread: Thread) -> Option<(Look, Counter)> {
        let counter = process.counter_of(thread.number?)?;
        let computes = !counter.in_system_call;
        let look = computes.then(|| stacks.read_thread(&process.memory, thread.state))?;
        Some((look?, counter))
    }

    /// Learns where the worker keeps its stack, from places at which it is stopped.
    pub(in crate::hosts) fn find(worker: &mut Worker<'_>, process: &Process) -> Result<Stacks, Fault> {
        let facts = worker.request(&Request::Learn { program: PROGRAM });
        let facts: Facts = facts.map_err(|fault| match fault {
            Fault::Exception { message, .. } => Fault::Harness { message },
            other => other,
        })?;
        let places: Vec<Vec<u64>> = worker.request(&Request::Places)?;
        worker.send(&Request::Stand)?;
        let mut stacks: Option<Stacks> = None;
        for place in &places {
            if !process.has_stopped(worker, INTERVAL_NS)? {
                break;
            }
            match &mut stacks {
                Some(stacks) => stacks.check(&process.memory, place),
                None => stacks = Some(Stacks::find(facts, &process.memory, place)),
            }
            process.go_on()?;
        }
        worker.hear::<bool>()?;
        let found = stacks.filter(Stacks::are_found);
        found.ok_or_else(|| Fault::Harness {
            message: "profiles need the interpreter's stack, and it was not found in this one".into(),
        })
    }

    /// Names the code that was seen, and leaves out what the harness does before and after the calls.
    fn name(worker: &mut Worker<'_>, calls: u64, seconds: f64, found: &[Tick]) -> Result<Sampled, Fault> {
        let mut codes: Vec<u64> = found.iter().flat_map(|tick| &tick.look.codes).copied().collect();
        codes.sort_unstable();
        codes.dedup();
        let names: Vec<CodeName> = worker.request(&Request::Names { codes: &codes })?;
        Ok(resolve(calls, seconds, &codes, &names, found))
    }
}

/// A look at the main thread or another.
#[derive(Debug)]
struct Tick {
    look: Look,
    is_main: bool,
}

/// Reduces the stacks of all code to those of the pair's functions.
fn resolve(calls: u64, seconds: f64, codes: &[u64], names: &[CodeName], found: &[Tick]) -> Sampled {
    let name_of = |code: &u64| codes.binary_search(code).ok().and_then(|at| names.get(at));
    let mut sampled = Sampled {
        calls,
        seconds,
        ..Sampled::default()
    };
    let returned = Returned::of(found.iter().map(|tick| &tick.look), &name_of);
    let shown = found.iter().any(|tick| tick.look.instruction().is_some());
    sampled.freeing = shown.then_some(0);
    for (at, Tick { look, is_main }) in found.iter().enumerate() {
        let freeing = returned.freed_in(look);
        let codes = freeing.iter().chain(&look.codes);
        let named: Vec<&CodeName> = codes.filter_map(name_of).collect();
        let inside = named
            .iter()
            .take_while(|name| matches!(name.owner, Owner::Pair | Owner::Inlined));
        let inside: Vec<&CodeName> = inside.copied().collect();
        // Below the pair's own functions is the loop, unless it did not call them; in a cut-off stack there is nothing.
        let in_the_loop = named
            .get(inside.len())
            .map_or(!inside.is_empty(), |name| name.owner == Owner::Loop);
        let is_of_the_pair = match is_main {
            true => in_the_loop,
            // In another thread there is nothing below them.
            false => inside.len() == named.len(),
        };
        if is_of_the_pair {
            if freeing.is_some() {
                sampled.freeing = sampled.freeing.map(|ticks| ticks + 1);
            }
            let own = inside.into_iter().filter(|name| name.owner == Owner::Pair);
            let stack = own.map(|name| sampled.place(&name.function())).collect();
            sampled.stacks.push(stack);
            sampled.places.push(Place {
                look: at,
                code: look.codes[0],
                instruction: look.instruction(),
                ..Place::default()
            });
        }
    }
    sampled
}

#[cfg(target_os = "linux")]
impl From<Function> for SampledFunction {
    fn from(function: Function) -> Self {
        SampledFunction {
            name: function.name,
            line: function.line,
        }
    }
}

impl CodeName {
    fn function(&self) -> SampledFunction {
        SampledFunction {
            name: self.name.clone(),
            line: self.line,
        }
    }
}

#[cfg(test)]
mod tests;
