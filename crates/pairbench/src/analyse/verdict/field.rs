//! What a pair's variants gain, and on which side of a line that lies.

use super::Obstacle;
use crate::analyse::summary::{CaseSummary, State, VariantSummary};
use crate::estimate::Estimate;
use crate::registry::Kind;

/// What a measured variant gains.
#[derive(Debug, Clone, PartialEq)]
pub struct Gain {
    /// Name of the variant.
    pub name: String,
    /// What a step it is.
    pub kind: Kind,
    /// Its ratio.
    pub ratio: Estimate,
}

impl Gain {
    /// The gain of a variant that has a ratio.
    pub fn of(variant: &VariantSummary) -> Option<Self> {
        Some(Gain {
            name: variant.name.clone(),
            kind: Kind::of(&variant.name, variant.side),
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
    /// The step.
    pub step: Gain,
    /// The port that it does not come near; none when it is not worth it by itself.
    pub of: Option<Gain>,
}

/// The port that a verdict speaks of: `rust`, chosen before anything was measured; in a pair that has none the first Rust
/// variant that runs on one core, or the first at all. It need not have a ratio.
pub fn port(case: &CaseSummary) -> Option<&VariantSummary> {
    let first = |kind| case.variants.iter().find(|v| Kind::of(&v.name, v.side) == kind);
    (case.variants.iter().find(|v| v.name == "rust"))
        .or_else(|| first(Kind::Port))
        .or_else(|| first(Kind::ParallelPort))
}

/// The lines that a verdict is judged by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lines {
    /// From this ratio on a change of language is worth it.
    pub worth: f64,
    /// A smaller step that reaches so much of the port's gain is enough.
    pub near: f64,
}

impl Lines {
    /// Both from one: a step is near the port where going on from it to the port is not worth it by the same line. With
    /// 2× that is half of the port's gain.
    pub fn at(worth: f64) -> Self {
        Lines {
            worth,
            near: 1.0 / worth,
        }
    }
}

impl Default for Lines {
    /// Twice as fast. docs/how-to-read.md says why, and a report shows which verdicts another line would change.
    fn default() -> Self {
        Lines::at(2.0)
    }
}

/// Whether something is so, as far as whole intervals tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It is.
    Yes,
    /// It isn't.
    No,
    /// The interval straddles the line, or there is none.
    Open(Obstacle),
}

impl Lines {
    /// Whether a gain is worth a change of language: the whole interval above the line, or below.
    pub fn worth(&self, gain: &Gain) -> Answer {
        match gain.ratio.interval {
            None => Answer::Open(Obstacle::NoInterval(gain.clone())),
            Some((low, _)) if low > self.worth => Answer::Yes,
            Some((_, high)) if high < self.worth => Answer::No,
            Some(_) => Answer::Open(Obstacle::Worth(gain.clone())),
        }
    }

    /// Whether a step reaches enough of a port's gain: it does if its lower end reaches the line drawn by the port's
    /// upper end, and does not if its upper end stays below the line drawn by the port's lower end.
    pub fn near(&self, step: &Gain, port: &Gain) -> Answer {
        let none = |gain: &Gain| Answer::Open(Obstacle::NoInterval(gain.clone()));
        match (step.ratio.interval, port.ratio.interval) {
            (None, _) => none(step),
            (_, None) => none(port),
            (Some((low, _)), Some((_, high))) if low >= self.near * high => Answer::Yes,
            (Some((_, high)), Some((low, _))) if high < self.near * low => Answer::No,
            _ => Answer::Open(Obstacle::Near {
                step: step.clone(),
                port: port.clone(),
            }),
        }
    }

    /// Whether a step is enough: worth it, and near every one of the ports. One *no* settles it.
    pub fn suffices<'a>(&self, step: &Gain, ports: impl IntoIterator<Item = &'a Gain>) -> Answer {
        let near = ports.into_iter().map(|port| self.near(step, port));
        let asked: Vec<Answer> = std::iter::once(self.worth(step)).chain(near).collect();
        match asked.contains(&Answer::No) {
            true => Answer::No,
            false => asked
                .into_iter()
                .find(|answer| *answer != Answer::Yes)
                .unwrap_or(Answer::Yes),
        }
    }
}

/// The variants of a case by what they are.
pub(super) struct Field<'a> {
    variants: Vec<&'a VariantSummary>,
    /// The port on one core.
    pub port: Gain,
}

/// A step that is enough and the port that it is compared with; the steps that are not; what leaves another one open.
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
                state: State::NotMeasured,
            })),
        }
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &'a VariantSummary> + '_ {
        let own = self.variants.iter().copied();
        own.filter(move |v| Kind::of(&v.name, v.side) == kind && v.name != self.port.name)
    }

    /// The parallel ports that were measured.
    pub fn parallel_ports(&self) -> impl Iterator<Item = Gain> + '_ {
        self.of_kind(Kind::ParallelPort).filter_map(Gain::of)
    }

    /// The steps that are less than a port, from the least effort on. Like is compared with like: what runs on one core
    /// with the port on one core, what runs in parallel with the parallel ports too.
    pub fn smaller_steps(&self, lines: Lines) -> Steps {
        let (mut enough, mut short, mut open) = (None, Vec::new(), None);
        for kind in [Kind::Library, Kind::ParallelPython, Kind::Extension] {
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
                    Answer::Yes if enough.is_none() => {
                        let largest = ports
                            .iter()
                            .max_by(|a, b| a.ratio.value.total_cmp(&b.ratio.value));
                        enough = largest.map(|port| (gain, (*port).clone()));
                    }
                    Answer::Yes => {}
                    Answer::No => {
                        let far = ports.iter().find(|port| lines.near(&gain, port) == Answer::No);
                        let of = far.map(|port| (*port).clone());
                        short.push(Short { step: gain, of });
                    }
                    Answer::Open(obstacle) => open = open.or(Some(obstacle)),
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
                Answer::Yes => {
                    let larger = best
                        .as_ref()
                        .is_none_or(|best| gain.ratio.value > best.ratio.value);
                    best = if larger { Some(gain) } else { best };
                }
                Answer::No => {}
                Answer::Open(obstacle) => open = open.or(Some(obstacle)),
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
