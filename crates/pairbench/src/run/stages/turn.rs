//! One turn of a run: a launch of one case, its results, and another launch for what an outside event destroyed.

use crate::hosts::Contestant;
use crate::hosts::interpreter::Jit;
use crate::hosts::launcher::Ended;
use crate::hosts::neighbours::Neighbours;
use crate::measure::clock::Between;
use crate::measure::launch::{Job, Sampling};
use crate::measure::{Failure, Launch};
use crate::record::Happening;
use crate::registry::Side;
use crate::run::launch::events::show_details;
use crate::run::launch::outcome::{Lost, enter, enter_failure, left_over, lose, read_into, spared};
use crate::run::launch::process::Role;
use crate::run::plan::tasks::{PairIndex, Task};
use crate::run::state::{Run, Who};
use crate::terminal::Terminal;
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Criterion's resamples. Its analysis at the default of 100,000, with plots, costs several times what the samples of a
/// launch do; the interval of a run does not come from it.
const RESAMPLES: usize = 2_000;

/// Attempts at a launch that is lost to an outside event. Whatever kills the second one too may well be caused by
/// the pair; a machine that sleeps in every launch measures nothing.
const ATTEMPTS: u32 = 2;

/// Runs a launch; retries once what an outside event destroyed, and what others disturbed by using cores that it needs.
/// If one interpreter ended it for all, the others get a launch without it. All of it is in the record afterwards.
pub(crate) fn take(
    run: &mut Run<'_>,
    task: &mut Task,
    mut contestants: Vec<String>,
    random: &mut StdRng,
    terminal: &Terminal,
) -> Result<Ended, String> {
    let name = task.name.clone();
    run.look_at_clocks("", terminal);
    let mut attempt = 1;
    // A second launch would have no launch of the other revision beside it.
    let mut retakes = run.options.against.is_none() && !run.options.in_step && !run.options.quick;
    loop {
        let seeds = (random.random(), random.random());
        let (mut launch, ended, frozen) = launch(run, task, &contestants, seeds, terminal)?;
        let clocks = run.look_at_clocks(&name, terminal);
        let clocks = Between {
            slept_s: clocks
                .slept_s
                .or_else(|| note_frozen(run, &name, frozen, terminal)),
            ..clocks
        };
        let lost = lose(&mut launch, clocks, attempt == ATTEMPTS);
        let baseline = &task.place.of(&run.record).baseline;
        let rest = left_over(&contestants, &launch, baseline);
        let mut again = spared(&rest, &launch);
        keep(run, task, launch, terminal);
        if std::mem::take(&mut retakes) {
            again.extend(disturbed(run, task, seeds.0));
        }
        match lost {
            _ if ended == Ended::Stopped => return Ok(ended),
            // At least one interpreter fewer takes part each time, except once for what was disturbed.
            Lost::Nothing => contestants = again,
            Lost::Asleep => (contestants, attempt) = (rest, attempt + 1),
            Lost::To(fault) => {
                run.disturbed(&name, Happening::Lost { fault }, terminal);
                (contestants, attempt) = (rest, attempt + 1);
            }
        }
        if task.given_up || contestants.is_empty() || attempt > ATTEMPTS {
            return Ok(ended);
        }
    }
}

/// The contestants that others disturbed in the last launch of the task, which has this seed.
fn disturbed(run: &Run<'_>, task: &Task, order_seed: u64) -> Vec<String> {
    let with = |&interpreter: &usize| {
        let last = task.place.figures(interpreter, &run.figures)?.last()?;
        let is_last = last.order_seed == order_seed;
        let own = last.comparisons.iter().filter(|own| own.disturbed && is_last);
        let name = |variant: &str| Contestant { variant, interpreter }.to_string();
        Some(own.map(|own| name(&own.variant)).collect::<Vec<_>>())
    };
    task.interpreters.iter().filter_map(with).flatten().collect()
}

/// Enters a launch into the record. One that was stopped half-way keeps the comparisons that it finished.
fn keep(run: &mut Run<'_>, task: &mut Task, launch: Launch, terminal: &Terminal) {
    for failure in &launch.failures {
        note_failure(run, task, failure, terminal);
    }
    enter(&mut run.record, task, &launch);
    run.figures.update(&run.record);
}

/// One launch of one task, from its events.
fn launch(
    run: &mut Run<'_>,
    task: &mut Task,
    contestants: &[String],
    (order_seed, hash_seed): (u64, u32),
    terminal: &Terminal,
) -> Result<(Launch, Ended, Duration), String> {
    let pair = task.place.of(&run.record);
    let index = pair.launches_of(task.case.size).count() as u32;
    let comparisons = contestants.len() as u32;
    let size = task.case.size;
    let others = pair.cases.iter().map(|case| case.size);
    let other_size = others
        .filter(|other| *other != size)
        .min_by_key(|other| (*other < size, other.abs_diff(size)));
    let job = Job {
        pair: pair.null_of.as_ref().unwrap_or(&pair.name).clone(),
        baseline: pair.baseline.clone(),
        size,
        other_size,
        seed: run.record.settings.seed,
        order_seed,
        contestants: contestants.to_vec(),
        sampling: sampling(run, index, matches!(task.place, PairIndex::Pair(_))),
        known: known(run, task),
        compiled: compiled(run, task),
    };
    let neighbours = Neighbours::start();
    let started_s = run.elapsed().as_secs_f64();
    let start = Instant::now();
    let (mut launched, events) = run.launch(Role::Measure { job }, Who::All, hash_seed)?;
    let output = run.launches.output_of(&events);
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
    run.launches.discard(&events);
    Ok((launch, ended, launched.frozen()))
}

/// The Python contestants of interpreters that have a just-in-time compiler.
fn compiled(run: &Run<'_>, task: &Task) -> BTreeSet<String> {
    let has_jit = |at: &usize| run.record.interpreter_at(*at).jit == Some(Jit::On);
    let with = |interpreter: usize| {
        let pair = task.place.with(interpreter, &run.record);
        let python = pair
            .variants
            .iter()
            .filter(|variant| variant.side == Side::Python);
        let name = |variant: &str| Contestant { variant, interpreter }.to_string();
        python.map(|variant| name(&variant.name)).collect::<Vec<_>>()
    };
    task.interpreters
        .iter()
        .copied()
        .filter(|at| has_jit(at))
        .flat_map(with)
        .collect()
}

/// Seconds per call of each contestant for which the last two launches of the task agree.
fn known(run: &Run<'_>, task: &Task) -> BTreeMap<String, f64> {
    let mut known: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for &interpreter in &task.interpreters {
        let pair = task.place.with(interpreter, &run.record);
        for launch in pair.launches_of(task.case.size).rev().take(2) {
            // The baseline is in several comparisons of a launch; any will do.
            let sides = launch.comparisons.iter().flat_map(|own| {
                let baseline =
                    (own.variant != pair.baseline).then_some((&pair.baseline, &own.baseline_samples));
                [(&own.variant, &own.variant_samples)].into_iter().chain(baseline)
            });
            let sides: BTreeMap<_, _> = sides.collect();
            for (variant, samples) in sides {
                let name = Contestant { variant, interpreter }.to_string();
                known.entry(name).or_default().extend(samples.call_s());
            }
        }
    }
    let agreed = |calls: Vec<f64>| match calls[..] {
        [a, b] if a.max(b) <= 1.2 * a.min(b) => Some(a.midpoint(b)),
        _ => None,
    };
    known
        .into_iter()
        .filter_map(|(name, calls)| Some((name, agreed(calls)?)))
        .collect()
}

/// Notes that all processes were frozen; returns for how many seconds.
fn note_frozen(run: &mut Run<'_>, pair: &str, frozen: Duration, terminal: &Terminal) -> Option<f64> {
    if frozen.is_zero() {
        return None;
    }
    run.clock.leave_out(frozen);
    let seconds = frozen.as_secs_f64();
    run.disturbed(pair, Happening::Frozen { seconds }, terminal);
    Some(seconds)
}

fn note_failure(run: &mut Run<'_>, task: &mut Task, failure: &Failure, terminal: &Terminal) {
    let Contestant { variant, interpreter } = Contestant::of(&failure.variant);
    let unknown = variant.is_empty();
    enter_failure(&mut run.record, task, failure);
    let pair = task.place.of(&run.record);
    if pair.null_of.is_some() {
        // The same code also fails in its pair, where that is reported.
        return terminal.warn(&format!(
            "{} is not measured any more: {}; {}",
            pair.name,
            failure.fault,
            failure.fault.next_step()
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
    show_details(&failure.fault, terminal);
}

fn sampling(run: &Run<'_>, index: u32, of_pair: bool) -> Sampling {
    let (options, settings) = (run.options, &run.record.settings);
    // One launch of each pair writes criterion's own report; not the first, which people are waiting for.
    let full = index == 1 && of_pair && !options.noplot && !settings.quick;
    Sampling {
        sample_size: settings.sample_size as usize,
        warm_up: Duration::from_millis(settings.warm_up_ms),
        measurement: Duration::from_millis(settings.measurement_ms),
        resamples: RESAMPLES,
        criterion_dir: if full {
            run.target.join("criterion")
        } else {
            run.launches.scratch()
        },
        plots: full,
    }
}
