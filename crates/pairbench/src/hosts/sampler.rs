//! Samples the functions that a worker is in.
//!
//! About every millisecond the worker is stopped for as long as it takes to read, from outside, where its main thread
//! stands. A handler inside the interpreter, which is how a timer's signal reaches Python code, would be simpler, and wrong:
//! CPython runs handlers only where a function begins, a loop goes round or a call of C has returned. What a function
//! without these takes is then charged to whichever comes next.

use super::frames::Facts;
use super::wire::{CodeName, Owner};
use super::worker::Worker;
use super::{Fault, Handle};
use std::time::Duration;

/// What the worker takes in to be read from outside.
#[cfg(target_os = "linux")]
const PROGRAM: &str = include_str!("frames.py");

/// The functions that a variant was in, again and again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sampled {
    /// Calls meanwhile.
    pub calls: u64,
    /// Wall time, in seconds.
    pub seconds: f64,
    /// All functions that were met.
    pub functions: Vec<SampledFunction>,
    /// The places in `functions` of those that the main thread was in, the innermost first; one list for each tick. Empty
    /// for a tick between two calls, where results are freed.
    pub stacks: Vec<Vec<usize>>,
}

/// A function of the pair or of a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampledFunction {
    /// Qualified name, after the module and a colon where that is not the pair's.
    pub name: String,
    /// Line on which it begins.
    pub line: u32,
}

impl Sampled {
    /// Takes in more samples of the same variant.
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
    }

    /// Where this function is in the list.
    fn place(&mut self, function: &SampledFunction) -> usize {
        let known = self.functions.iter().position(|known| known == function);
        known.unwrap_or_else(|| {
            self.functions.push(function.clone());
            self.functions.len() - 1
        })
    }
}

impl Worker<'_> {
    /// Calls the variant again and again for so long, and samples where it is.
    ///
    /// # Errors
    ///
    /// The fault of a call, or [`Fault::Harness`] where the stack cannot be read: another system than Linux, another
    /// interpreter than CPython, a container that forbids it.
    pub fn sample(&mut self, handle: Handle, span: Duration) -> Result<Sampled, Fault> {
        sample(self, handle, span)
    }
}

#[cfg(not(target_os = "linux"))]
fn sample(_worker: &mut Worker<'_>, _handle: Handle, _span: Duration) -> Result<Sampled, Fault> {
    Err(Fault::Harness {
        message:
            "profiles need Linux: elsewhere the stack of another process cannot be read without more rights"
                .into(),
    })
}

#[cfg(target_os = "linux")]
use linux::sample;

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use crate::hosts::frames::{Memory, Stacks};
    use crate::hosts::wire::Request;
    use rand::RngExt;
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::FileExt;
    use std::time::Instant;

    /// Between going on and the next stop, at random, so that ticks keep no step with a loop: from half of this to one and a
    /// half.
    const INTERVAL_NS: i64 = 1_000_000;

    /// The memory of a process.
    struct Opened(File);

    impl Memory for Opened {
        fn words(&self, address: u64, into: &mut [u64]) -> usize {
            let mut bytes = [0; 512];
            let wanted = &mut bytes[..into.len() * 8];
            let found = self.0.read_at(wanted, address).unwrap_or(0) / 8;
            for (word, bytes) in into.iter_mut().zip(wanted.chunks_exact(8)).take(found) {
                *word = u64::from_ne_bytes(bytes.try_into().expect("eight"));
            }
            found
        }
    }

    pub(super) fn sample(worker: &mut Worker<'_>, handle: Handle, span: Duration) -> Result<Sampled, Fault> {
        let process = Process::of(worker)?;
        let mut stacks = find(worker, &process)?;
        let start = Instant::now();
        worker.send(&Request::Repeat {
            handle: handle.0,
            seconds: span.as_secs_f64(),
        })?;
        let mut found = Vec::new();
        let mut random = rand::rng();
        while !worker.has_replied(random.random_range(INTERVAL_NS / 2..INTERVAL_NS * 3 / 2))
            && process.stop()?
        {
            found.extend(stacks.read(&process.memory));
            process.go_on()?;
        }
        let calls = worker.hear()?;
        let seconds = start.elapsed().as_secs_f64();
        name(worker, calls, seconds, found)
    }

    /// Learns where the worker keeps its stack, from places at which it is stopped.
    fn find(worker: &mut Worker<'_>, process: &Process) -> Result<Stacks, Fault> {
        let facts = worker.request(&Request::Learn { program: PROGRAM });
        let facts: Facts = facts.map_err(|fault| match fault {
            Fault::Exception { message, .. } => Fault::Harness { message },
            other => other,
        })?;
        let places: Vec<Vec<u64>> = worker.request(&Request::Places)?;
        worker.send(&Request::Stand)?;
        let mut stacks: Option<Stacks> = None;
        for place in &places {
            if !process.has_stopped(worker)? {
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
            message: "profiles need the stack of the interpreter, and where this one keeps it was not found"
                .into(),
        })
    }

    /// The worker's process, to be stopped and looked into.
    struct Process {
        id: Pid,
        memory: Opened,
    }

    impl Process {
        fn of(worker: &Worker<'_>) -> Result<Self, Fault> {
            let id = worker.process();
            let path = format!("/proc/{id}/mem");
            let memory = File::open(&path).map_err(|error| Fault::Harness {
                message: format!(
                    "profiles need to read the memory of the interpreter, and {path} cannot be opened: {error}. Where \
                     a container forbids it, --cap-add=SYS_PTRACE allows it; elsewhere sysctl kernel.yama.ptrace_scope=1"
                ),
            })?;
            Ok(Process {
                id: Pid::from_raw(id as i32).expect("no process has the number 0"),
                memory: Opened(memory),
            })
        }

        /// Stops it; whether it still runs.
        fn stop(&self) -> Result<bool, Fault> {
            kill_process(self.id, Signal::STOP).map_err(lost)?;
            self.wait_for_stop()
        }

        /// Waits until it is stopped; returns whether it still exists.
        fn wait_for_stop(&self) -> Result<bool, Fault> {
            self.state(WaitIdOptions::empty())
                .map(|stopped| stopped == Some(true))
        }

        /// Waits until it has stopped itself. A worker that replies instead could not.
        fn has_stopped(&self, worker: &Worker<'_>) -> Result<bool, Fault> {
            loop {
                match self.state(WaitIdOptions::NOHANG)? {
                    Some(stopped) => return Ok(stopped),
                    None if worker.has_replied(INTERVAL_NS) => return Ok(false),
                    None => {}
                }
            }
        }

        /// Whether it has stopped (or else has ended), once it has done either. Its end is left for others to hear of.
        fn state(&self, options: WaitIdOptions) -> Result<Option<bool>, Fault> {
            let either = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            loop {
                match waitid(WaitId::Pid(self.id), either | options) {
                    Ok(Some(status)) if status.stopped() => break,
                    Ok(Some(_)) => return Ok(Some(false)),
                    Ok(None) => return Ok(None),
                    Err(rustix::io::Errno::INTR) => {}
                    Err(error) => return Err(lost(error)),
                }
            }
            let heard = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG;
            waitid(WaitId::Pid(self.id), heard).map_err(lost)?;
            Ok(Some(true))
        }

        fn go_on(&self) -> Result<(), Fault> {
            kill_process(self.id, Signal::CONT).map_err(lost)
        }
    }

    fn lost(error: rustix::io::Errno) -> Fault {
        Fault::Harness {
            message: format!("the Python process cannot be stopped: {}", io::Error::from(error)),
        }
    }

    /// Gives the code that was met its names, and leaves out what the harness does before and after the calls.
    fn name(
        worker: &mut Worker<'_>,
        calls: u64,
        seconds: f64,
        found: Vec<Vec<u64>>,
    ) -> Result<Sampled, Fault> {
        let mut codes: Vec<u64> = found.iter().flatten().copied().collect();
        codes.sort_unstable();
        codes.dedup();
        let names: Vec<CodeName> = worker.request(&Request::Names { codes: &codes })?;
        Ok(resolve(calls, seconds, &codes, &names, &found))
    }

    impl Worker<'_> {
        /// Whether the reply is there, after waiting at most this many nanoseconds.
        fn has_replied(&self, nanoseconds: i64) -> bool {
            let wait = rustix::event::Timespec {
                tv_sec: 0,
                tv_nsec: nanoseconds,
            };
            let mut pipe = [PollFd::new(self.pipe(), PollFlags::IN)];
            matches!(poll(&mut pipe, Some(&wait)), Ok(1..))
        }
    }
}

/// Stacks of the pair's functions alone, from those of all code.
fn resolve(calls: u64, seconds: f64, codes: &[u64], names: &[CodeName], found: &[Vec<u64>]) -> Sampled {
    let name_of = |code: &u64| codes.binary_search(code).ok().and_then(|at| names.get(at));
    let mut sampled = Sampled {
        calls,
        seconds,
        ..Sampled::default()
    };
    for stack in found {
        let named: Vec<&CodeName> = stack.iter().filter_map(name_of).collect();
        let inside = named
            .iter()
            .take_while(|name| matches!(name.owner, Owner::Pair | Owner::Inlined));
        let inside: Vec<&CodeName> = inside.copied().collect();
        // Below the pair's own functions stands the loop, or they are not called by it; in a stack that was cut off nothing.
        let in_the_loop = named
            .get(inside.len())
            .map_or(!inside.is_empty(), |name| name.owner == Owner::Loop);
        if in_the_loop {
            let own = inside.into_iter().filter(|name| name.owner == Owner::Pair);
            let stack = own.map(|name| sampled.place(&name.function())).collect();
            sampled.stacks.push(stack);
        }
    }
    sampled
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
mod tests {
    use super::*;

    fn name(owner: Owner, name: &str, line: u32) -> CodeName {
        CodeName {
            owner,
            name: name.into(),
            line,
        }
    }

    #[test]
    fn only_calls_of_the_pair_remain() {
        let codes = [1, 2, 3, 4, 5, 6];
        let names = [
            name(Owner::Harness, "serve", 9),
            name(Owner::Loop, "repeat", 8),
            name(Owner::Pair, "f", 1),
            name(Owner::Pair, "f", 2),
            name(Owner::Inlined, "<listcomp>", 0),
            name(Owner::Pair, "json:loads", 7),
        ];
        let found: [&[u64]; 7] = [
            &[3, 4, 2, 1],
            // A comprehension belongs to its enclosing function.
            &[5, 3, 2, 1],
            // Between two calls, before the first, and unknown code.
            &[2, 1],
            &[1],
            &[99],
            // Cut off.
            &[6, 3, 3],
            // A function of a library that the harness itself uses.
            &[6, 1],
        ];
        let found: Vec<Vec<u64>> = found.map(<[u64]>::to_vec).into();
        let sampled = resolve(5, 0.1, &codes, &names, &found);
        assert_eq!(sampled.stacks, [vec![0, 1], vec![0], vec![], vec![2, 0, 0]]);
        let met: Vec<_> = sampled
            .functions
            .iter()
            .map(|f| (f.name.as_str(), f.line))
            .collect();
        assert_eq!(met, [("f", 1), ("f", 2), ("json:loads", 7)]);
    }
}
