//! Stored findings, tried again: those that still differ are open.

use crate::dig::{self, Event, Stored, Task};
use crate::record::{Dug, OpenFinding, VariantState};
use crate::registry::Variant;
use crate::run::launch::pool::Pool;
use crate::run::launch::process::Role;
use crate::run::state::Run;
use crate::terminal::Terminal;
use crate::text::count;

/// A pair with what is stored of it, and how far it was tried.
struct Check {
    /// The pair's place among those that were chosen.
    at: usize,
    stored: Vec<Stored>,
    from: usize,
    open: Vec<OpenFinding>,
}

/// Tries what was found before with the first interpreter. What still differs is in the record, and shown.
///
/// # Errors
///
/// When a file of findings cannot be read.
pub(crate) fn recheck(run: &mut Run<'_>, terminal: &mut Terminal) -> Result<(), String> {
    let mut waiting = Vec::new();
    for (at, selected) in run.selected.iter().enumerate() {
        let (dug, stored) = dig::read(selected.entry)?;
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
            let role = Role::Dig {
                pair: run.selected[check.at].entry.name.into(),
                task: Task::Recheck {
                    variants: variants(run, check.at),
                    stored: check.stored.clone(),
                    from: check.from,
                },
            };
            let seed = run.record.settings.order_seed as u32;
            pool.start(run, check, role, 0, seed)?;
        }
        terminal.doing("trying what was found before");
        for over in pool.ended::<Event>(run).into_iter().filter(|over| !over.stopped) {
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
