//! Reads the threads of one process, tick by tick.

use super::layout::{Function, Layout, Thread};
use super::target::Target;
use crate::hosts::frames::{Look, Stacks};
use crate::hosts::stopped::Counter;
use crate::hosts::symbols::{Spot, Symbols};
use std::collections::HashMap;
use std::time::Duration;

/// What was seen of a process.
#[derive(Debug, Default)]
pub(crate) struct Running {
    /// How long it was watched, and CPU time of all its threads meanwhile.
    pub watched: Duration,
    pub cpu: Duration,
    /// All functions that were seen.
    pub functions: Vec<Function>,
    /// Samples of threads that computed.
    pub samples: Vec<RunningSample>,
    /// Samples of the oldest thread when all threads waited.
    pub waiting: Vec<RunningSample>,
    /// How often it was looked at, and in how many of these looks all threads waited.
    pub ticks: usize,
    pub waits: usize,
    /// The most threads at one time that ran Python, and the most others.
    pub threads: usize,
    pub others: usize,
    /// Whether only the main thread can be told from the others.
    pub main_only: bool,
    pub children: usize,
    /// Whether the process ended meanwhile.
    pub ended: bool,
    /// Whether the interpreter's file names its inner functions.
    pub named: bool,
}

/// Where a thread was.
#[derive(Debug)]
pub(crate) struct RunningSample {
    /// Indices of the functions, the innermost first.
    pub stack: Vec<usize>,
    /// The instruction; empty if it is not known.
    pub operation: String,
    pub in_system_call: bool,
    pub spot: Spot,
}

/// How to read one process, and what was seen in it.
pub(super) struct Reader {
    pub target: Target,
    pub layout: Layout,
    stacks: Stacks,
    /// The code that was mapped at the beginning.
    symbols: Symbols,
    /// Indices of functions by the address of their code; `None` for code that counts for its caller.
    places: HashMap<u64, Option<usize>>,
    /// For the samples, and for those of waiting threads.
    counters: [Vec<Option<Counter>>; 2],
}

impl Reader {
    /// Uses what another process of the same executable has found out about itself.
    pub(super) fn of(target: Target, layout: Layout, stacks: Stacks) -> Self {
        Reader {
            stacks: stacks.elsewhere(target.code_type),
            layout,
            symbols: Symbols::of(target.id),
            places: HashMap::new(),
            counters: Default::default(),
            target,
        }
    }

    /// Looks at each thread that computes; returns whether the process is still there.
    pub(super) fn tick(&mut self, found: &mut Running) -> Result<bool, String> {
        let tasks = self.target.tasks();
        let threads = self.threads(&tasks);
        if threads.is_empty() && !self.target.is_there() {
            return Ok(false);
        }
        let mut computes = false;
        for (number, thread) in &threads {
            if !self.target.computes(*number) {
                continue;
            }
            // Stopped as briefly as possible: names are read after it continues.
            let stopped = match self.target.stop(*number) {
                Ok(Some(stopped)) => stopped,
                // Another process may be tracing it for a moment.
                Err(refusal) if found.samples.is_empty() => return Err(refusal),
                Ok(None) | Err(_) => continue,
            };
            let look = self.look(thread);
            let counter = self.target.counter(*number);
            drop(stopped);
            // It has just acquired a lock, or has woken up without it.
            if counter.is_some_and(|counter| counter.for_a_lock) {
                continue;
            }
            computes = true;
            if let Some((look, operation)) = look {
                let sample = self.sample(found, &look, operation, counter);
                found.samples.push(sample);
                self.counters[0].push(counter);
            }
        }
        found.ticks += 1;
        found.threads = found.threads.max(threads.len());
        found.others = found.others.max(tasks.len().saturating_sub(threads.len()));
        if !computes {
            found.waits += 1;
            if let Some((number, thread)) = threads.first()
                && let Some((look, operation)) = self.look(thread)
            {
                let counter = self.target.counter(*number);
                let mut sample = self.sample(found, &look, operation, counter);
                sample.in_system_call = true;
                found.waiting.push(sample);
                self.counters[1].push(counter);
            }
        }
        Ok(true)
    }

    /// The threads that run Python, the oldest first, with their numbers.
    fn threads(&self, tasks: &[u32]) -> Vec<(u32, Thread)> {
        let all = self.layout.threads(&self.target.memory, self.target.runtime);
        if !self.layout.knows_numbers() {
            return all
                .first()
                .map(|main| (self.target.id, *main))
                .into_iter()
                .collect();
        }
        let mut threads: Vec<(u32, Thread)> = Vec::new();
        for thread in all {
            // One thread may have states of several interpreters.
            if let Some(number) = thread.number.filter(|number| tasks.contains(number))
                && threads.iter().all(|(known, _)| *known != number)
            {
                threads.push((number, thread));
            }
        }
        threads
    }

    fn look(&mut self, thread: &Thread) -> Option<(Look, String)> {
        let memory = &self.target.memory;
        let look = self.stacks.read_thread(memory, thread.state)?;
        let address = self.stacks.address(&look);
        let operation = address.map(|address| self.layout.operation(memory, address));
        Some((look, operation.unwrap_or_default()))
    }

    fn sample(
        &mut self,
        found: &mut Running,
        look: &Look,
        operation: String,
        counter: Option<Counter>,
    ) -> RunningSample {
        let places = look.codes.iter().filter_map(|code| self.place(found, *code));
        RunningSample {
            stack: places.collect(),
            operation,
            in_system_call: counter.is_some_and(|counter| counter.in_system_call),
            spot: Spot::default(),
        }
    }

    /// The index of this code's function in the list.
    fn place(&mut self, found: &mut Running, code: u64) -> Option<usize> {
        if let Some(known) = self.places.get(&code) {
            return *known;
        }
        let function = self.layout.function(&self.target.memory, code);
        let place = function.map(|function| {
            let known = found.functions.iter().position(|known| *known == function);
            known.unwrap_or_else(|| {
                found.functions.push(function);
                found.functions.len() - 1
            })
        });
        self.places.insert(code, place);
        place
    }

    /// Names the libraries and C functions once sampling is over.
    pub(super) fn resolve(mut self, found: &mut Running) {
        let now = Symbols::of(self.target.id);
        let mut symbols = if now.is_empty() { self.symbols } else { now };
        found.named = symbols.names_all_of("_PyEval_EvalFrameDefault");
        for (samples, counters) in [&mut found.samples, &mut found.waiting]
            .into_iter()
            .zip(&mut self.counters)
        {
            for (sample, counter) in samples.iter_mut().zip(counters) {
                sample.spot = counter
                    .map(|counter| symbols.at(counter.address))
                    .unwrap_or_default();
            }
        }
    }
}
