//! The gains of a pair's variants, compared with thresholds.

use super::Obstacle;
use crate::analyse::summary::{CaseSummary, State, VariantSummary};
use crate::estimate::Estimate;
use crate::registry::Kind;
use crate::verify::NOT_WRITTEN;

/// The gain of a measured variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Gain {
    pub name: String,
    pub kind: Kind,
    pub ratio: Estimate,
}

impl Gain {
    /// The gain of a variant that has a ratio.
    pub fn of(variant: &VariantSummary) -> Option<Self> {
        Some(Gain {
            name: variant.name.clone(),
            kind: variant.kind,
            ratio: variant.ratio?,
        })
    }
}

/// All gains of a case, in the order declared.
pub fn gains(case: &CaseSummary) -> impl Iterator<Item = Gain> + '_ {
    case.variants.iter().filter_map(Gain::of)
}

/// A step that is not enough.
#[derive(Debug, Clone, PartialEq)]
pub struct Short {
    pub step: Gain,
    /// The port that it does not come near; `None` if it is not worth it by itself.
    pub of: Option<Gain>,
}

/// The port that a verdict is about: `rust`, a choice made before anything is measured. In a pair without it, the first
/// Rust variant that runs on one core, or else the first one. It may have no ratio.
pub fn port(case: &CaseSummary) -> Option<&VariantSummary> {
    let first = |kind| case.variants.iter().find(|v| v.kind == kind);
    (case.variants.iter().find(|v| v.name == "rust"))
        .or_else(|| first(Kind::Port))
        .or_else(|| first(Kind::ParallelPort))
}

/// The thresholds of a verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lines {
    /// From this ratio on a change of language is worth it.
    pub worth: f64,
    /// A smaller step that reaches this part of the port's gain is enough.
    pub near: f64,
}

impl Lines {
    /// Both from one number: a step is near the port if going on from it to the port is not worth it by the same threshold.
    /// With 2× that is half of the port's gain.
    pub fn at(worth: f64) -> Self {
        Lines {
            worth,
            near: 1.0 / worth,
        }
    }
}

impl Default for Lines {
    /// Twice as fast. docs/how-to-read.md has the reasons, and a report shows which verdicts another threshold would change.
    fn default() -> Self {
        Lines::at(2.0)
    }
}

/// A yes-or-no question, decided by whole intervals.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    Yes,
    No,
    /// The interval straddles the threshold, or there is none.
    Open(Obstacle),
}

impl Lines {
    /// Whether a gain is worth a change of language: the whole interval lies above the threshold, or below.
    pub fn worth(&self, gain: &Gain) -> Decision {
        match gain.ratio.interval {
            None => Decision::Open(Obstacle::NoInterval(gain.clone())),
            Some((low, _)) if low > self.worth => Decision::Yes,
            Some((_, high)) if high < self.worth => Decision::No,
            Some(_) => Decision::Open(Obstacle::Worth(gain.clone())),
        }
    }

    /// Whether a step reaches enough of a port's gain: yes if its lower end is at least `near` × the port's
    /// upper end, no if its upper end is below `near` × the port's lower end.
    pub fn near(&self, step: &Gain, port: &Gain) -> Decision {
        let none = |gain: &Gain| Decision::Open(Obstacle::NoInterval(gain.clone()));
        match (step.ratio.interval, port.ratio.interval) {
            (None, _) => none(step),
            (_, None) => none(port),
            (Some((low, _)), Some((_, high))) if low >= self.near * high => Decision::Yes,
            (Some((_, high)), Some((low, _))) if high < self.near * low => Decision::No,
            _ => Decision::Open(Obstacle::Near {
                step: step.clone(),
                port: port.clone(),
            }),
        }
    }

    /// Whether a step is enough: worth it, and near every one of the ports. One *no* settles it.
    pub fn suffices<'a>(&self, step: &Gain, ports: impl IntoIterator<Item = &'a Gain>) -> Decision {
        let near = ports.into_iter().map(|port| self.near(step, port));
        let decisions: Vec<Decision> = std::iter::once(self.worth(step)).chain(near).collect();
        match decisions.contains(&Decision::No) {
            true => Decision::No,
            false => decisions
                .into_iter()
                .find(|decision| *decision != Decision::Yes)
                .unwrap_or(Decision::Yes),
        }
    }
}

/// The variants of a case by kind.
pub(super) struct Field<'a> {
    variants: Vec<&'a VariantSummary>,
    /// The port on one core.
    pub port: Gain,
}

/// A step that is enough with the port that it was compared with; the steps that are not; what leaves another one open.
type Steps = (Option<(Gain, Gain)>, Vec<Short>, Option<Obstacle>);

impl<'a> Field<'a> {
    /// The variants of a case whose port was measured, or what is missing.
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

    /// The steps smaller than a port, least effort first. Like is compared with like: single-threaded steps with the
    /// single-threaded port, parallel ones with the parallel ports too.
    pub fn smaller_steps(&self, lines: Lines) -> Steps {
        let (mut enough, mut short, mut open) = (None, Vec::new(), None);
        for kind in [
            Kind::BetterPython,
            Kind::Library,
            Kind::Compiled,
            Kind::ParallelPython,
            Kind::Extension,
        ] {
            let parallel: Vec<Gain> = match kind {
                Kind::ParallelPython => self.parallel_ports().collect(),
                _ => Vec::new(),
            };
            let ports: Vec<&Gain> = std::iter::once(&self.port).chain(&parallel).collect();
            for step in self.of_kind(kind) {
                let Some(gain) = Gain::of(step) else {
                    open = open.or_else(|| Some(missing(step)));
                    continue;
                };
                match lines.suffices(&gain, ports.iter().copied()) {
                    Decision::Yes if enough.is_none() => {
                        let largest = ports
                            .iter()
                            .max_by(|a, b| a.ratio.value.total_cmp(&b.ratio.value));
                        enough = largest.map(|port| (gain, (*port).clone()));
                    }
                    Decision::Yes => {}
                    Decision::No => {
                        let far = ports.iter().find(|port| lines.near(&gain, port) == Decision::No);
                        let of = far.map(|port| (*port).clone());
                        short.push(Short { step: gain, of });
                    }
                    Decision::Open(obstacle) => open = open.or(Some(obstacle)),
                }
            }
        }
        (enough, short, open)
    }

    /// The parallel port that is worth it, the one with the largest gain of several; `None` where none is.
    pub fn best_parallel(&self, lines: Lines) -> Result<Option<Gain>, Box<Obstacle>> {
        let (mut best, mut open): (Option<Gain>, Option<Obstacle>) = (None, None);
        for variant in self.of_kind(Kind::ParallelPort) {
            let Some(gain) = Gain::of(variant) else {
                open = open.or_else(|| Some(missing(variant)));
                continue;
            };
            match lines.worth(&gain) {
                Decision::Yes => {
                    let larger = best
                        .as_ref()
                        .is_none_or(|best| gain.ratio.value > best.ratio.value);
                    best = if larger { Some(gain) } else { best };
                }
                Decision::No => {}
                Decision::Open(obstacle) => open = open.or(Some(obstacle)),
            }
        }
        match (best, open) {
            (None, Some(obstacle)) => Err(Box::new(obstacle)),
            (best, _) => Ok(best),
        }
    }
}

fn missing(variant: &VariantSummary) -> Obstacle {
    Obstacle::Missing {
        name: variant.name.clone(),
        state: variant.state.clone(),
    }
}
