//! What to measure: cases of verified pairs, and the null pairs of the run.

use crate::analyse::launches::{Figures, PairFigures};
use crate::analyse::summary::{interval_rule, ratio_so_far};
use crate::diagnose::PairDiagnoses;
use crate::estimate::{Estimate, IntervalRule};
use crate::hosts::Contestant;
use crate::record::{Embedding, PairRecord, Record, VariantRecord, VariantState};
use crate::registry::{Case, Kind, NULL_PAIRS, Profile, Side, Variant, null_pair};
use crate::run::launch::events::recall_failures;
use crate::run::plan::effort::{Comparisons, EXTRA_LAUNCHES};
use crate::run::plan::schedule::Backlog;
use crate::run::state::Run;
use crate::verify::Verified;
use std::cell::OnceCell;
use std::time::Duration;

/// A pair that was verified with an interpreter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passed<'a> {
    /// The interpreter's place in the run.
    pub interpreter: usize,
    pub pair: Verified<'a>,
}

/// The interpreters with which this pair was verified, in their order.
pub(crate) fn interpreters_of(run: &Run<'_>, verified: &[Passed<'_>], pair: &str) -> Vec<usize> {
    let passed = |interpreter: &usize| {
        let mut of_one = verified.iter().filter(|one| one.interpreter == *interpreter);
        of_one.any(|one| one.pair.entry().name == pair)
    };
    (0..run.interpreters.len()).filter(passed).collect()
}

/// Where in the record a task's pair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PairIndex {
    /// In `pairs`.
    Pair(usize),
    /// In `nulls`.
    Null(usize),
}

impl PairIndex {
    /// The pair's record with the first interpreter.
    pub fn of(self, record: &Record) -> &PairRecord {
        self.with(0, record)
    }

    /// The pair's record with this interpreter of the run.
    pub fn with(self, interpreter: usize, record: &Record) -> &PairRecord {
        match self {
            PairIndex::Pair(at) => &record.pairs_at(interpreter)[at],
            PairIndex::Null(at) => &record.nulls[at],
        }
    }

    /// The figures of its launches with this interpreter, as far as they were read.
    pub fn figures(self, interpreter: usize, figures: &Figures) -> Option<&PairFigures> {
        match self {
            PairIndex::Pair(at) => figures.pairs(interpreter).get(at),
            PairIndex::Null(at) => figures.nulls().get(at),
        }
    }

    /// The mutable version of [`with`](Self::with).
    pub fn with_mut(self, interpreter: usize, record: &mut Record) -> &mut PairRecord {
        match self {
            PairIndex::Pair(at) => &mut record.pairs_at_mut(interpreter)[at],
            PairIndex::Null(at) => &mut record.nulls[at],
        }
    }
}

/// A case of a pair that is to be measured.
#[derive(Debug)]
pub(crate) struct Task {
    pub place: PairIndex,
    pub case: Case,
    /// The interpreters with which it was verified.
    pub interpreters: Vec<usize>,
    /// For messages.
    pub name: String,
    /// Set when there is no point in another launch.
    pub given_up: bool,
    /// The longest launch so far, divided by the number of its comparisons.
    pub longest_comparison: Duration,
}

impl Task {
    fn new(place: PairIndex, case: Case, interpreters: Vec<usize>, name: String) -> Self {
        Task {
            place,
            case,
            interpreters,
            name,
            given_up: false,
            longest_comparison: Duration::ZERO,
        }
    }
}

/// All cases of the verified pairs, then the null pairs, which are entered into the record here.
pub(crate) fn tasks(run: &mut Run<'_>, verified: &[Passed<'_>]) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut of_profiles: Vec<(Profile, usize, Case)> = Vec::new();
    for (at, pair) in run.selected.iter().enumerate() {
        let interpreters = interpreters_of(run, verified, pair.entry.name);
        if interpreters.is_empty() {
            continue;
        }
        for &case in &pair.cases {
            let name = if pair.cases.len() == 1 {
                pair.entry.name.to_string()
            } else {
                format!("{} at {}", pair.entry.name, case.size)
            };
            tasks.push(Task::new(PairIndex::Pair(at), case, interpreters.clone(), name));
        }
        let profile = pair.entry.pair.profile();
        let is_first = interpreters.contains(&0) && of_profiles.iter().all(|known| known.0 != profile);
        let first = pair.cases.first().filter(|_| is_first);
        of_profiles.extend(first.map(|&case| (profile, at, case)));
    }
    if run.options.quick {
        of_profiles.truncate(1);
    }
    let earlier = std::mem::take(&mut run.record.nulls);
    for (number, (_, at, case)) in of_profiles.into_iter().enumerate() {
        for mut null in null_pairs(&run.record.pairs[at], number == 0) {
            let before = earlier.iter().find(|before| before.name == null.name);
            null.launches = before.map(|before| before.launches.clone()).unwrap_or_default();
            recall_failures(&mut null);
            let place = PairIndex::Null(run.record.nulls.len());
            tasks.push(Task::new(place, case, vec![0], null.name.clone()));
            run.record.nulls.push(null);
        }
    }
    tasks
}

/// The null pairs of this pair, the first of its profile: sides against themselves, so that the same command always
/// calibrates itself on the same code. They are Python and Rust for the first profile of the run, Python for a further
/// one, and for the parallel profile the port that uses several cores.
pub(crate) fn null_pairs(pair: &PairRecord, is_first: bool) -> Vec<PairRecord> {
    let active = |wanted: &dyn Fn(&VariantRecord) -> bool| {
        let mut variants = pair.variants.iter();
        variants.find(|variant| variant.state == VariantState::Active && wanted(variant))
    };
    let python = active(&|variant| variant.name == Variant::BASELINE);
    let rust = active(&|variant| variant.side == Side::Rust);
    let parallel = active(&|variant| variant.kind() == Kind::ParallelPort);
    let of_profile = null_pair(pair.profile);
    let own = parallel.filter(|_| pair.profile == Profile::Parallel);
    let own = own.or(python.filter(|_| !is_first));
    let both = [(NULL_PAIRS[0], python), (NULL_PAIRS[1], rust)];
    let both = both.into_iter().filter(|_| is_first);
    let sides = both.chain([(of_profile.as_str(), own)]);
    let null = |(name, side): (&str, &VariantRecord)| PairRecord {
        name: name.into(),
        about: format!(
            "{} of {} against itself: the true ratio is 1",
            side.name, pair.name
        ),
        baseline: side.name.clone(),
        null_of: Some(pair.name.clone()),
        variants: vec![
            side.clone(),
            VariantRecord {
                name: Variant::NULL.into(),
                ..side.clone()
            },
        ],
        launches: Vec::new(),
        diagnoses: PairDiagnoses::default(),
        ..pair.clone()
    };
    sides
        .filter_map(|(name, side)| Some(null((name, side?))))
        .collect()
}

/// The variants of a pair that are still active.
pub(crate) fn active(pair: &PairRecord) -> impl Iterator<Item = &String> {
    let variants = pair.variants.iter();
    variants
        .filter(|variant| variant.state == VariantState::Active)
        .map(|variant| &variant.name)
}

fn has_baseline(pair: &PairRecord) -> bool {
    active(pair).any(|name| *name == pair.baseline)
}

/// The variants that have a ratio to the baseline.
fn with_ratio(pair: &PairRecord) -> Vec<String> {
    active(pair)
        .filter(|name| **name != pair.baseline)
        .cloned()
        .collect()
}

/// Comparisons besides the ratios: the baseline with the reference, and the embedded interpreter. There are none for a
/// null pair or with `--quick`.
fn extra_comparisons(record: &Record, pair: &PairRecord) -> Vec<String> {
    if record.settings.quick || pair.null_of.is_some() {
        return Vec::new();
    }
    let failed_before = pair.launches.iter().any(|launch| {
        let mut failures = launch.failures.iter();
        failures.any(|failure| failure.variant == Variant::EMBEDDED)
    });
    // A server is not called inside this process.
    let embeds = matches!(record.embedding, Embedding::On { .. })
        && pair.profile != Profile::Service
        && !failed_before;
    let embedded = embeds.then(|| Variant::EMBEDDED.to_string());
    std::iter::once(pair.baseline.clone()).chain(embedded).collect()
}

/// How many comparisons the launches of a task have.
pub(crate) fn comparisons(record: &Record, task: &Task) -> Comparisons {
    let ratios = |&interpreter: &usize| with_ratio(task.place.with(interpreter, record)).len();
    let extra = match task.interpreters.contains(&0) {
        true => extra_comparisons(record, task.place.of(record)).len(),
        false => 0,
    };
    Comparisons {
        ratios: task.interpreters.iter().map(ratios).sum(),
        extra,
        interpreters: task.interpreters.len(),
    }
}

/// The contestants of a task's next launch, with every interpreter whose baseline still runs.
fn contestants(record: &Record, task: &Task) -> Vec<String> {
    let mut all = Vec::new();
    for &interpreter in &task.interpreters {
        let pair = task.place.with(interpreter, record);
        // Nothing can be compared without the baseline.
        if !has_baseline(pair) {
            continue;
        }
        let mut names = with_ratio(pair);
        if interpreter == 0 {
            names.extend(wanted_extras(record, pair, task.case.size));
        }
        all.extend(
            names
                .iter()
                .map(|variant| Contestant { variant, interpreter }.to_string()),
        );
    }
    all
}

/// The extra comparisons that are still needed. In a run that continues until ratios are narrow enough, they come after
/// the first launch, so that the first report does not wait for them, and in at most [`EXTRA_LAUNCHES`] launches. Only
/// the first interpreter has them.
fn wanted_extras(record: &Record, pair: &PairRecord, size: u64) -> Vec<String> {
    let started = pair.launches_of(size).next().is_some();
    let wanted = |name: &String| {
        record.settings.precision.is_none() || (started && launches_with(pair, size, name) < EXTRA_LAUNCHES)
    };
    extra_comparisons(record, pair)
        .into_iter()
        .filter(wanted)
        .collect()
}

/// How many launches of a case measured a variant.
fn launches_with(pair: &PairRecord, size: u64, variant: &str) -> u32 {
    let with = pair
        .launches_of(size)
        .filter(|launch| launch.comparison(variant).is_some());
    with.count() as u32
}

/// The tasks of a run as its schedule sees them.
pub(crate) struct Tasks<'a> {
    record: &'a Record,
    figures: &'a Figures,
    tasks: &'a [Task],
    /// By interpreter; made when the first ratio is requested.
    rules: OnceCell<Vec<IntervalRule>>,
}

impl<'a> Tasks<'a> {
    pub fn new(record: &'a Record, figures: &'a Figures, tasks: &'a [Task]) -> Self {
        Tasks {
            record,
            figures,
            tasks,
            rules: OnceCell::new(),
        }
    }

    /// How intervals are computed for this interpreter.
    fn rule(&self, interpreter: usize) -> IntervalRule {
        let interpreters = 0..self.record.interpreters();
        let rule = |at| interval_rule(self.record, self.figures, at);
        self.rules.get_or_init(|| interpreters.map(rule).collect())[interpreter]
    }

    /// How many launches each task has: as many as the contestant with the fewest, because a launch that was cut off
    /// may have measured only some contestants.
    pub fn launches(&self) -> Vec<u32> {
        let of_one = |task: &Task, interpreter: usize| {
            let pair = task.place.with(interpreter, self.record);
            let measured = |name: &String| launches_with(pair, task.case.size, name);
            with_ratio(pair).iter().map(measured).min()
        };
        let of = |at: usize| {
            let task = &self.tasks[at];
            // An interpreter that has failed gets no more.
            let runs = |&&interpreter: &&usize| has_baseline(task.place.with(interpreter, self.record));
            let by_interpreter = task.interpreters.iter().filter(runs);
            let by_interpreter = by_interpreter.filter_map(|&interpreter| of_one(task, interpreter));
            by_interpreter.min().unwrap_or(0)
        };
        (0..self.tasks.len()).map(of).collect()
    }
}

impl Backlog for Tasks<'_> {
    fn tasks(&self) -> usize {
        self.tasks.len()
    }

    fn contestants(&self, task: usize) -> Vec<String> {
        let task = &self.tasks[task];
        if task.given_up {
            return Vec::new();
        }
        contestants(self.record, task)
    }

    fn ratio(&self, task: usize, contestant: &str) -> Option<Option<Estimate>> {
        let task = &self.tasks[task];
        let Contestant { variant, interpreter } = Contestant::of(contestant);
        let pair = task.place.with(interpreter, self.record);
        // Nobody compares the ratios of the baseline and of its embedded version.
        let has_ratio = variant != pair.baseline && variant != Variant::EMBEDDED;
        let launches = task.place.figures(interpreter, self.figures);
        has_ratio.then(|| ratio_so_far(launches?, self.rule(interpreter), task.case.size, variant))
    }

    fn seconds(&self, task: usize) -> f64 {
        let task = &self.tasks[task];
        let launches = || task.place.of(self.record).launches_of(task.case.size);
        let comparisons: usize = launches().map(|launch| launch.comparisons.len()).sum();
        launches().map(|launch| launch.wall_s).sum::<f64>() / comparisons.max(1) as f64
    }
}

#[cfg(test)]
mod tests;
