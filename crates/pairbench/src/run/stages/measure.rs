//! The second stage that launches processes: measure what was verified.

use super::diagnose::reserve;
use super::progress::Progress;
use super::turn::take;
use crate::estimate::Precision;
use crate::hosts::launcher::Ended;
use crate::record::Status;
use crate::run::against::{Against, Request};
use crate::run::plan::schedule::{Schedule, Turn};
use crate::run::plan::tasks::{PairIndex, Passed, Task, Tasks, tasks};
use crate::run::state::Run;
use crate::terminal::{Terminal, rough};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::{Duration, Instant};

/// The report is rendered again after this long.
const REPORT_INTERVAL: Duration = Duration::from_secs(30);
/// The first one is rendered after the first pass, or after this long with whatever there is.
const FIRST_REPORT: Duration = Duration::from_secs(25);

/// Launches all verified pairs and the null pairs until each has its number of launches and every ratio its precision,
/// the time is up, or the user stops it. Every launch is in the record when the next one starts. With another revision,
/// each launch of a pair has one of that revision beside it.
pub(crate) fn measure(
    run: &mut Run<'_>,
    verified: &[Passed<'_>],
    mut against: Option<&mut Against>,
    terminal: &mut Terminal,
) -> Result<Status, String> {
    let start = Instant::now();
    let before = measured(run);
    run.save(terminal);
    if run.record.status == Status::Interrupted {
        return Ok(Status::Interrupted);
    }
    let mut tasks = tasks(run, verified);
    run.figures.update(&run.record);
    let reserve = reserve(run, verified);
    let settings = &run.record.settings;
    let precision = settings.precision.and_then(Precision::new);
    let backlog = Tasks::new(&run.record, &run.figures, &tasks);
    // Another session of a run must not repeat the orders and hash seeds of the first.
    let session = run.record.sessions.len().saturating_sub(1) as u64;
    let mut random = StdRng::seed_from_u64(settings.order_seed.wrapping_add(session) ^ 0x6c61_756e_6368);
    let random_of_schedule = StdRng::seed_from_u64(random.random());
    let mut schedule =
        Schedule::new(settings.launches, precision, random_of_schedule).going_on(backlog.launches());
    let mut progress = Progress::begin(run, &tasks, precision, terminal);
    let mut rendered: Option<Instant> = None;
    let status = loop {
        let backlog = Tasks::new(&run.record, &run.figures, &tasks);
        let left = left(run, reserve).map_or(f64::INFINITY, |left| left.as_secs_f64());
        let Some(turn) = schedule.next(&backlog, left) else {
            break Status::Complete;
        };
        let is_due = match rendered {
            None => turn.pass > 0 || run.elapsed() > FIRST_REPORT && has_launches(run),
            Some(last) => turn.begins_pass && last.elapsed() > REPORT_INTERVAL,
        };
        if is_due {
            provisional(run, rendered.is_none(), terminal);
            rendered = Some(Instant::now());
        }
        if over_budget(run, reserve, &tasks[turn.task], &turn) {
            break Status::OutOfTime;
        }
        progress.before(run, &tasks, &turn, terminal);
        let task = &mut tasks[turn.task];
        let of_pair = matches!(task.place, PairIndex::Pair(_));
        let ended = match against.as_deref_mut().filter(|_| of_pair) {
            Some(against) => beside(run, task, turn.contestants, against, &mut random, terminal)?,
            None => take(run, task, turn.contestants, &mut random, terminal)?,
        };
        let spent = measured(run).saturating_sub(before);
        run.spend("measure", start.elapsed().saturating_sub(spent));
        if ended == Ended::Stopped {
            break Status::Interrupted;
        }
        run.save(terminal);
        progress.after(run, terminal);
    };
    terminal.end();
    Ok(status)
}

/// A launch and that of the other revision beside it, in random order and with the same seeds.
fn beside(
    run: &mut Run<'_>,
    task: &mut Task,
    contestants: Vec<String>,
    against: &mut Against,
    random: &mut StdRng,
    terminal: &Terminal,
) -> Result<Ended, String> {
    let (seed, comes_first): (u64, bool) = (random.random(), random.random());
    let comparisons = u32::try_from(contestants.len()).unwrap_or(u32::MAX).max(1);
    let request = Request::Launch {
        pair: task.place.of(&run.record).name.clone(),
        size: task.case.size,
        contestants: contestants.clone(),
        seed,
    };
    let start = Instant::now();
    let stop = run.stop;
    let mut other = || match against.launch(&request) {
        // Ctrl-C reaches both.
        Err(_) if stop.requested() => Ok(()),
        launched => launched,
    };
    if comes_first {
        other()?;
    }
    let ended = take(run, task, contestants, &mut StdRng::seed_from_u64(seed), terminal)?;
    if !comes_first && ended != Ended::Stopped {
        other()?;
    }
    task.longest_comparison = task.longest_comparison.max(start.elapsed() / comparisons);
    Ok(ended)
}

/// What is left of the budget for launches, without the time reserved for the diagnosers; `None` without a budget.
fn left(run: &Run<'_>, reserve: Duration) -> Option<Duration> {
    let kept = run.elapsed() + reserve;
    run.budget().map(|budget| budget.saturating_sub(kept))
}

/// Whether a launch would end after the budget. The first pass is always made: without it there is nothing to report.
fn over_budget(run: &Run<'_>, reserve: Duration, task: &Task, turn: &Turn) -> bool {
    let expected = task.longest_comparison * u32::try_from(turn.contestants.len()).unwrap_or(u32::MAX);
    turn.pass > 0 && left(run, reserve).is_some_and(|left| expected > left)
}

fn measured(run: &Run<'_>) -> Duration {
    let phase = run.record.phases.iter().find(|phase| phase.name == "measure");
    phase.map_or(Duration::ZERO, |phase| Duration::from_secs_f64(phase.seconds))
}

fn has_launches(run: &Run<'_>) -> bool {
    run.record.all_pairs().any(|pair| !pair.launches.is_empty())
}

fn provisional(run: &mut Run<'_>, first: bool, terminal: &Terminal) {
    let start = Instant::now();
    let report = run.report_so_far();
    run.spend("report", start.elapsed());
    match report {
        Some(Ok(path)) if first => terminal.say(&format!(
            "  first report after {}: {} (every further pass narrows it)",
            rough(run.elapsed().as_secs_f64()),
            path.display()
        )),
        Some(Err(error)) if first => terminal.warn(&error),
        _ => {}
    }
}
