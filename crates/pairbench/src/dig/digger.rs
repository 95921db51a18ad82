//! The main loop: one input after another, on both sides.

mod calls;
mod findings;
mod seeds;

pub(crate) use calls::{LastCall, file_of_call, last_call};

use super::found::Stored;
use super::mutate::Mutator;
use super::outcome::{Differs, Outcome};
use super::shrink::shrink;
use super::{Event, Found, Group, Job, Kept, Kind, Task};
use crate::hosts::Fault;
use crate::hosts::rust::{RustHost, guarded};
use crate::hosts::worker::{Worker, WorkerSetup};
use crate::registry::plain::Plain;
use crate::registry::{Entry, Side, Variant};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::{Duration, Instant};

/// Inputs for which the baseline takes longer than this many seconds are not used.
const BASELINE: f64 = 0.5;
/// A Python variant that takes longer than this many seconds, although the baseline answers, counts as hanging.
const PATIENCE: f64 = 3.0;
/// How often a launch reports its progress; one that is silent for much longer counts as hanging.
const REPORT: Duration = Duration::from_millis(500);
/// How long the search for a smaller input may take.
const SHRINKING: Duration = Duration::from_secs(4);
/// How many inputs of one group are made small.
const EXAMPLES: usize = 4;
/// The numbers of findings that are still being made smaller start here.
const UNFINISHED: usize = 1000;
/// How many inputs that reached nothing new are changed further all the same.
const WANDERERS: usize = 200;
/// Inputs that take longer are not changed further: many others can be tried in that time.
const QUICK: Duration = Duration::from_millis(30);
/// After this many inputs without a new line, most inputs are no longer watched.
const UNWATCHED: u64 = 500;
/// Arguments that Rust got stay in memory, so a launch ends once it has more than this many bytes.
const MOST_MEMORY: u64 = 1 << 30;

/// Performs a task; `current` is the file that holds the call that is being made.
pub(crate) fn perform(
    task: &Task,
    entry: &Entry,
    setup: WorkerSetup<'_>,
    current: &Path,
    report: &mut dyn FnMut(Event),
) {
    let variants = match task {
        Task::Search(Job { variants, .. }) | Task::Recheck { variants, .. } => variants.clone(),
        Task::Fatal { variant, .. } | Task::Disagreement { variant, .. } => vec![variant.clone()],
    };
    if !entry.pair.digs() {
        let why = "its declaration has no .digs(…), so the values in its inputs cannot be changed";
        return report(Event::Refused { why: why.into() });
    }
    let current = match File::create(current) {
        Ok(file) => file,
        Err(error) => {
            let why = format!("{}: {error}", current.display());
            return report(Event::Refused { why });
        }
    };
    let mut digger = Digger::new(entry, setup, &variants, current, report);
    if let Err(fault) = digger.worker().map(drop) {
        let why = fault.to_string();
        return digger.say(Event::Refused { why });
    }
    let end = |seconds| Instant::now() + Duration::from_secs_f64(seconds);
    match task {
        Task::Search(job) => digger.search(job),
        Task::Fatal {
            confirmed,
            input,
            seconds,
            ..
        } => digger.shrink_fatal(input, *confirmed, end(*seconds)),
        Task::Disagreement {
            size, seed, seconds, ..
        } => digger.shrink_case(*size, *seed, end(*seconds)),
        Task::Recheck { stored, from, .. } => digger.recheck(&stored[*from..]),
    }
    digger.say(Event::Done);
}

/// An input to change further: mostly the fastest of a few, because many can be tried in the time of a slow one.
fn choose<'c>(corpus: &'c [(Duration, Plain)], rng: &mut StdRng) -> &'c Plain {
    let few = if rng.random_bool(0.8) { 3 } else { 1 };
    let few = (0..few).map(|_| &corpus[rng.random_range(0..corpus.len())]);
    &few.min_by_key(|(took, _)| *took).expect("one at least").1
}

struct Contestant {
    name: String,
    side: Side,
    /// Time of all calls together.
    spent: Duration,
    /// Times of the last two calls: a single one may have set something up, or been delayed.
    last: [Duration; 2],
}

impl Contestant {
    /// Whether to leave it out this time, this long after the start: a slow variant, such as a pool, gets no more than
    /// a third of the time, so that it does not hold up the others.
    fn waits(&self, since_start: Duration) -> bool {
        let is_slow = self.last.iter().all(|&took| took > Duration::from_millis(2));
        is_slow && self.spent * 3 > since_start
    }
}

/// The result of trying an input.
#[derive(Default)]
struct Examined {
    /// Whether the pair takes it.
    taken: bool,
    /// Whether it was too much for the baseline.
    too_much: bool,
    /// Whether it reached new lines.
    new: bool,
    /// The variants that differ, by index.
    differ: Vec<(usize, Differs)>,
    /// Hash of the baseline's outcome, if the input reached new lines or is tried again.
    answer: u64,
}

struct Digger<'a, 'r> {
    entry: &'a Entry,
    setup: WorkerSetup<'a>,
    worker: Option<Worker<'a>>,
    rust: RustHost<'a>,
    variants: Vec<Contestant>,
    mutator: Mutator,
    current: File,
    started: Instant,
    inputs: u64,
    /// The last input that reached a new line.
    newest: u64,
    lines: (u64, u64),
    groups: HashMap<Group, u64>,
    examples: HashMap<Group, Vec<Plain>>,
    attempts: HashMap<Group, usize>,
    /// Whether inputs that an earlier launch kept are being tried again.
    replaying: bool,
    /// Whether the baseline's outcomes are reported as well.
    detailed: bool,
    report: &'r mut dyn FnMut(Event),
}

impl<'a, 'r> Digger<'a, 'r> {
    fn new(
        entry: &'a Entry,
        setup: WorkerSetup<'a>,
        variants: &[String],
        current: File,
        report: &'r mut dyn FnMut(Event),
    ) -> Self {
        let known = entry.pair.variants().iter();
        let variants =
            known.filter(|known| known.name != Variant::BASELINE && variants.contains(&known.name));
        let variants = variants.map(|known| Contestant {
            name: known.name.clone(),
            side: known.side,
            spent: Duration::ZERO,
            last: [Duration::ZERO; 2],
        });
        Digger {
            entry,
            setup,
            worker: None,
            rust: RustHost::new(&entry.pair),
            variants: variants.collect(),
            mutator: Mutator::new(!entry.pair.places().is_empty()),
            current,
            started: Instant::now(),
            inputs: 0,
            newest: 0,
            lines: (0, 0),
            groups: HashMap::new(),
            examples: HashMap::new(),
            attempts: HashMap::new(),
            replaying: false,
            detailed: false,
            report,
        }
    }

    /// The worker, started if it is not running.
    fn worker(&mut self) -> Result<&mut Worker<'a>, Fault> {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => {
                let mut worker = Worker::start(&self.setup, self.entry)?;
                let constants = worker.start_dig()?;
                let constants = constants
                    .iter()
                    .filter_map(|pickle| Plain::of_pickle(pickle).ok());
                self.mutator.constants = constants.collect();
                worker
            }
        };
        Ok(self.worker.insert(worker))
    }

    fn say(&mut self, event: Event) {
        (self.report)(event);
    }

    /// Makes calls that are simpler than one that ended the process; if that did so only once, makes that call again.
    fn shrink_fatal(&mut self, input: &Plain, confirmed: bool, end: Instant) {
        self.detailed = true;
        if !confirmed {
            // A call that took slightly too long is still slow.
            for (at, found) in self.examine(input).differ {
                self.found(input, at, &found);
            }
            return;
        }
        let fixed = self.fixed(input);
        shrink(input, fixed, &mut |candidate| {
            self.examine(candidate);
            (Instant::now() < end).then_some(false)
        });
    }

    /// Reports the smallest input on which the variant differs in some way, among those that single steps reach from
    /// the calls of a case; nothing if it does not differ on a single call.
    fn shrink_case(&mut self, size: u64, seed: u64, end: Instant) {
        let mut calls = self.entry.pair.calls(size, seed).unwrap_or_default();
        calls.sort_by_cached_key(Plain::size);
        for call in calls {
            if let Some(found) = self.differs(&call, 0) {
                let smallest = self.smallest(&call, 0, &found, end);
                return self.say(Event::Found(smallest));
            }
        }
    }

    /// Tries stored inputs again.
    fn recheck(&mut self, stored: &[Stored]) {
        for one in stored {
            let place = self
                .variants
                .iter()
                .position(|known| known.name == one.group.variant);
            let still = one.input().ok().zip(place).and_then(|(input, at)| {
                let taken = self.entry.pair.take_call(&input).is_ok();
                // A difference that shows only in another process, or only once, is not seen here.
                let differs = taken && self.differs(&input, at).is_some();
                differs.then(|| self.outcomes(&input, at))
            });
            self.say(Event::Checked { open: still });
        }
    }

    fn search(&mut self, job: &Job) {
        let end = self.started + Duration::from_secs_f64(job.seconds);
        let mut rng = StdRng::seed_from_u64(job.order);
        for Found { group, input, .. } in &job.known {
            self.attempts.insert(group.clone(), EXAMPLES - 1);
            self.examples
                .entry(group.clone())
                .or_default()
                .push(input.clone());
        }
        let mut corpus = Vec::new();
        let mut totals = (0, 0);
        let mut reported = Instant::now();
        let replayed = job.kept.iter().map(|kept| (kept.input.clone(), kept.answer));
        let seeds = self.seeds(job).into_iter().map(|seed| (seed, None));
        let mut waiting: Vec<_> = replayed.collect::<Vec<_>>().into_iter().chain(seeds).collect();
        waiting.reverse();
        let mut wanderers = 0;
        while Instant::now() < end {
            let (input, changes, answer) = match waiting.pop() {
                Some((input, answer)) => (input, None, answer),
                None if corpus.is_empty() => {
                    let why =
                        "none of its inputs can be used: the baseline refuses them or takes too long".into();
                    return self.say(Event::Refused { why });
                }
                None => {
                    let (input, changes) = self.mutator.mutate(choose(&corpus, &mut rng), &mut rng);
                    if changes.is_empty() {
                        continue;
                    }
                    (input, Some(changes), None)
                }
            };
            self.replaying = answer.is_some();
            let start = Instant::now();
            let seen = self.examine(&input);
            totals.0 += u64::from(!seen.taken);
            totals.1 += u64::from(seen.too_much);
            if answer.is_some_and(|answer| seen.taken && !seen.too_much && answer != seen.answer) {
                // The answer was different in an earlier process.
                self.mark(&input, Variant::BASELINE, Kind::Wavers);
            }
            let useful = seen.taken && !seen.too_much;
            let wanders =
                changes.is_some() && wanderers < WANDERERS && rng.random_bool(0.02) && input.size() < 500;
            let is_seed = changes.is_none();
            if let Some(changes) = changes {
                self.mutator.judge(changes, useful);
            }
            let took = start.elapsed();
            let quick = took < QUICK || corpus.len() < 10;
            if useful && quick && (seen.new || is_seed || wanders) {
                wanderers += usize::from(wanders && !seen.new);
                self.mutator.fixed = self.fixed(&input);
                self.mutator.learn(&input);
                if seen.new && answer.is_none() {
                    self.say(Event::Kept(Kept {
                        input: input.clone(),
                        answer: Some(seen.answer),
                    }));
                }
                corpus.push((took, input.clone()));
            }
            for (at, found) in seen.differ {
                self.found(&input, at, &found);
            }
            if reported.elapsed() >= REPORT {
                reported = Instant::now();
                self.progress(totals);
                let memory = crate::hosts::limits::resident_of(std::process::id());
                if memory.is_some_and(|memory| memory.0 > MOST_MEMORY) {
                    break;
                }
            }
        }
        self.progress(totals);
    }

    fn progress(&mut self, (refused, too_much): (u64, u64)) {
        let mut groups: Vec<_> = self
            .groups
            .iter()
            .map(|(group, &count)| (group.clone(), count))
            .collect();
        groups.sort();
        self.say(Event::Progress {
            inputs: self.inputs,
            refused,
            too_much,
            lines: self.lines,
            groups,
        });
    }

    /// Calls all variants with an input.
    fn examine(&mut self, input: &Plain) -> Examined {
        self.inputs += 1;
        let Ok(pickle) =
            guarded(|| self.entry.pair.take_call(input)).unwrap_or_else(|fault| Err(fault.to_string()))
        else {
            return Examined::default();
        };
        let (baseline, new) = self.python(Variant::BASELINE, input, &pickle, BASELINE);
        let mut seen = Examined {
            taken: true,
            new,
            ..Examined::default()
        };
        match &baseline.outcome {
            Outcome::NotCalled => seen.taken = false,
            Outcome::TooMuch | Outcome::Died(_) | Outcome::Odd(_) => seen.too_much = true,
            _ => {}
        }
        if !seen.taken || seen.too_much {
            return seen;
        }
        if self.detailed {
            let outcome = baseline.outcome.shown();
            self.say(Event::Baseline { outcome });
        }
        if new || self.replaying {
            let mut hasher = DefaultHasher::new();
            format!("{:?}", baseline.outcome).hash(&mut hasher);
            seen.answer = hasher.finish();
        }
        if matches!(baseline.outcome, Outcome::Changed(_)) {
            self.mark(input, Variant::BASELINE, Kind::Mutates);
        }
        for at in 0..self.variants.len() {
            if !new && self.variants[at].waits(self.started.elapsed()) {
                continue;
            }
            let start = Instant::now();
            let Ok(other) = self.variant(at, input, &pickle) else {
                seen.taken = false;
                seen.differ.clear();
                return seen;
            };
            let variant = &mut self.variants[at];
            variant.last = [start.elapsed(), variant.last[0]];
            variant.spent += variant.last[0];
            let found = self.compare(&baseline, &other);
            seen.differ.extend(found.map(|found| (at, found)));
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_variant_gets_a_third_of_the_time_and_is_never_given_up() {
        let shares = [(50, 1.0 / 3.0), (1, 1.0)].map(|(milliseconds, share)| {
            let mut one = Contestant {
                name: "processes".into(),
                side: Side::Python,
                spent: Duration::ZERO,
                last: [Duration::ZERO; 2],
            };
            let (took, mut now, mut called_late) = (Duration::from_millis(milliseconds), Duration::ZERO, 0);
            while now < Duration::from_secs(30) {
                if one.waits(now) {
                    now += Duration::from_millis(1);
                    continue;
                }
                now += took;
                one.spent += took;
                one.last = [took, one.last[0]];
                called_late += u32::from(now > Duration::from_secs(20));
            }
            assert!(called_late > 0);
            (one.spent.as_secs_f64() / now.as_secs_f64(), share)
        });
        for (found, expected) in shares {
            assert!((found - expected).abs() < 0.01, "{found} {expected}");
        }
    }
}
