//! A verdict in words. Names of variants and functions are in backticks.

use super::field::{is_faster, largest};
use super::optimised::FASTER;
use super::{Because, Call, Gain, Obstacle, Residual, Verdict};
use crate::analyse::summary::State;
use crate::estimate::{Estimate, Ratio};
use crate::record::WarningKind;
use crate::registry::Kind;
use crate::text::percent;
use crate::verify::NOT_WRITTEN;

/// An interval of at most this half-width that still straddles a threshold: the gain is too close to it to decide.
const TOO_CLOSE: f64 = 0.02;

impl Verdict {
    /// The reason in one sentence, without a full stop. For an inconclusive verdict, the words that follow "because".
    pub fn reason(&self) -> String {
        let calls: Vec<String> = self.if_optimised.iter().map(Call::to_string).collect();
        let (least, most) = FASTER;
        match calls.is_empty() {
            true => self.settled(),
            false => format!(
                "{}; on an optimised Python, {least} to {most} times as fast, it could be: {}",
                self.settled(),
                calls.join(", or ")
            ),
        }
    }

    /// What settled it.
    fn settled(&self) -> String {
        match &self.because {
            Because::Suffices { step, port, beyond } => {
                let slower = beyond.interval.is_some_and(|(_, high)| high < 1.0);
                let rest = match slower {
                    true => format!(
                        "{} is slower than that, {}",
                        self.who(port),
                        port.ratio.display_ratio()
                    ),
                    false => format!(
                        "{} gains only {} beyond that and would save {}",
                        self.who(port),
                        beyond.display_ratio(),
                        saved(port)
                    ),
                };
                format!(
                    "{} and saves {} of the time; {rest}",
                    self.gains(step),
                    saved(step)
                )
            }
            Because::Gains { residual, steps } => {
                format!("{}{}", self.gains(&residual.port), self.past(residual, steps))
            }
            Because::OnlyParallel { port, parallel } => {
                let (one, several) = (self.gains(port), self.gains(&parallel.port));
                let beyond = self.beyond(parallel).unwrap_or_default();
                format!("{one}, not enough on one core; {several}{beyond}")
            }
            Because::NothingGains { residual, others } => {
                let worth = times(self.lines.worth);
                let port = &residual.port;
                match (largest(others.iter().cloned()), self.beyond(residual)) {
                    (_, Some(beyond)) => format!("{}{beyond}, less than {worth}", self.gains(port)),
                    (Some(other), None) => format!(
                        "{}; of the others {}, all less than {worth}",
                        self.gains(port),
                        self.gains(&other)
                    ),
                    (None, None) if !is_faster(port) => self.gains(port),
                    (None, None) => format!("{}, less than {worth}", self.gains(port)),
                }
            }
            Because::Open(obstacle) => self.obstacle(obstacle),
        }
    }

    /// What the port gains beyond the smaller steps.
    fn past(&self, residual: &Residual, steps: &[Gain]) -> String {
        match (self.beyond(residual), largest(steps.iter().cloned())) {
            (Some(beyond), _) => beyond,
            (None, Some(step)) => format!("; {}", self.gains(&step)),
            (None, None) => "; no smaller step was tried".into(),
        }
    }

    /// What is gained beyond a step; `None` if no step is faster.
    fn beyond(&self, residual: &Residual) -> Option<String> {
        let step = residual.step.as_ref()?;
        Some(format!(
            ", and {} beyond {}, which gains {} and saves {} of the time instead of {}",
            residual.gain.display_ratio(),
            self.who(step),
            step.ratio.display_ratio(),
            saved(step),
            saved(&residual.port)
        ))
    }

    /// What to do about an inconclusive verdict, without a full stop.
    pub fn next(&self) -> Option<String> {
        const MORE: &str = "more launches narrow the interval: --launches 20, or --precision 1%";
        let Because::Open(obstacle) = &self.because else {
            return None;
        };
        let decide = || {
            format!(
                "too close to the {} threshold; decide on other grounds",
                times(self.lines.worth)
            )
        };
        let narrow = |gain: &Estimate| gain.relative_half_width().is_some_and(|width| width <= TOO_CLOSE);
        Some(match obstacle {
            Obstacle::Failed(_) => "fix the side at fault, then run cargo bench -- --test".into(),
            Obstacle::Skipped(_) => "install what is missing".into(),
            Obstacle::Waiting => "continue the run: cargo bench -- --resume".into(),
            Obstacle::Void(kind) => kind.found(Vec::new(), "").remedy,
            Obstacle::Missing { state, .. } | Obstacle::NoPort { state, .. } => match state {
                State::Deselected => "measure it too: leave out --variants".into(),
                State::Skipped(reason) if reason == NOT_WRITTEN => "write it".into(),
                State::Skipped(_) => "install what is missing".into(),
                State::Failed(_) => "fix it, then run cargo bench -- --test".into(),
                State::Measured | State::NotMeasured => MORE.into(),
            },
            Obstacle::Straddles(residual) if narrow(&residual.gain) => decide(),
            Obstacle::Speeds { .. } => {
                "find out what causes the two speeds, and which one applies to your program".into()
            }
            Obstacle::NoInterval(_) | Obstacle::Straddles(_) => MORE.into(),
        })
    }

    fn obstacle(&self, obstacle: &Obstacle) -> String {
        let worth = times(self.lines.worth);
        match obstacle {
            Obstacle::Failed(fault) if fault.is_empty() => "the pair failed and has no ratio".into(),
            Obstacle::Failed(fault) => format!("the pair failed and has no ratio: {fault}"),
            Obstacle::Skipped(reason) => format!("the pair cannot be run here: {reason}"),
            Obstacle::Waiting => "nothing is measured yet".into(),
            Obstacle::Void(kind) => {
                let text = kind.found(Vec::new(), "").text;
                let mut letters = text.chars();
                let first = letters.next().map(|c| c.to_lowercase().to_string());
                first.unwrap_or_default() + letters.as_str()
            }
            Obstacle::NoPort { name, state } => {
                format!(
                    "`{name}` {}, and no verdict is possible without it",
                    without(state)
                )
            }
            Obstacle::Missing { name, state } => {
                format!("`{name}` {}, and could be the answer", without(state))
            }
            Obstacle::Speeds { name, shown, calls } => {
                format!(
                    "`{}` has two speeds, {shown}: at one {}, at the other {}",
                    plain(name),
                    calls[0],
                    calls[1]
                )
            }
            Obstacle::NoInterval(gain) => format!(
                "the {} of {} has no interval yet",
                Ratio(gain.ratio.value),
                self.who(gain)
            ),
            Obstacle::Straddles(Residual { port, step: None, .. }) => format!(
                "the interval of {}, {}, straddles {worth}",
                self.who(port),
                port.ratio.display_ratio()
            ),
            Obstacle::Straddles(residual) => {
                let beyond = self.beyond(residual).unwrap_or_default();
                format!(
                    "{}{beyond}: the interval straddles {worth}",
                    self.gains(&residual.port)
                )
            }
        }
    }

    /// The subject of a gain.
    fn who(&self, gain: &Gain) -> String {
        match (gain.kind, gain.name.as_str(), &self.replaced) {
            (Kind::Extension, _, Some(function)) => format!("the extension for `{}`", plain(function)),
            (Kind::Extension, _, None) => "the extension".into(),
            (Kind::Port, "rust", _) => "Rust".into(),
            (Kind::ParallelPort, name, _) => format!("Rust with {}", plain(name)),
            (_, name, _) => format!("`{}`", plain(name)),
        }
    }

    fn gains(&self, gain: &Gain) -> String {
        let ratio = gain.ratio.display_ratio();
        let who = self.who(gain);
        match gain.ratio.interval {
            Some((_, high)) if high < 1.0 => format!("{who} is slower, {ratio}"),
            Some((low, _)) if low <= 1.0 => format!("{who} shows no difference, {ratio}"),
            _ => format!("{who} gains {ratio}"),
        }
    }
}

/// Doubts in a few words, without a full stop.
pub fn doubt(kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::FailedVariant => "another variant failed",
        WarningKind::OpenFindings => "a dig found inputs on which the sides differ",
        WarningKind::UnoptimisedExtension => "the extension is a debug build",
        WarningKind::UnoptimisedInterpreter => "the interpreter is not optimised",
        WarningKind::FewLaunches => "few launches",
        WarningKind::SamplesTooShort => "samples too short for the clock",
        WarningKind::RatioChangesSide => "the ratio changes side with the size",
        WarningKind::ThreadsDiffer => "the sides use different numbers of threads",
        WarningKind::StillWarmingUp => "still warming up",
        WarningKind::CallsTooShort => "calls too short",
        WarningKind::DriftingLaunches => "launches drift",
        WarningKind::TwoKinds => "bimodal launches",
        _ => "see the warnings",
    }
}

/// Why a variant has no ratio.
fn without(state: &State) -> &'static str {
    match state {
        State::Skipped(reason) if reason == NOT_WRITTEN => "is not written yet",
        State::Skipped(_) => "was skipped",
        State::Failed(_) => "failed",
        State::Deselected => "was left out",
        State::Measured | State::NotMeasured => "was not measured",
    }
}

/// A name without backticks of its own.
fn plain(name: &str) -> String {
    name.replace('`', "'")
}

/// The share of the time that is saved.
fn saved(gain: &Gain) -> String {
    percent(1.0 - 1.0 / gain.ratio.value)
}

fn times(worth: f64) -> String {
    format!("{worth}×")
}
