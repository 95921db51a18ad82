//! A run in progress: what was chosen, what it runs on, and its record so far.

use super::exporting;
use crate::analyse::launches::Figures;
use crate::analyse::summary::Reached;
use crate::analyse::{Analysis, analyses};
use crate::compare::Changes;
use crate::export::{self, Summary};
use crate::hosts::extension;
use crate::hosts::interpreter::Python;
use crate::hosts::launcher::{Launched, Stop};
use crate::measure::clock::Between;
#[cfg(not(feature = "embed"))]
use crate::record::NO_EMBEDDING;
use crate::record::{Disturbance, Embedding, Happening, Record, Status, views};
use crate::registry::{NULL_PAIRS, Profile};
use crate::report::Report;
use crate::run::baseline::Baseline;
use crate::run::clock::{Clock, spend};
use crate::run::interpreters;
use crate::run::launch::launches::Launches;
use crate::run::launch::process::{Role, RunInterpreter};
use crate::run::lock;
use crate::run::new_record::{new_record, settings};
use crate::run::options::Options;
use crate::run::plan::effort::{Comparisons, Effort};
use crate::run::plan::select::Selected;
use crate::run::resuming::Earlier;
use crate::run::saving::Saving;
use crate::run::suite::Suite;
use crate::terminal::Terminal;
use crate::text::tool;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// Which interpreters take part in a launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// All interpreters of the run.
    All,
    /// The one with this index.
    One(usize),
}

/// A run in progress.
pub(crate) struct Run<'a> {
    pub suite: &'a Suite,
    pub options: &'a Options,
    pub selected: &'a [Selected<'a>],
    pub baseline: &'a Baseline,
    pub stop: &'static Stop,
    pub target: PathBuf,
    /// The interpreters. The first is embedded and diagnosed.
    pub interpreters: Vec<RunInterpreter>,
    pub effort: Effort,
    pub launches: Launches,
    pub clock: Clock,
    pub record: Record,
    /// The figures of all launches in the record.
    pub figures: Figures,
    pub saving: Saving,
}

impl<'a> Run<'a> {
    /// Finds the interpreters and opens the record: a new one, or that of an earlier session.
    pub fn start(
        suite: &'a Suite,
        options: &'a Options,
        selected: &'a [Selected<'a>],
        earlier: Option<Earlier>,
        baseline: &'a Baseline,
        stop: &'static Stop,
        terminal: &Terminal,
    ) -> Result<Self, String> {
        // Done before this run has a temporary folder of its own.
        meet_others(options, terminal);
        let launches = Launches::new(options.limits(), options.inherit_environ.clone())?;
        let interpreters = interpreters::find(options, terminal)?;
        let embedding = embedding(&interpreters.pythons[0])?;
        let effort = effort(options, selected, &embedding, interpreters.pythons.len())?;
        let settings = settings(options, &effort, launches.limits, baseline);
        let mut record = new_record(suite, selected, settings, &interpreters, embedding, terminal);
        if let Some(earlier) = earlier {
            terminal.say(&earlier.introduction());
            record = earlier.go_on(record)?;
        }
        introduce(&record, options, terminal);
        let mut saving = Saving::new(&options.reports, &record);
        if !options.only_checks() {
            lock::sweep(&options.reports.join("records"));
            saving.save_first(&mut record)?;
        }
        Ok(Run {
            suite,
            options,
            selected,
            baseline,
            stop,
            target: extension::target_folder(&suite.registry),
            interpreters: interpreters
                .pythons
                .into_iter()
                .map(RunInterpreter::from)
                .collect(),
            effort,
            launches,
            clock: Clock::start(&record),
            figures: Figures::default(),
            record,
            saving,
        })
    }

    /// Starts a process of this executable in the role, with these interpreters; its events will be in the returned file.
    pub fn launch(&mut self, role: Role, who: Who, hash_seed: u32) -> Result<(Launched, PathBuf), String> {
        let interpreters = match who {
            Who::All => self.interpreters.clone(),
            Who::One(at) => vec![self.interpreters[at].clone()],
        };
        self.launches.start(role, interpreters, hash_seed)
    }

    /// A suffix for messages that names the interpreter if there are several; see [`interpreters::with`].
    pub fn with(&self, interpreter: usize) -> String {
        interpreters::with(&self.record, interpreter)
    }

    /// See [`Clock::elapsed`].
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// How long the run may take, by the same clock; `None` without a limit.
    pub fn budget(&self) -> Option<Duration> {
        self.record.settings.budget_s.map(Duration::from_secs)
    }

    /// Adds to a phase's duration.
    pub fn spend(&mut self, phase: &str, time: Duration) {
        spend(&mut self.record, phase, time);
    }

    /// See [`Saving::save`].
    pub fn save(&mut self, terminal: &Terminal) {
        self.saving.save(&mut self.record, self.clock.elapsed(), terminal);
    }

    /// Ends the record and writes it for the last time. `false` when it could not be written to its place.
    pub fn finish(&mut self, status: Status, terminal: &Terminal) -> bool {
        self.record.status = status;
        self.figures.update(&self.record);
        self.record.warnings = Analysis::with(&self.record, 0, &self.figures).warnings();
        self.record
            .warnings
            .extend(self.baseline.differences(&self.record));
        self.record
            .warnings
            .sort_by_key(|warning| (warning.severity, warning.kind));
        self.saving
            .save_last(&mut self.record, self.clock.elapsed(), terminal)
    }

    /// Writes the summary beside the record, and all requested exports; `false` if one could not be written.
    pub fn export(&self, summary: &Summary, terminal: &Terminal) -> bool {
        let written = self.saving.save_summary(summary, terminal);
        let record = &self.record;
        written & exporting::write_all(self.options, &[export::Run { record, summary }], terminal)
    }

    /// Records a disturbance from outside, and warns of it.
    pub fn disturbed(&mut self, pair: &str, what: Happening, terminal: &Terminal) {
        let disturbance = Disturbance {
            at_s: self.elapsed().as_secs_f64(),
            pair: pair.into(),
            what,
        };
        terminal.warn(&disturbance.to_string());
        self.record.disturbances.push(disturbance);
    }

    /// What the machine's clocks did since the last look. Sleep and jumps are recorded for the pair that was measured.
    pub fn look_at_clocks(&mut self, pair: &str, terminal: &Terminal) -> Between {
        let between = self.clock.watch.look();
        if let Some(seconds) = between.slept_s {
            self.disturbed(pair, Happening::Slept { seconds }, terminal);
        }
        if let Some(seconds) = between.jumped_s {
            self.disturbed(pair, Happening::ClockSet { seconds }, terminal);
        }
        between
    }

    /// How many ratios have the requested precision.
    pub fn reached(&self) -> Option<Reached> {
        Reached::of_run(&self.record, &self.figures)
    }

    /// Renders the report on what has been measured so far; `None` with `--noplot`.
    pub fn report_so_far(&self) -> Option<Result<PathBuf, String>> {
        let views = views(std::slice::from_ref(&self.record));
        let analyses = analyses(&views, std::slice::from_ref(&self.figures));
        let changes = self.baseline.changes(&analyses);
        self.report(&analyses, &changes)
    }

    /// Renders the report; `None` with `--noplot`.
    pub fn report(&self, analyses: &[Analysis<'_>], changes: &[Changes]) -> Option<Result<PathBuf, String>> {
        if self.options.noplot {
            return None;
        }
        let folder = &self.options.reports;
        let report = Report {
            records: std::slice::from_ref(&self.record),
            analyses,
            changes: changes.to_vec(),
            history: self.baseline.history(analyses, folder),
        };
        let rendered = report.write(folder);
        Some(rendered.map_err(|error| {
            let folder = self.options.reports.display();
            format!("the report cannot be written to {folder}: {error}. The record is whole; render it elsewhere: {} report {}", tool(), self.saving.path.display())
        }))
    }
}

fn introduce(record: &Record, options: &Options, terminal: &Terminal) {
    let about = &record.interpreter;
    let project = match record.is_of_catalogue() {
        true => String::new(),
        false => format!("{} · ", record.project_at()),
    };
    terminal.say(&format!(
        "{project}pairbench {} · {} {} ({}) · {} · {} cores",
        env!("CARGO_PKG_VERSION"),
        about.implementation,
        about.version,
        about.executable,
        env!("PAIRBENCH_RUSTC").split(" (").next().unwrap_or_default(),
        record.machine.cores
    ));
    for about in record.all_interpreters().skip(1) {
        terminal.say(&format!("  and {} ({})", about.label(), about.executable));
    }
    let mut unoptimised: Vec<String> = record
        .all_interpreters()
        .filter(|about| about.optimized == Some(false))
        .map(|about| about.label())
        .collect();
    unoptimised.dedup();
    match unoptimised.as_slice() {
        [] => {}
        [_] if record.interpreters() == 1 => terminal.warn(
            "this Python was built without --enable-optimizations and is slower than the one most people run",
        ),
        some => terminal.warn(&format!(
            "built without --enable-optimizations, and so slower than what most people run: {}",
            some.join(", ")
        )),
    }
    for about in record
        .all_interpreters()
        .filter(|about| !about.altered.is_empty())
    {
        let what = about.altered.join("; ");
        terminal.warn(&format!(
            "something changes the speed of {}: {what}",
            about.label()
        ));
    }
    if options.memory_limit.is_some() && !cfg!(target_os = "linux") {
        terminal.warn("memory has no limit here: this system does not report how much processes use");
    }
    if let Embedding::Off { reason } = &record.embedding
        && cfg!(feature = "embed")
    {
        terminal.warn(&format!("no embedded time: {reason}"));
    }
}

/// Removes what killed runs left behind, and warns of runs that will disturb this one.
fn meet_others(options: &Options, terminal: &Terminal) {
    let others = lock::look_around(&std::env::temp_dir());
    if !options.only_checks() && !others.is_empty() {
        terminal.warn(&format!(
            "pairbench is measuring elsewhere on this machine ({}); both runs get slower and noisier",
            others.join("; ")
        ));
    }
}

/// Whether the interpreter inside this process is the one that will be measured.
#[cfg(feature = "embed")]
fn embedding(python: &Python) -> Result<Embedding, String> {
    let loaded = crate::hosts::embedded::loaded_version();
    let built = env!("PAIRBENCH_PYTHON_VERSION");
    if loaded != built {
        return Err(format!(
            "this build embeds Python {built}, but the libpython that was loaded is {loaded}. Is LD_LIBRARY_PATH set, or \
             was Python upgraded? Build again: cargo clean -p pyo3-ffi && cargo bench"
        ));
    }
    if python.about.version != loaded || python.about.implementation != "CPython" {
        return Ok(Embedding::Off {
            reason: format!(
                "this build embeds CPython {loaded}, not {} {}; to embed that one: PYO3_PYTHON={} cargo bench",
                python.about.implementation, python.about.version, python.about.executable
            ),
        });
    }
    Ok(Embedding::On { version: loaded })
}

#[cfg(not(feature = "embed"))]
fn embedding(_python: &Python) -> Result<Embedding, String> {
    Ok(Embedding::Off {
        reason: NO_EMBEDDING.into(),
    })
}

/// How much to measure. Decided before anything runs, so that an impossible request is refused at once.
fn effort(
    options: &Options,
    selected: &[Selected<'_>],
    embedding: &Embedding,
    interpreters: usize,
) -> Result<Effort, String> {
    let embedded = usize::from(matches!(embedding, Embedding::On { .. }));
    let mut tasks = Vec::new();
    for pair in selected {
        let comparisons = Comparisons {
            ratios: (pair.variants.len() - 1) * interpreters,
            extra: if options.quick { 0 } else { 1 + embedded },
            interpreters,
        };
        // Another revision has the same number of launches.
        let revisions = 1 + usize::from(options.against.is_some());
        tasks.extend(
            pair.cases
                .iter()
                .flat_map(|_| std::iter::repeat_n(comparisons, revisions)),
        );
    }
    let null = Comparisons {
        ratios: 1,
        extra: 0,
        interpreters: 1,
    };
    let profiles = selected.iter().map(|pair| pair.entry.pair.profile());
    let profiles: BTreeSet<Profile> = profiles.collect();
    // The first profile has a null pair of its own only if it is the parallel one.
    let first = selected.first().map(|pair| pair.entry.pair.profile());
    let further = match options.quick {
        true => 0,
        false => profiles.len() - usize::from(first.is_some_and(|first| first != Profile::Parallel)),
    };
    tasks.extend(std::iter::repeat_n(null, NULL_PAIRS.len() + further));
    Effort::of(options, &tasks, selected.len() * interpreters)
}
