//! A verdict in words. Names of variants and functions are in backticks.

use super::{Because, Gain, Obstacle, Short, Verdict};
use crate::analyse::summary::State;
use crate::estimate::Ratio;
use crate::record::WarningKind;
use crate::registry::Kind;
use crate::text::percent;
use crate::verify::NOT_WRITTEN;

/// An interval of at most this half-width that still straddles a threshold: the gain is too close to it to decide.
const TOO_CLOSE: f64 = 0.02;

impl Verdict {
    /// The reason in one sentence, without a full stop. For an inconclusive one, the words that follow "because".
    pub fn reason(&self) -> String {
        match &self.because {
            Because::Suffices { step, port } => {
                format!(
                    "{}, at least {} of {}",
                    self.gains(step),
                    share(self.lines.near),
                    self.whose(port)
                )
            }
            Because::Gains { port, short } => match self.nearest_step(short, port) {
                Some(step) => format!("{}; {step}", self.gains(port)),
                None => format!("{}; the pair has no smaller step", self.gains(port)),
            },
            Because::OnlyParallel {
                port,
                parallel,
                short,
            } => {
                let (one, several) = (self.gains(port), self.gains(parallel));
                let step = self.nearest_step(short, parallel);
                let step = step.map(|step| format!("; {step}")).unwrap_or_default();
                format!("{one}, not enough on one core; {several}{step}")
            }
            Because::NothingGains { port, others } => {
                let worth = times(self.lines.worth);
                match nearest(others) {
                    Some(other) => format!(
                        "{}; of the others {}, all less than {worth}",
                        self.gains(port),
                        self.gains(other)
                    ),
                    None if !is_faster(port) => self.gains(port),
                    None => format!("{}, less than {worth}", self.gains(port)),
                }
            }
            Because::Open(obstacle) => self.obstacle(obstacle),
        }
    }

    /// The next step for an inconclusive one, without a full stop.
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
        let narrow = |gain: &Gain| {
            gain.ratio
                .relative_half_width()
                .is_some_and(|width| width <= TOO_CLOSE)
        };
        Some(match obstacle {
            Obstacle::Failed(_) => "fix the side at fault, then run cargo bench -- --test".into(),
            Obstacle::Waiting => "continue the run: cargo bench -- --resume".into(),
            Obstacle::Void(kind) => kind.found(Vec::new(), "").remedy,
            Obstacle::Missing { state, .. } | Obstacle::NoPort { state, .. } => match state {
                State::Deselected => "measure it too: leave out --variants".into(),
                State::Skipped(reason) if reason == NOT_WRITTEN => "write it".into(),
                State::Skipped(_) => "install what is missing".into(),
                State::Failed(_) => "fix it, then run cargo bench -- --test".into(),
                State::Measured | State::NotMeasured => MORE.into(),
            },
            Obstacle::Worth(gain) if narrow(gain) => decide(),
            Obstacle::Near { step, port } if narrow(step) && narrow(port) => {
                format!(
                    "too close to {} of the port; decide on other grounds",
                    share(self.lines.near)
                )
            }
            Obstacle::NoInterval(_) | Obstacle::Worth(_) | Obstacle::Near { .. } => MORE.into(),
        })
    }

    fn obstacle(&self, obstacle: &Obstacle) -> String {
        let worth = times(self.lines.worth);
        match obstacle {
            Obstacle::Failed(fault) if fault.is_empty() => "the pair failed and has no ratio".into(),
            Obstacle::Failed(fault) => format!("the pair failed and has no ratio: {fault}"),
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
            Obstacle::NoInterval(gain) => format!(
                "the {} of {} has no interval yet",
                Ratio(gain.ratio.value),
                self.who(gain)
            ),
            Obstacle::Worth(gain) => format!(
                "the interval of {}, {}, straddles {worth}",
                self.who(gain),
                gain.ratio.display_ratio()
            ),
            Obstacle::Near { step, port } => format!(
                "{}, which may or may not be {} of {}",
                self.gains(step),
                share(self.lines.near),
                self.whose(port)
            ),
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

    /// The step that comes nearest, and why it is not enough; `shown` is the port that the sentence has just named.
    fn nearest_step(&self, short: &[Short], shown: &Gain) -> Option<String> {
        let value = |short: &Short| short.step.ratio.value;
        let nearest = short.iter().max_by(|a, b| value(a).total_cmp(&value(b)))?;
        let (gains, near) = (self.gains(&nearest.step), share(self.lines.near));
        Some(match &nearest.of {
            _ if !is_faster(&nearest.step) => gains,
            None => format!("{gains}, less than {}", times(self.lines.worth)),
            Some(port) if port == shown => format!("{gains}, less than {near} of that"),
            Some(port) => format!("{gains}, less than {near} of {}", self.whose(port)),
        })
    }

    fn whose(&self, gain: &Gain) -> String {
        let (who, ratio) = (self.who(gain), gain.ratio.display_ratio());
        match gain.name.as_str() {
            "rust" => format!("{who}'s {ratio}"),
            _ => format!("the {ratio} of {who}"),
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

/// Whether the whole interval lies above 1, or there is none.
fn is_faster(gain: &Gain) -> bool {
    gain.ratio.interval.is_none_or(|(low, _)| low > 1.0)
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

/// The largest gain, by its estimate.
fn nearest(steps: &[Gain]) -> Option<&Gain> {
    steps
        .iter()
        .max_by(|a, b| a.ratio.value.total_cmp(&b.ratio.value))
}

/// A name without backticks of its own.
fn plain(name: &str) -> String {
    name.replace('`', "'")
}

fn share(near: f64) -> String {
    match near {
        0.5 => "half".into(),
        near => percent(near),
    }
}

fn times(worth: f64) -> String {
    format!("{worth}×")
}
