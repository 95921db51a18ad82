//! The first stage that launches processes: verify.

use super::child::Role;
use super::events::{read_events, set_state, tell_details, with_output};
use super::resume::recall_failures;
use super::run::Run;
use super::terminal::{Terminal, count, rough};
use crate::hosts::Fault;
use crate::hosts::launcher::{Ended, Launched};
use crate::record::{Embedding, Happening, NativeModule, Status, VariantState, VerifyFailure};
use crate::registry::Variant;
use crate::verify::{Finding, Verified};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Checks all chosen pairs, as many at a time as there are cores. Whoever fails is in the record, with the reason.
pub(super) fn verify<'a>(run: &mut Run<'a>, terminal: &mut Terminal) -> Result<Vec<Verified<'a>>, String> {
    let start = Instant::now();
    let selected = run.selected;
    terminal.say(&format!("verifying {}", count(selected.len(), "pair")));
    terminal.begin(selected.len() as u64, "pairs");
    let mut seeds = StdRng::seed_from_u64(run.record.settings.order_seed);
    let mut waiting: Vec<usize> = (0..selected.len()).rev().collect();
    let mut running: Vec<(usize, Launched, PathBuf)> = Vec::new();
    let mut verified = Vec::new();
    let mut at_once = run.record.machine.cores as usize;
    let mut lost = HashSet::new();
    while !(waiting.is_empty() && running.is_empty()) {
        while running.len() < at_once
            && !run.stop.requested()
            && let Some(at) = waiting.pop()
        {
            let (launched, events) = run.launch(verify_role(run, at), seeds.random())?;
            running.push((at, launched, events));
        }
        if run.stop.requested() {
            waiting.clear();
        }
        if let Some(at) = relieve(run, &mut running) {
            // Alone it may well fit.
            waiting.push(at);
            at_once = 1;
        }
        let mut still = Vec::new();
        for (at, mut launched, events) in running {
            let Some(ended) = launched.poll(run.stop) else {
                still.push((at, launched, events));
                continue;
            };
            let mut findings = read_events(&events);
            run.discard(&events);
            if let Some(fault) = killed(&ended, &findings)
                && lost.insert(at)
            {
                let fault = with_output(fault, launched.tail());
                run.disturbed(selected[at].entry.name, Happening::Lost { fault }, terminal);
                waiting.push(at);
                continue;
            }
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

/// Ends one check where all that run at once together take more memory than a launch may, and says which pair it was.
fn relieve(run: &Run<'_>, running: &mut Vec<(usize, Launched, PathBuf)>) -> Option<usize> {
    let limit = run.limits.memory?;
    let held: u64 = running.iter().map(|(_, launched, _)| launched.memory().0).sum();
    if running.len() < 2 || held <= limit.0 {
        return None;
    }
    let (at, ..) = running.pop()?;
    Some(at)
}

/// The fault of a check that was ended by somebody else.
fn killed(ended: &Ended, findings: &[Finding]) -> Option<Fault> {
    let told = findings.iter().find_map(|finding| match finding {
        Finding::Fails { fault, .. } => Some(fault),
        _ => None,
    });
    let whole = match ended {
        Ended::Badly(fault) => Some(fault),
        _ => None,
    };
    whole.or(told).filter(|fault| fault.from_outside()).cloned()
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
            Finding::Library(library) => pair.libraries.push(library.clone()),
            Finding::Tries { .. } | Finding::Done => {}
        }
    }
    pair.verification.passed = Verified::from_findings(run.selected[at].entry, findings).is_some();
    recall_failures(pair);
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
