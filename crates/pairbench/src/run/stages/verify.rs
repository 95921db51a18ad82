//! The first stage: verify, while the necessary builds run.

use super::deprecations;
use super::extensions::Builds;
use super::steps::why_missing;
use crate::hosts::Fault;
use crate::record::{
    Deprecation, Embedding, Happening, NativeModule, PairRecord, Phase, RoughCall, Status, VariantState,
    Verification, VerifyFailure,
};
use crate::registry::Variant;
use crate::run::launch::events::{recall_failures, set_state, show_details, with_output};
use crate::run::launch::pool::Pool;
use crate::run::launch::process::Role;
use crate::run::plan::tasks::Passed;
use crate::run::state::Run;
use crate::terminal::{Terminal, rough};
use crate::text::count;
use crate::verify::{Finding, Verified};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// If builds take longer than this, some are first builds.
const FIRST_BUILDS: Duration = Duration::from_secs(10);

/// One check: a pair with an interpreter, each by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Check {
    interpreter: usize,
    at: usize,
}

/// Checks all chosen pairs with all interpreters, as many at a time as there are cores. Failures are in the record,
/// with their reasons.
pub(crate) fn verify<'a>(run: &mut Run<'a>, terminal: &mut Terminal) -> Result<Vec<Passed<'a>>, String> {
    std::thread::scope(|scope| {
        let builds = Builds::begin(scope, run);
        check_all(run, builds, terminal)
    })
}

fn check_all<'a>(
    run: &mut Run<'a>,
    mut builds: Builds,
    terminal: &mut Terminal,
) -> Result<Vec<Passed<'a>>, String> {
    let start = Instant::now();
    let mut built = start;
    let selected = run.selected;
    let interpreters = run.interpreters.len();
    let with = match interpreters {
        1 => String::new(),
        many => format!(" with each of {many} interpreters"),
    };
    terminal.say(&format!("verifying {}{with}", count(selected.len(), "pair")));
    let what = if interpreters == 1 { "pairs" } else { "checks" };
    terminal.begin((selected.len() * interpreters) as u64, what);
    let mut seeds = StdRng::seed_from_u64(run.record.settings.order_seed);
    let checks = (0..selected.len())
        .flat_map(|at| (0..interpreters).map(move |interpreter| Check { interpreter, at }));
    let mut waiting: Vec<Check> = checks.collect();
    waiting.reverse();
    let mut pool = Pool::new(run.record.machine.cores as usize);
    let mut verified = Vec::new();
    let mut lost = HashSet::new();
    let mut warned = Vec::new();
    let mut open = vec![interpreters; selected.len()];
    loop {
        if run.stop.requested() {
            waiting.clear();
        }
        if builds.take_in(run, terminal) {
            built = Instant::now();
        }
        while pool.has_room()
            && let Some(next) = waiting
                .iter()
                .rposition(|check| builds.allow(&selected[check.at], check.interpreter))
        {
            let check = waiting.remove(next);
            let role = verify_role(run, check);
            pool.start(run, check, role, check.interpreter, seeds.random())?;
        }
        if pool.is_empty() && waiting.is_empty() {
            break;
        }
        waiting.extend(pool.relieve(run));
        terminal.doing("verifying");
        for over in pool.ended::<Finding>(run) {
            let check = over.job;
            let mut findings = over.events;
            let entry = selected[check.at].entry;
            if let Some(fault) = killed(over.fault.as_ref(), &findings)
                && lost.insert(check)
            {
                let fault = with_output(fault, over.tail);
                run.disturbed(entry.name, Happening::Lost { fault }, terminal);
                waiting.push(check);
                continue;
            }
            for finding in &mut findings {
                if let Finding::Fails { fault, .. } = finding {
                    // The launch outlived its worker; what the worker printed last is in the launch's output.
                    *fault = with_output(fault.clone(), over.tail.clone());
                }
            }
            if let Some(fault) = over.fault {
                findings.push(blame_finding(&findings, fault));
            }
            note_findings(run, check, &findings, over.seconds);
            // A check that was ended from outside has no `Done`, and so verifies nothing.
            let passed = Verified::from_findings(entry, &findings);
            verified.extend(passed.map(|pair| Passed {
                interpreter: check.interpreter,
                pair,
            }));
            open[check.at] -= 1;
            show_findings(run, check, open[check.at] == 0, &mut warned, terminal);
            terminal.step();
        }
    }
    terminal.end();
    // The clock runs from the end of the builds, whatever else was done meanwhile. Steps that were just set up compile
    // some more when they are first called.
    if built > start {
        let first = built - start > FIRST_BUILDS;
        run.clock
            .leave_out(if first { start.elapsed() } else { built - start });
        run.spend(Phase::BUILD, built - start);
    }
    run.spend("verify", built.elapsed());
    if run.stop.requested() {
        run.record.status = Status::Interrupted;
    }
    verified.sort_by_key(|one: &Passed<'_>| (one.interpreter, one.pair.entry().name));
    Ok(verified)
}

/// The fault of a check that was ended from outside.
fn killed(fault: Option<&Fault>, findings: &[Finding]) -> Option<Fault> {
    let found = findings.iter().find_map(|finding| match finding {
        Finding::Fails { fault, .. } => Some(fault),
        _ => None,
    });
    fault.or(found).filter(|fault| fault.from_outside()).cloned()
}

fn verify_role(run: &Run<'_>, check: Check) -> Role {
    let pair = &run.selected[check.at];
    let mut contestants: Vec<String> = pair.variants.iter().map(ToString::to_string).collect();
    let embeds = check.interpreter == 0 && !pair.entry.pair.is_served();
    if embeds && matches!(run.record.embedding, Embedding::On { .. }) {
        contestants.push(Variant::EMBEDDED.into());
    }
    Role::Verify {
        pair: pair.entry.name.into(),
        contestants,
        sizes: pair.entry.pair.cases().iter().map(|case| case.size).collect(),
        seed: run.record.settings.seed,
    }
}

/// If the process died, the variant that ran last is to blame.
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

fn note_findings(run: &mut Run<'_>, check: Check, findings: &[Finding], seconds: f64) {
    let Check { interpreter, at } = check;
    let hints: Vec<String> = findings
        .iter()
        .map(|finding| match finding {
            Finding::Skips { variant, .. } => {
                let refused = &run.interpreters[interpreter].refused;
                let why = why_missing(refused, &run.selected[at], variant);
                why.cloned().unwrap_or_else(|| install_hint(run, check, variant))
            }
            _ => String::new(),
        })
        .collect();
    let unavailable = match run.record.native_at(interpreter) {
        NativeModule::Unavailable { reason } => Some(reason.clone()),
        _ => None,
    };
    let packages = &mut run.record.interpreter_at_mut(interpreter).packages;
    for finding in findings {
        if let Finding::Package { name, version } = finding
            && name != Variant::NATIVE_MODULE
        {
            match packages.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.clone_from(version),
                None => packages.push((name.clone(), version.clone())),
            }
        }
    }
    let known = run.record.interpreter_at(interpreter).altered.clone();
    let pair = &mut run.record.pairs_at_mut(interpreter)[at];
    forget_earlier(pair);
    pair.verification.seconds = seconds;
    for (finding, install) in findings.iter().zip(hints) {
        match finding {
            Finding::Agrees {
                variant,
                size,
                seconds,
                answers,
            } => {
                pair.verification.compared += answers;
                pair.verification.calls.push(RoughCall {
                    variant: variant.clone(),
                    size: *size,
                    seconds: *seconds,
                });
            }
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
                    _ if native || !reason.starts_with("needs ") => reason.clone(),
                    _ if reason.contains(Variant::INTERPRETERS_MODULE) => {
                        format!("needs {}{}", Variant::INTERPRETERS_MODULE, Variant::NEWER_PYTHON)
                    }
                    _ => format!("{reason}; {install}"),
                };
                set_state(pair, variant, VariantState::Skipped { reason });
            }
            Finding::Unoptimised { modules } => pair.unoptimised.clone_from(modules),
            Finding::Alters { what } => {
                let new = what.iter().filter(|one| !known.contains(one));
                pair.altered = new.cloned().collect();
            }
            Finding::Library(library) => pair.libraries.push(library.clone()),
            Finding::Warns(warned) => {
                // A worker that was restarted imports the file again.
                if !pair.deprecations.iter().any(|known| known.is_same(warned)) {
                    pair.deprecations.push(warned.clone());
                }
            }
            Finding::Package { .. } | Finding::Tries { .. } | Finding::Done => {}
        }
    }
    pair.verification.passed = Verified::from_findings(run.selected[at].entry, findings).is_some();
    recall_failures(pair);
}

/// Removes what an earlier session of the run found when it verified the pair.
fn forget_earlier(pair: &mut PairRecord) {
    pair.verification = Verification::default();
    pair.libraries.clear();
    pair.deprecations.clear();
    for variant in &mut pair.variants {
        if variant.state != VariantState::Deselected {
            variant.state = VariantState::Active;
        }
    }
}

/// How to get the modules that a variant needs, and into which environment.
fn install_hint(run: &Run<'_>, check: Check, variant: &str) -> String {
    let entry = run.selected[check.at].entry;
    let requirements = entry.sources.python_root.join("requirements.txt");
    let here = std::env::current_dir().unwrap_or_default();
    let shown = requirements.strip_prefix(&here).unwrap_or(&requirements);
    let what = if requirements.exists() {
        format!("-r {}", shown.display())
    } else {
        // Usually the module has the same name as its package.
        let found = entry.pair.variants().iter().find(|known| known.name == variant);
        found.map(|known| known.requires.join(" ")).unwrap_or_default()
    };
    let about = &run.interpreters[check.interpreter].python.about;
    let install = format!("install: {} -m pip install {what}", about.executable);
    match inactive_environment(&here).filter(|_| !about.virtual_env) {
        Some(python) => format!(
            "{install}; or use the environment here, which is not active: --interpreter {}",
            python.display()
        ),
        None => install,
    }
}

/// The interpreter of a virtual environment in this folder, relative to it.
fn inactive_environment(folder: &Path) -> Option<PathBuf> {
    let environments = [".venv", "venv", "env"].map(Path::new).into_iter();
    let pythons =
        environments.flat_map(|one| ["bin/python", "Scripts/python.exe"].map(|below| one.join(below)));
    pythons.into_iter().find(|python| {
        let environment = python.parent().and_then(Path::parent).map(|one| folder.join(one));
        environment.is_some_and(|one| one.join("pyvenv.cfg").exists()) && folder.join(python).exists()
    })
}

/// Shows how a check went; with several interpreters, the passed ones together after the `last` one.
fn show_findings(
    run: &Run<'_>,
    check: Check,
    last: bool,
    warned: &mut Vec<Deprecation>,
    terminal: &Terminal,
) {
    let Check { interpreter, at } = check;
    let pair = &run.record.pairs_at(interpreter)[at];
    let verification = &pair.verification;
    if run.interpreters.len() == 1 {
        if verification.passed {
            let answers = count(verification.compared as usize, "answer");
            show_passed(&pair.name, &answers, verification.seconds, terminal);
        }
    } else if last {
        show_together(run, at, terminal);
    }
    let with = run.with(interpreter);
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
        terminal.say(&format!(
            "  {bad} {}{who}{with}{size}: {}",
            pair.name, failure.fault
        ));
        show_details(&failure.fault, terminal);
    }
    if last {
        deprecations::show(run, at, warned, terminal);
    }
    if run.interpreters.len() > 1 {
        // What is missing is the same for all pairs; the table at the end has every cell.
        return;
    }
    if let Some(reason) = pair.skipped() {
        terminal.say(&format!(
            "  {} {}: {reason}",
            terminal.paint("33", "skip"),
            pair.name
        ));
        return;
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

/// One line for all interpreters.
fn show_together(run: &Run<'_>, at: usize, terminal: &Terminal) {
    let all = (0..run.interpreters.len()).map(|interpreter| &run.record.pairs_at(interpreter)[at]);
    let passed: Vec<_> = all.filter(|pair| pair.verification.passed).collect();
    let Some(pair) = passed.first() else {
        return;
    };
    let answers: u32 = passed.iter().map(|pair| pair.verification.compared).sum();
    let seconds = passed.iter().map(|pair| pair.verification.seconds).sum();
    let answers = format!(
        "{} with {} of {} interpreters",
        count(answers as usize, "answer"),
        passed.len(),
        run.interpreters.len()
    );
    show_passed(&pair.name, &answers, seconds, terminal);
}

fn show_passed(name: &str, answers: &str, seconds: f64, terminal: &Terminal) {
    let good = terminal.paint("32", "ok  ");
    terminal.say(&format!(
        "  {good} {name:<16} {answers} agree, {}",
        rough(seconds)
    ));
}
