//! What a diagnoser does, and the steps in which it does it.

use super::{Diagnoser, Failure, Finding, PairDiagnoses, RunDiagnoses};
use crate::hosts::worker::WorkerSetup;
use crate::hosts::{Fault, Hosts};
use crate::registry::{Entry, Side, Variant};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// What a diagnoser does. One for pairs has `steps`, `is_answered` and `run`; one for the run as a
/// whole has `needs_run` and `run_wide`.
pub(crate) trait Diagnose: Sync {
    /// Its name and its costs.
    fn about(&self) -> About;

    /// The variant and the number of workers of each step for a pair, given these variants and this many cores.
    fn steps<'a>(&self, entry: &Entry, variants: &[&'a Variant], cores: u32) -> Vec<Target<'a>> {
        let _ = (entry, variants, cores);
        Vec::new()
    }

    /// Whether the answer to a step is known.
    fn is_answered(&self, found: &PairDiagnoses, step: &Step) -> bool {
        let _ = (found, step);
        false
    }

    /// Carries out a step of a pair in this process.
    ///
    /// # Errors
    ///
    /// The fault that kept it from an answer.
    fn run(
        &self,
        step: &Step,
        entry: &Entry,
        hosts: &mut Hosts<'_>,
        setting: Setting<'_>,
        report: &mut dyn FnMut(Finding),
    ) -> Result<(), Fault> {
        let _ = (step, entry, hosts, setting, report);
        Ok(())
    }

    /// Whether it diagnoses the run, and has not done so yet.
    fn needs_run(&self, found: &RunDiagnoses) -> bool {
        let _ = found;
        false
    }

    /// Carries out the step about the run in this process.
    ///
    /// # Errors
    ///
    /// The fault that kept it from an answer.
    fn run_wide(&self, setup: &WorkerSetup<'_>, report: &mut dyn FnMut(Finding)) -> Result<(), Fault> {
        let _ = (setup, report);
        Ok(())
    }
}

/// The fixed properties of a diagnoser.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    /// The name on the command line.
    pub slug: &'static str,
    /// Whether a plain run includes it: it costs a second or two for a pair, and no build.
    pub is_cheap: bool,
    /// Whether its processes must be alone on the machine: those that measure times.
    pub needs_quiet: bool,
    /// Seconds that a step takes, roughly.
    pub step_seconds: f64,
    /// Whether a step reports findings now and then, so that only silence means that it hangs.
    pub tells: bool,
    /// Whether it needs the extension module that counts allocations.
    pub needs_counting: bool,
    /// Whether it also runs with interpreters without a GIL that are not the first.
    pub includes_free_threaded: bool,
}

impl About {
    pub(super) const fn named(slug: &'static str) -> Self {
        About {
            slug,
            is_cheap: true,
            needs_quiet: true,
            step_seconds: 1.0,
            tells: false,
            needs_counting: false,
            includes_free_threaded: false,
        }
    }
}

/// What a step of a pair is about: one variant or all, with one number of workers or as many as there are cores.
pub(crate) type Target<'a> = (Option<&'a str>, Option<u32>);

impl Diagnoser {
    /// What is fixed about it.
    pub(crate) fn about(self) -> About {
        self.pass().about()
    }

    /// The name on the command line.
    pub fn slug(self) -> &'static str {
        self.about().slug
    }

    /// The steps for a pair, on this many cores. None for a diagnoser that is about the run as a whole.
    pub fn steps(self, entry: &Entry, variants: &[&str], cores: u32) -> Vec<Step> {
        // The other diagnosers look into calls.
        if entry.pair.is_served() && self != Diagnoser::Load {
            return Vec::new();
        }
        let known = entry.pair.variants().iter();
        let chosen: Vec<_> = known.filter(|v| variants.contains(&v.name.as_str())).collect();
        let targets = self.pass().steps(entry, &chosen, cores).into_iter();
        let step = |(variant, workers): Target<'_>| Step {
            diagnoser: self,
            pair: entry.name.into(),
            variant: variant.map(Into::into),
            workers,
        };
        targets.map(step).collect()
    }

    /// The step about the run, for a diagnoser that has one whose answer is not known yet.
    pub(crate) fn step_of_run(self, found: &RunDiagnoses) -> Option<Step> {
        self.pass().needs_run(found).then(|| Step {
            diagnoser: self,
            pair: String::new(),
            variant: None,
            workers: None,
        })
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
        Chosen(
            Diagnoser::ALL
                .into_iter()
                .filter(|one| one.about().is_cheap)
                .collect(),
        )
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
    /// The variant, if each has its own process.
    pub variant: Option<String>,
    /// How many workers parallel variants are to use; if `None`, as many as there are cores.
    pub workers: Option<u32>,
}

impl Step {
    /// Whether an earlier session of the run has the answer.
    pub(crate) fn is_answered(&self, found: &PairDiagnoses) -> bool {
        self.diagnoser.pass().is_answered(found, self)
    }

    /// The finding that there is no result, because of this fault.
    pub(crate) fn failed(&self, fault: Fault) -> Finding {
        Finding::Nothing {
            failure: Failure {
                diagnoser: self.diagnoser,
                variant: self.variant.clone().unwrap_or_default(),
                fault,
            },
        }
    }
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
    pub(crate) fn of_side<'e>(&self, entry: &'e Entry, side: Side) -> Vec<&'e str> {
        let variants = entry.pair.variants().iter();
        variants
            .filter(|variant| variant.side == side && self.variants.contains(&variant.name))
            .map(|variant| variant.name.as_str())
            .collect()
    }
}

/// Carries out one step of a pair in this process, and reports findings as they come.
pub fn run(
    step: &Step,
    entry: &Entry,
    hosts: &mut Hosts<'_>,
    setting: Setting<'_>,
    report: &mut dyn FnMut(Finding),
) {
    if let Err(fault) = step.diagnoser.pass().run(step, entry, hosts, setting, report) {
        report(step.failed(fault));
    }
}

/// Carries out one step about the run in this process, and reports what it finds.
pub(crate) fn run_wide(step: &Step, setup: &WorkerSetup<'_>, report: &mut dyn FnMut(Finding)) {
    if let Err(fault) = step.diagnoser.pass().run_wide(setup, report) {
        report(step.failed(fault));
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
