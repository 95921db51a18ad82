//! The last stage that launches processes: explain the measured times.

use super::extensions::{build_counting, counting_build};
use crate::diagnose::{Diagnoser, Failure, Finding as Diagnosis, Step, build};
use crate::hosts::Fault;
use crate::record::{NativeModule, Status};
use crate::run::launch::pool::Pool;
use crate::run::launch::process::Role;
use crate::run::plan::tasks::{Passed, active, interpreters_of};
use crate::run::state::Run;
use crate::terminal::Terminal;
use crate::text::count;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A step that is still to be done.
#[derive(Debug)]
struct QueuedStep {
    interpreter: usize,
    /// The place of the pair in the record; `None` if the step is about the run.
    at: Option<usize>,
    step: Step,
}

/// The folder of the extension module that counts allocations, or why there is none.
type Counting = Result<PathBuf, String>;

/// Carries out the steps of all chosen diagnosers. Steps that time nothing run side by side, the others alone. An
/// interrupted run is not diagnosed; what an earlier session has found is not looked for again.
pub(crate) fn diagnose(
    run: &mut Run<'_>,
    verified: &[Passed<'_>],
    status: Status,
    terminal: &mut Terminal,
) -> Result<Status, String> {
    let steps = queued_steps(run, verified);
    let builds = builds(run, verified);
    note_skipped(run);
    if status == Status::Interrupted || (steps.is_empty() && !builds) {
        return Ok(status);
    }
    let counting: Vec<Counting> = (0..run.interpreters.len())
        .map(|interpreter| match needs_counting(&steps, interpreter) {
            true => build_counting(run, interpreter, left(run), terminal),
            false => Err("nothing needs it".into()),
        })
        .collect();
    let start = Instant::now();
    let names: Vec<&str> = run.record.settings.diagnosers.iter().map(|d| d.slug()).collect();
    terminal.say(&format!("diagnosing: {}", names.join(", ")));
    terminal.begin(steps.len() as u64, "steps");
    let (quiet, busy): (VecDeque<_>, VecDeque<_>) = steps
        .into_iter()
        .partition(|one| one.step.diagnoser.about().needs_quiet);
    let mut random = StdRng::seed_from_u64(run.record.settings.order_seed ^ 0x6469_6167);
    let cores = run.record.machine.cores as usize;
    for (steps, at_once) in [(busy, cores), (quiet, 1)] {
        for queued in &steps {
            forget_failures(run, queued);
        }
        carry_out(run, steps, &counting, at_once, &mut random, terminal)?;
    }
    terminal.end();
    if builds {
        build(run, verified, terminal);
    }
    run.spend("diagnose", start.elapsed());
    run.save(terminal);
    show_failures(run, terminal);
    Ok(if run.stop.requested() {
        Status::Interrupted
    } else {
        status
    })
}

/// Removes the failures of this step in an earlier session of the run, because it is now tried again.
fn forget_failures(run: &mut Run<'_>, queued: &QueuedStep) {
    let failures = match queued.at {
        Some(at) => &mut run.record.pairs_at_mut(queued.interpreter)[at].diagnoses.failures,
        None => &mut run.record.diagnoses.failures,
    };
    let step = &queued.step;
    let variant = step.variant.as_deref().unwrap_or_default();
    failures.retain(|known| (known.diagnoser, known.variant.as_str()) != (step.diagnoser, variant));
}

/// The time to reserve for the diagnosers of a plain run, which share its budget: roughly what they will take, but no
/// more than a quarter. If the user named diagnosers, the run waits for them.
pub(crate) fn reserve(run: &Run<'_>, verified: &[Passed<'_>]) -> Duration {
    let (Some(budget), None) = (run.budget(), &run.options.diagnose) else {
        return Duration::ZERO;
    };
    let cores = f64::from(run.record.machine.cores);
    let seconds = |diagnoser: Diagnoser| {
        let about = diagnoser.about();
        let side_by_side = if about.needs_quiet { 1.0 } else { cores };
        about.step_seconds / side_by_side
    };
    let queued = queued_steps(run, verified);
    let steps: f64 = queued.iter().map(|one| seconds(one.step.diagnoser)).sum();
    let steps = Duration::from_secs_f64(steps);
    let counted = (0..run.interpreters.len()).filter(|at| needs_counting(&queued, *at));
    let build = counted.map(|at| counting_build(run, at)).sum();
    match steps + build {
        both if both <= budget / 4 => both,
        // The build is not started then.
        _ => steps.min(budget / 4),
    }
}

fn needs_counting(steps: &[QueuedStep], interpreter: usize) -> bool {
    let mut of_it = steps.iter().filter(|one| one.interpreter == interpreter);
    of_it.any(|one| one.step.diagnoser.about().needs_counting)
}

/// All steps, diagnoser by diagnoser.
fn queued_steps(run: &Run<'_>, verified: &[Passed<'_>]) -> Vec<QueuedStep> {
    let cores = run.record.machine.cores;
    let mut queued = Vec::new();
    for &diagnoser in &run.record.settings.diagnosers {
        for (at, pair) in run.selected.iter().enumerate() {
            let entry = pair.entry;
            for interpreter in interpreters_of(run, verified, entry.name) {
                if !is_diagnosed(run, interpreter, diagnoser) {
                    continue;
                }
                let record = &run.record.pairs_at(interpreter)[at];
                let active: Vec<&str> = active(record).map(String::as_str).collect();
                let steps = diagnoser.steps(entry, &active, cores).into_iter();
                let new = steps.filter(|step| !step.is_answered(&record.diagnoses));
                queued.extend(new.map(|step| QueuedStep {
                    interpreter,
                    at: Some(at),
                    step,
                }));
            }
        }
        let with_extension = run.interpreters[0].extension_dir.is_some() && !verified.is_empty();
        let of_run = diagnoser.step_of_run(&run.record.diagnoses);
        queued.extend(of_run.filter(|_| with_extension).map(|step| QueuedStep {
            interpreter: 0,
            at: None,
            step,
        }));
    }
    queued
}

/// All diagnosers run with the first interpreter, some also with those that run without a GIL, and all with every
/// interpreter if that was requested.
fn is_diagnosed(run: &Run<'_>, interpreter: usize, diagnoser: Diagnoser) -> bool {
    let about = run.record.interpreter_at(interpreter);
    interpreter == 0
        || run.record.settings.diagnose_every
        || (diagnoser.about().includes_free_threaded && about.gil == Some(false))
}

/// Notes a diagnoser that has nothing to look at.
fn note_skipped(run: &mut Run<'_>) {
    let reason = match &run.record.native {
        NativeModule::Ready { .. } => {
            let skipped = &mut run.record.diagnoses.skipped;
            skipped.retain(|one| one.diagnoser != Diagnoser::Boundary);
            return;
        }
        NativeModule::Prebuilt { .. } => {
            "the extension module was installed beforehand and does not report it".to_string()
        }
        NativeModule::NotNeeded => "no variant that was chosen needs the extension module".to_string(),
        NativeModule::Unavailable { .. } => "the extension module could not be built".to_string(),
    };
    if run.record.settings.diagnosers.contains(&Diagnoser::Boundary) {
        run.record.diagnoses.skip(Diagnoser::Boundary, &reason);
    }
}

/// Whether the build is to be timed.
fn builds(run: &Run<'_>, verified: &[Passed<'_>]) -> bool {
    run.record.settings.diagnosers.contains(&Diagnoser::Build)
        && run.record.diagnoses.build.is_none()
        && !verified.is_empty()
}

/// Times the build of the Rust sides. It is not a launch: it may take longer and use more memory than one.
fn build(run: &mut Run<'_>, verified: &[Passed<'_>], terminal: &Terminal) {
    if run.stop.requested() {
        return;
    }
    let entries = verified
        .iter()
        .filter(|one| one.interpreter == 0)
        .map(|one| one.pair.entry());
    let pairs: Vec<_> = entries
        .map(|entry| (entry.name, entry.sources.rust_path.as_path()))
        .collect();
    let mut tell = |what: &str| terminal.say(&format!("  building the Rust sides {what}"));
    let built = build::run(&run.suite.registry, &pairs, &run.target, run.stop, &mut tell);
    let failures = &mut run.record.diagnoses.failures;
    failures.retain(|known| known.diagnoser != Diagnoser::Build);
    match built {
        Ok(times) => run.record.diagnoses.build = Some(times),
        // Nothing is known yet; a resumed run tries again.
        Err(_) if run.stop.requested() => {}
        Err(message) => run.record.diagnoses.failures.push(Failure {
            diagnoser: Diagnoser::Build,
            variant: String::new(),
            fault: Fault::Harness { message },
        }),
    }
}

fn carry_out(
    run: &mut Run<'_>,
    mut waiting: VecDeque<QueuedStep>,
    counting: &[Counting],
    at_once: usize,
    random: &mut StdRng,
    terminal: &mut Terminal,
) -> Result<(), String> {
    let mut pool = Pool::new(at_once);
    loop {
        if run.stop.requested() {
            waiting.clear();
        }
        if !waiting.is_empty() && left(run) == Some(Duration::ZERO) {
            terminal.warn(&format!(
                "no time left for {} of the diagnosers; to have them all: a larger --budget, or name them: --diagnose default",
                count(waiting.len(), "step")
            ));
            waiting.clear();
        }
        while pool.has_room()
            && let Some(queued) = waiting.pop_front()
        {
            let interpreter = queued.interpreter;
            let role = role(run, &queued, &counting[interpreter]);
            pool.start(run, queued, role, interpreter, random.random())?;
        }
        if pool.is_empty() {
            return Ok(());
        }
        waiting.extend(pool.relieve(run));
        if let Some(QueuedStep { at, step, .. }) = pool.jobs().last() {
            let whose = if at.is_some() { &step.pair } else { "the run" };
            terminal.doing(&format!("{whose} · {}", step.diagnoser));
        }
        for over in pool.ended::<Diagnosis>(run) {
            let QueuedStep {
                interpreter,
                at,
                step,
            } = over.job;
            let failed = over.fault.map(|fault| step.failed(fault));
            for finding in over.events.into_iter().chain(failed) {
                match at {
                    Some(at) => run.record.pairs_at_mut(interpreter)[at].diagnoses.add(finding),
                    None => run.record.diagnoses.add(finding),
                }
            }
            // What is on the disk survives if the run is killed.
            run.save(terminal);
            terminal.step();
        }
    }
}

/// What is left of the budget, if the diagnosers have to keep to it.
fn left(run: &Run<'_>) -> Option<Duration> {
    let budget = run.budget().filter(|_| run.options.diagnose.is_none())?;
    Some(budget.saturating_sub(run.elapsed()))
}

fn role(
    run: &Run<'_>,
    QueuedStep {
        interpreter,
        at,
        step,
    }: &QueuedStep,
    counting: &Counting,
) -> Role {
    let size_of = |at: usize| run.selected[at].shown_case().size;
    let pairs = run.record.pairs_at(*interpreter);
    Role::Diagnose {
        step: step.clone(),
        variants: at.map_or_else(Vec::new, |at| active(&pairs[at]).cloned().collect()),
        size: at.map_or(0, size_of),
        seed: run.record.settings.seed,
        counting: counting.clone(),
    }
}

/// A step that finds nothing does not spoil any number, so this is only a warning.
fn show_failures(run: &Run<'_>, terminal: &Terminal) {
    let failures = run.record.all_pairs().flat_map(|pair| {
        let failures = pair.diagnoses.failures.iter();
        failures.map(move |failure| (pair.name.as_str(), failure))
    });
    let of_run = &run.record.diagnoses.failures;
    let failures: Vec<_> = failures
        .chain(of_run.iter().map(|failure| ("the run", failure)))
        .collect();
    if let Some((pair, first)) = failures.first() {
        let of = match first.variant.as_str() {
            "" => String::new(),
            variant => format!("/{variant}"),
        };
        terminal.warn(&format!(
            "{} found nothing; the first: {} of {pair}{of}: {}",
            count(failures.len(), "step"),
            first.diagnoser,
            first.fault
        ));
    }
}
