//! After verification: disagreements that it found are made small, and earlier findings of digs are tried again.

use crate::dig::{self, Event, Stored, Task};
use crate::hosts::Fault;
use crate::record::{Dug, OpenFinding, VariantState};
use crate::registry::Variant;
use crate::run::launch::pool::Pool;
use crate::run::launch::process::Role;
use crate::run::state::Run;
use crate::terminal::Terminal;
use crate::text::{count, cut};

/// A pair with its stored findings, and how many of them were tried.
struct Check {
    /// The pair's place among those that were chosen.
    at: usize,
    stored: Vec<Stored>,
    from: usize,
    open: Vec<OpenFinding>,
}

/// Tries earlier findings again with the first interpreter. Those that still differ are shown, and in the record.
///
/// # Errors
///
/// When a file of findings cannot be read.
pub(crate) fn recheck(run: &mut Run<'_>, terminal: &mut Terminal) -> Result<(), String> {
    let mut waiting = Vec::new();
    for (at, selected) in run.selected.iter().enumerate() {
        let (dug, stored) = dig::read(&dig::path(selected.entry, run.options.found.as_deref()))?;
        let Some(dug) = dug else { continue };
        run.record.pairs[at].dug = Some(Dug {
            made: dug.made,
            inputs: dug.inputs,
            seconds: dug.seconds,
            lines: dug.lines,
            ..Dug::default()
        });
        if !stored.is_empty() && run.record.pairs[at].verification.compared > 0 {
            waiting.push(Check {
                at,
                stored,
                from: 0,
                open: Vec::new(),
            });
        }
    }
    let mut pool = Pool::new(run.record.machine.cores as usize);
    while !(pool.is_empty() && waiting.is_empty()) {
        if run.stop.requested() {
            waiting.clear();
        }
        while pool.has_room()
            && let Some(check) = waiting.pop()
        {
            let (entry, variants) = (run.selected[check.at].entry, variants(run, check.at));
            let role = Role::Dig {
                pair: entry.name.into(),
                silence: dig::silence(entry, &variants),
                task: Task::Recheck {
                    variants,
                    stored: check.stored.clone(),
                    from: check.from,
                },
            };
            let seed = run.record.settings.order_seed as u32;
            pool.start(run, check, role, 0, seed)?;
        }
        terminal.doing("trying what was found before");
        for over in pool.ended::<Event>(run) {
            let mut check = over.job;
            for event in over.events {
                if let Event::Checked { open } = event {
                    let stored = &check.stored[check.from];
                    check
                        .open
                        .extend(open.map(|(baseline, other)| opened(stored, baseline, other)));
                    check.from += 1;
                }
            }
            if let (Some(fault), Some(stored)) = (over.fault, check.stored.get(check.from)) {
                check
                    .open
                    .push(opened(stored, stored.baseline.clone(), fault.to_string()));
                check.from += 1;
                if check.from < check.stored.len() {
                    waiting.push(check);
                    continue;
                }
            }
            enter(run, check, terminal);
        }
    }
    terminal.end();
    Ok(())
}

/// How many disagreements are made small, and how many seconds each may take.
const SMALLER: (usize, f64) = (8, 5.0);

/// Looks for small inputs on which variants that disagree on a case differ, with the first interpreter. The inputs are
/// shown, and in the record.
///
/// # Errors
///
/// When no launch can be started.
pub(crate) fn shrink_disagreements(run: &mut Run<'_>, terminal: &mut Terminal) -> Result<(), String> {
    let mut waiting = Vec::new();
    for (at, pair) in run.record.pairs.iter().enumerate() {
        let failures = pair.verification.failures.iter().enumerate();
        for (failure, found) in failures.filter(|_| run.selected[at].entry.pair.digs()) {
            if let (Fault::Disagrees { .. }, Some(size)) = (&found.fault, found.size) {
                waiting.push((at, failure, size, found.variant.clone()));
            }
        }
    }
    waiting.truncate(SMALLER.0);
    let mut pool = Pool::new(run.record.machine.cores as usize);
    while !(pool.is_empty() && waiting.is_empty()) {
        if run.stop.requested() {
            waiting.clear();
        }
        while pool.has_room()
            && let Some((at, failure, size, variant)) = waiting.pop()
        {
            let (seed, hashes) = (run.record.settings.seed, run.record.settings.order_seed as u32);
            let entry = run.selected[at].entry;
            let role = Role::Dig {
                pair: entry.name.into(),
                silence: dig::silence(entry, std::slice::from_ref(&variant)),
                task: Task::Disagreement {
                    variant,
                    size,
                    seed,
                    seconds: SMALLER.1,
                },
            };
            pool.start(run, (at, failure), role, 0, hashes)?;
        }
        terminal.doing("looking for a smaller input");
        for over in pool.ended::<Event>(run) {
            let (at, failure) = over.job;
            let found = over.events.into_iter().find_map(|event| match event {
                Event::Found(found) => Some(found),
                _ => None,
            });
            let Some(found) = found else { continue };
            let entry = run.selected[at].entry;
            let text = format!(
                "the smallest input found: {}\npython: {}\n{}: {}",
                cut(&dig::call(entry, &found.input), 500),
                found.baseline,
                found.group.variant,
                found.other
            );
            terminal.say(&format!(
                "  {}/{}: {}",
                entry.name,
                found.group.variant,
                text.lines().next().unwrap_or_default()
            ));
            text.lines()
                .skip(1)
                .for_each(|line| terminal.detail(&format!("       {line}")));
            if let Fault::Disagrees { answers, .. } =
                &mut run.record.pairs[at].verification.failures[failure].fault
            {
                *answers = format!("{answers}\n{text}");
            }
        }
    }
    terminal.end();
    Ok(())
}

/// The variants of a pair that can be tried, without the baseline.
pub(super) fn variants(run: &Run<'_>, at: usize) -> Vec<String> {
    let known = run.record.pairs[at].variants.iter();
    let active = known.filter(|known| known.state == VariantState::Active && known.name != Variant::BASELINE);
    active.map(|known| known.name.clone()).collect()
}

fn opened(stored: &Stored, baseline: String, other: String) -> OpenFinding {
    OpenFinding {
        variant: stored.group.variant.clone(),
        kind: stored.group.kind.to_string(),
        call: stored.call.clone(),
        baseline,
        other,
        count: stored.count,
    }
}

fn enter(run: &mut Run<'_>, check: Check, terminal: &Terminal) {
    let name = run.selected[check.at].entry.name;
    let Some(dug) = &mut run.record.pairs[check.at].dug else {
        return;
    };
    dug.closed = (check.stored.len() - check.open.len()) as u32;
    dug.open = check.open;
    if dug.open.is_empty() {
        let good = terminal.paint("32", "ok  ");
        terminal.say(&format!(
            "  {good} {name:<16} {} agree now",
            count(dug.closed as usize, "earlier finding")
        ));
    }
    for finding in &dug.open {
        let bad = terminal.paint("1;31", "OPEN");
        terminal.say(&format!(
            "  {bad} {name}/{} {}: {}",
            finding.variant, finding.kind, finding.call
        ));
        terminal.detail(&format!("       python: {}", finding.baseline));
        terminal.detail(&format!("       {}: {}", finding.variant, finding.other));
    }
}
