//! The two speeds of launches that are bimodal.

use super::over_launches::estimate;
use crate::analyse::launches::{ComparisonFigures, LaunchFigures};
use crate::estimate::shape::{Cause, Seen, two_kinds};
use crate::estimate::{Estimate, Ratio, Time};
use crate::text::count;

/// The two speeds of a variant whose launches are bimodal. Their common centre is a speed that no launch had.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Modes {
    /// The mode with the smaller ratio.
    pub lower: Mode,
    /// The one with the larger.
    pub upper: Mode,
    /// What correlates with the mode of a launch.
    pub cause: Cause,
    /// Indices of the launches of the lower mode, then of the upper one.
    indices: [Vec<u32>; 2],
}

/// `12.1× in 7 of 10 launches, 18.4× in 3`.
pub(crate) fn in_launches([(own, lower), (others, upper)]: [(u32, String); 2]) -> String {
    let all = count((own + others) as usize, "launch");
    format!("{lower} in {own} of {all}, {upper} in {others}")
}

/// One of two speeds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Mode {
    /// Baseline ÷ variant in its launches.
    pub ratio: Estimate,
    /// Seconds per call in its launches.
    pub time: Option<Estimate>,
}

impl Mode {
    /// Its launches.
    pub fn launches(&self) -> u32 {
        self.ratio.launches
    }
}

impl Modes {
    /// Modes without launches.
    #[cfg(test)]
    pub(crate) fn made_up([lower, upper]: [Estimate; 2]) -> Self {
        let mode = |ratio| Mode { ratio, time: None };
        Modes {
            lower: mode(lower),
            upper: mode(upper),
            cause: Cause::Unknown,
            indices: Default::default(),
        }
    }

    /// The modes of a variant over these launches of one case; `None` if there is only one.
    pub(super) fn of(launches: &[&LaunchFigures], variant: &str) -> Option<Self> {
        let figures = launches.iter().filter_map(|launch| {
            let own = launch.comparison(variant)?;
            Some((launch.index, own, own.seen()?))
        });
        let all: Vec<(u32, &ComparisonFigures, Seen)> = figures.collect();
        let seen: Vec<Seen> = all.iter().map(|one| one.2).collect();
        let kinds = two_kinds(&seen)?;
        let of = |upper: bool| {
            let own = all.iter().zip(&kinds.is_upper);
            own.filter(move |(_, is_upper)| **is_upper == upper)
                .map(|(one, _)| one)
        };
        let mode = |upper| {
            Some(Mode {
                ratio: estimate(of(upper).map(|one| one.2.log))?,
                time: estimate(of(upper).filter_map(|one| one.1.log_time)),
            })
        };
        Some(Modes {
            lower: mode(false)?,
            upper: mode(true)?,
            cause: kinds.cause,
            indices: [false, true].map(|upper| of(upper).map(|one| one.0).collect()),
        })
    }

    /// Both modes, the smaller ratio first.
    pub fn each(&self) -> [Mode; 2] {
        [self.lower, self.upper]
    }

    /// The share of the launches that were in the upper mode.
    pub fn upper_share(&self) -> f64 {
        f64::from(self.upper.launches()) / f64::from(self.launches())
    }

    /// All launches.
    fn launches(&self) -> u32 {
        self.lower.launches() + self.upper.launches()
    }

    /// Whether this launch was in the upper mode; `None` for one without a ratio.
    pub(crate) fn is_upper(&self, launch: u32) -> Option<bool> {
        let [lower, upper] = &self.indices;
        match upper.contains(&launch) {
            true => Some(true),
            false => lower.contains(&launch).then_some(false),
        }
    }

    /// How often each occurred: `in 7 of 10 launches`, `in 3`.
    pub(crate) fn shares(&self) -> [String; 2] {
        let all = count(self.launches() as usize, "launch");
        [
            format!("in {} of {all}", self.lower.launches()),
            format!("in {}", self.upper.launches()),
        ]
    }

    /// `12.1× in 7 of 10 launches, 18.4× in 3`.
    pub fn display_ratio(&self) -> String {
        self.display(|mode| Ratio(mode.ratio.value).to_string())
    }

    /// `1.52 ms in 7 of 10 launches, 1.00 ms in 3`.
    pub fn display_time(&self) -> String {
        let time = |mode: Mode| mode.time.map(|time| Time(time.value).to_string());
        self.display(|mode| time(mode).unwrap_or_default())
    }

    fn display(&self, print: impl Fn(Mode) -> String) -> String {
        in_launches(self.each().map(|mode| (mode.launches(), print(mode))))
    }

    /// The estimate over all launches, if its interval covers both speeds; `None` otherwise, as no launch had the speed
    /// that it estimates.
    pub(crate) fn covering(&self, all: Estimate) -> Option<Estimate> {
        let (low, high) = all.interval?;
        (low <= self.lower.ratio.value && self.upper.ratio.value <= high).then_some(all)
    }
}
