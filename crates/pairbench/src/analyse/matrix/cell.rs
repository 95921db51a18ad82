//! The outcome of a pair with an interpreter; there always is one.

use crate::analyse::PairAnalysis;
use crate::analyse::summary::{Gate, PairState, State};
use crate::estimate::{Estimate, Ratio};
use crate::hosts::Fault;
use crate::record::Deprecation;
use crate::registry::Variant;
use std::fmt;

/// The outcome of a pair with an interpreter. `Display` is a few words for a narrow table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// It was measured: Python's time ÷ the port's, on the headline case.
    Ratio(Estimate),
    /// Python warned that something that the pair uses will be removed.
    Warning {
        /// Its ratio, if it has one.
        ratio: Option<Estimate>,
        /// The warnings; at least one.
        deprecations: Vec<Deprecation>,
    },
    /// Something failed.
    Failed {
        /// The variant; empty when the pair failed as a whole.
        variant: String,
        /// What happened.
        fault: Fault,
        /// The port's ratio, if another variant failed.
        ratio: Option<Estimate>,
    },
    /// The port, or Python itself, was skipped.
    Skipped {
        /// Why.
        reason: String,
    },
    /// There are no figures.
    Missing {
        /// Why.
        reason: String,
    },
}

impl Cell {
    /// The outcome of a pair in one view. A failure comes before a warning, and both before the ratio.
    pub(crate) fn of(one: &PairAnalysis<'_>) -> Self {
        let ratio = one.port().and_then(|port| port.ratio);
        if let Some((variant, fault)) = failure(one) {
            return Cell::Failed {
                variant,
                fault,
                ratio,
            };
        }
        let deprecations = &one.pair.deprecations;
        match (ratio, without(one)) {
            _ if !deprecations.is_empty() => Cell::Warning {
                ratio,
                deprecations: deprecations.clone(),
            },
            (Some(ratio), _) => Cell::Ratio(ratio),
            (None, cell) => cell,
        }
    }

    /// The port's ratio, if there is one.
    pub fn ratio(&self) -> Option<Estimate> {
        match self {
            Cell::Ratio(ratio) => Some(*ratio),
            Cell::Warning { ratio, .. } | Cell::Failed { ratio, .. } => *ratio,
            Cell::Skipped { .. } | Cell::Missing { .. } => None,
        }
    }

    /// The kind of the cell in one word: `ratio`, `warning`, `failed`, `skipped`, `missing`.
    pub fn word(&self) -> &'static str {
        match self {
            Cell::Ratio(_) => "ratio",
            Cell::Warning { .. } => "warning",
            Cell::Failed { .. } => "failed",
            Cell::Skipped { .. } => "skipped",
            Cell::Missing { .. } => "missing",
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.ratio()) {
            (Cell::Ratio(ratio), _) => f.pad(&Ratio(ratio.value).to_string()),
            (_, Some(ratio)) => f.pad(&format!("{} {}", Ratio(ratio.value), self.word())),
            (_, None) => f.pad(self.word()),
        }
    }
}

/// The first failure; one of the whole pair comes before those of its variants.
fn failure(one: &PairAnalysis<'_>) -> Option<(String, Fault)> {
    let summary = &one.summary;
    if !matches!(summary.state(), PairState::Failed | PairState::Partial) {
        return None;
    }
    let whole = summary
        .failures
        .iter()
        .find(|failure| failure.variant.is_empty() || failure.variant == one.pair.baseline);
    let first = whole.or_else(|| summary.failures.iter().find(|f| f.variant != Variant::EMBEDDED));
    let failure = first.map(|failure| (failure.variant.clone(), failure.fault.clone()));
    failure.or_else(|| {
        // Verification failed, and the record has no reason.
        let fault = Fault::Harness {
            message: "it failed, and the record has no reason".into(),
        };
        (summary.gate == Gate::Failed).then(|| (String::new(), fault))
    })
}

/// Why there is no ratio.
fn without(one: &PairAnalysis<'_>) -> Cell {
    let missing = |reason: &str| Cell::Missing {
        reason: reason.into(),
    };
    let Some(case) = one.summary.headline() else {
        return missing("no case was measured");
    };
    let Some(port) = one.port() else {
        return missing("it declares no variant in Rust");
    };
    for variant in [&case.baseline, port] {
        match &variant.state {
            State::Skipped(reason) => {
                return Cell::Skipped {
                    reason: reason.clone(),
                };
            }
            State::Deselected => {
                let reason = format!("{} was left out with --variants", variant.name);
                return Cell::Skipped { reason };
            }
            State::Measured | State::Failed(_) | State::NotMeasured => {}
        }
    }
    match one.summary.gate {
        Gate::Passed => missing("the run ended before a launch gave a ratio"),
        Gate::Pending | Gate::Skipped | Gate::Failed => missing("the run ended before it was verified"),
    }
}

/// A skipped variant that a cell does not mention.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Note {
    /// The variant.
    pub variant: String,
    /// Why it has no figures.
    pub reason: String,
}

impl Note {
    /// The skipped variants besides the port, in the order declared.
    pub fn of(one: &PairAnalysis<'_>) -> Vec<Note> {
        let port = one.port().map(|port| port.name.as_str());
        let variants = one.summary.headline().map(|case| case.variants.as_slice());
        let skipped = variants.unwrap_or_default().iter().filter_map(|variant| {
            let State::Skipped(reason) = &variant.state else {
                return None;
            };
            (Some(variant.name.as_str()) != port).then(|| Note {
                variant: variant.name.clone(),
                reason: reason.clone(),
            })
        });
        skipped.collect()
    }
}
