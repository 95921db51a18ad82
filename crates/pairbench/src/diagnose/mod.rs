//! Why a pair is as fast as it is: passes of their own, which never touch a timed sample.
//!
//! A [`Diagnoser`] asks one question. What there is to do for it is a list of [`Step`]s, each a process of its own, which
//! [`run`] carries out; what that finds is a [`Finding`], and the record keeps findings as [`PairDiagnoses`] beside the
//! launches of the pair and as [`RunDiagnoses`] of the run.

pub mod boundary;
pub mod build;
pub mod latency;
pub mod memory;
pub mod profile;
pub mod scaling;
pub mod turnaround;

use crate::hosts::worker::WorkerSetup;
use crate::hosts::{Fault, Hosts};
use crate::registry::{Entry, Profile, Side};
use boundary::Boundary;
use build::BuildTimes;
use latency::VariantLatency;
use memory::VariantMemory;
use profile::CallProfile;
use scaling::VariantScaling;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;
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
    pub const ALL: [Diagnoser; 7] = [
        Diagnoser::Profile,
        Diagnoser::Memory,
        Diagnoser::Latency,
        Diagnoser::Boundary,
        Diagnoser::StartUp,
        Diagnoser::Scaling,
        Diagnoser::Build,
    ];

    /// Whether a plain run has it: it costs a second or two for a pair, and no build.
    pub fn is_cheap(self) -> bool {
        !matches!(self, Diagnoser::Scaling | Diagnoser::Build)
    }

    /// The name on the command line.
    pub fn slug(self) -> &'static str {
        match self {
            Diagnoser::Profile => "profile",
            Diagnoser::Memory => "memory",
            Diagnoser::Latency => "latency",
            Diagnoser::Boundary => "boundary",
            Diagnoser::StartUp => "startup",
            Diagnoser::Scaling => "scaling",
            Diagnoser::Build => "build",
        }
    }

    /// Whether its processes must be alone on the machine: those that take times.
    pub fn needs_quiet(self) -> bool {
        !matches!(self, Diagnoser::Profile | Diagnoser::Memory)
    }

    /// Seconds that a step takes, roughly.
    pub fn step_seconds(self) -> f64 {
        match self {
            Diagnoser::Memory => 0.5,
            Diagnoser::Profile | Diagnoser::Latency | Diagnoser::StartUp => 1.0,
            Diagnoser::Boundary => 3.0,
            Diagnoser::Scaling => 4.0,
            Diagnoser::Build => 240.0,
        }
    }

    /// What there is to do for a pair, over as many cores. Nothing for one that is about the run as a whole.
    pub fn steps(self, entry: &Entry, variants: &[&str], cores: u32) -> Vec<Step> {
        let pair = &entry.pair;
        let known = pair.variants().iter();
        let chosen: Vec<_> = known.filter(|v| variants.contains(&v.name.as_str())).collect();
        let step = |variant: Option<&str>, workers| Step {
            diagnoser: self,
            pair: entry.name.into(),
            variant: variant.map(Into::into),
            workers,
        };
        match self {
            Diagnoser::Profile | Diagnoser::StartUp => vec![step(None, None)],
            Diagnoser::Memory => chosen.iter().map(|v| step(Some(&v.name), None)).collect(),
            Diagnoser::Latency => {
                let timed = chosen.iter().filter(|v| pair.latencies().contains(&v.name));
                timed.map(|v| step(Some(&v.name), None)).collect()
            }
            Diagnoser::Scaling if matches!(pair.profile(), Profile::Parallel | Profile::Concurrent) => {
                (1..=cores + 1).map(|workers| step(None, Some(workers))).collect()
            }
            Diagnoser::Scaling | Diagnoser::Boundary | Diagnoser::Build => Vec::new(),
        }
    }
}

impl fmt::Display for Diagnoser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

/// Which diagnosers to run: `all`, `none`, or names with commas between them; `turnaround` is `startup,build`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen(pub Vec<Diagnoser>);

impl Default for Chosen {
    fn default() -> Self {
        Chosen(Diagnoser::ALL.into_iter().filter(|one| one.is_cheap()).collect())
    }
}

impl std::str::FromStr for Chosen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut chosen = Vec::new();
        for word in text.split(',').map(str::trim) {
            match word {
                "all" => chosen.extend(Diagnoser::ALL),
                "none" => {}
                "default" => chosen.extend(Chosen::default().0),
                "turnaround" => chosen.extend([Diagnoser::StartUp, Diagnoser::Build]),
                _ => chosen.push(Diagnoser::ALL.into_iter().find(|d| d.slug() == word).ok_or_else(|| {
                    let known: Vec<_> = Diagnoser::ALL.iter().map(|d| d.slug()).collect();
                    format!(
                        "no diagnoser is called {word:?}; there are {}, and all, default, none, turnaround",
                        known.join(", ")
                    )
                })?),
            }
        }
        chosen.sort();
        chosen.dedup();
        Ok(Chosen(chosen))
    }
}

/// What one process is to find out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The question.
    pub diagnoser: Diagnoser,
    /// The pair; empty when it is about the run.
    pub pair: String,
    /// The variant, where each has a process of its own.
    pub variant: Option<String>,
    /// How many workers parallel variants are to use; without it as many as there are cores.
    pub workers: Option<u32>,
}

impl Step {
    /// That it found nothing, because of this.
    pub fn failed(&self, fault: Fault) -> Finding {
        Finding::Nothing {
            failure: Failure {
                diagnoser: self.diagnoser,
                variant: self.variant.clone().unwrap_or_default(),
                fault,
            },
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
    /// What a variant takes with so many workers.
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

/// What was found about one pair, on the case that stands for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PairDiagnoses {
    /// Of the baseline first, then of `native` where there is one.
    #[serde(default)]
    pub profiles: Vec<CallProfile>,
    /// By variant.
    #[serde(default)]
    pub memory: Vec<VariantMemory>,
    /// By variant.
    #[serde(default)]
    pub latency: Vec<VariantLatency>,
    /// By variant.
    #[serde(default)]
    pub scaling: Vec<VariantScaling>,
    /// To the first answer.
    #[serde(default)]
    pub start_up: Option<StartUp>,
    /// Who found nothing.
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
            Finding::Scaling { scaling } => VariantScaling::gather(&mut self.scaling, scaling),
            Finding::StartUp { start_up } => self.start_up = Some(start_up),
            Finding::Nothing { failure } => self.failures.push(failure),
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
pub struct RunDiagnoses {
    /// What crossing into Rust costs.
    #[serde(default)]
    pub boundary: Option<Boundary>,
    /// What the Rust sides take to build.
    #[serde(default)]
    pub build: Option<BuildTimes>,
    /// Who had nothing to look at.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
    /// Who found nothing.
    #[serde(default)]
    pub failures: Vec<Failure>,
}

impl RunDiagnoses {
    /// Takes in what a step about the run found.
    pub fn add(&mut self, finding: Finding) {
        match finding {
            Finding::Boundary { boundary } => self.boundary = Some(boundary),
            Finding::Nothing { failure } => self.failures.push(failure),
            _ => {}
        }
    }

    /// Notes that a diagnoser has nothing to look at in this run; said again, it is noted once.
    pub fn skip(&mut self, diagnoser: Diagnoser, reason: &str) {
        self.skipped.retain(|skipped| skipped.diagnoser != diagnoser);
        self.skipped.push(Skipped {
            diagnoser,
            reason: reason.into(),
        });
    }
}

/// A diagnoser that had nothing to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Which.
    pub diagnoser: Diagnoser,
    /// Why.
    pub reason: String,
}

/// What a step needs besides itself.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Size of the case.
    pub size: u64,
    /// Seed of the input.
    pub seed: u64,
    /// The variants that may be run.
    pub variants: &'a [String],
    /// The folder of the extension module that counts allocations, or why there is none.
    pub counting: Result<&'a Path, &'a str>,
}

impl Setting<'_> {
    /// The chosen variants of a side, in the order declared.
    pub fn of_side<'e>(&self, entry: &'e Entry, side: Side) -> Vec<&'e str> {
        let variants = entry.pair.variants().iter();
        variants
            .filter(|variant| variant.side == side && self.variants.contains(&variant.name))
            .map(|variant| variant.name.as_str())
            .collect()
    }
}

/// Carries out one step of a pair in this process, and tells what it finds as soon as it is found.
pub fn run(
    step: &Step,
    entry: &Entry,
    hosts: &mut Hosts<'_>,
    setting: Setting<'_>,
    tell: &mut dyn FnMut(Finding),
) {
    let result = match step.diagnoser {
        Diagnoser::Profile => profile::run(entry, hosts, setting, tell),
        Diagnoser::Memory => memory::run(step, entry, hosts, setting, tell),
        Diagnoser::Latency => latency::run(step, hosts, setting, tell),
        Diagnoser::Scaling => scaling::run(step, hosts, setting, tell),
        Diagnoser::StartUp => turnaround::run(entry, hosts, setting, tell),
        Diagnoser::Boundary | Diagnoser::Build => Ok(()),
    };
    if let Err(fault) = result {
        tell(step.failed(fault));
    }
}

/// Carries out one step about the run in this process, and tells what it finds.
pub fn run_wide(step: &Step, setup: &WorkerSetup<'_>, tell: &mut dyn FnMut(Finding)) {
    let result = match step.diagnoser {
        Diagnoser::Boundary => boundary::run(setup, tell),
        _ => Ok(()),
    };
    if let Err(fault) = result {
        tell(step.failed(fault));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagnosers_are_chosen_by_name() {
        let chosen = |text: &str| text.parse::<Chosen>().unwrap().0;
        assert_eq!(chosen("all"), Diagnoser::ALL);
        assert_eq!(chosen("none"), []);
        assert_eq!(
            chosen("memory,profile,memory"),
            [Diagnoser::Profile, Diagnoser::Memory]
        );
        assert_eq!(chosen("turnaround"), [Diagnoser::StartUp, Diagnoser::Build]);
        assert_eq!(chosen("default"), Chosen::default().0);
        assert!(Chosen::default().0.len() < Diagnoser::ALL.len());
        let error = "memroy".parse::<Chosen>().unwrap_err();
        assert!(error.contains("memory"), "{error}");
    }
}
