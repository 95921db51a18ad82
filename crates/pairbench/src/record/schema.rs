//! The record: one JSON document per run, from which everything in a report is made.
//!
//! Version history:
//!
//! - 1, the first.
//! - 2: null pairs, the baseline of a pair and its floors, precision, limits of memory and output, the executable, sessions
//!   and disturbances, what else the machine did during a launch, what the analysers and diagnosers found. A record of version 1 reads as one in which none of that was known.
//! - 3: further interpreters in the same launches, interpreters that were asked for in vain, deprecations, the oldest
//!   compiler, the machine's name and the part of a divided run. In older records there is none of it.

use super::OldestRust;
use super::{Conditions, Warning};
use crate::diagnose::{Diagnoser, PairDiagnoses, RunDiagnoses};
use crate::hosts::Fault;
pub use crate::hosts::interpreter::Interpreter;
pub use crate::hosts::limits::Bytes;
use crate::measure::Launch;
use crate::registry::{Case, Floor, Profile, Side, Tolerance, Variant};
pub use crate::verify::{Deprecation, Library};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Version of the document that this build writes, and the newest that it reads.
pub const SCHEMA: u32 = 3;

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`SCHEMA`] of the build that wrote it.
    pub schema: u32,
    /// Unique name, also that of the file: the start in UTC and a few random letters.
    pub id: String,
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// How far the run has come.
    pub status: Status,
    /// What was asked for.
    pub settings: Settings,
    /// The harness and the compiler that built it.
    pub build: Build,
    /// The machine.
    pub machine: Machine,
    /// The interpreter that ran the Python side; of several the first.
    pub interpreter: Interpreter,
    /// The interpreter inside the bench process.
    pub embedding: Embedding,
    /// The extension module for `native` variants.
    pub native: NativeModule,
    /// Durations of the phases, in the order in which they began.
    pub phases: Vec<Phase>,
    /// The pairs chosen, sorted by name; also those that failed.
    pub pairs: Vec<PairRecord>,
    /// The null pairs: one side of a chosen pair against the very same code. Their true ratio is 1.
    #[serde(default)]
    pub nulls: Vec<PairRecord>,
    /// What the analysers made of it when the run ended, what matters most first.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// One for each time that the run was begun or gone on with, the first included.
    #[serde(default)]
    pub sessions: Vec<Session>,
    /// What came from outside and could have spoilt something, in the order in which it was noticed.
    #[serde(default)]
    pub disturbances: Vec<Disturbance>,
    /// What the diagnosers found about the run as a whole.
    #[serde(default)]
    pub diagnoses: RunDiagnoses,
    /// What the same launches measured with further interpreters, in the order in which these were named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Further>,
    /// Interpreters that were asked for and could not be had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<MissingInterpreter>,
    /// The oldest compiler that the Rust sides support, in records of runs that checked it. Runs no longer do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_rust: Option<OldestRust>,
}

/// What a run measured with one more interpreter. Its Rust sides ran in the very processes in which those of the first
/// interpreter did, so both are compared under the same conditions. See [`Record::into_views`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Further {
    /// The interpreter that ran the Python side.
    pub interpreter: Interpreter,
    /// The extension module for its `native` variants.
    pub native: NativeModule,
    /// The pairs of the record in the same order, as they went with this interpreter. Their sources are those of the first
    /// and left out here. A launch has the [order seed](Launch::order_seed) of the launch of the first interpreter that
    /// ran in the same process.
    pub pairs: Vec<PairRecord>,
}

/// An interpreter that was asked for and could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingInterpreter {
    /// As the user named it.
    pub asked: String,
    /// Why it is not there.
    pub reason: String,
}

/// A part of a run that is divided over several machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which part, from 1.
    pub part: u32,
    /// How many there are.
    pub of: u32,
}

/// A process that worked on the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// The arguments after `cargo bench --`.
    pub arguments: Vec<String>,
    /// Where on the clock of the run it begins, in seconds: what earlier sessions took.
    pub at_s: f64,
}

/// Something that came from outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disturbance {
    /// Seconds from the start of the run.
    pub at_s: f64,
    /// The pair that was being measured; empty when none was.
    pub pair: String,
    /// What it was.
    #[serde(flatten)]
    pub what: Happening,
}

/// What came from outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// The machine slept. A launch during which it did is taken again.
    Slept {
        /// How long.
        seconds: f64,
    },
    /// The wall clock was set. No duration comes from it, so nothing was lost.
    ClockSet {
        /// How far forward; back is below zero.
        seconds: f64,
    },
    /// A process of a launch was killed from outside, or the launch could not write its samples. What it had finished was
    /// kept, the rest taken again.
    Lost {
        /// What happened.
        fault: Fault,
    },
    /// The record could not be written. It was kept in memory and written later, or to another place.
    Unwritten {
        /// Why.
        error: String,
    },
}

impl fmt::Display for Disturbance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let during = |f: &mut fmt::Formatter<'_>| match self.pair.as_str() {
            "" => Ok(()),
            pair => write!(f, " while {pair} was measured"),
        };
        match &self.what {
            Happening::Slept { seconds } => {
                write!(f, "the machine slept for {seconds:.0} s")?;
                during(f)?;
                if !self.pair.is_empty() {
                    f.write_str("; that launch does not count")?;
                }
                Ok(())
            }
            Happening::ClockSet { seconds } => {
                let way = if *seconds < 0.0 { "back" } else { "forward" };
                write!(f, "the wall clock was set {way} by {:.0} s", seconds.abs())?;
                during(f)?;
                f.write_str("; no time is taken from it")
            }
            Happening::Lost { fault } => {
                write!(f, "a launch was lost")?;
                during(f)?;
                write!(f, ": {fault}; it was taken again")
            }
            Happening::Unwritten { error } => {
                write!(f, "the record could not be written for a while: {error}")
            }
        }
    }
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Still measuring, or killed while it was.
    Running,
    /// All launches done.
    Complete,
    /// Stopped by the user.
    Interrupted,
    /// Stopped because its time was over; see [`Record::is_provisional`].
    OutOfTime,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The arguments after `cargo bench --`.
    pub arguments: Vec<String>,
    /// Seed of the inputs.
    pub seed: u64,
    /// Seed from which the seeds of all launches come.
    pub order_seed: u64,
    /// Launches wanted per pair and case; with a precision, the least of them.
    pub launches: u32,
    /// Half-width at which a ratio's interval is narrow enough, as a share of the ratio: 0.02 for ±2 %. Without it every
    /// pair gets just its launches.
    #[serde(default)]
    pub precision: Option<f64>,
    /// Samples per variant in a launch.
    pub sample_size: u32,
    /// Milliseconds of warm-up per variant in a launch.
    pub warm_up_ms: u64,
    /// Milliseconds aimed at for the samples of a variant in a launch, the baseline's adjacent ones included.
    pub measurement_ms: u64,
    /// Limit for one launch in seconds.
    pub timeout_s: u64,
    /// Limit for the memory of one launch's processes together, where there is one.
    #[serde(default)]
    pub memory_limit: Option<Bytes>,
    /// Limit for what one launch prints.
    #[serde(default)]
    pub output_limit: Option<Bytes>,
    /// No launch starts that would end after so many seconds, where there is such a limit.
    pub budget_s: Option<u64>,
    /// `--quick`.
    pub quick: bool,
    /// What is asked besides times: `--diagnose`.
    #[serde(default)]
    pub diagnosers: Vec<Diagnoser>,
    /// Name under which the record is kept for later runs to be compared with: `--save-baseline`.
    #[serde(default)]
    pub save_baseline: Option<String>,
    /// The earlier record that the run is compared with: `--baseline`.
    #[serde(default)]
    pub baseline: Option<BaselineUsed>,
    /// Changes from that record which fail the run: `--fail-if`, as written.
    #[serde(default)]
    pub fail_if: Vec<String>,
    /// The part of a divided run that this is: `--shard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
}

/// The earlier record that a run is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineUsed {
    /// The name under which it was kept.
    pub name: String,
    /// Its [`Record::id`], because another may be kept under that name later.
    pub record: String,
}

/// The harness and the compiler that built it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Version of pairbench.
    pub pairbench: String,
    /// `git describe --always --dirty` of the checkout, where there is one.
    pub revision: Option<String>,
    /// `rustc --version`.
    pub rustc: String,
    /// Target triple.
    pub target: String,
    /// Cargo's profile folder: `release` for `cargo bench`.
    pub profile: String,
    /// `-C opt-level`.
    pub opt_level: String,
    /// Whether debug assertions are on.
    pub debug_assertions: bool,
    /// RUSTFLAGS, space-separated.
    pub rustflags: String,
    /// Size and time of the bench executable: another build has others.
    #[serde(default)]
    pub executable: String,
}

/// The machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// What it is called; empty in older records.
    #[serde(default)]
    pub name: String,
    /// Operating system and its version.
    pub os: String,
    /// Model of the CPU.
    pub cpu: String,
    /// Logical cores that the process may use.
    pub cores: u32,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// CPU frequency governor, where the system tells.
    pub governor: Option<String>,
    /// Load averages over 1, 5 and 15 minutes at the start.
    pub load_start: Option<[f64; 3]>,
    /// The same at the last write.
    pub load_end: Option<[f64; 3]>,
    /// What may have changed its speed.
    #[serde(default)]
    pub conditions: Conditions,
}

/// The interpreter inside the bench process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Embedding {
    /// Measured.
    On {
        /// `sys.version` of the embedded interpreter.
        version: String,
    },
    /// Not measured.
    Off {
        /// Why.
        reason: String,
    },
}

/// The extension module for `native` variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum NativeModule {
    /// Built (or found up to date) for the interpreter.
    Ready {
        /// Seconds that Cargo took.
        seconds: f64,
    },
    /// One that was installed for the interpreter before the run.
    Prebuilt {
        /// Its file.
        path: String,
    },
    /// No chosen pair needs it.
    NotNeeded,
    /// Could not be built; `native` variants are skipped.
    Unavailable {
        /// Why.
        reason: String,
    },
}

impl Phase {
    /// Name of the phase in which the extension module is built: part of the build, not of the run.
    pub const BUILD: &'static str = "extension module";
    /// The same for the second build of it, in which allocations are counted.
    pub const COUNTING: &'static str = "counting module";
}

impl Record {
    /// Whether more was to come: the run goes on, was stopped, or had no time for the least number of launches. One that
    /// spent its budget on narrowing intervals came to its end.
    pub fn is_provisional(&self) -> bool {
        let least = self.settings.launches as usize;
        let enough = |pair: &PairRecord| !pair.verification.passed || pair.launches.len() >= least;
        match self.status {
            Status::Complete => false,
            Status::Running | Status::Interrupted => true,
            Status::OutOfTime => self.settings.precision.is_none() || !self.pairs.iter().all(enough),
        }
    }

    /// Wall time of the run in seconds, without builds.
    pub fn run_seconds(&self) -> f64 {
        self.phases
            .iter()
            .filter(|phase| ![Phase::BUILD, Phase::COUNTING].contains(&phase.name.as_str()))
            .map(|phase| phase.seconds)
            .sum()
    }
}

/// A part of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// `extension module`, `counting module`, `verify`, `measure`, `diagnose`, `report`.
    pub name: String,
    /// Wall time in seconds, so far.
    pub seconds: f64,
}

/// One pair in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairRecord {
    /// Its name.
    pub name: String,
    /// Declared kind of work.
    pub profile: Profile,
    /// What it computes.
    pub about: String,
    /// What sizes count.
    pub unit: String,
    /// How close floats had to be.
    pub tolerance: Tolerance,
    /// The variant that every ratio of the pair is relative to: `python`, but in a null pair the side that is measured
    /// against itself.
    #[serde(default = "python")]
    pub baseline: String,
    /// For a null pair, the name of the pair whose code it runs.
    #[serde(default)]
    pub null_of: Option<String>,
    /// What its author expects of its variants on the default case.
    #[serde(default)]
    pub floors: Vec<Floor>,
    /// All declared cases.
    pub cases: Vec<Case>,
    /// Both sources.
    #[serde(default)]
    pub sources: RecordedSources,
    /// All declared variants, those skipped included.
    pub variants: Vec<VariantRecord>,
    /// The libraries that its sides bring, as the pair tells.
    #[serde(default)]
    pub libraries: Vec<Library>,
    /// What Python's side uses that Python will remove, as the interpreter warned while it was verified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deprecations: Vec<Deprecation>,
    /// What `verify` found.
    pub verification: Verification,
    /// The launches, in the order taken.
    pub launches: Vec<Launch>,
    /// What the diagnosers found, on the case that stands for the pair.
    #[serde(default)]
    pub diagnoses: PairDiagnoses,
}

impl PairRecord {
    /// The launches of the case of this size, in the order taken.
    pub fn launches_of(&self, size: u64) -> impl Iterator<Item = &Launch> {
        self.launches.iter().filter(move |launch| launch.size == size)
    }
}

fn python() -> String {
    Variant::BASELINE.into()
}

/// Both sources of a pair, as they were when the run began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedSources {
    /// Path of the Rust file below the workspace.
    pub rust_path: String,
    /// Its text.
    pub rust: String,
    /// Path of the Python file below the workspace.
    pub python_path: String,
    /// Its text.
    pub python: String,
}

/// One variant of a pair in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantRecord {
    /// Its name.
    pub name: String,
    /// The language that it is called in.
    pub side: Side,
    /// Whether it was measured, and why not.
    pub state: VariantState,
}

/// Whether a variant was measured, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum VariantState {
    /// Verified and measured, or to be measured.
    Active,
    /// Something that it requires is missing.
    Skipped {
        /// What, and what to do about it.
        reason: String,
    },
    /// Left out with `--variants`.
    Deselected,
    /// It failed; see also [`Verification::failures`].
    Failed {
        /// What happened.
        fault: Fault,
    },
}

/// What `verify` found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// Whether the pair may be measured: every variant agreed with the baseline on every case.
    pub passed: bool,
    /// How many calls were compared: variants (and hosts) times cases.
    pub compared: u32,
    /// Seconds that it took.
    pub seconds: f64,
    /// Everything that went wrong.
    pub failures: Vec<VerifyFailure>,
}

/// One thing that went wrong while verifying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyFailure {
    /// The variant; empty when the pair failed as a whole.
    pub variant: String,
    /// Size of the case, where one was reached.
    pub size: Option<u64>,
    /// What happened.
    pub fault: Fault,
}
