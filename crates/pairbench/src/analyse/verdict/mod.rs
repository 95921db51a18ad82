//! One sentence per pair: is it worth a port, or is a smaller step enough?
//!
//! docs/how-to-read.md has the rules and the reasons for their thresholds. Verdicts use the whole interval, not the
//! point estimate: an interval that straddles a threshold leaves the verdict open, and the verdict names it.

mod field;
mod optimised;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use field::{Decision, Gain, Lines, OTHER_LINES, Residual, gains, largest, port, residual};
pub(crate) use words::doubt;

use super::summary::{CaseSummary, PairState, PairSummary, State};
use crate::estimate::Estimate;
use crate::record::{PairRecord, Warning, WarningKind};
use crate::registry::{Kind, Variant};
use field::Field;
use std::fmt;

/// The result for a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// The port gains enough, and no smaller step comes near it.
    PortIt,
    /// An extension for the hottest function is enough.
    ExtensionSuffices,
    /// Better Python is enough: another algorithm, or other calls of the standard library.
    PythonSuffices,
    /// A library is enough.
    LibrarySuffices,
    /// The same Python, compiled, is enough.
    CompilingSuffices,
    /// Parallel Python is enough.
    ParallelPythonSuffices,
    /// Rust gains enough beyond the best smaller step only on several cores.
    Parallelism,
    /// Nothing gains enough.
    LeaveIt,
    /// Not known yet.
    Inconclusive,
}

impl Call {
    /// All of them, in the order in which reports count them.
    pub const ALL: [Call; 9] = [
        Call::PortIt,
        Call::ExtensionSuffices,
        Call::ParallelPythonSuffices,
        Call::CompilingSuffices,
        Call::LibrarySuffices,
        Call::PythonSuffices,
        Call::Parallelism,
        Call::LeaveIt,
        Call::Inconclusive,
    ];
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Call::PortIt => "port it",
            Call::ExtensionSuffices => "an extension suffices",
            Call::PythonSuffices => "better Python suffices",
            Call::LibrarySuffices => "a library suffices",
            Call::CompilingSuffices => "compiling suffices",
            Call::ParallelPythonSuffices => "parallel Python suffices",
            Call::Parallelism => "parallelism is the reason",
            Call::LeaveIt => "leave it",
            Call::Inconclusive => "inconclusive",
        })
    }
}

/// A verdict with its reasons.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// Name of the pair.
    pub pair: String,
    /// What settled it, or what leaves it open.
    pub because: Because,
    /// The thresholds that were applied.
    pub lines: Lines,
    /// The Python function that the extension replaces, if the record names it.
    pub replaced: Option<String>,
    /// Warnings that cast doubt on a ratio of the pair, each kind once.
    pub doubts: Vec<WarningKind>,
    /// The other verdicts that an optimised build could lead to, if the interpreter is not optimised.
    pub if_optimised: Vec<Call>,
}

/// What settled a verdict, or what leaves it open.
#[derive(Debug, Clone, PartialEq)]
pub enum Because {
    /// A smaller step is worth taking, and the port gains too little beyond it.
    Suffices {
        /// The step.
        step: Gain,
        /// The port, or for a parallel step the fastest port.
        port: Gain,
        /// Port ÷ step.
        beyond: Estimate,
    },
    /// The port gains enough beyond the best smaller step.
    Gains {
        /// What it gains.
        residual: Residual,
        /// The steps that were measured.
        steps: Vec<Gain>,
    },
    /// The port does not gain enough on one core, but does on several.
    OnlyParallel {
        /// The port on one core.
        port: Gain,
        /// What the parallel port gains beyond the best step.
        parallel: Residual,
    },
    /// No variant gains enough.
    NothingGains {
        /// What the port gains beyond the best step.
        residual: Residual,
        /// The other variants.
        others: Vec<Gain>,
    },
    /// The verdict is open.
    Open(Obstacle),
}

/// What leaves a verdict open.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// The pair failed: there is no ratio. Holds what happened.
    Failed(String),
    /// The pair cannot be run here. Holds why.
    Skipped(String),
    /// Nothing is measured yet.
    Waiting,
    /// A warning that makes every number of the run unreliable.
    Void(WarningKind),
    /// The port itself has no ratio.
    NoPort {
        /// Its name.
        name: String,
        /// Why.
        state: State,
    },
    /// This variant could change the verdict and has no ratio.
    Missing {
        /// Its name.
        name: String,
        /// Why.
        state: State,
    },
    /// Launches of this variant are bimodal, and its two speeds lead to different verdicts.
    Speeds {
        /// Its name.
        name: String,
        /// Both speeds, in words.
        shown: String,
        /// The verdict at the lower ratio, and at the upper one.
        calls: [Call; 2],
    },
    /// Too few launches for this gain to have an interval.
    NoInterval(Gain),
    /// The interval of what the port gains, beyond the best step, straddles the threshold.
    Straddles(Residual),
}

impl Because {
    fn call(&self) -> Call {
        match self {
            Because::Suffices { step, .. } => match step.kind {
                Kind::Extension => Call::ExtensionSuffices,
                Kind::Compiled => Call::CompilingSuffices,
                Kind::BetterPython => Call::PythonSuffices,
                Kind::ParallelPython => Call::ParallelPythonSuffices,
                _ => Call::LibrarySuffices,
            },
            Because::Gains { .. } => Call::PortIt,
            Because::OnlyParallel { .. } => Call::Parallelism,
            Because::NothingGains { .. } => Call::LeaveIt,
            Because::Open(_) => Call::Inconclusive,
        }
    }
}

impl Verdict {
    /// The result.
    pub fn call(&self) -> Call {
        self.because.call()
    }

    /// The doubts about this pair alone; a list of pairs need not repeat one about the whole run.
    pub fn own_doubts(&self) -> Vec<WarningKind> {
        let own = self.doubts.iter().copied();
        own.filter(|kind| *kind != WarningKind::UnoptimisedInterpreter)
            .collect()
    }

    /// Whether the pair failed or waits, so that the verdict only repeats its state.
    pub fn repeats_state(&self) -> bool {
        matches!(
            self.because,
            Because::Open(Obstacle::Failed(_) | Obstacle::Waiting | Obstacle::Skipped(_))
        )
    }
}

/// The verdict on a pair, from its figures and the warnings about the run and about the pair.
pub fn judge<'a>(
    pair: &PairRecord,
    summary: &PairSummary,
    warnings: impl Iterator<Item = &'a Warning> + Clone,
    lines: Lines,
) -> Verdict {
    let doubts = doubts(warnings.clone());
    let mut if_optimised = Vec::new();
    let because = match (obstacle(pair, summary, warnings), summary.headline()) {
        (Some(obstacle), _) => Because::Open(obstacle),
        (None, Some(case)) => {
            let because = weigh_speeds(case, lines);
            if doubts.contains(&WarningKind::UnoptimisedInterpreter) {
                if_optimised = optimised::other_calls(case, lines, because.call());
            }
            because
        }
        (None, None) => Because::Open(Obstacle::Waiting),
    };
    let profile = pair.diagnoses.profile(Variant::BASELINE);
    Verdict {
        pair: pair.name.clone(),
        because,
        lines,
        replaced: profile.and_then(|profile| profile.replaced.clone()),
        doubts,
        if_optimised,
    }
}

/// The verdict with other thresholds.
pub(crate) fn rejudge(verdict: &Verdict, summary: &PairSummary, lines: Lines) -> Verdict {
    let judged = match &verdict.because {
        Because::Open(Obstacle::Failed(_) | Obstacle::Skipped(_) | Obstacle::Waiting | Obstacle::Void(_)) => {
            None
        }
        _ => summary.headline(),
    };
    Verdict {
        because: judged.map_or_else(|| verdict.because.clone(), |case| weigh_speeds(case, lines)),
        lines,
        ..verdict.clone()
    }
}

/// What prevents any verdict on a pair.
fn obstacle<'a>(
    pair: &PairRecord,
    summary: &PairSummary,
    mut warnings: impl Iterator<Item = &'a Warning>,
) -> Option<Obstacle> {
    let void = |warning: &&Warning| warning.is_warning() && VOID.contains(&warning.kind);
    match summary.state() {
        PairState::Skipped => Some(Obstacle::Skipped(pair.skipped().unwrap_or_default().into())),
        PairState::Failed => {
            let fault = summary.failures.first().map(|failure| failure.fault.to_string());
            Some(Obstacle::Failed(fault.unwrap_or_default()))
        }
        PairState::Waiting => Some(Obstacle::Waiting),
        PairState::Measured | PairState::Partial => {
            warnings.find(void).map(|warning| Obstacle::Void(warning.kind))
        }
    }
}

/// Warnings that make every number of a run, or of the pair, unreliable.
const VOID: [WarningKind; 4] = [
    WarningKind::NullPairOff,
    WarningKind::DebugBuild,
    WarningKind::TimeDoesNotGrow,
    WarningKind::StateSurvives,
];

/// Warnings that cast doubt on a ratio or its interval. A wide interval is not among them: it already shows what it
/// leaves open.
const DOUBTS: [WarningKind; 12] = [
    WarningKind::FailedVariant,
    WarningKind::OpenFindings,
    WarningKind::UnoptimisedExtension,
    WarningKind::UnoptimisedInterpreter,
    WarningKind::FewLaunches,
    WarningKind::SamplesTooShort,
    WarningKind::RatioChangesSide,
    WarningKind::ThreadsDiffer,
    WarningKind::StillWarmingUp,
    WarningKind::CallsTooShort,
    WarningKind::DriftingLaunches,
    WarningKind::TwoKinds,
];

fn doubts<'a>(warnings: impl Iterator<Item = &'a Warning>) -> Vec<WarningKind> {
    // A verdict is about the headline case; its subjects have no size.
    let here = |warning: &&Warning| warning.about.iter().all(|subject| subject.size.is_none());
    let mut kinds: Vec<WarningKind> = warnings
        .filter(|warning| warning.is_warning() && DOUBTS.contains(&warning.kind))
        .filter(here)
        .map(|warning| warning.kind)
        .collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Applies the rules: a smaller step, the port, the parallel port, nothing.
fn weigh(case: &CaseSummary, lines: Lines) -> Because {
    let field = match Field::of(case) {
        Ok(field) => field,
        Err(obstacle) => return Because::Open(*obstacle),
    };
    let steps = field.measured_steps();
    let residuals = field.residuals(&steps);
    let mut of_steps = residuals.iter().zip(&steps);
    let enough =
        of_steps.find(|(one, step)| lines.is_worth_a_step(step) && lines.worth(&one.gain) == Decision::No);
    if let Some((one, step)) = enough {
        return Because::Suffices {
            step: step.clone(),
            port: one.port.clone(),
            beyond: one.gain,
        };
    }
    let residual = field.least(&residuals);
    let settled = match lines.worth(&residual.gain) {
        Decision::Open => return Because::Open(straddles(residual)),
        Decision::Yes => Because::Gains { residual, steps },
        Decision::No => match field.parallel(&steps).map(|one| (lines.worth(&one.gain), one)) {
            Some((Decision::Yes, parallel)) => Because::OnlyParallel {
                port: field.port.clone(),
                parallel,
            },
            Some((Decision::Open, parallel)) => return Because::Open(straddles(parallel)),
            _ => match field.missing_parallel_port() {
                Some(obstacle) => return Because::Open(obstacle),
                None => Because::NothingGains {
                    residual,
                    others: steps.into_iter().chain(field.parallel_ports()).collect(),
                },
            },
        },
    };
    // A smaller step that may still be enough leaves the verdict open.
    field.missing_step().map_or(settled, Because::Open)
}

/// The same, but judges a variant with bimodal launches at each of its two speeds, because no launch had the one
/// between. Two speeds that disagree leave the verdict open.
fn weigh_speeds(case: &CaseSummary, lines: Lines) -> Because {
    let settled = weigh(case, lines);
    for (at, variant) in case.variants.iter().enumerate() {
        let Some(modes) = &variant.modes else { continue };
        let alone = modes.each().map(|mode| {
            let mut case = case.clone();
            let own = &mut case.variants[at];
            (own.ratio, own.logs) = (Some(mode.ratio), Vec::new());
            weigh(&case, lines).call()
        });
        let [lower, upper] = alone;
        if lower != upper && alone.iter().all(|call| *call != Call::Inconclusive) {
            return Because::Open(Obstacle::Speeds {
                name: variant.name.clone(),
                shown: modes.display_ratio(),
                calls: alone,
            });
        }
    }
    settled
}

/// Why an interval decides nothing.
fn straddles(residual: Residual) -> Obstacle {
    let lacks = |gain: &&Gain| gain.ratio.interval.is_none();
    let without = Some(&residual.port)
        .filter(lacks)
        .or(residual.step.as_ref().filter(lacks))
        .cloned();
    match (residual.gain.interval, without) {
        (None, Some(gain)) => Obstacle::NoInterval(gain),
        _ => Obstacle::Straddles(residual),
    }
}
