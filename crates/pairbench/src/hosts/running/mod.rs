//! Samples a Python process that somebody else started, and leaves it running.
//!
//! Nothing in it answers requests. What a worker of the same executable finds out about itself is enough to read its
//! threads, their stacks, and the names of their code. A thread is stopped only while it computes, and for as long as
//! its stack is read; one that waits stands still by itself.

mod children;
mod layout;
mod reader;
mod target;

pub(super) use children::Children;
pub(super) use layout::{Function, Layout, Thread};
pub(crate) use reader::{Running, RunningSample};
pub(crate) use target::Target;

use super::Fault;
use super::sampler::find;
use super::stopped::Process;
use super::symbols::Symbols;
use super::worker::Worker;
use rand::RngExt;
use reader::Reader;
use std::time::{Duration, Instant};

/// Time between two ticks, randomised from half to one and a half of this so that ticks do not keep step with a loop.
/// Ten times the interval for workers: it disturbs less, and users who profile a server want more than a moment of it.
const INTERVAL: Duration = Duration::from_millis(10);

/// Samples a process until `enough` samples show it computing, and at most for `longest`.
///
/// # Errors
///
/// [`Fault::Harness`] if its threads or stacks are not found, or it may not be stopped.
pub(crate) fn watch(
    target: Target,
    model: &mut Worker<'_>,
    enough: usize,
    longest: Duration,
) -> Result<Running, Fault> {
    let mut reader = learn(target, model)?;
    let mut random = rand::rng();
    let before = reader.target.cpu().unwrap_or_default();
    let (start, mut cpu) = (Instant::now(), before);
    let mut found = Running {
        main_only: !reader.layout.knows_numbers(),
        children: children::children(reader.target.id).len(),
        ..Running::default()
    };
    while found.samples.len() < enough && start.elapsed() < longest {
        let rest = longest.saturating_sub(start.elapsed());
        std::thread::sleep(random.random_range(INTERVAL / 2..INTERVAL * 3 / 2).min(rest));
        if !reader.tick(&mut found).map_err(harness)? {
            found.ended = true;
            break;
        }
        cpu = reader.target.cpu().unwrap_or(cpu);
    }
    found.watched = start.elapsed();
    found.cpu = cpu.saturating_sub(before);
    if found.threads == 0 && !found.ended {
        return Err(harness(format!(
            "no thread of process {} that runs Python was found; does it run in a container? Then run this inside of it",
            reader.target.id
        )));
    }
    reader.resolve(&mut found);
    Ok(found)
}

fn harness(message: String) -> Fault {
    Fault::Harness { message }
}

/// Learns from a worker of the same executable.
fn learn(target: Target, model: &mut Worker<'_>) -> Result<Reader, Fault> {
    let layout: Layout = model.consult("layout", &())?;
    let own = Symbols::of(model.process()).addresses_of(target::VARIABLES);
    let (file, addresses) =
        own.ok_or_else(|| harness("the interpreter's variables were not found".into()))?;
    target.is_alike(&file).map_err(harness)?;
    if addresses != [layout.runtime, layout.code_type] {
        return Err(harness("the interpreter's variables were not found".into()));
    }
    let process = Process::of(model)?;
    let stacks = find(model, &process)?;
    Ok(Reader::of(target, layout, stacks))
}
