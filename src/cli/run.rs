//! One run: what was chosen, what it runs on, and the record that grows.

use super::child::{ARGUMENT, Role, Spec};
use super::effort::{Comparisons, Effort};
use super::keeping::{Keeping, seconds_so_far};
use super::lock::{self, Lock};
use super::options::Options;
use super::resume::Earlier;
use super::select::Selected;
use super::terminal::Terminal;
use super::then::Then;
use super::{Suite, terminal};
use crate::diagnose::{PairDiagnoses, RunDiagnoses, scaling};
use crate::estimate::Precision;
use crate::hosts::extension;
use crate::hosts::interpreter::{self, Python};
use crate::hosts::launcher::{self, Launched, Stop};
use crate::hosts::limits::Limits;
use crate::measure::clock::{SystemClock, Watch};
use crate::record::{
    self, Embedding, NativeModule, PairRecord, Phase, Record, RecordedSources, SCHEMA, Session, Settings,
    Status, VariantRecord, VariantState, Verification,
};
use crate::registry::Variant;
use rand::Rng;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A run in progress.
pub(super) struct Run<'a> {
    pub options: &'a Options,
    pub selected: &'a [Selected<'a>],
    pub python: Python,
    pub extension_dir: Option<PathBuf>,
    /// The folder of the extension module that counts allocations, or why there is none.
    pub counting: Result<PathBuf, String>,
    pub target: PathBuf,
    pub stop: &'static Stop,
    /// What each launch may take.
    pub limits: Limits,
    pub record: Record,
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
        let python =
            interpreter::choose(options.interpreter.as_deref()).map_err(|error| error.to_string())?;
        let embedding = embedding(&python)?;
        meet_others(options, terminal);
        let (folder, alive) = temporary_folder()
            .map_err(|error| format!("no temporary folder: {error}. Free some space, or set TMPDIR"))?;
        let limits = options.limits();
        let effort = effort(options, selected, &embedding)?;
        let mut record = new_record(suite, options, selected, &python, embedding, (&effort, limits));
        if let Some(earlier) = earlier {
            terminal.say(&earlier.introduction());
            record = earlier.go_on(record)?;
        }
        then.note(&mut record.settings);
        let mut run = Run {
            options,
            selected,
            extension_dir: None,
            counting: Err("nothing asked for it".into()),
            target: extension::target_folder(&suite.registry),
            stop,
            limits,
            record_path: options
                .reports
                .join("records")
                .join(format!("{}.json", record.id)),
            record,
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
            python,
        };
        run.introduce(terminal);
        run.earlier = Duration::from_secs_f64(seconds_so_far(&run.record));
        run.build_extension(suite, terminal);
        // The clock of the run starts after the builds.
        (run.started, run.waited) = (Instant::now(), Duration::ZERO);
        if !options.test {
            lock::sweep(&run.records_folder());
            run.save_first()?;
        }
        Ok(run)
    }

    fn introduce(&self, terminal: &Terminal) {
        let about = &self.python.about;
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
        if about.optimized == Some(false) {
            terminal.warn(
                "this Python was built without --enable-optimizations and is slower than the one most people run",
            );
        }
        if self.options.memory_limit.is_some() && !cfg!(target_os = "linux") {
            terminal.warn("memory has no limit here: this system does not tell what processes hold");
        }
        if let Embedding::Off { reason } = &self.record.embedding {
            terminal.warn(&format!("no embedded time: {reason}"));
        }
    }

    fn build_extension(&mut self, suite: &Suite, terminal: &mut Terminal) {
        let needs = |variant: &Variant| {
            variant
                .requires
                .iter()
                .any(|module| module == Variant::NATIVE_MODULE)
        };
        let needed = self.selected.iter().any(|pair| {
            pair.entry
                .pair
                .variants()
                .iter()
                .any(|v| needs(v) && pair.variants.contains(&v.name.as_str()))
        });
        if !needed {
            return;
        }
        let (built, seconds) = self.build(extension::Build::Timed, suite, terminal);
        self.record.native = match built {
            Ok(folder) => {
                self.extension_dir = Some(folder);
                NativeModule::Ready { seconds }
            }
            Err(reason) => {
                terminal.warn(&format!("native variants are skipped: {reason}"));
                NativeModule::Unavailable { reason }
            }
        };
    }

    /// Builds the extension module once more, to count allocations. Without it everything else is diagnosed all the same.
    pub fn build_counting(&mut self, suite: &Suite, terminal: &mut Terminal) {
        if let NativeModule::Unavailable { reason } = &self.record.native {
            self.counting = Err(reason.clone());
            return;
        }
        self.counting = match extension::can_count(&suite.registry) {
            Ok(()) => self.build(extension::Build::Counting, suite, terminal).0,
            Err(reason) => Err(reason),
        };
        if let Err(reason) = &self.counting
            && !self.stop.requested()
        {
            terminal.say(&format!("allocations are not counted: {reason}"));
        }
    }

    /// The folder of a build of the extension module, and the seconds that it took.
    fn build(
        &mut self,
        which: extension::Build,
        suite: &Suite,
        terminal: &Terminal,
    ) -> (Result<PathBuf, String>, f64) {
        let first = !extension::is_built(which, &suite.registry, &self.python, &self.target);
        let (name, phase) = match which {
            extension::Build::Timed => ("extension module", Phase::BUILD),
            extension::Build::Counting => ("counting module", Phase::COUNTING),
        };
        if first {
            terminal.say(&format!(
                "building the {name} for this interpreter (once; about a minute)"
            ));
        }
        let start = Instant::now();
        let built = extension::build(which, &suite.registry, &self.python, &self.target, self.stop);
        let time = start.elapsed();
        self.spend(phase, time);
        self.waited += time;
        if first && built.is_ok() {
            terminal.say(&format!("  built in {}", terminal::rough(time.as_secs_f64())));
        }
        (built.map(|extension| extension.folder), time.as_secs_f64())
    }

    /// Starts a process of this executable in the role; its events will stand in the returned file.
    pub fn launch(&mut self, role: Role, hash_seed: u32) -> Result<(Launched, PathBuf), String> {
        self.launches += 1;
        let folder = self.folder_of(self.launches);
        let (spec_path, events) = (folder.join("spec.json"), folder.join("events.jsonl"));
        let spec = Spec {
            python: self.python.clone(),
            program: self.folder.path().join("worker.py"),
            extension_dir: self.extension_dir.clone(),
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
                self.limits,
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

    /// Renders the report; `None` with `--noplot`.
    pub fn report(&mut self) -> Option<Result<PathBuf, String>> {
        if self.options.noplot {
            return None;
        }
        let start = Instant::now();
        let folder = &self.options.reports;
        let rendered = self.then.render(&self.record, folder);
        self.spend("report", start.elapsed());
        Some(rendered.map_err(|error| {
            let folder = self.options.reports.display();
            format!("the report cannot be written to {folder}: {error}. The record is whole; render it elsewhere: cargo run -- report {}", self.record_path.display())
        }))
    }

    /// Whether any pair or variant failed.
    pub fn failed(&self) -> bool {
        self.record.pairs.iter().any(|pair| {
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
fn effort(options: &Options, selected: &[Selected<'_>], embedding: &Embedding) -> Result<Effort, String> {
    let embedded = usize::from(matches!(embedding, Embedding::On { .. }));
    let mut tasks = Vec::new();
    for pair in selected {
        let comparisons = Comparisons {
            ratios: pair.variants.len() - 1,
            company: if options.quick { 0 } else { 1 + embedded },
        };
        tasks.extend(pair.cases.iter().map(|_| comparisons));
    }
    let null = Comparisons {
        ratios: 1,
        company: 0,
    };
    tasks.extend([null; 2]);
    Effort::of(options, &tasks, selected.len())
}

fn new_record(
    suite: &Suite,
    options: &Options,
    selected: &[Selected<'_>],
    python: &Python,
    embedding: Embedding,
    (effort, limits): (&Effort, Limits),
) -> Record {
    let now = jiff::Timestamp::now();
    let letters: String = (0..4)
        .map(|_| char::from(b'a' + rand::rng().random_range(0..26_u8)))
        .collect();
    Record {
        schema: SCHEMA,
        id: format!("{}-{letters}", now.strftime("%Y%m%dT%H%M%SZ")),
        started: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        status: Status::Running,
        settings: Settings {
            arguments: arguments(),
            seed: options.seed.unwrap_or(1),
            order_seed: options.seed.unwrap_or_else(|| rand::rng().random()),
            launches: effort.launches,
            precision: effort.precision.map(Precision::half_width),
            sample_size: effort.samples.number,
            warm_up_ms: millis(effort.samples.warm_up),
            measurement_ms: millis(effort.samples.measurement),
            timeout_s: options.timeout.as_secs(),
            memory_limit: limits.memory,
            output_limit: Some(limits.output),
            budget_s: effort.budget.map(|budget| budget.as_secs()),
            quick: options.quick,
            diagnosers: options.diagnosers(),
            save_baseline: None,
            baseline: None,
            fail_if: Vec::new(),
        },
        build: record::build(suite.registry.manifest_dir()),
        machine: record::machine(),
        interpreter: python.about.clone(),
        embedding,
        native: NativeModule::NotNeeded,
        phases: Vec::new(),
        pairs: selected.iter().map(|pair| pair_record(pair, suite)).collect(),
        nulls: Vec::new(),
        warnings: Vec::new(),
        sessions: vec![Session {
            started: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            arguments: arguments(),
            at_s: 0.0,
        }],
        disturbances: Vec::new(),
        diagnoses: RunDiagnoses::default(),
    }
}

/// Those after `cargo bench --`.
fn arguments() -> Vec<String> {
    let all = std::env::args().skip(1);
    all.filter(|argument| argument != "--bench").collect()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn pair_record(selected: &Selected<'_>, suite: &Suite) -> PairRecord {
    let entry = selected.entry;
    let root = suite.registry.manifest_dir();
    let root = root
        .parent()
        .filter(|_| root.join("../Cargo.toml").exists())
        .unwrap_or(root);
    let short = |path: &Path| {
        path.strip_prefix(root)
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/")
    };
    PairRecord {
        name: entry.name.into(),
        profile: entry.pair.profile(),
        about: entry.pair.about().into(),
        unit: entry.pair.unit().into(),
        tolerance: entry.pair.tolerance(),
        baseline: Variant::BASELINE.into(),
        null_of: None,
        floors: entry.pair.floors().to_vec(),
        cases: entry.pair.cases().to_vec(),
        sources: RecordedSources {
            rust_path: short(&entry.sources.rust_path),
            rust: entry.sources.rust_text.into(),
            python_path: short(&entry.sources.python_path),
            // As it is now: this is what the workers will import.
            python: std::fs::read_to_string(&entry.sources.python_path).unwrap_or_default(),
        },
        variants: entry
            .pair
            .variants()
            .iter()
            .map(|variant| VariantRecord {
                name: variant.name.clone(),
                side: variant.side,
                state: if selected.variants.contains(&variant.name.as_str()) {
                    VariantState::Active
                } else {
                    VariantState::Deselected
                },
            })
            .collect(),
        libraries: Vec::new(),
        verification: Verification::default(),
        launches: Vec::new(),
        diagnoses: PairDiagnoses::default(),
    }
}
