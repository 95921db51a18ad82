//! One run: what was chosen, what it runs on, and the record that grows.

use super::Suite;
use super::asked::{self, Asked};
use super::beginning::new_record;
use super::child::{ARGUMENT, Role, Seat, Spec};
use super::effort::{Comparisons, Effort};
use super::keeping::{Keeping, seconds_so_far};
use super::lock::{self, Lock};
use super::options::Options;
use super::resume::Earlier;
use super::select::Selected;
use super::terminal::Terminal;
use super::then::Then;
use crate::analyse::launches::Figures;
use crate::analyse::summary::Reached;
use crate::analyse::{Analysis, analyses};
use crate::compare::Changes;
use crate::diagnose::scaling;
use crate::hosts::extension;
use crate::hosts::interpreter::Python;
use crate::hosts::launcher::{self, Launched, Stop};
use crate::hosts::limits::Limits;
use crate::measure::clock::{SystemClock, Watch};
use crate::record::{Embedding, Phase, Record, VariantState, views};
use crate::report::Report;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Which interpreters take part in a launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// All of the run.
    All,
    /// The one at this place.
    One(usize),
}

/// A run in progress.
pub(super) struct Run<'a> {
    pub options: &'a Options,
    pub selected: &'a [Selected<'a>],
    /// The interpreters. The first is embedded and diagnosed.
    pub seats: Vec<Seat>,
    /// The folder of the extension module that counts allocations, or why there is none.
    pub counting: Result<PathBuf, String>,
    pub target: PathBuf,
    pub stop: &'static Stop,
    /// What each launch may take.
    pub limits: Limits,
    pub record: Record,
    /// The figures of all launches in the record.
    pub figures: Figures,
    pub record_path: PathBuf,
    pub then: &'a Then,
    pub effort: Effort,
    pub keeping: Keeping,
    /// What the machine's clocks do while the run goes on.
    pub watch: Watch<SystemClock>,
    /// What earlier sessions of the run took.
    earlier: Duration,
    /// What the run waited for builds after its clock had started.
    waited: Duration,
    started: Instant,
    folder: tempfile::TempDir,
    /// As long as this run is alive its temporary folder is no rubbish.
    _alive: Lock,
    launches: u32,
}

impl<'a> Run<'a> {
    /// Finds the interpreter, builds the extension module, and opens the record.
    pub fn start(
        suite: &'a Suite,
        options: &'a Options,
        selected: &'a [Selected<'a>],
        earlier: Option<Earlier>,
        then: &'a Then,
        stop: &'static Stop,
        terminal: &mut Terminal,
    ) -> Result<Self, String> {
        let Asked { pythons, lacking } = asked::find(options, terminal)?;
        let embedding = embedding(&pythons[0])?;
        meet_others(options, terminal);
        let (folder, alive) = temporary_folder()
            .map_err(|error| format!("no temporary folder: {error}. Free some space, or set TMPDIR"))?;
        let limits = options.limits();
        let effort = effort(options, selected, &embedding, pythons.len())?;
        let mut record = new_record(suite, options, selected, &pythons, embedding, (&effort, limits));
        record.lacking = lacking;
        if let Some(earlier) = earlier {
            terminal.say(&earlier.introduction());
            record = earlier.go_on(record)?;
        }
        then.note(&mut record.settings);
        let mut run = Run {
            options,
            selected,
            seats: pythons
                .into_iter()
                .map(|python| Seat {
                    python,
                    extension_dir: None,
                })
                .collect(),
            counting: Err("nothing asked for it".into()),
            target: extension::target_folder(&suite.registry),
            stop,
            limits,
            record_path: options
                .reports
                .join("records")
                .join(format!("{}.json", record.id)),
            record,
            figures: Figures::default(),
            then,
            effort,
            keeping: Keeping::default(),
            watch: Watch::new(SystemClock::default()),
            earlier: Duration::ZERO,
            waited: Duration::ZERO,
            started: Instant::now(),
            folder,
            _alive: alive,
            launches: 0,
        };
        run.introduce(terminal);
        run.earlier = Duration::from_secs_f64(seconds_so_far(&run.record));
        run.build_extensions(suite, terminal);
        // The clock of the run starts after the builds.
        (run.started, run.waited) = (Instant::now(), Duration::ZERO);
        if !options.test {
            lock::sweep(&run.records_folder());
            run.save_first()?;
        }
        Ok(run)
    }

    fn introduce(&self, terminal: &Terminal) {
        let about = &self.seats[0].python.about;
        let machine = &self.record.machine;
        terminal.say(&format!(
            "pairbench {} · {} {} ({}) · {} · {} cores",
            env!("CARGO_PKG_VERSION"),
            about.implementation,
            about.version,
            about.executable,
            env!("PAIRBENCH_RUSTC").split(" (").next().unwrap_or_default(),
            machine.cores
        ));
        for seat in &self.seats[1..] {
            let about = &seat.python.about;
            terminal.say(&format!("  and {} ({})", about.label(), about.executable));
        }
        let unoptimised = |seat: &&Seat| seat.python.about.optimized == Some(false);
        let mut unoptimised: Vec<String> = self
            .seats
            .iter()
            .filter(unoptimised)
            .map(|seat| seat.python.about.label())
            .collect();
        unoptimised.dedup();
        match unoptimised.as_slice() {
            [] => {}
            [_] if self.seats.len() == 1 => terminal.warn(
                "this Python was built without --enable-optimizations and is slower than the one most people run",
            ),
            some => terminal.warn(&format!(
                "built without --enable-optimizations, and so slower than what most people run: {}",
                some.join(", ")
            )),
        }
        if self.options.memory_limit.is_some() && !cfg!(target_os = "linux") {
            terminal.warn("memory has no limit here: this system does not tell what processes hold");
        }
        if let Embedding::Off { reason } = &self.record.embedding {
            terminal.warn(&format!("no embedded time: {reason}"));
        }
    }

    /// Leaves so much time out of that of the run: it was spent on a build.
    pub fn wait_for(&mut self, time: Duration) {
        self.waited += time;
    }

    /// Starts a process of this executable in the role, with these interpreters; its events will stand in the returned file.
    pub fn launch(&mut self, role: Role, who: Who, hash_seed: u32) -> Result<(Launched, PathBuf), String> {
        self.launches += 1;
        let folder = self.folder_of(self.launches);
        let (spec_path, events) = (folder.join("spec.json"), folder.join("events.jsonl"));
        let seats = match who {
            Who::All => self.seats.clone(),
            Who::One(at) => vec![self.seats[at].clone()],
        };
        // Each interpreter has the time that one has in a launch of its own, and uses it comparison by comparison: one that
        // hangs is not given what the others leave.
        let several = seats.len() > 1;
        let limits = Limits {
            time: self.limits.time * u32::try_from(seats.len()).unwrap_or(u32::MAX),
            ..self.limits
        };
        let spec = Spec {
            seats,
            program: self.folder.path().join("worker.py"),
            hash_seed,
            memory_limit: self.limits.memory,
            events: events.clone(),
            role,
        };
        let environment = workers(&spec.role);
        let text = serde_json::to_vec(&spec).expect("plain data");
        let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&spec_path, text));
        let path = spec_path.to_string_lossy();
        let launched = written.and_then(|()| {
            launcher::launch(
                &[ARGUMENT, &path],
                &self.output_of(&events),
                limits,
                hash_seed,
                &environment,
            )
        });
        let launched = launched.map_err(|error| {
            format!(
                "cannot start a launch in {}: {error}. Is there space? TMPDIR names another folder",
                folder.display()
            )
        })?;
        let launched = match several {
            true => launched.heard_by(events.clone(), self.limits.time),
            false => launched,
        };
        Ok((launched, events))
    }

    /// Where the launch whose events stand in this file wrote its output.
    pub fn output_of(&self, events: &Path) -> PathBuf {
        events.with_file_name("output")
    }

    /// Removes the files of a launch whose events have been read.
    pub fn discard(&self, events: &Path) {
        if let Some(folder) = events.parent() {
            let _ = std::fs::remove_dir_all(folder);
        }
    }

    /// Names an interpreter after what it did, where there are several: ` with CPython 3.13.1`, and where others are called
    /// the same, with its path.
    pub fn with(&self, interpreter: usize) -> String {
        let about = &self.seats[interpreter].python.about;
        let label = about.label();
        let called_so = self
            .seats
            .iter()
            .filter(|seat| seat.python.about.label() == label);
        match (self.seats.len(), called_so.count()) {
            (1, _) => String::new(),
            (_, 1) => format!(" with {label}"),
            _ => format!(" with {label} ({})", about.executable),
        }
    }

    /// A folder for criterion's files of the next launch, which nobody reads.
    pub fn scratch(&self) -> PathBuf {
        self.folder_of(self.launches + 1).join("criterion")
    }

    fn folder_of(&self, launch: u32) -> PathBuf {
        self.folder.path().join(launch.to_string())
    }

    /// Wall time since the builds were done, that of earlier sessions included. The clock stands still while the machine
    /// sleeps.
    pub fn elapsed(&self) -> Duration {
        self.earlier + self.started.elapsed().saturating_sub(self.waited)
    }

    /// How long the run may take, by the same clock; `None` without a limit.
    pub fn budget(&self) -> Option<Duration> {
        self.record.settings.budget_s.map(Duration::from_secs)
    }

    /// Adds to a phase's duration.
    pub fn spend(&mut self, phase: &str, time: Duration) {
        match self.record.phases.iter_mut().find(|known| known.name == phase) {
            Some(known) => known.seconds += time.as_secs_f64(),
            None => self.record.phases.push(Phase {
                name: phase.into(),
                seconds: time.as_secs_f64(),
            }),
        }
    }

    /// How many ratios have the precision that was asked for.
    pub fn reached(&self) -> Option<Reached> {
        Reached::of_run(&self.record, &self.figures)
    }

    /// Renders the report on what has been measured so far; `None` with `--noplot`.
    pub fn report_so_far(&self) -> Option<Result<PathBuf, String>> {
        let views = views(std::slice::from_ref(&self.record));
        let analyses = analyses(&views, std::slice::from_ref(&self.figures));
        let changes = self.then.changes(&analyses[0]);
        self.report(&views, &analyses, changes.as_ref())
    }

    /// Renders the report; `None` with `--noplot`.
    pub fn report(
        &self,
        views: &[Record],
        analyses: &[Analysis<'_>],
        changes: Option<&Changes>,
    ) -> Option<Result<PathBuf, String>> {
        if self.options.noplot {
            return None;
        }
        let folder = &self.options.reports;
        let report = Report {
            records: std::slice::from_ref(&self.record),
            views,
            analyses,
            changes: changes.into_iter().cloned().collect(),
            history: self.then.history(&analyses[0], folder),
        };
        let rendered = report.write(folder);
        Some(rendered.map_err(|error| {
            let folder = self.options.reports.display();
            format!("the report cannot be written to {folder}: {error}. The record is whole; render it elsewhere: cargo run -- report {}", self.record_path.display())
        }))
    }

    /// Whether any pair or variant failed, with any interpreter, or an interpreter that was named is not there.
    pub fn failed(&self) -> bool {
        // With `all`, what does not run is shown as missing, and nobody had counted on it.
        let mut lacking = self.record.lacking.iter();
        let named_in_vain = lacking.any(|one| self.options.interpreter.contains(&one.asked));
        named_in_vain
            || self.record.all_pairs().any(|pair| {
                !pair.verification.passed
                // `embedded` is no variant of the pair, so its failures stand in the launches alone.
                || pair.launches.iter().any(|launch| !launch.failures.is_empty())
                || pair
                    .variants
                    .iter()
                    .any(|variant| matches!(variant.state, VariantState::Failed { .. }))
            })
    }
}

/// What tells parallel variants how many workers to use, where that is to be another number than that of the cores.
fn workers(role: &Role) -> Vec<(&'static str, String)> {
    let Role::Diagnose { step, .. } = role else {
        return Vec::new();
    };
    let workers = step.workers.into_iter();
    workers
        .flat_map(|workers| scaling::WORKERS.map(|name| (name, workers.to_string())))
        .collect()
}

/// Removes what killed runs left behind, and warns of runs that will disturb this one.
fn meet_others(options: &Options, terminal: &Terminal) {
    let others = lock::look_around(&std::env::temp_dir());
    if !options.test && !others.is_empty() {
        terminal.warn(&format!(
            "pairbench is measuring elsewhere on this machine ({}); both runs get slower and noisier",
            others.join("; ")
        ));
    }
}

/// A folder for the files of this run's launches, with the worker's program in it.
fn temporary_folder() -> std::io::Result<(tempfile::TempDir, Lock)> {
    let folder = tempfile::Builder::new().prefix(lock::FOLDER).tempdir()?;
    let alive = lock::mark_alive(folder.path())?;
    std::fs::write(folder.path().join("worker.py"), crate::hosts::worker::PROGRAM)?;
    Ok((folder, alive))
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
        reason: "built without the feature `embed`".into(),
    })
}

/// How much to measure. Decided before anything runs, so that what cannot be done is refused at once.
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
            company: if options.quick { 0 } else { 1 + embedded },
            interpreters,
        };
        tasks.extend(pair.cases.iter().map(|_| comparisons));
    }
    let null = Comparisons {
        ratios: 1,
        company: 0,
        interpreters: 1,
    };
    tasks.extend([null; 2]);
    Effort::of(options, &tasks, selected.len() * interpreters)
}
