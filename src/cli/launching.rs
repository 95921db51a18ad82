//! One turn of a run: a launch of one case, what it told, and another one for what was lost to something from outside.

use super::child::Role;
use super::events::{read_events, set_state, tail_of, tell_details, with_output};
use super::run::{Run, Who};
use super::tasks::{Place, Task};
use super::terminal::Terminal;
use super::turn;
use crate::hosts::launcher::Ended;
use crate::hosts::neighbours::Neighbours;
use crate::hosts::{Contestant, Fault};
use crate::measure::clock::Between;
use crate::measure::launch::{Event, Job, Sampling};
use crate::measure::{Comparison, Failure, Launch};
use crate::record::{Happening, VariantState};
use rand::Rng;
use rand::rngs::StdRng;
use std::path::Path;
use std::time::{Duration, Instant};

/// Criterion's resamples. Its analysis at the default of 100,000, with plots, costs several times what the samples of a
/// launch do; the interval of a run does not come from it.
const RESAMPLES: usize = 2_000;

/// How often a launch is taken that was lost to something from outside. Whatever kills the second one, too, may well be
/// called by the pair; a machine that sleeps in every launch measures nothing.
const ATTEMPTS: u32 = 2;

/// Takes a launch, and once more what of it was lost. All of it is in the record afterwards.
pub(super) fn take(
    run: &mut Run<'_>,
    task: &mut Task,
    mut contestants: Vec<String>,
    random: &mut StdRng,
    terminal: &Terminal,
) -> Result<Ended, String> {
    let name = task.name.clone();
    let between_launches = run.watch.look();
    note_clocks(run, between_launches, "", terminal);
    for attempt in 1..=ATTEMPTS {
        let seeds = (random.random(), random.random());
        let (mut launch, ended) = launch(run, task, &contestants, seeds, terminal)?;
        let clocks = run.watch.look();
        note_clocks(run, clocks, &name, terminal);
        let lost = lose(&mut launch, clocks, attempt == ATTEMPTS);
        contestants.retain(|name| {
            let measured = launch
                .comparisons
                .iter()
                .any(|comparison| comparison.variant == *name);
            let failed = launch.failures.iter().any(|failure| failure.variant == *name);
            !(measured || failed)
        });
        keep(run, task, launch, terminal);
        match lost {
            _ if ended == Ended::Stopped => return Ok(ended),
            Lost::Nothing => return Ok(ended),
            Lost::Asleep => {}
            Lost::To(fault) => run.disturbed(&name, Happening::Lost { fault }, terminal),
        }
        if task.given_up || contestants.is_empty() {
            return Ok(ended);
        }
    }
    Ok(Ended::Well)
}

/// What of a launch is lost.
#[derive(Debug, PartialEq)]
enum Lost {
    Nothing,
    /// All: the machine slept.
    Asleep,
    /// What was not finished.
    To(Fault),
}

/// Takes out of a launch what something from outside has spoilt. Sleep spoils all of it. A process that was killed takes
/// the comparison with it that it was in; in the last attempt that is the failure of whoever was being measured.
fn lose(launch: &mut Launch, clocks: Between, last: bool) -> Lost {
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

fn note_clocks(run: &mut Run<'_>, clocks: Between, pair: &str, terminal: &Terminal) {
    if let Some(seconds) = clocks.slept_s {
        run.disturbed(pair, Happening::Slept { seconds }, terminal);
    }
    if let Some(seconds) = clocks.jumped_s {
        run.disturbed(pair, Happening::ClockSet { seconds }, terminal);
    }
}

/// Enters a launch into the record. One that was stopped half-way keeps the comparisons that it finished.
fn keep(run: &mut Run<'_>, task: &mut Task, launch: Launch, terminal: &Terminal) {
    for failure in &launch.failures {
        note_failure(run, task, failure, terminal);
    }
    for &seat in &task.seats {
        let pair = task.place.with_mut(seat, &mut run.record);
        let of_case = pair.launches.iter().filter(|known| known.size == launch.size);
        let part = part(&launch, seat, of_case.count() as u32);
        if !(part.comparisons.is_empty() && part.failures.is_empty()) {
            pair.launches.push(part);
        }
    }
}

/// What of a launch was measured with one interpreter. What failed before it was known with which, failed with all.
fn part(launch: &Launch, seat: usize, index: u32) -> Launch {
    let own = |text: &String| {
        let Contestant { variant, interpreter } = Contestant::of(text);
        (interpreter == seat || variant.is_empty()).then(|| variant.to_string())
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

/// One launch of one task, as it told itself.
fn launch(
    run: &mut Run<'_>,
    task: &mut Task,
    contestants: &[String],
    (order_seed, hash_seed): (u64, u32),
    terminal: &Terminal,
) -> Result<(Launch, Ended), String> {
    let pair = task.place.of(&run.record);
    let index = pair
        .launches
        .iter()
        .filter(|launch| launch.size == task.case.size)
        .count() as u32;
    let comparisons = contestants.len() as u32;
    let job = Job {
        pair: pair.null_of.as_ref().unwrap_or(&pair.name).clone(),
        baseline: pair.baseline.clone(),
        size: task.case.size,
        seed: run.record.settings.seed,
        order_seed,
        contestants: contestants.to_vec(),
        sampling: sampling(run, index, matches!(task.place, Place::Pair(_))),
    };
    let neighbours = Neighbours::start();
    let started_s = run.elapsed().as_secs_f64();
    let start = Instant::now();
    let (launched, events) = run.launch(Role::Measure { job }, Who::All, hash_seed)?;
    let output = run.output_of(&events);
    let ended = launched.wait(run.stop, || {});
    let wall = start.elapsed();
    let taken = neighbours.end();
    task.longest_comparison = task.longest_comparison.max(wall / comparisons.max(1));
    if run.options.verbose {
        let name = &task.name;
        terminal.say(&format!(
            "  launch {index} of {name}: {:.2} s, hash seed {hash_seed}",
            wall.as_secs_f64()
        ));
        if ended != Ended::Well {
            terminal.say(&std::fs::read_to_string(&output).unwrap_or_default());
        }
    }
    let mut launch = Launch {
        index,
        size: task.case.size,
        started_s,
        wall_s: wall.as_secs_f64(),
        timed_s: 0.0,
        order_seed,
        hash_seed,
        comparisons: Vec::new(),
        failures: Vec::new(),
        others: taken.others,
        stolen: taken.stolen,
    };
    read_into(&mut launch, &events, &output, &ended);
    run.discard(&events);
    Ok((launch, ended))
}

/// Reads what a launch told, also one that came to a bad end: whoever was being measured then is to blame.
fn read_into(launch: &mut Launch, events: &Path, output: &Path, ended: &Ended) {
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
            // One side of the comparison that was going on, if one was.
            let variant = turn::read(events).filter(|_| !last.is_empty()).unwrap_or(last);
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

fn note_failure(run: &mut Run<'_>, task: &mut Task, failure: &Failure, terminal: &Terminal) {
    let Contestant { variant, interpreter } = Contestant::of(&failure.variant);
    let unknown = variant.is_empty();
    task.given_up |= unknown;
    let failed = task.seats.iter().filter(|&&seat| unknown || seat == interpreter);
    for &seat in failed {
        let pair = task.place.with_mut(seat, &mut run.record);
        // Without the baseline nothing can be compared, and the tasks know that.
        let who = if unknown {
            pair.baseline.clone()
        } else {
            variant.to_string()
        };
        let fault = failure.fault.clone();
        set_state(pair, &who, VariantState::Failed { fault });
    }
    let pair = task.place.of(&run.record);
    if pair.null_of.is_some() {
        // The same code fails as a pair of its own, and is told there.
        return terminal.warn(&format!(
            "{} is not measured any more: {}",
            pair.name, failure.fault
        ));
    }
    let bad = terminal.paint("1;31", "FAIL");
    let who = if unknown {
        String::new()
    } else {
        format!("/{variant}{}", run.with(interpreter))
    };
    terminal.say(&format!(
        "  {bad} {}{who} while measuring: {}",
        pair.name, failure.fault
    ));
    tell_details(&failure.fault, terminal);
}

fn sampling(run: &Run<'_>, index: u32, of_pair: bool) -> Sampling {
    let (options, settings) = (run.options, &run.record.settings);
    // One launch of each pair leaves criterion's own report; not the first, which people are waiting for.
    let full = index == 1 && of_pair && !options.noplot && !settings.quick;
    Sampling {
        sample_size: settings.sample_size as usize,
        warm_up: Duration::from_millis(settings.warm_up_ms),
        measurement: Duration::from_millis(settings.measurement_ms),
        resamples: RESAMPLES,
        criterion_dir: if full {
            run.target.join("criterion")
        } else {
            run.scratch()
        },
        plots: full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture;

    fn launch(faults: &[Fault]) -> Launch {
        let mut launch = fixture::steady().pairs[0].launches[0].clone();
        launch.failures.extend(faults.iter().map(|fault| Failure {
            variant: "rust".into(),
            fault: fault.clone(),
        }));
        launch
    }

    fn killed() -> Fault {
        Fault::Killed {
            how: "killed".into(),
            output: String::new(),
        }
    }

    #[test]
    fn a_launch_that_slept_does_not_count_at_all() {
        let mut slept = launch(&[killed()]);
        let clocks = Between {
            slept_s: Some(60.0),
            jumped_s: None,
        };
        assert_eq!(lose(&mut slept, clocks, false), Lost::Asleep);
        assert!(slept.comparisons.is_empty() && slept.failures.is_empty());
    }

    #[test]
    fn a_clock_that_is_set_spoils_nothing() {
        let mut set = launch(&[]);
        let clocks = Between {
            slept_s: None,
            jumped_s: Some(-3600.0),
        };
        assert_eq!(lose(&mut set, clocks, false), Lost::Nothing);
        assert_eq!(set, launch(&[]));
    }

    #[test]
    fn a_kill_from_outside_is_forgiven_once_and_what_was_finished_stays() {
        let hang = Fault::Hang { limit_s: 1 };
        let mut first = launch(&[hang.clone(), killed()]);
        assert_eq!(lose(&mut first, Between::default(), false), Lost::To(killed()));
        assert_eq!(first, launch(&[hang]));
        let mut second = launch(&[killed()]);
        assert_eq!(lose(&mut second, Between::default(), true), Lost::Nothing);
        assert_eq!(second.failures.len(), 1);
    }
}
