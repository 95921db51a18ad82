//! The second stage that launches processes: measure what was verified.

use super::child::Role;
use super::events::{read_events, set_state, tail_of, tell_details, with_output};
use super::progress::Progress;
use super::run::Run;
use super::schedule::{Schedule, Turn};
use super::tasks::{Place, Task, Tasks, tasks};
use super::terminal::{Terminal, rough};
use crate::estimate::Precision;
use crate::hosts::Fault;
use crate::hosts::launcher::Ended;
use crate::hosts::neighbours::Neighbours;
use crate::measure::launch::{Event, Job, Sampling};
use crate::measure::{Failure, Launch};
use crate::record::{Status, VariantState};
use crate::verify::Verified;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::time::{Duration, Instant};

/// Criterion's resamples. Its analysis at the default of 100,000, with plots, costs several times what the samples of a
/// launch do; the interval of a run does not come from it.
const RESAMPLES: usize = 2_000;

/// A report is worth rendering again after so long.
const REPORT_INTERVAL: Duration = Duration::from_secs(30);

/// Launches over all verified pairs and the null pairs, until each has its number and every ratio its precision, the time
/// is over, or the user stops it. Every launch is in the record when the next begins.
pub(super) fn measure(
    run: &mut Run<'_>,
    verified: &[Verified<'_>],
    terminal: &mut Terminal,
) -> Result<Status, String> {
    let start = Instant::now();
    run.save()?;
    if run.record.status == Status::Interrupted {
        return Ok(Status::Interrupted);
    }
    let mut tasks = tasks(run, verified);
    let settings = &run.record.settings;
    let precision = settings.precision.and_then(Precision::new);
    let mut random = StdRng::seed_from_u64(settings.order_seed ^ 0x6c61_756e_6368);
    let mut schedule = Schedule::new(
        settings.launches,
        precision,
        StdRng::seed_from_u64(random.random()),
    );
    let mut progress = Progress::begin(run, &tasks, precision, terminal);
    let mut rendered = Instant::now();
    let status = loop {
        let standing = Tasks {
            record: &run.record,
            tasks: &tasks,
        };
        let Some(turn) = schedule.next(&standing) else {
            break Status::Complete;
        };
        if turn.begins_pass && turn.pass > 0 && (turn.pass == 1 || rendered.elapsed() > REPORT_INTERVAL) {
            provisional(run, turn.pass == 1, terminal);
            rendered = Instant::now();
        }
        if over_budget(run, &tasks[turn.task], &turn) {
            break Status::OutOfTime;
        }
        progress.before(run, &tasks, &turn, terminal);
        let seeds = (random.random(), random.random());
        let ended = launch(run, &mut tasks[turn.task], turn.contestants, seeds, terminal)?;
        run.spend("measure", start.elapsed().saturating_sub(measured(run)));
        if ended == Ended::Stopped {
            break Status::Interrupted;
        }
        run.save()?;
        progress.after(run, &tasks, terminal);
    };
    terminal.end();
    Ok(status)
}

/// Whether a launch would end after the budget. The first pass is always made: without it there is nothing to report.
fn over_budget(run: &Run<'_>, task: &Task, turn: &Turn) -> bool {
    let budget = run.record.settings.budget_s.map(Duration::from_secs);
    let expected = task.longest_comparison * u32::try_from(turn.contestants.len()).unwrap_or(u32::MAX);
    turn.pass > 0 && budget.is_some_and(|budget| run.elapsed() + expected > budget)
}

fn measured(run: &Run<'_>) -> Duration {
    let phase = run.record.phases.iter().find(|phase| phase.name == "measure");
    phase.map_or(Duration::ZERO, |phase| Duration::from_secs_f64(phase.seconds))
}

/// One launch of one task, and what it brought into the record.
fn launch(
    run: &mut Run<'_>,
    task: &mut Task,
    contestants: Vec<String>,
    (order_seed, hash_seed): (u64, u32),
    terminal: &Terminal,
) -> Result<Ended, String> {
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
        contestants,
        sampling: sampling(run, index, matches!(task.place, Place::Pair(_))),
    };
    let neighbours = Neighbours::start();
    let started_s = run.elapsed().as_secs_f64();
    let start = Instant::now();
    let (launched, events) = run.launch(Role::Measure { job }, hash_seed)?;
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
    let mut last = String::new();
    let mut done = false;
    for event in read_events::<Event>(&events) {
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
                let fault = with_output(fault, tail_of(&output));
                launch.failures.push(Failure { variant, fault });
                last.clear();
            }
            Event::Done => done = true,
        }
    }
    match &ended {
        Ended::Badly(fault) => {
            let fault = with_output(fault.clone(), tail_of(&output));
            launch.failures.push(Failure { variant: last, fault });
        }
        Ended::Well if !done => launch.failures.push(Failure {
            variant: last,
            fault: Fault::Harness {
                message: "the launch ended before it was done".into(),
            },
        }),
        Ended::Well | Ended::Stopped => {}
    }
    for failure in launch.failures.clone() {
        note_failure(run, task, &failure, terminal);
    }
    // A launch that was stopped half-way keeps the comparisons that it finished.
    if !(launch.comparisons.is_empty() && launch.failures.is_empty()) {
        task.place.of_mut(&mut run.record).launches.push(launch);
    }
    Ok(ended)
}

fn note_failure(run: &mut Run<'_>, task: &mut Task, failure: &Failure, terminal: &Terminal) {
    let pair = task.place.of_mut(&mut run.record);
    let baseline = pair.baseline.clone();
    // Nothing can be compared without the baseline.
    let baseline_failed = failure.variant.is_empty() || failure.variant == baseline;
    task.given_up |= baseline_failed;
    let who = if baseline_failed {
        &baseline
    } else {
        &failure.variant
    };
    let fault = failure.fault.clone();
    set_state(pair, who, VariantState::Failed { fault });
    if pair.null_of.is_some() {
        // The same code fails as a pair of its own, and is told there.
        return terminal.warn(&format!(
            "{} is not measured any more: {}",
            pair.name, failure.fault
        ));
    }
    let bad = terminal.paint("1;31", "FAIL");
    let who = if failure.variant.is_empty() {
        String::new()
    } else {
        format!("/{}", failure.variant)
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

fn provisional(run: &mut Run<'_>, first: bool, terminal: &Terminal) {
    match run.report() {
        Some(Ok(path)) if first => terminal.say(&format!(
            "  first report after {}: {} (every further pass narrows it)",
            rough(run.elapsed().as_secs_f64()),
            path.display()
        )),
        Some(Err(error)) if first => terminal.warn(&error),
        _ => {}
    }
}
