//! The loop: one input after the other, on both sides.

use super::found::Stored;
use super::mutate::Mutator;
use super::outcome::{Came, Differs, Outcome, differs, wavers};
use super::shrink::shrink;
use super::{Event, Found, Group, Job, Kept, Kind, Task};
use crate::hosts::Fault;
use crate::hosts::rust::{RustHost, guarded};
use crate::hosts::worker::{Worker, WorkerSetup};
use crate::registry::plain::Plain;
use crate::registry::{Entry, Form, Side, Variant};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// An input for which the baseline takes longer is not worth it.
const BASELINE: f64 = 0.5;
/// A Python variant that takes longer than this, where the baseline answers, does not end.
const PATIENCE: f64 = 3.0;
/// How often a launch reports how far it is; one that is silent much longer hangs.
const REPORT: Duration = Duration::from_millis(500);
/// How long the search for a smaller input may take.
const SHRINKING: Duration = Duration::from_secs(4);
/// How many inputs of one group are made small.
const EXAMPLES: usize = 4;
/// The numbers of findings that are still being made smaller begin here.
const UNFINISHED: usize = 1000;
/// Small sizes for generators, which may refuse them.
const SMALL: [u64; 7] = [0, 1, 2, 3, 5, 8, 13];
/// Inputs of a file that are taken to begin with, the smallest first.
const SEEDS: usize = 2000;
/// Inputs that reached nothing new and are changed further all the same.
const WANDERERS: usize = 200;
/// Inputs that take longer are not changed further: in their time many others can be tried.
const QUICK: Duration = Duration::from_millis(30);
/// Arguments that Rust got stay in memory, so a launch ends before it has this much.
const MOST_MEMORY: u64 = 1 << 30;

/// Performs a task; `current` is the file in which the call is that is being made.
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
    let mut digger = match Digger::new(entry, setup, &variants, current, report) {
        Ok(digger) => digger,
        Err((why, report)) => return report(Event::Refused { why }),
    };
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

/// The file in which a launch notes the call that it is making.
pub(crate) fn file_of_call(events: &Path) -> PathBuf {
    events.with_file_name("call")
}

/// The call that a launch made last.
#[derive(Debug)]
pub(crate) struct LastCall {
    pub variant: String,
    pub input: Plain,
    /// How many inputs the launch had tried by then.
    pub inputs: u64,
}

/// The call that was being made when a launch with these events ended.
pub(crate) fn last_call(events: &Path) -> Option<LastCall> {
    let mut file = File::open(file_of_call(events)).ok()?;
    let mut head = [0; 8];
    file.read_exact(&mut head).ok()?;
    let [name, length] =
        [&head[..4], &head[4..]].map(|bytes| u32::from_le_bytes(bytes.try_into().expect("four")));
    let mut inputs = [0; 8];
    file.read_exact(&mut inputs).ok()?;
    let mut text = vec![0; name as usize];
    file.read_exact(&mut text).ok()?;
    let mut pickle = vec![0; length as usize];
    file.read_exact(&mut pickle).ok()?;
    Some(LastCall {
        variant: String::from_utf8(text).ok()?,
        input: Plain::of_pickle(&pickle).ok()?,
        inputs: u64::from_le_bytes(inputs),
    })
}

struct Contestant {
    name: String,
    side: Side,
    /// It is called for one input in this many: what is slow to set up must not hold up the others.
    every: u64,
    spent: Duration,
}

/// What came of an input.
#[derive(Default)]
struct Examined {
    /// Whether the pair takes it.
    taken: bool,
    /// Whether it was too much for the baseline.
    too_much: bool,
    /// Whether it reached new lines.
    new: bool,
    /// The variants that differ, by their places.
    differ: Vec<(usize, Differs)>,
    /// Of the baseline's outcome.
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
    lines: (u64, u64),
    groups: HashMap<Group, u64>,
    examples: HashMap<Group, Vec<Plain>>,
    attempts: HashMap<Group, usize>,
    /// Whether the baseline's outcomes are reported as well.
    detailed: bool,
    report: &'r mut dyn FnMut(Event),
}

/// Where events go.
type Report<'r> = &'r mut dyn FnMut(Event);

impl<'a, 'r> Digger<'a, 'r> {
    /// Both sides, ready; without them the reason, and where it can be reported.
    fn new(
        entry: &'a Entry,
        setup: WorkerSetup<'a>,
        variants: &[String],
        current: &Path,
        report: Report<'r>,
    ) -> Result<Self, (String, Report<'r>)> {
        if !entry.pair.digs() {
            let why = "its declaration has no .digs(…), so the values in its inputs cannot be changed";
            return Err((why.into(), report));
        }
        let current = match File::create(current) {
            Ok(file) => file,
            Err(error) => return Err((format!("{}: {error}", current.display()), report)),
        };
        let known = entry.pair.variants().iter();
        let variants =
            known.filter(|known| known.name != Variant::BASELINE && variants.contains(&known.name));
        let variants = variants.map(|known| Contestant {
            name: known.name.clone(),
            side: known.side,
            every: 1,
            spent: Duration::ZERO,
        });
        let mut digger = Digger {
            entry,
            setup,
            worker: None,
            rust: RustHost::new(&entry.pair),
            variants: variants.collect(),
            mutator: Mutator::new(!entry.pair.places().is_empty()),
            current,
            started: Instant::now(),
            inputs: 0,
            lines: (0, 0),
            groups: HashMap::new(),
            examples: HashMap::new(),
            attempts: HashMap::new(),
            detailed: false,
            report,
        };
        match digger.worker().map(drop) {
            Ok(()) => Ok(digger),
            Err(fault) => Err((fault.to_string(), digger.report)),
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

    /// Makes the calls that are simpler than one that ended the process; first that one itself, where it did so once.
    fn shrink_fatal(&mut self, input: &Plain, confirmed: bool, end: Instant) {
        self.detailed = true;
        if !confirmed {
            // What took too long by a little is still slow.
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

    /// Reports the smallest input, of those that single steps lead to from the calls of a case, on which the variant differs in
    /// some way; nothing where it does not differ on a single call.
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

    /// Tries stored inputs.
    fn recheck(&mut self, stored: &[Stored]) {
        for one in stored {
            let place = self
                .variants
                .iter()
                .position(|known| known.name == one.group.variant);
            let still = one.input().ok().zip(place).and_then(|(input, at)| {
                let taken = self.entry.pair.take_call(&input).is_ok();
                // What only shows in another process, or once, is not seen here.
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
        let replayed = job
            .kept
            .iter()
            .map(|kept| (kept.input.clone(), Some(kept.answer)));
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
                    // The smaller of two, mostly.
                    let [a, b] = [0, 0].map(|_| rng.random_range(0..corpus.len()));
                    let (a, b): (&Plain, &Plain) = (&corpus[a], &corpus[b]);
                    let smaller = (a.size() <= b.size()) == rng.random_bool(0.8);
                    let (input, changes) = self.mutator.mutate(if smaller { a } else { b }, &mut rng);
                    if changes.is_empty() {
                        continue;
                    }
                    (input, Some(changes), None)
                }
            };
            let start = Instant::now();
            let seen = self.examine(&input);
            totals.0 += u64::from(!seen.taken);
            totals.1 += u64::from(seen.too_much);
            if answer.is_some_and(|answer| seen.taken && !seen.too_much && answer != seen.answer) {
                self.waver(&input);
            }
            let useful = seen.taken && !seen.too_much;
            let wanders =
                changes.is_some() && wanderers < WANDERERS && rng.random_bool(0.02) && input.size() < 500;
            let is_seed = changes.is_none();
            if let Some(changes) = changes {
                self.mutator.judge(changes, useful);
            }
            let quick = start.elapsed() < QUICK || corpus.len() < 10;
            if useful && quick && (seen.new || is_seed || wanders) {
                wanderers += usize::from(wanders && !seen.new);
                self.mutator.fixed = self.fixed(&input);
                self.mutator.learn(&input);
                if seen.new && answer.is_none() {
                    self.say(Event::Kept(Kept {
                        input: input.clone(),
                        answer: seen.answer,
                    }));
                }
                corpus.push(input.clone());
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

    /// What the pair has: the calls of its file, or what it generates in small sizes; and the same with fewer items.
    fn seeds(&self, job: &Job) -> Vec<Plain> {
        let pair = &self.entry.pair;
        let mut sizes = job.sizes.clone();
        sizes.sort_unstable();
        let made = match pair.has_file() {
            true => vec![(sizes.last().copied().unwrap_or(1), job.seed)],
            false => {
                let smallest = sizes.first().copied().unwrap_or(1);
                let small = SMALL.iter().copied().filter(|&size| size < smallest);
                small
                    .chain([smallest])
                    .flat_map(|size| [(size, job.seed), (size, job.seed + 1)])
                    .collect()
            }
        };
        let calls = made
            .into_iter()
            .filter_map(|(size, seed)| guarded(|| pair.calls(size, seed)).ok()?.ok());
        let mut all: Vec<Plain> = Vec::new();
        for call in calls.flatten() {
            for items in [1, 2, 4, 8] {
                let fewer = cut(&call, items);
                if fewer != call && !all.contains(&fewer) {
                    all.push(fewer);
                }
            }
            if !all.contains(&call) {
                all.push(call);
            }
            if all.len() > 5 * SEEDS {
                break;
            }
        }
        all.sort_by_cached_key(Plain::size);
        all.truncate(SEEDS);
        all
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
        let mut hasher = DefaultHasher::new();
        format!("{:?}", baseline.outcome).hash(&mut hasher);
        seen.answer = hasher.finish();
        if matches!(baseline.outcome, Outcome::Changed(_)) {
            self.mark(input, Variant::BASELINE, Kind::Mutates);
        }
        for at in 0..self.variants.len() {
            if !self.inputs.is_multiple_of(self.variants[at].every) && !new {
                continue;
            }
            let start = Instant::now();
            let Ok(other) = self.variant(at, input, &pickle) else {
                seen.taken = false;
                seen.differ.clear();
                return seen;
            };
            self.pace(at, start.elapsed());
            let found = differs(
                &baseline,
                &other,
                self.entry.pair.tolerance(),
                self.entry.pair.refusals(),
            );
            seen.differ.extend(found.map(|found| (at, found)));
        }
        seen
    }

    /// Sees to it that no variant takes more than a third of the time, but for one in a hundred inputs.
    fn pace(&mut self, at: usize, took: Duration) {
        let all = self.started.elapsed();
        let variant = &mut self.variants[at];
        variant.spent += took;
        if took > Duration::from_millis(2) && variant.spent * 3 > all {
            variant.every = (variant.every * 2).min(64);
        }
    }

    /// Notes the call that is about to be made: if the process ends in it, that is the one to blame.
    fn note(&mut self, variant: &str, input: &Plain) {
        let pickle = input.pickle();
        let mut text = Vec::with_capacity(pickle.len() + 64);
        text.extend((variant.len() as u32).to_le_bytes());
        text.extend((pickle.len() as u32).to_le_bytes());
        text.extend(self.inputs.to_le_bytes());
        text.extend(variant.as_bytes());
        text.extend(pickle);
        // Without it a crash cannot be explained, and nothing else is lost.
        let _ = self.current.rewind().and_then(|()| self.current.write_all(&text));
    }

    /// Calls a Python variant; also returns whether it reached new lines.
    fn python(&mut self, variant: &str, input: &Plain, pickle: &[u8], limit: f64) -> (Came, bool) {
        self.note(variant, input);
        // Where watching costs time, one in eight is watched once nothing new turns up.
        let watched = self.inputs < 2000 || self.inputs.is_multiple_of(8);
        let start = Instant::now();
        let tried = self
            .worker()
            .and_then(|worker| worker.attempt(variant, pickle, limit, watched));
        match tried {
            Ok(found) => {
                self.lines.0 = self.lines.0.max(found.lines.0);
                self.lines.1 = self.lines.1.max(found.lines.1);
                let new = found.new;
                let mut came = Came::from(found);
                came.outcome = came.outcome.of_call(self.is_listed(), false);
                (came, new)
            }
            Err(fault) => {
                self.worker = None;
                let outcome = Outcome::Died(fault);
                let took = start.elapsed();
                (Came { outcome, took }, false)
            }
        }
    }

    /// How many levels of an input have a fixed shape: those that hold the arguments of a call.
    fn fixed(&self, input: &Plain) -> usize {
        match (self.entry.pair.form(), input) {
            (Form::Call | Form::Calls, _) => 2,
            (_, Plain::Dict(_)) => 1,
            _ => 0,
        }
    }

    /// Whether the answers to an input are a list, of one here.
    fn is_listed(&self) -> bool {
        matches!(self.entry.pair.form(), Form::Each | Form::Calls)
    }

    /// Calls a variant.
    ///
    /// # Errors
    ///
    /// Why it does not take the input.
    fn variant(&mut self, at: usize, input: &Plain, pickle: &[u8]) -> Result<Came, String> {
        let name = self.variants[at].name.clone();
        match self.variants[at].side {
            Side::Python => Ok(self.python(&name, input, pickle, PATIENCE).0),
            Side::Rust => {
                self.note(&name, input);
                let mut came = Came::from(self.rust.attempt(&name, input)?);
                came.outcome = came.outcome.of_call(self.is_listed(), true);
                Ok(came)
            }
        }
    }

    /// How a variant differs on an input.
    fn differs(&mut self, input: &Plain, at: usize) -> Option<Differs> {
        let pickle = self.entry.pair.take_call(input).ok()?;
        let (baseline, _) = self.python(Variant::BASELINE, input, &pickle, BASELINE);
        let other = self.variant(at, input, &pickle).ok()?;
        differs(
            &baseline,
            &other,
            self.entry.pair.tolerance(),
            self.entry.pair.refusals(),
        )
    }

    /// What comes of both calls, for people.
    fn outcomes(&mut self, input: &Plain, at: usize) -> (String, String) {
        let Ok(pickle) = self.entry.pair.take_call(input) else {
            return Default::default();
        };
        let (baseline, _) = self.python(Variant::BASELINE, input, &pickle, BASELINE);
        let other = self.variant(at, input, &pickle);
        let slow = |came: &Came| match came.took >= Duration::from_millis(100) {
            true => format!(" (after {:.1} s)", came.took.as_secs_f64()),
            false => String::new(),
        };
        let other = other.map_or_else(|why| why, |other| other.outcome.shown() + &slow(&other));
        (baseline.outcome.shown() + &slow(&baseline), other)
    }

    /// Takes in a difference: one of a group that is known is counted, the first ones are made small and reported.
    fn found(&mut self, input: &Plain, at: usize, found: &Differs) {
        let group = self.group(at, found);
        *self.groups.entry(group.clone()).or_default() += 1;
        let attempts = self.attempts.entry(group.clone()).or_default();
        // The same place in the code is the same mistake; the same place in an answer need not be.
        let most = if found.kind == Kind::Differs { EXAMPLES } else { 1 };
        if *attempts >= most {
            return;
        }
        *attempts += 1;
        if let Some(name) = self.is_wavering(input, at) {
            return self.mark(input, &name, Kind::Wavers);
        }
        if self.differs(input, at).map(|again| again.kind) != Some(found.kind) {
            // Slow once, and not again.
            *self.groups.entry(group).or_default() -= 1;
            return;
        }
        // In case that the process ends on the way to a smaller one, under a number of its own.
        let rough = UNFINISHED + self.attempts.values().sum::<usize>();
        let first = self.as_found(group.clone(), input, at, rough);
        self.say(Event::Found(first));
        let smallest = self.smallest(input, at, found, Instant::now() + SHRINKING);
        self.say(Event::Withdrawn { group, number: rough });
        let known = self.examples.entry(smallest.group.clone()).or_default();
        let alike = known.iter().any(|one| sketch(one) == sketch(&smallest.input));
        if !alike && known.len() < EXAMPLES {
            let number = known.len();
            known.push(smallest.input.clone());
            self.say(Event::Found(Found { number, ..smallest }));
        }
    }

    fn group(&self, at: usize, found: &Differs) -> Group {
        Group {
            variant: self.variants[at].name.clone(),
            kind: found.kind,
            place: found.place.clone(),
        }
    }

    fn as_found(&mut self, group: Group, input: &Plain, at: usize, number: usize) -> Found {
        let (baseline, other) = self.outcomes(input, at);
        Found {
            group,
            input: input.clone(),
            baseline,
            other,
            number,
            seconds: self.started.elapsed().as_secs_f64(),
        }
    }

    /// The smallest input on which a variant differs in the same way.
    fn smallest(&mut self, input: &Plain, at: usize, found: &Differs, end: Instant) -> Found {
        let since = self.started.elapsed().as_secs_f64();
        let fixed = self.fixed(input);
        let mut reported = Instant::now();
        let input = shrink(input, fixed, &mut |candidate| {
            if Instant::now() > end {
                return None;
            }
            if reported.elapsed() >= REPORT {
                reported = Instant::now();
                self.progress((0, 0));
            }
            let again = self.differs(candidate, at);
            Some(again.is_some_and(|again| {
                again.kind == found.kind && (found.kind != Kind::Panics || again.place == found.place)
            }))
        });
        // A smaller answer may differ in a place that says more.
        let place = self.differs(&input, at).map(|again| again.place);
        let group = Group {
            place: place.unwrap_or_else(|| found.place.clone()),
            ..self.group(at, found)
        };
        Found {
            seconds: since,
            ..self.as_found(group, &input, at, 0)
        }
    }

    /// Of the baseline and a variant the one that does not give the same answer twice.
    fn is_wavering(&mut self, input: &Plain, at: usize) -> Option<String> {
        let pickle = self.entry.pair.take_call(input).ok()?;
        let [first, second] = [0, 1].map(|_| self.python(Variant::BASELINE, input, &pickle, BASELINE).0);
        if wavers(&first, &second) {
            return Some(Variant::BASELINE.into());
        }
        let first = self.variant(at, input, &pickle).ok()?;
        let second = self.variant(at, input, &pickle).ok()?;
        wavers(&first, &second).then(|| self.variants[at].name.clone())
    }

    /// The baseline gave another answer in an earlier process.
    fn waver(&mut self, input: &Plain) {
        self.mark(input, Variant::BASELINE, Kind::Wavers);
    }

    /// Reports something that concerns one variant alone, once.
    fn mark(&mut self, input: &Plain, variant: &str, kind: Kind) {
        let group = Group {
            variant: variant.into(),
            kind,
            place: String::new(),
        };
        let count = self.groups.entry(group.clone()).or_default();
        *count += 1;
        if *count > 1 {
            return;
        }
        let found = Found {
            group,
            input: input.clone(),
            baseline: String::new(),
            other: kind.to_string(),
            number: 0,
            seconds: self.started.elapsed().as_secs_f64(),
        };
        self.say(Event::Found(found));
    }
}

/// What two inputs have in common that show the same mistake: the literals of both, with all digits and all letters alike.
fn sketch(input: &Plain) -> String {
    let kind = |c: char| match c {
        '0'..='9' => '0',
        'a'..='z' | 'A'..='Z' => 'a',
        other => other,
    };
    let mut kinds: Vec<char> = input.python().chars().map(kind).collect();
    kinds.dedup();
    kinds.into_iter().collect()
}

/// The value with at most this many items in each list and dict of it, and texts and bytes that are not much longer.
fn cut(value: &Plain, items: usize) -> Plain {
    let all = |values: &[Plain]| values.iter().map(|value| cut(value, items)).collect();
    match value {
        Plain::List(values) => Plain::List(all(&values[..values.len().min(items)])),
        Plain::Tuple(values) => Plain::Tuple(all(values)),
        // Fields of a struct are not left out.
        Plain::Dict(fields) => {
            let is_struct = fields.len() <= 12 && fields.iter().all(|(key, _)| matches!(key, Plain::Str(_)));
            let most = if is_struct { fields.len() } else { items };
            let some = fields.iter().take(most);
            Plain::Dict(
                some.map(|(key, value)| (key.clone(), cut(value, items)))
                    .collect(),
            )
        }
        Plain::Str(text) if text.len() > 64 => Plain::Str(text.chars().take(8 * items).collect()),
        Plain::Bytes(bytes) if bytes.len() > 64 => Plain::Bytes(bytes[..8 * items].into()),
        other => other.clone(),
    }
}
