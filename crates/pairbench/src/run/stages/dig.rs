//! Digs: looks for inputs on which the variants of verified pairs differ, in one launch after another.

mod shown;

use super::recheck::variants;
use crate::dig::{self, Dug, Event, Found, Group, Job, Kept, LastCall, Stored, Task};
use crate::hosts::Fault;
use crate::record::Status;
use crate::registry::plain::Plain;
use crate::registry::{Entry, Variant};
use crate::run::launch::pool::{Over, Pool};
use crate::run::launch::process::Role;
use crate::run::plan::tasks::Passed;
use crate::run::state::Run;
use crate::terminal::{Terminal, rough};
use crate::text::{count, utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A launch ends after this many seconds, or at half of a pair's time, so that the next one has another hash seed.
const ROUND: f64 = 30.0;
/// A variant that ended the process this often gets no more inputs.
const CRASHES: usize = 3;
/// A pair whose baseline did so this often is not dug any more.
const OWN_CRASHES: usize = 8;
/// Limits of the search for a smaller input that ends the process: time and launches.
const FATAL: (Duration, usize) = (Duration::from_secs(20), 40);
/// How many inputs are kept for the next dig, and how large they may be.
const KEPT: (usize, usize) = (100, 400);

/// A pair that is dug.
struct Site<'a> {
    entry: &'a Entry,
    /// The file of its findings.
    path: PathBuf,
    variants: Vec<String>,
    left: f64,
    dug: f64,
    inputs: u64,
    refused: u64,
    too_much: u64,
    lines: (u64, u64),
    kept: Vec<Kept>,
    groups: BTreeMap<Group, u64>,
    found: BTreeMap<(Group, usize), Found>,
    crashes: BTreeMap<String, usize>,
    /// The input that ended the process and is being made smaller.
    fatal: Option<Fatal>,
    why_not: Option<String>,
}

struct Fatal {
    found: Found,
    /// Whether it ended the process a second time.
    confirmed: bool,
    launches: usize,
    since: Instant,
}

/// Digs all verified pairs for about this long in all; returns whether anything was found. Findings are stored beside
/// each pair, even if the run is stopped.
///
/// # Errors
///
/// When no launch can be started, or a file cannot be read or written.
pub(crate) fn dig(
    run: &mut Run<'_>,
    verified: &[Passed<'_>],
    time: Duration,
    terminal: &mut Terminal,
) -> Result<bool, String> {
    let entries = verified.iter().filter(|one| one.interpreter == 0);
    let entries: Vec<&Entry> = entries.map(|one| one.pair.entry()).collect();
    let cores = run.record.machine.cores as usize;
    let each = time.as_secs_f64() * cores.min(entries.len()) as f64 / entries.len().max(1) as f64;
    let mut waiting = Vec::new();
    for entry in entries {
        waiting.push(Site::of(run, entry, each)?);
    }
    terminal.say(&format!(
        "digging {} for {}",
        count(waiting.len(), "pair"),
        rough(time.as_secs_f64())
    ));
    terminal.begin(waiting.len() as u64, "pairs");
    waiting.reverse();
    let mut seeds = StdRng::seed_from_u64(run.record.settings.order_seed);
    let mut pool = Pool::new(cores);
    let mut any = false;
    while !(pool.is_empty() && waiting.is_empty()) {
        while pool.has_room()
            && !run.stop.requested()
            && let Some(site) = waiting.pop()
        {
            let role = site.role(run, seeds.random());
            pool.start(run, site, role, 0, seeds.random())?;
        }
        if run.stop.requested() && pool.is_empty() {
            waiting.clear();
        }
        terminal.doing("digging");
        for over in pool.ended_or_stopped::<Event>(run) {
            let Over {
                job: mut site,
                events,
                seconds,
                fault,
                call,
                stopped,
                ..
            } = over;
            if let Some(full @ Fault::Unwritten { .. }) = &fault {
                // What was found so far is worth more than the rest of the time.
                site.settle_fatal();
                site.store(run)?;
                return Err(full.to_string());
            }
            site.take_in(events, seconds, fault.zip(call).filter(|_| !stopped));
            if site.goes_on() && !stopped && !run.stop.requested() {
                waiting.push(site);
                continue;
            }
            site.settle_fatal();
            any |= !site.found.is_empty();
            site.store(run)?;
            site.show(terminal);
            terminal.step();
        }
    }
    terminal.end();
    if run.stop.requested() {
        run.record.status = Status::Interrupted;
    }
    Ok(any)
}

impl<'a> Site<'a> {
    fn of(run: &Run<'_>, entry: &'a Entry, seconds: f64) -> Result<Self, String> {
        let at = run.selected.iter().position(|one| one.entry.name == entry.name);
        let path = dig::path(entry, run.options.found.as_deref());
        let (dug, _) = dig::read(&path)?;
        Ok(Site {
            entry,
            path,
            variants: at.map(|at| variants(run, at)).unwrap_or_default(),
            left: seconds,
            dug: 0.0,
            inputs: 0,
            refused: 0,
            too_much: 0,
            lines: (0, 0),
            kept: dug.map_or(Vec::new(), |dug| dug.kept),
            groups: BTreeMap::new(),
            found: BTreeMap::new(),
            crashes: BTreeMap::new(),
            fatal: None,
            why_not: None,
        })
    }

    fn role(&self, run: &Run<'_>, order: u64) -> Role {
        let task = match &self.fatal {
            Some(fatal) => Task::Fatal {
                variant: fatal.found.group.variant.clone(),
                confirmed: fatal.confirmed,
                input: fatal.found.input.clone(),
                seconds: FATAL.0.saturating_sub(fatal.since.elapsed()).as_secs_f64(),
            },
            None => Task::Search(Job {
                variants: self.useful(),
                sizes: self.entry.pair.cases().iter().map(|case| case.size).collect(),
                seed: run.record.settings.seed,
                order,
                seconds: self.left.min(ROUND).min((self.left + self.dug) / 2.0),
                kept: self.kept.clone(),
                known: self.found.values().cloned().collect(),
            }),
        };
        Role::Dig {
            pair: self.entry.name.into(),
            silence: dig::silence(self.entry, &self.variants),
            task,
        }
    }

    /// The variants that do not end the process again and again.
    fn useful(&self) -> Vec<String> {
        let survives = |name: &&String| self.crashes.get(*name).is_none_or(|&crashes| crashes < CRASHES);
        self.variants.iter().filter(survives).cloned().collect()
    }

    fn goes_on(&self) -> bool {
        let own = self.crashes.get(Variant::BASELINE).copied().unwrap_or(0);
        self.why_not.is_none()
            && own < OWN_CRASHES
            && (self.fatal.is_some() || self.left > 0.2 && !self.useful().is_empty())
    }

    /// Takes in what a launch reported and, if it ended in a call, how and in which one.
    fn take_in(&mut self, events: Vec<Event>, seconds: f64, ended: Option<(Fault, LastCall)>) {
        let mut last = None;
        let (mut baseline, mut tried) = (None, 0);
        for event in events {
            match event {
                Event::Progress { .. } => last = Some(event),
                Event::Kept(kept) => self.keep(kept),
                Event::Found(mut found) => {
                    found.seconds += self.dug;
                    self.found.insert((found.group.clone(), found.number), found);
                }
                Event::Withdrawn { group, number } => drop(self.found.remove(&(group, number))),
                Event::Baseline { outcome } => baseline = Some(outcome),
                Event::Refused { why } => self.why_not = Some(why),
                Event::Checked { .. } | Event::Done => {}
            }
        }
        if let Some(Event::Progress {
            inputs,
            refused,
            too_much,
            lines,
            groups,
        }) = last
        {
            self.inputs += inputs;
            tried = inputs;
            self.refused += refused;
            self.too_much += too_much;
            self.lines = (self.lines.0.max(lines.0), self.lines.1.max(lines.1));
            for (group, count) in groups {
                *self.groups.entry(group).or_default() += count;
            }
        }
        let searched = self.fatal.is_none();
        if searched {
            self.left -= seconds;
            self.dug += seconds;
        }
        match ended {
            Some((fault, call)) => {
                self.inputs += call.inputs.saturating_sub(tried);
                self.died(&fault, call.variant, call.input, baseline);
            }
            // It cannot be made any smaller.
            _ if !searched => self.settle_fatal(),
            _ => {}
        }
    }

    fn keep(&mut self, kept: Kept) {
        if let Some(known) = self.kept.iter_mut().find(|known| known.input == kept.input) {
            *known = kept;
        } else if self.kept.len() < KEPT.0 && kept.input.size() <= KEPT.1 {
            self.kept.push(kept);
        }
    }

    /// A launch ended in a call of this variant.
    fn died(&mut self, fault: &Fault, variant: String, input: Plain, baseline: Option<String>) {
        if let Some(fatal) = &mut self.fatal {
            fatal.launches += 1;
            let group = &fatal.found.group;
            if variant == group.variant && dig::kind_of(fault) == group.kind {
                fatal.confirmed = true;
                fatal.found.input = input;
                fatal.found.other = fault.to_string();
                fatal.found.baseline = baseline.unwrap_or_default();
            } else {
                return self.settle_fatal();
            }
            if fatal.launches >= FATAL.1 || fatal.since.elapsed() >= FATAL.0 {
                self.settle_fatal();
            }
            return;
        }
        let crashes = self.crashes.entry(variant.clone()).or_default();
        *crashes += 1;
        let group = Group {
            variant: variant.clone(),
            kind: dig::kind_of(fault),
            place: String::new(),
        };
        *self.groups.entry(group.clone()).or_default() += 1;
        let known = self.found.contains_key(&(group.clone(), 0));
        if variant != Variant::BASELINE && !known {
            self.fatal = Some(Fatal {
                found: Found {
                    group,
                    input,
                    baseline: String::new(),
                    other: fault.to_string(),
                    number: 0,
                    seconds: self.dug,
                },
                confirmed: false,
                launches: 0,
                since: Instant::now(),
            });
        }
    }

    /// Accepts the input that ended the process as it is.
    fn settle_fatal(&mut self) {
        if let Some(Fatal { found, confirmed, .. }) = self.fatal.take() {
            match confirmed {
                true => drop(self.found.insert((found.group.clone(), 0), found)),
                // It happened once and not again.
                false => drop(self.groups.remove(&found.group)),
            }
        }
    }

    fn count(&self, group: &Group) -> u64 {
        self.groups.get(group).copied().unwrap_or(0).max(1)
    }

    /// Adds the findings to those that are stored, and updates how much was dug.
    fn store(&self, run: &Run<'_>) -> Result<(), String> {
        if self.why_not.is_some() || self.inputs == 0 {
            return Ok(());
        }
        let (dug, mut stored) = dig::read(&self.path)?;
        for found in self.found.values() {
            let new = Stored::of(self.entry, found, self.count(&found.group));
            let same = |known: &&mut Stored| known.group == new.group && known.call == new.call;
            match stored.iter_mut().find(same) {
                Some(known) => *known = new,
                None => stored.push(new),
            }
        }
        let before = dug.unwrap_or_default();
        let dug = Dug {
            made: utc(jiff::Timestamp::now()),
            interpreter: run.record.interpreter.label(),
            inputs: before.inputs + self.inputs,
            seconds: (before.seconds + self.dug).round(),
            lines: (before.lines.0.max(self.lines.0), before.lines.1.max(self.lines.1)),
            kept: self.kept.iter().map(Kept::without_answer).collect(),
        };
        dig::write(&self.path, dug, &stored).map_err(|error| format!("{}: {error}", self.path.display()))
    }
}
