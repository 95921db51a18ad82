//! The two stages that launch processes: verify, then measure what was verified.

use super::child::Role;
use super::run::Run;
use super::terminal::{Terminal, rough};
use crate::hosts::Fault;
use crate::hosts::launcher::{Ended, Launched};
use crate::measure::launch::{Event, Job, Sampling};
use crate::measure::{Failure, Launch};
use crate::record::{Embedding, NativeModule, PairRecord, Status, VariantState, VerifyFailure};
use crate::registry::{Case, Variant};
use crate::verify::{Finding, Verified};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Criterion's resamples. Its analysis at the default of 100,000, with plots, costs several times what the samples of a
/// launch do; the interval of a run does not come from it.
const RESAMPLES: usize = 2_000;

/// A report is worth rendering again after so long.
const REPORT_INTERVAL: Duration = Duration::from_secs(30);

/// Checks all chosen pairs, as many at a time as there are cores. Whoever fails is in the record, with the reason.
pub(super) fn verify<'a>(run: &mut Run<'a>, terminal: &mut Terminal) -> Result<Vec<Verified<'a>>, String> {
    let start = Instant::now();
    let selected = run.selected;
    terminal.say(&format!("verifying {}", count(selected.len(), "pair")));
    terminal.begin(selected.len() as u64);
    let mut seeds = StdRng::seed_from_u64(run.record.settings.order_seed);
    let mut waiting: Vec<usize> = (0..selected.len()).rev().collect();
    let mut running: Vec<(usize, Launched, PathBuf)> = Vec::new();
    let mut verified = Vec::new();
    while !(waiting.is_empty() && running.is_empty()) {
        while running.len() < run.record.machine.cores as usize
            && !run.stop.requested()
            && let Some(at) = waiting.pop()
        {
            let (launched, events) = run.launch(verify_role(run, at), seeds.random())?;
            running.push((at, launched, events));
        }
        if run.stop.requested() {
            waiting.clear();
        }
        let mut still = Vec::new();
        for (at, mut launched, events) in running {
            let Some(ended) = launched.poll(run.stop) else {
                still.push((at, launched, events));
                continue;
            };
            let mut findings = read_events(&events);
            for finding in &mut findings {
                if let Finding::Fails { fault, .. } = finding {
                    // The launch outlived its worker; what the worker said last is in the launch's output.
                    *fault = with_output(fault.clone(), launched.tail());
                }
            }
            if let Ended::Badly(fault) = ended {
                findings.push(blame_finding(&findings, with_output(fault, launched.tail())));
            } else if ended == Ended::Stopped {
                continue;
            }
            let seconds = launched.elapsed().as_secs_f64();
            note_findings(run, at, &findings, seconds);
            // A check that was ended from outside has no `Done`, and so verifies nothing.
            verified.extend(Verified::from_findings(selected[at].entry, &findings));
            tell_findings(run, at, terminal);
            terminal.step();
        }
        running = still;
        terminal.doing("verifying");
        std::thread::sleep(Duration::from_millis(5));
    }
    terminal.end();
    run.spend("verify", start.elapsed());
    if run.stop.requested() {
        run.record.status = Status::Interrupted;
    }
    verified.sort_by_key(|pair: &Verified<'_>| pair.entry().name);
    Ok(verified)
}

fn verify_role(run: &Run<'_>, at: usize) -> Role {
    let pair = &run.selected[at];
    let mut contestants: Vec<String> = pair.variants.iter().map(ToString::to_string).collect();
    if matches!(run.record.embedding, Embedding::On { .. }) {
        contestants.push(Variant::EMBEDDED.into());
    }
    Role::Verify {
        pair: pair.entry.name.into(),
        contestants,
        sizes: pair.entry.pair.cases().iter().map(|case| case.size).collect(),
        seed: run.record.settings.seed,
    }
}

/// A process that died is the fault of whoever ran last.
fn blame_finding(findings: &[Finding], fault: Fault) -> Finding {
    match findings
        .iter()
        .rev()
        .find(|finding| matches!(finding, Finding::Tries { .. }))
    {
        Some(Finding::Tries { variant, size }) => Finding::Fails {
            variant: variant.clone(),
            size: Some(*size),
            fault,
        },
        _ => Finding::Fails {
            variant: String::new(),
            size: None,
            fault,
        },
    }
}

fn note_findings(run: &mut Run<'_>, at: usize, findings: &[Finding], seconds: f64) {
    let hints: Vec<String> = findings
        .iter()
        .map(|finding| match finding {
            Finding::Skips { variant, .. } => install_hint(run, at, variant),
            _ => String::new(),
        })
        .collect();
    let unavailable = match &run.record.native {
        NativeModule::Unavailable { reason } => Some(reason.clone()),
        _ => None,
    };
    let packages = &mut run.record.interpreter.packages;
    let pair = &mut run.record.pairs[at];
    pair.verification.seconds = seconds;
    for (finding, install) in findings.iter().zip(hints) {
        match finding {
            Finding::Agrees { .. } => pair.verification.compared += 1,
            Finding::Fails { variant, size, fault } => {
                pair.verification.failures.push(VerifyFailure {
                    variant: variant.clone(),
                    size: *size,
                    fault: fault.clone(),
                });
                set_state(pair, variant, VariantState::Failed { fault: fault.clone() });
            }
            Finding::Skips { variant, reason } => {
                let native = reason.contains(Variant::NATIVE_MODULE);
                let reason = match &unavailable {
                    Some(why) if native => format!("needs the extension module: {why}"),
                    _ if native => reason.clone(),
                    _ => format!("{reason}; {install}"),
                };
                set_state(pair, variant, VariantState::Skipped { reason });
            }
            Finding::Package { name, version } => {
                if !packages.iter().any(|(known, _)| known == name) && name != Variant::NATIVE_MODULE {
                    packages.push((name.clone(), version.clone()));
                }
            }
            Finding::Tries { .. } | Finding::Done => {}
        }
    }
    pair.verification.passed = Verified::from_findings(run.selected[at].entry, findings).is_some();
}

fn set_state(pair: &mut PairRecord, variant: &str, state: VariantState) {
    if let Some(found) = pair.variants.iter_mut().find(|known| known.name == variant) {
        found.state = state;
    }
}

/// How to get the modules that a variant needs.
fn install_hint(run: &Run<'_>, at: usize, variant: &str) -> String {
    let entry = run.selected[at].entry;
    let requirements = entry.sources.python_root.join("requirements.txt");
    let here = std::env::current_dir().unwrap_or_default();
    let shown = requirements.strip_prefix(&here).unwrap_or(&requirements);
    let what = if requirements.exists() {
        format!("-r {}", shown.display())
    } else {
        // Mostly the name of the module is that of the package, too.
        let found = entry.pair.variants().iter().find(|known| known.name == variant);
        found.map(|known| known.requires.join(" ")).unwrap_or_default()
    };
    format!("install: {} -m pip install {what}", run.python.about.executable)
}

fn tell_findings(run: &Run<'_>, at: usize, terminal: &Terminal) {
    let pair = &run.record.pairs[at];
    let verification = &pair.verification;
    if verification.passed {
        let good = terminal.paint("32", "ok  ");
        terminal.say(&format!(
            "  {good} {:<16} {} agree, {}",
            pair.name,
            count(verification.compared as usize, "answer"),
            rough(verification.seconds)
        ));
    }
    for failure in &verification.failures {
        let bad = terminal.paint("1;31", "FAIL");
        let who = if failure.variant.is_empty() {
            String::new()
        } else {
            format!("/{}", failure.variant)
        };
        let size = failure
            .size
            .map(|size| format!(" on {size} {}", pair.unit))
            .unwrap_or_default();
        terminal.say(&format!("  {bad} {}{who}{size}: {}", pair.name, failure.fault));
        tell_details(&failure.fault, terminal);
    }
    for variant in &pair.variants {
        if let VariantState::Skipped { reason } = &variant.state {
            terminal.say(&format!(
                "  {} {}/{}: {reason}",
                terminal.paint("33", "skip"),
                pair.name,
                variant.name
            ));
        }
    }
}

/// Traceback, both answers or last output, indented; and what to do next.
fn tell_details(fault: &Fault, terminal: &Terminal) {
    for line in fault.details().lines() {
        terminal.say(&format!("       {line}"));
    }
    terminal.say(&format!(
        "       {} {}",
        terminal.paint("36", "next:"),
        fault.next_step()
    ));
}

/// Launches round-robin over all verified pairs and cases, until each has its number, the time is over, or the user
/// stops it. Every launch is in the record when the next begins.
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
    let passes = run.record.settings.launches;
    announce(run, &tasks, passes, terminal);
    terminal.begin(tasks.len() as u64 * u64::from(passes));
    let mut random = StdRng::seed_from_u64(run.record.settings.order_seed ^ 0x6c61_756e_6368);
    let mut rendered = Instant::now();
    let mut status = Status::Complete;
    'run: for pass in 0..passes {
        // Another order each time, so that no pair always follows the same neighbour.
        tasks.shuffle(&mut random);
        for task in &mut tasks {
            if over_budget(run, task, pass) {
                status = Status::OutOfTime;
                break 'run;
            }
            terminal.doing(&format!("{} · pass {} of {passes}", task.name, pass + 1));
            let ended = launch(run, task, pass, random.random(), random.random(), terminal)?;
            run.spend("measure", start.elapsed().saturating_sub(measured(run)));
            if ended == Ended::Stopped {
                status = Status::Interrupted;
                break 'run;
            }
            run.save()?;
            terminal.step();
        }
        let last = pass + 1 == passes;
        if !last && (pass == 0 || rendered.elapsed() > REPORT_INTERVAL) {
            provisional(run, pass, terminal);
            rendered = Instant::now();
        }
    }
    terminal.end();
    Ok(status)
}

/// A case of a pair that is to be measured.
struct Task {
    pair: usize,
    case: Case,
    name: String,
    /// Set when there is no point in another launch.
    given_up: bool,
    /// Wall time of the longest launch so far.
    longest: Duration,
}

fn tasks(run: &Run<'_>, verified: &[Verified<'_>]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (at, pair) in run.selected.iter().enumerate() {
        if !verified
            .iter()
            .any(|verified| verified.entry().name == pair.entry.name)
        {
            continue;
        }
        for &case in &pair.cases {
            let name = if pair.cases.len() == 1 {
                pair.entry.name.to_string()
            } else {
                format!("{} at {}", pair.entry.name, case.size)
            };
            tasks.push(Task {
                pair: at,
                case,
                name,
                given_up: false,
                longest: Duration::ZERO,
            });
        }
    }
    tasks
}

fn announce(run: &Run<'_>, tasks: &[Task], passes: u32, terminal: &Terminal) {
    if tasks.is_empty() {
        return terminal.warn("nothing was verified, so nothing is measured");
    }
    let comparisons: usize = tasks.iter().map(|task| contestants(run, task).len()).sum();
    let settings = &run.record.settings;
    // A sample holds a call at least, and the default cases are made to take Python 10 to 30 ms.
    let slow_calls = u64::from(settings.sample_size) * 18;
    let per_comparison =
        (settings.measurement_ms.max(slow_calls) + settings.warm_up_ms) as f64 / 1000.0 * 1.15;
    let whole = comparisons as f64 * per_comparison * f64::from(passes);
    let at_most = settings.budget_s.map_or(whole, |budget| whole.min(budget as f64));
    terminal.say(&format!(
        "measuring {}: {} each, about {}; Ctrl-C stops and still reports",
        count(tasks.len(), "case"),
        count(passes as usize, "launch"),
        rough(at_most)
    ));
}

/// Whether a launch of this task would end after the budget. The first pass is always made: without it there is nothing
/// to report.
fn over_budget(run: &Run<'_>, task: &Task, pass: u32) -> bool {
    let budget = run.record.settings.budget_s.map(Duration::from_secs);
    pass > 0 && budget.is_some_and(|budget| run.elapsed() + task.longest > budget)
}

fn measured(run: &Run<'_>) -> Duration {
    let phase = run.record.phases.iter().find(|phase| phase.name == "measure");
    phase.map_or(Duration::ZERO, |phase| Duration::from_secs_f64(phase.seconds))
}

/// The variants that still take part: `python` too, which is then sampled alone. With `--quick` that is left out, and so
/// is the embedded interpreter: neither enters a ratio, and every couple has samples of `python` anyway.
fn contestants(run: &Run<'_>, task: &Task) -> Vec<String> {
    let pair = &run.record.pairs[task.pair];
    let active = pair
        .variants
        .iter()
        .filter(|variant| variant.state == VariantState::Active);
    if !active.clone().any(|variant| variant.name == Variant::BASELINE) {
        return Vec::new();
    }
    let quick = run.record.settings.quick;
    let mut names: Vec<String> = active
        .map(|variant| variant.name.clone())
        .filter(|name| !(quick && name == Variant::BASELINE))
        .collect();
    let failed_before = pair.launches.iter().any(|launch| {
        launch
            .failures
            .iter()
            .any(|failure| failure.variant == Variant::EMBEDDED)
    });
    if matches!(run.record.embedding, Embedding::On { .. }) && !failed_before && !quick {
        names.push(Variant::EMBEDDED.into());
    }
    names
}

/// One launch of one task, and what it brought into the record.
fn launch(
    run: &mut Run<'_>,
    task: &mut Task,
    index: u32,
    order_seed: u64,
    hash_seed: u32,
    terminal: &Terminal,
) -> Result<Ended, String> {
    let contestants = contestants(run, task);
    if task.given_up || contestants.is_empty() {
        return Ok(Ended::Well);
    }
    let job = Job {
        pair: run.record.pairs[task.pair].name.clone(),
        size: task.case.size,
        seed: run.record.settings.seed,
        order_seed,
        contestants,
        sampling: sampling(run, index),
    };
    let started_s = run.elapsed().as_secs_f64();
    let start = Instant::now();
    let (launched, events) = run.launch(Role::Measure { job }, hash_seed)?;
    let output = run.output_of(&events);
    let ended = launched.wait(run.stop, || {});
    let wall = start.elapsed();
    task.longest = task.longest.max(wall);
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
        run.record.pairs[task.pair].launches.push(launch);
    }
    Ok(ended)
}

fn note_failure(run: &mut Run<'_>, task: &mut Task, failure: &Failure, terminal: &Terminal) {
    let pair = &mut run.record.pairs[task.pair];
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
    if failure.variant.is_empty() || failure.variant == Variant::BASELINE {
        // Nothing can be compared without the baseline.
        task.given_up = true;
        set_state(
            pair,
            Variant::BASELINE,
            VariantState::Failed {
                fault: failure.fault.clone(),
            },
        );
    } else {
        set_state(
            pair,
            &failure.variant,
            VariantState::Failed {
                fault: failure.fault.clone(),
            },
        );
    }
}

fn sampling(run: &Run<'_>, index: u32) -> Sampling {
    let options = run.options;
    // One launch of each pair leaves criterion's own report; not the first, which people are waiting for.
    let full = index == 1 && !options.noplot && !options.quick;
    Sampling {
        sample_size: options.sample_size() as usize,
        warm_up: options.warm_up(),
        measurement: options.measurement(),
        resamples: RESAMPLES,
        criterion_dir: if full {
            run.target.join("criterion")
        } else {
            run.scratch()
        },
        plots: full,
    }
}

fn provisional(run: &mut Run<'_>, pass: u32, terminal: &Terminal) {
    match run.report() {
        Some(Ok(path)) if pass == 0 => terminal.say(&format!(
            "  first report after {}: {} (every further pass narrows it)",
            rough(run.elapsed().as_secs_f64()),
            path.display()
        )),
        Some(Err(error)) if pass == 0 => terminal.warn(&error),
        _ => {}
    }
}

fn with_output(fault: Fault, tail: String) -> Fault {
    match fault {
        Fault::Died { how, output } if output.is_empty() => Fault::Died { how, output: tail },
        other => other,
    }
}

fn tail_of(path: &Path) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    let from = text.len().saturating_sub(4096);
    String::from_utf8_lossy(&text[from..]).trim().to_string()
}

/// All whole lines; a line that a dying process left half is no event.
fn read_events<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let text = std::fs::read(path).unwrap_or_default();
    text.split(|&byte| byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ if what.ends_with("ch") => format!("{number} {what}es"),
        _ => format!("{number} {what}s"),
    }
}
