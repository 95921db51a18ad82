//! What came of a launch: who is to blame if it ended badly, which part of it counts, and where in the record it goes.

use crate::hosts::launcher::Ended;
use crate::hosts::{Contestant, Fault};
use crate::measure::clock::Between;
use crate::measure::launch::Event;
use crate::measure::{Comparison, Failure, Launch};
use crate::record::{Record, VariantState};
use crate::run::launch::blame;
use crate::run::launch::events::{read_events, set_state, tail_of, with_output};
use crate::run::plan::tasks::Task;
use std::path::Path;

/// Which part of a launch is lost.
#[derive(Debug, PartialEq)]
pub(crate) enum Lost {
    Nothing,
    /// All of it: the machine slept.
    Asleep,
    /// The part that was not finished.
    To(Fault),
}

/// Removes from a launch what an outside event has spoilt. Sleep spoils all of it. A killed process loses the
/// comparison that it was in; in the last attempt that counts as a failure of the variant that was being measured.
pub(crate) fn lose(launch: &mut Launch, clocks: Between, last: bool) -> Lost {
    if clocks.slept_s.is_some() {
        launch.comparisons.clear();
        launch.failures.clear();
        return Lost::Asleep;
    }
    let from_outside = |failure: &Failure| failure.fault.from_outside();
    let fault = launch
        .failures
        .iter()
        .find(|failure| from_outside(failure))
        .map(|failure| failure.fault.clone());
    match fault {
        Some(fault) if !last => {
            launch.failures.retain(|failure| !from_outside(failure));
            Lost::To(fault)
        }
        _ => Lost::Nothing,
    }
}

/// The contestants still to be measured: neither measured nor failed in this launch, and their baseline did not fail.
pub(crate) fn left_over(contestants: &[String], launch: &Launch, baseline: &str) -> Vec<String> {
    let is_left = |name: &&String| {
        let own_baseline = Contestant::of(name).with(baseline).to_string();
        let mut failed = launch.failures.iter().map(|failure| &failure.variant);
        !(launch.comparison(name).is_some() || failed.any(|one| one == *name || *one == own_baseline))
    };
    contestants.iter().filter(is_left).cloned().collect()
}

/// The contestants of interpreters other than the one that ended the launch. The rest of that one is tried in the next
/// launch, as in a run with a single interpreter.
pub(crate) fn spared(rest: &[String], launch: &Launch) -> Vec<String> {
    // The variant that ends a launch is the last to fail in it.
    let Some(failure) = launch.failures.last() else {
        return Vec::new();
    };
    let culprit = Contestant::of(&failure.variant).interpreter;
    let is_spared = |name: &&String| Contestant::of(name).interpreter != culprit;
    rest.iter().filter(is_spared).cloned().collect()
}

/// Enters a launch into the record: for each interpreter of the task, what was measured with it.
pub(crate) fn enter(record: &mut Record, task: &Task, launch: &Launch) {
    for &at in &task.interpreters {
        let pair = task.place.with_mut(at, record);
        let part = part(launch, at, pair.launches_of(launch.size).count() as u32);
        if !(part.comparisons.is_empty() && part.failures.is_empty()) {
            pair.launches.push(part);
        }
    }
}

/// The part of a launch measured with one interpreter. A failure before the interpreter was known counts for all.
fn part(launch: &Launch, at: usize, index: u32) -> Launch {
    let own = |text: &String| {
        let Contestant { variant, interpreter } = Contestant::of(text);
        (interpreter == at || variant.is_empty()).then(|| variant.to_string())
    };
    let comparisons = launch.comparisons.iter().filter_map(|comparison| {
        Some(Comparison {
            variant: own(&comparison.variant)?,
            ..comparison.clone()
        })
    });
    let failures = launch.failures.iter().filter_map(|failure| {
        Some(Failure {
            variant: own(&failure.variant)?,
            fault: failure.fault.clone(),
        })
    });
    Launch {
        index,
        comparisons: comparisons.collect(),
        failures: failures.collect(),
        ..launch.clone()
    }
}

/// A contestant that failed in a launch takes part in no other. A failure before the interpreter was known counts for
/// all, and the task is given up.
pub(crate) fn enter_failure(record: &mut Record, task: &mut Task, failure: &Failure) {
    let Contestant { variant, interpreter } = Contestant::of(&failure.variant);
    let unknown = variant.is_empty();
    task.given_up |= unknown;
    let failed = task
        .interpreters
        .iter()
        .filter(|&&at| unknown || at == interpreter);
    for &at in failed {
        let pair = task.place.with_mut(at, record);
        // Without the baseline nothing can be compared, and the tasks know that.
        let who = if unknown {
            pair.baseline.clone()
        } else {
            variant.to_string()
        };
        let fault = failure.fault.clone();
        set_state(pair, &who, VariantState::Failed { fault });
    }
}

/// Reads the events of a launch. If it ended badly, the variant that was being measured is to blame.
pub(crate) fn read_into(launch: &mut Launch, events: &Path, output: &Path, ended: &Ended) {
    let mut last = String::new();
    let mut done = false;
    for event in read_events::<Event>(events) {
        match event {
            Event::Starts { variant } => last = variant,
            Event::Took { comparison, timed_s } => {
                launch.comparisons.push(comparison);
                launch.timed_s += timed_s;
                last.clear();
            }
            Event::Fails {
                failure: Failure { variant, fault },
            } => {
                let fault = with_output(fault, tail_of(output));
                launch.failures.push(Failure { variant, fault });
                last.clear();
            }
            Event::Done => done = true,
        }
    }
    match ended {
        Ended::Badly(fault) => {
            let fault = with_output(fault.clone(), tail_of(output));
            // One side of the comparison in progress, if there was one.
            let variant = blame::read(events).filter(|_| !last.is_empty()).unwrap_or(last);
            launch.failures.push(Failure { variant, fault });
        }
        Ended::Well if !done => launch.failures.push(Failure {
            variant: last,
            fault: Fault::Harness {
                message: "the launch ended before it was done".into(),
            },
        }),
        Ended::Well | Ended::Stopped => {}
    }
}

#[cfg(test)]
mod tests;
