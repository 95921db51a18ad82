//! The gains of a pair's variants, compared with thresholds.

use super::Obstacle;
use crate::analyse::summary::{CaseSummary, State, VariantSummary, estimate};
use crate::estimate::Estimate;
use crate::registry::{Kind, Variant};
use crate::verify::NOT_WRITTEN;

/// The gain of a measured variant.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Gain {
    pub name: String,
    pub kind: Kind,
    pub ratio: Estimate,
    /// The logarithm of the ratio in each launch, by its index.
    pub logs: Vec<(u32, f64)>,
    /// The factor by which its interval is widened for dependence between launches.
    pub widening: f64,
}

impl Gain {
    /// The gain of a variant that has a ratio.
    pub fn of(variant: &VariantSummary) -> Option<Self> {
        Some(Gain {
            name: variant.name.clone(),
            kind: variant.kind,
            ratio: variant.ratio?,
            logs: variant.logs.clone(),
            widening: variant.widening,
        })
    }

    /// How many times as fast this is as another gain. Computed within each launch if launches measured both, so that
    /// what they share cancels; otherwise from the ends of the intervals: too wide, but never too narrow.
    pub fn beyond(&self, other: &Gain) -> Estimate {
        let of_other = |launch| other.logs.iter().find(|(index, _)| *index == launch);
        let both = self
            .logs
            .iter()
            .filter_map(|(launch, log)| Some(log - of_other(*launch)?.1));
        estimate(both)
            .filter(|estimate| estimate.interval.is_some())
            .map(|estimate| estimate.widened(self.widening.max(other.widening)))
            .unwrap_or_else(|| Estimate {
                value: self.ratio.value / other.ratio.value,
                interval: self
                    .ratio
                    .interval
                    .zip(other.ratio.interval)
                    .map(|((low, high), (other_low, other_high))| (low / other_high, high / other_low)),
                launches: self.ratio.launches.min(other.ratio.launches),
            })
    }
}

/// All gains of a case, in the order declared.
pub fn gains(case: &CaseSummary) -> impl Iterator<Item = Gain> + '_ {
    case.variants.iter().filter_map(Gain::of)
}

/// What a port gains beyond the best smaller step.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Residual {
    pub port: Gain,
    /// `None` if no step is faster than Python as it is.
    pub step: Option<Gain>,
    /// Port ÷ step, or the port's own gain if there is no step.
    pub gain: Estimate,
}

impl Residual {
    fn of(port: &Gain, step: Option<&Gain>) -> Self {
        Residual {
            gain: step.map_or(port.ratio, |step| port.beyond(step)),
            port: port.clone(),
            step: step.cloned(),
        }
    }

    /// The smallest and the largest residual, if launches of the port or of the step are bimodal.
    pub fn speeds(&self, case: &CaseSummary) -> Option<(f64, f64)> {
        let of = |gain: &Gain| {
            case.variant(&gain.name)
                .map_or(Vec::new(), VariantSummary::speeds)
        };
        let (ports, steps) = (of(&self.port), self.step.as_ref().map_or(vec![1.0], of));
        let several = ports.len() > 1 || steps.len() > 1;
        let all = ports
            .iter()
            .flat_map(|port| steps.iter().map(move |step| port / step));
        let ends = all.fold((f64::INFINITY, 0.0_f64), |(low, high), one| {
            (low.min(one), high.max(one))
        });
        several.then_some(ends)
    }
}

/// What the port of a case gains beyond the best smaller step, whatever the verdict; `None` if no port was measured.
pub fn residual(case: &CaseSummary) -> Option<Residual> {
    let field = Field::of(case).ok()?;
    Some(field.least(&field.residuals(&field.measured_steps())))
}

/// The port that a verdict is about: `rust`, a choice made before anything is measured. In a pair without it, the first
/// Rust variant that runs on one core, or else the first parallel one. It may have no ratio.
pub fn port(case: &CaseSummary) -> Option<&VariantSummary> {
    let first = |kind| case.variants.iter().find(|v| v.kind == kind);
    (case.variants.iter().find(|v| v.name == "rust"))
        .or_else(|| first(Kind::Port))
        .or_else(|| first(Kind::ParallelPort))
}

/// Thresholds for a change of language that others might choose.
pub(crate) const OTHER_LINES: [f64; 2] = [1.5, 3.0];

/// The thresholds of a verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Lines {
    /// A change of language is worth it above this ratio.
    pub worth: f64,
}

impl Lines {
    /// Thresholds with this ratio for a change of language.
    pub fn at(worth: f64) -> Self {
        Lines { worth }
    }

    /// A smaller step is worth its smaller effort above this ratio: the geometric mean of 1 and the other threshold.
    pub fn step(self) -> f64 {
        self.worth.sqrt()
    }
}

impl Default for Lines {
    /// Twice as fast. docs/how-to-read.md has the reasons, and a report shows which verdicts another threshold would change.
    fn default() -> Self {
        Lines::at(2.0)
    }
}

/// A yes-or-no question, decided by whole intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Yes,
    No,
    /// The interval straddles the threshold, or there is none.
    Open,
}

impl Lines {
    /// Whether a ratio is worth a change of language: its whole interval lies above the threshold, or below.
    pub fn worth(self, ratio: &Estimate) -> Decision {
        match ratio.interval {
            Some((low, _)) if low > self.worth => Decision::Yes,
            Some((_, high)) if high < self.worth => Decision::No,
            _ => Decision::Open,
        }
    }

    /// Whether a step makes a port unnecessary: it is worth taking, and what the port gains beyond it is not worth it.
    pub fn suffices(self, step: &Gain, port: &Gain) -> Decision {
        match (self.is_worth_a_step(step), self.worth(&port.beyond(step))) {
            (_, Decision::Yes) | (false, Decision::No) => Decision::No,
            (true, Decision::No) => Decision::Yes,
            (_, Decision::Open) => Decision::Open,
        }
    }

    /// Whether the whole interval of a step lies above its threshold.
    pub fn is_worth_a_step(self, step: &Gain) -> bool {
        step.ratio.interval.is_some_and(|(low, _)| low > self.step())
    }
}

/// The variants of a case by kind.
pub(super) struct Field<'a> {
    variants: Vec<&'a VariantSummary>,
    /// The port on one core.
    pub port: Gain,
}

impl<'a> Field<'a> {
    /// The variants of a case, or what is missing if its port was not measured.
    pub fn of(case: &'a CaseSummary) -> Result<Self, Box<Obstacle>> {
        let variants: Vec<&VariantSummary> = case.variants.iter().collect();
        match port(case).map(|port| (port, Gain::of(port))) {
            Some((_, Some(gain))) => Ok(Field { port: gain, variants }),
            Some((port, None)) => Err(Box::new(Obstacle::NoPort {
                name: port.name.clone(),
                state: port.state.clone(),
            })),
            None => Err(Box::new(Obstacle::NoPort {
                name: "rust".into(),
                state: State::Skipped(NOT_WRITTEN.into()),
            })),
        }
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &'a VariantSummary> + '_ {
        let own = self.variants.iter().copied();
        own.filter(move |v| v.kind == kind && v.name != self.port.name)
    }

    /// The parallel ports that were measured.
    pub fn parallel_ports(&self) -> impl Iterator<Item = Gain> + '_ {
        self.of_kind(Kind::ParallelPort).filter_map(Gain::of)
    }

    /// The smaller steps, least effort first (the order of [`Kind`]).
    fn steps(&self) -> Vec<&'a VariantSummary> {
        let own = self.variants.iter().copied();
        let mut steps: Vec<_> = own
            .filter(|v| Kind::Baseline < v.kind && v.kind < Kind::Port)
            .collect();
        steps.sort_by_key(|step| step.kind);
        steps
    }

    /// The steps that were measured.
    pub fn measured_steps(&self) -> Vec<Gain> {
        self.steps().into_iter().filter_map(Gain::of).collect()
    }

    /// A step that could be enough and has no ratio.
    pub fn missing_step(&self) -> Option<Obstacle> {
        missing(self.steps())
    }

    /// A parallel port that could gain enough and has no ratio.
    pub fn missing_parallel_port(&self) -> Option<Obstacle> {
        missing(self.of_kind(Kind::ParallelPort))
    }

    /// What a port gains beyond each of these steps. Parallel steps are compared with the largest of all ports, all
    /// others with the port on one core.
    pub fn residuals(&self, steps: &[Gain]) -> Vec<Residual> {
        let ports = self.parallel_ports().chain([self.port.clone()]);
        let fastest = largest(ports).unwrap_or_else(|| self.port.clone());
        let port = |step: &Gain| match step.kind {
            Kind::ParallelPython => &fastest,
            _ => &self.port,
        };
        let residual = |step| Residual::of(port(step), Some(step));
        steps.iter().map(residual).collect()
    }

    /// The smallest of these residuals whose step is faster than Python; without one, the port's gain over Python.
    pub fn least(&self, residuals: &[Residual]) -> Residual {
        let faster = residuals
            .iter()
            .filter(|one| one.step.as_ref().is_some_and(is_faster));
        let least = faster.min_by(|a, b| a.gain.value.total_cmp(&b.gain.value));
        least.cloned().unwrap_or_else(|| Residual::of(&self.port, None))
    }

    /// What the largest parallel port gains beyond the best of these steps, or beyond Python if none is faster; `None`
    /// without a parallel port.
    pub fn parallel(&self, steps: &[Gain]) -> Option<Residual> {
        let step = largest(steps.iter().filter(|step| is_faster(step)).cloned());
        largest(self.parallel_ports()).map(|port| Residual::of(&port, step.as_ref()))
    }
}

/// The largest gain, by its estimate.
pub fn largest(gains: impl IntoIterator<Item = Gain>) -> Option<Gain> {
    gains
        .into_iter()
        .max_by(|a, b| a.ratio.value.total_cmp(&b.ratio.value))
}

/// Whether the whole interval lies above 1, or there is none.
pub(super) fn is_faster(gain: &Gain) -> bool {
    gain.ratio.interval.is_none_or(|(low, _)| low > 1.0)
}

/// The first of these variants that has no ratio. One that needs a newer Python cannot be the answer here.
fn missing<'a>(variants: impl IntoIterator<Item = &'a VariantSummary>) -> Option<Obstacle> {
    let too_old = |variant: &VariantSummary| matches!(&variant.state, State::Skipped(reason) if reason.ends_with(Variant::NEWER_PYTHON));
    let mut without = variants.into_iter().filter(|variant| variant.ratio.is_none());
    let variant = without.find(|variant| !too_old(variant))?;
    Some(Obstacle::Missing {
        name: variant.name.clone(),
        state: variant.state.clone(),
    })
}
