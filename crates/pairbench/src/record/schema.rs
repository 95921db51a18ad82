//! The record: one JSON document per run, from which every report is made.
//!
//! Version history:
//!
//! - 1: the first.
//! - 2: null pairs, a pair's baseline and floors, precision, limits of memory and output, the executable, sessions and
//!   disturbances, other work of the machine in a launch, findings of analysers and diagnosers. Unknown in version 1.
//! - 3: further interpreters in the same launches, requested interpreters that were not found, deprecations, the oldest
//!   compiler, the machine's name and the part of a divided run. In older records there is none of it.

use super::{
    Build, Disturbance, Dug, Embedding, Machine, NativeModule, OldestRust, Project, Session, Settings,
    Warning,
};
use crate::diagnose::{PairDiagnoses, RunDiagnoses};
use crate::forecast::Forecast;
use crate::hosts::Fault;
pub use crate::hosts::interpreter::Interpreter;
pub use crate::hosts::limits::Bytes;
use crate::measure::Launch;
use crate::registry::{Case, Floor, Kind, Profile, Side, Tolerance, Variant};
pub use crate::verify::{Deprecation, Library};
use serde::{Deserialize, Serialize};

/// Version of the document that this build writes, and the newest that it reads.
pub const SCHEMA: u32 = 3;

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`SCHEMA`] of the build that wrote it.
    pub schema: u32,
    /// Unique name, which is also that of the file: the start in UTC and a few random letters.
    pub id: String,
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// How far the run has come.
    pub status: Status,
    /// The project whose pairs it measured; older records do not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Project>,
    /// The settings of the run.
    pub settings: Settings,
    /// The harness and the compiler that built it.
    pub build: Build,
    /// The machine.
    pub machine: Machine,
    /// The interpreter that ran the Python side; the first if there are several.
    pub interpreter: Interpreter,
    /// The interpreter inside the bench process.
    pub embedding: Embedding,
    /// The extension module for `native` variants.
    pub native: NativeModule,
    /// Durations of the phases, in the order in which they started.
    pub phases: Vec<Phase>,
    /// The chosen pairs, sorted by name, including those that failed.
    pub pairs: Vec<PairRecord>,
    /// The null pairs: one side of a chosen pair against the very same code. Their true ratio is 1.
    #[serde(default)]
    pub nulls: Vec<PairRecord>,
    /// What the analysers found when the run ended, the most important first.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// One for each start or resumption of the run.
    #[serde(default)]
    pub sessions: Vec<Session>,
    /// What came from outside and could have spoilt results, in the order in which it was noticed.
    #[serde(default)]
    pub disturbances: Vec<Disturbance>,
    /// What the diagnosers found about the run as a whole.
    #[serde(default)]
    pub diagnoses: RunDiagnoses,
    /// What the same launches measured with further interpreters, in the order in which these were named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Further>,
    /// Requested interpreters that were not found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<MissingInterpreter>,
    /// The oldest compiler that the Rust sides support, in records of runs that checked it. Runs no longer do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_rust: Option<OldestRust>,
}

/// What a run measured with one more interpreter. Its Rust sides ran in the same processes as those of the first
/// interpreter, so both are compared under the same conditions. See [`Record::into_views`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Further {
    /// The interpreter that ran the Python side.
    pub interpreter: Interpreter,
    /// The extension module for its `native` variants.
    pub native: NativeModule,
    /// The pairs of the record in the same order, as measured with this interpreter. Their sources are those of the
    /// first and are left out here. A launch has the [order seed](Launch::order_seed) of the first interpreter's launch
    /// in the same process.
    pub pairs: Vec<PairRecord>,
}

/// A requested interpreter that was not found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingInterpreter {
    /// As the user named it.
    pub asked: String,
    /// Why it was not found.
    pub reason: String,
    /// Whether the user named it, so that the run fails without it, and not just `all`. Unknown in older records.
    #[serde(default)]
    pub named: bool,
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
    /// Stopped because its time had run out; see `Record::is_provisional`.
    OutOfTime,
}

impl Phase {
    /// Name of the phase in which the extension module is built: part of the build, not of the run.
    pub(crate) const BUILD: &'static str = "extension module";
    /// The phase with the second build, which counts allocations: part of the run, whose budget it shares.
    pub(crate) const COUNTING: &'static str = "counting module";
}

impl Record {
    /// Whether the run did not finish: it is still running, was stopped, or had no time for the minimum number of
    /// launches. A run that spent its budget on narrowing intervals has finished.
    pub(crate) fn is_provisional(&self) -> bool {
        let least = self.settings.launches as usize;
        let enough = |pair: &PairRecord| !pair.verification.passed || pair.launches.len() >= least;
        match self.status {
            Status::Complete => false,
            Status::Running | Status::Interrupted => true,
            Status::OutOfTime => self.settings.precision.is_none() || !self.pairs.iter().all(enough),
        }
    }

    /// Wall time of the run in seconds, from the end of the builds that precede it.
    pub fn run_seconds(&self) -> f64 {
        self.phases
            .iter()
            .filter(|phase| phase.name != Phase::BUILD)
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
    /// The unit of the sizes.
    pub unit: String,
    /// Whether one measured call consists of as many calls as the size, each with its own input.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub many_calls: bool,
    /// The tolerance for floats.
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
    /// The libraries that its sides use, as the pair declares.
    #[serde(default)]
    pub libraries: Vec<Library>,
    /// What the Python side uses that Python will remove, as the interpreter warned during verification.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deprecations: Vec<Deprecation>,
    /// What its Python side switched on that changes the interpreter's speed, a phrase each, such as a trace function.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub altered: Vec<String>,
    /// Compiled modules of its steps that are debug builds of Rust.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unoptimised: Vec<String>,
    /// What `new` forecast before there was a port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Forecast>,
    /// What `verify` found.
    pub verification: Verification,
    /// How far it was dug for differences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dug: Option<Dug>,
    /// The launches, in the order taken.
    pub launches: Vec<Launch>,
    /// What the diagnosers found, on the case that stands for the pair.
    #[serde(default)]
    pub diagnoses: PairDiagnoses,
}

impl PairRecord {
    /// Why none of it can be run here: something that its baseline needs is missing.
    pub(crate) fn skipped(&self) -> Option<&str> {
        let baseline = self.variants.iter().find(|variant| variant.name == self.baseline);
        match &baseline?.state {
            VariantState::Skipped { reason } => Some(reason),
            _ => None,
        }
    }

    /// The launches of the case of this size, in the order taken.
    pub(crate) fn launches_of(&self, size: u64) -> impl DoubleEndedIterator<Item = &Launch> {
        self.launches.iter().filter(move |launch| launch.size == size)
    }
}

fn python() -> String {
    Variant::BASELINE.into()
}

/// Both sources of a pair, as they were when the run started.
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
    /// The kind of step, if it was declared and does not follow from the name; see [`VariantRecord::kind`].
    #[serde(default, rename = "kind", skip_serializing_if = "Option::is_none")]
    pub declared: Option<Kind>,
    /// Whether it was measured, and why not.
    pub state: VariantState,
}

impl VariantRecord {
    /// The kind of step: as declared, or else by name and language.
    pub fn kind(&self) -> Kind {
        self.declared.unwrap_or_else(|| Kind::of(&self.name, self.side))
    }
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
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Everything that went wrong.
    pub failures: Vec<VerifyFailure>,
    /// Rough time of a call of each variant on each case: not from a launch, few calls, alongside other checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<RoughCall>,
}

impl Verification {
    /// Roughly what a call of this variant took on the case of this size, in seconds.
    pub(crate) fn call_seconds(&self, variant: &str, size: u64) -> Option<f64> {
        let mut calls = self.calls.iter();
        let call = calls.find(|call| call.variant == variant && call.size == size);
        call.map(|call| call.seconds)
    }
}

/// Roughly what a call takes, from verification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RoughCall {
    /// The variant.
    pub variant: String,
    /// Size of the case.
    pub size: u64,
    /// Seconds.
    pub seconds: f64,
}

/// One thing that went wrong while verifying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyFailure {
    /// The variant; empty when the pair failed as a whole.
    pub variant: String,
    /// Size of the case, if one was reached.
    pub size: Option<u64>,
    /// What happened.
    pub fault: Fault,
}
