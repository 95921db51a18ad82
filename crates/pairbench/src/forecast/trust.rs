//! How far a forecast can be trusted, and what its user should know.

use super::class::Class;
use super::observe::Observation;
use super::port::Resolution;
use super::{FEW, Request, Workload, of_all};
use crate::estimate::Time;
use crate::hosts::interpreter::{Interpreter, Jit};
use crate::text::{count, percent};

/// Calls faster than this, in seconds, are not worth crossing into Rust one by one.
const FAST: f64 = 10e-6;
/// Calls slower than this are run once.
const SLOW: f64 = 60.0;

/// What could be seen.
pub(super) fn resolution(seen: &Observation) -> Resolution {
    let known = |has: fn(&super::observe::Sample) -> bool| {
        let count = seen.samples.iter().filter(|sample| has(sample)).count();
        count * 2 > seen.samples.len()
    };
    let instructions = known(|sample| !sample.work.operation.is_empty());
    let libraries = known(|sample| !sample.work.library.is_empty());
    // The calls of an already running process are not known.
    let watched = seen.watched_process.is_none();
    match () {
        () if seen.unsampled.is_some() => Resolution::Functions,
        () if instructions && libraries && seen.named && watched => Resolution::Symbols,
        () if instructions || libraries => Resolution::Libraries,
        () => Resolution::Functions,
    }
}

/// The name of a class in JSON.
pub(super) fn key(class: Class) -> String {
    let name = serde_json::to_value(class).expect("a name");
    name.as_str().unwrap_or_default().into()
}

/// What the user should know about the workload.
pub(super) fn warnings(request: &Request, seen: &Observation, seconds: f64) -> Vec<String> {
    if let Some(watched) = &seen.watched_process {
        return watched.warnings(seconds);
    }
    let mut all = Vec::new();
    let mut warn = |applies: bool, text: &str| all.extend(applies.then(|| text.to_string()));
    let state = &seen.state;
    warn(
        state.ended,
        "it was ended after the time limit; the forecast is about what it did until then. Raise the limit with --duration",
    );
    if let Some(code) = &state.exit {
        let printed = match seen.output.as_str() {
            "" => String::new(),
            output => format!("; it printed last: {output}"),
        };
        warn(true, &format!("it ended with exit code {code}{printed}"));
    }
    warn(
        state.read_input,
        "it read its standard input, which was empty; give it a file with --stdin FILE",
    );
    warn(
        seen.check.mutates,
        "the call changes its input: later calls get what the first ones left, and may do other work. Copy the input in \
         the function, or forecast a statement that makes a new one",
    );
    warn(
        seen.check.wavers,
        "two calls with the same input returned different answers; the forecast supposes that they do the same work",
    );
    warn(
        matches!(state.state.as_str(), "generator" | "async generator"),
        "the function is a generator; each call runs it to its end",
    );
    warn(
        matches!(state.state.as_str(), "coroutine" | "async generator"),
        "the function is asynchronous; each call runs in an event loop of its own, which is part of the time",
    );
    let program = matches!(request.workload, Workload::Program { .. });
    let time = Time(seconds);
    warn(
        seconds < FAST && !program,
        &format!(
            "a run takes {time}, so it was called in a loop. What calls it from Python pays for every call into Rust; \
             port the loop around it"
        ),
    );
    warn(
        seconds > SLOW,
        &format!("a run takes {time}, so it was run once; a smaller input gives a better forecast"),
    );
    warn(
        seen.samples.len() < FEW,
        &format!(
            "only {} samples: the band is wider. A larger input gives a better forecast",
            seen.samples.len()
        ),
    );
    all
}

/// What limits the forecast.
pub(super) fn limits(about: &Interpreter, seen: &Observation) -> Vec<String> {
    let mut all = Vec::new();
    let mut note = |applies: bool, text: String| all.extend(applies.then_some(text));
    if let Some(why) = &seen.unsampled {
        let coarse = "; the forecast is from a profile of functions instead, and its band is wider";
        note(
            true,
            format!("the interpreter could not be sampled: {why}{coarse}"),
        );
    }
    note(
        seen.unsampled.is_none() && !seen.named,
        "the interpreter has no symbols of its inner functions, so some of C cannot be told apart".into(),
    );
    note(
        about.optimized == Some(false),
        "the interpreter was built without profile-guided optimisation, as the one that the gains were measured on".into(),
    );
    note(
        about.language() != (3, 11),
        format!(
            "the gains were measured on CPython 3.11; ratios on {}.{} may differ by ×1.2",
            about.language().0,
            about.language().1
        ),
    );
    note(
        about.free_threaded == Some(true) || about.jit == Some(Jit::On) || about.debug == Some(true),
        "this build (free-threaded, with a JIT, or a debug build) is unlike the one that the gains were measured on".into(),
    );
    note(
        seen.threads > 1,
        of_all(&format!("{} threads that run Python", seen.threads)),
    );
    note(
        seen.state.threads > 1 && seen.threads <= 1,
        format!(
            "{} threads ran; the main one was sampled, and the forecast is about the sum of work of one thread",
            seen.state.threads
        ),
    );
    note(
        seen.children > 0,
        of_all(&format!(
            "{} of the same interpreter",
            count(seen.children, "child process")
        )),
    );
    note(
        seen.state.children > 0 && seen.children == 0,
        format!(
            "{} child processes ran, and were not sampled",
            seen.state.children
        ),
    );
    for text in seen.watched_process.iter().flat_map(|watched| watched.limits()) {
        note(true, text);
    }
    let foreign = super::Shares::of(seen.samples.iter().map(|sample| &sample.work)).share(Class::Library);
    note(
        foreign >= 0.02,
        format!(
            "{} of the time is in C libraries, which a port calls as well",
            percent(foreign)
        ),
    );
    note(
        seen.while_sampled,
        "the time is of runs that were sampled, which takes up to 4 %".into(),
    );
    all
}
