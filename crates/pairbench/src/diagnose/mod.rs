//! Why a pair is as fast as it is: separate passes, which never touch a timed sample.
//!
//! A [`Diagnoser`] answers one question, in one file that implements `Diagnose`. Its work is a list of [`Step`]s, each
//! a process of its own; what that finds is a [`Finding`], and the record keeps findings as [`PairDiagnoses`] beside
//! the launches of the pair and as [`RunDiagnoses`] of the run.
//!
//! A new diagnoser is a file of its own, an entry in the lists below, and a section of the report.

pub mod boundary;
pub mod build;
pub(crate) mod latency;
pub mod load;
pub mod memory;
mod pass;
pub mod profile;
pub mod scaling;
pub mod turnaround;

pub(crate) use pass::{About, Diagnose, Target, run_wide};
#[doc(hidden)]
pub use pass::{Chosen, Setting, Step, run};

use crate::hosts::Fault;
use boundary::Boundary;
use build::BuildTimes;
use latency::VariantLatency;
use load::VariantLoad;
use memory::VariantMemory;
use profile::CallProfile;
use scaling::VariantScaling;
use serde::{Deserialize, Serialize};
use turnaround::StartUp;

/// A question that timings alone do not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Diagnoser {
    /// Which Python functions take the time.
    Profile,
    /// What is allocated, and how much memory a process holds.
    Memory,
    /// How long single requests of a concurrent pair take.
    Latency,
    /// How servers do under load that does not wait for them, and what a request costs.
    Load,
    /// What a call from Python into Rust costs, by the types that cross.
    Boundary,
    /// How long it takes until a process has its first answer.
    StartUp,
    /// How the time falls with more workers.
    Scaling,
    /// How long the Rust side takes to build.
    Build,
}

impl Diagnoser {
    /// All of them, in the order in which they run.
    pub const ALL: [Diagnoser; 8] = [
        Diagnoser::Profile,
        Diagnoser::Memory,
        Diagnoser::Latency,
        Diagnoser::Load,
        Diagnoser::Boundary,
        Diagnoser::StartUp,
        Diagnoser::Scaling,
        Diagnoser::Build,
    ];

    /// What it does.
    pub(crate) fn pass(self) -> &'static dyn Diagnose {
        match self {
            Diagnoser::Profile => &profile::Pass,
            Diagnoser::Memory => &memory::Pass,
            Diagnoser::Latency => &latency::Pass,
            Diagnoser::Load => &load::Pass,
            Diagnoser::Boundary => &boundary::Pass,
            Diagnoser::StartUp => &turnaround::Pass,
            Diagnoser::Scaling => &scaling::Pass,
            Diagnoser::Build => &build::Pass,
        }
    }
}

/// What a step found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Finding {
    /// Where a Python variant spends its time.
    Profile {
        /// The profile.
        profile: CallProfile,
    },
    /// What a variant allocates and holds.
    Memory {
        /// The figures.
        memory: VariantMemory,
    },
    /// How long requests of a variant took.
    Latency {
        /// The figures.
        latency: VariantLatency,
    },
    /// How a server does under load, in launches that were not reported yet.
    Load {
        /// The figures.
        load: Box<VariantLoad>,
    },
    /// What crossing into Rust costs.
    Boundary {
        /// The figures.
        boundary: Boundary,
    },
    /// How long a pair takes to its first answers.
    StartUp {
        /// The figures.
        start_up: StartUp,
    },
    /// The times of a variant by number of workers.
    Scaling {
        /// The figures, of one number of workers.
        scaling: VariantScaling,
    },
    /// It found nothing, and why.
    Nothing {
        /// What went wrong.
        failure: Failure,
    },
}

/// A diagnoser that found nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Which.
    pub diagnoser: Diagnoser,
    /// The variant; empty when it is about the pair or the run.
    pub variant: String,
    /// Why.
    pub fault: Fault,
}

/// What was found about one pair, on its representative case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PairDiagnoses {
    /// Of the baseline first, then of `native` if there is one.
    #[serde(default)]
    pub profiles: Vec<CallProfile>,
    /// By variant.
    #[serde(default)]
    pub memory: Vec<VariantMemory>,
    /// By variant.
    #[serde(default)]
    pub latency: Vec<VariantLatency>,
    /// By variant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub load: Vec<VariantLoad>,
    /// By variant.
    #[serde(default)]
    pub scaling: Vec<VariantScaling>,
    /// Times to the first answer.
    #[serde(default)]
    pub start_up: Option<StartUp>,
    /// Diagnosers that found nothing.
    #[serde(default)]
    pub failures: Vec<Failure>,
}

impl PairDiagnoses {
    /// Takes in what a step found.
    pub fn add(&mut self, finding: Finding) {
        match finding {
            Finding::Profile { profile } => self.profiles.push(profile),
            Finding::Memory { memory } => self.memory.push(memory),
            Finding::Latency { latency } => self.latency.push(latency),
            Finding::Load { load } => load.gather(&mut self.load),
            Finding::Scaling { scaling } => VariantScaling::gather(&mut self.scaling, scaling),
            Finding::StartUp { start_up } => self.start_up = Some(start_up),
            Finding::Nothing { failure } => self.failures.push(failure),
            // About the run.
            Finding::Boundary { .. } => {}
        }
    }

    /// What a variant allocates and holds.
    pub fn memory_of(&self, variant: &str) -> Option<&VariantMemory> {
        self.memory.iter().find(|memory| memory.variant == variant)
    }

    /// The profile of a variant.
    pub fn profile(&self, variant: &str) -> Option<&CallProfile> {
        self.profiles.iter().find(|profile| profile.variant == variant)
    }
}

/// What was found about the run as a whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunDiagnoses {
    /// What crossing into Rust costs.
    #[serde(default)]
    pub boundary: Option<Boundary>,
    /// What the Rust sides take to build.
    #[serde(default)]
    pub build: Option<BuildTimes>,
    /// Diagnosers with nothing to examine.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
    /// Diagnosers that found nothing.
    #[serde(default)]
    pub failures: Vec<Failure>,
}

impl RunDiagnoses {
    /// Takes in what a step about the run found.
    pub fn add(&mut self, finding: Finding) {
        match finding {
            Finding::Boundary { boundary } => self.boundary = Some(boundary),
            Finding::Nothing { failure } => self.failures.push(failure),
            // About a pair.
            Finding::Profile { .. }
            | Finding::Memory { .. }
            | Finding::Latency { .. }
            | Finding::Load { .. }
            | Finding::StartUp { .. }
            | Finding::Scaling { .. } => {}
        }
    }

    /// Notes that a diagnoser has nothing to look at in this run; repeated, it is noted once.
    pub fn skip(&mut self, diagnoser: Diagnoser, reason: &str) {
        self.skipped.retain(|skipped| skipped.diagnoser != diagnoser);
        self.skipped.push(Skipped {
            diagnoser,
            reason: reason.into(),
        });
    }
}

/// A diagnoser with nothing to examine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Which.
    pub diagnoser: Diagnoser,
    /// Why.
    pub reason: String,
}
