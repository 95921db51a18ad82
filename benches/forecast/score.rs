//! How far forecasts were off.

use super::model::Gains;
use super::workloads::Workload;
use pairbench::estimate::Middle;

/// A forecast of a workload, by gains that were fitted without it unless they are given.
pub struct Forecast<'a> {
    /// The workload that was forecast.
    pub workload: &'a Workload,
    /// Python's time ÷ the port's.
    pub forecast: f64,
}

impl Forecast<'_> {
    /// Measured ÷ forecast.
    pub fn off(&self) -> f64 {
        self.workload.ratio / self.forecast
    }

    /// The same as a factor above 1, whichever is larger.
    pub fn factor(&self) -> f64 {
        self.off().max(1.0 / self.off())
    }

    /// Whether the outcome was within the width that `pairbench forecast` gives.
    pub fn held(&self) -> bool {
        self.factor() <= HELD
    }
}

/// The half-width, as a factor, that forecasts are published with if the C functions are known.
pub const HELD: f64 = 2.2;

/// A forecast of each by gains fitted to all others.
pub fn leave_one_out(workloads: &[Workload]) -> Vec<Forecast<'_>> {
    let without = |left_out: usize| -> Vec<&Workload> {
        let others = workloads.iter().enumerate().filter(|(at, _)| *at != left_out);
        others.map(|(_, workload)| workload).collect()
    };
    let numbered = workloads.iter().enumerate();
    numbered
        .map(|(at, workload)| by(&Gains::fit(&without(at)), workload))
        .collect()
}

/// A forecast of each of one set by gains fitted to the other: to the catalogue, or to the corpus.
pub fn transfer(workloads: &[Workload], to_catalogue: bool) -> Vec<Forecast<'_>> {
    let (tested, known): (Vec<_>, Vec<_>) = workloads
        .iter()
        .partition(|workload| workload.catalogue == to_catalogue);
    let gains = Gains::fit(&known);
    tested.into_iter().map(|workload| by(&gains, workload)).collect()
}

/// A forecast by given gains.
pub fn by<'a>(gains: &Gains, workload: &'a Workload) -> Forecast<'a> {
    Forecast {
        workload,
        forecast: gains.forecast(&workload.shares),
    }
}

/// How far some forecasts were off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    /// How many there were.
    pub count: usize,
    /// The median error, as a factor.
    pub median: f64,
    /// 80 % of all, and of one more, were within this factor.
    pub most: f64,
    /// How many were within ×2.
    pub within_two: usize,
    /// How many held.
    pub held: usize,
}

impl Errors {
    /// `None` if there are none.
    pub fn of(forecasts: &[Forecast<'_>]) -> Option<Errors> {
        let factors = sorted(forecasts.iter().map(Forecast::factor));
        Some(Errors {
            count: factors.len(),
            median: Middle::of(&factors)?.value,
            most: quantile(&factors, 0.8),
            within_two: factors.iter().filter(|&&factor| factor <= 2.0).count(),
            held: forecasts.iter().filter(|one| one.held()).count(),
        })
    }
}

/// The forecasts in one range of sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Upper end of the range; it starts at the end of the one before.
    pub below: f64,
    /// How many there were.
    pub count: usize,
    /// 80 % of measured ÷ forecast were between this …
    pub low: f64,
    /// … and this.
    pub high: f64,
}

/// The bands by size of the forecast, as `pairbench forecast` has them. Bands without forecasts are left out.
pub fn bands(forecasts: &[Forecast<'_>]) -> Vec<Band> {
    let mut from = 0.0;
    let mut bands = Vec::new();
    for below in [20.0, f64::INFINITY] {
        let inside = forecasts
            .iter()
            .filter(|one| one.forecast >= from && one.forecast < below);
        let off = sorted(inside.map(Forecast::off));
        if !off.is_empty() {
            let reversed: Vec<f64> = off.iter().rev().copied().collect();
            bands.push(Band {
                below,
                count: off.len(),
                low: quantile(&reversed, 0.9),
                high: quantile(&off, 0.9),
            });
        }
        from = below;
    }
    bands
}

/// Answers to the question whether a port gains more than a given line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// Right answers.
    pub right: usize,
    /// All.
    pub all: usize,
    /// Right answers of forecasts that are a factor of 2 or more from the line.
    pub clear_right: usize,
    /// All answers of such forecasts.
    pub clear: usize,
}

/// The answers for one line.
pub fn answers(forecasts: &[Forecast<'_>], line: f64) -> Answers {
    let right = |one: &&Forecast<'_>| (one.forecast > line) == (one.workload.ratio > line);
    let clear = |one: &&Forecast<'_>| one.forecast >= line * 2.0 || one.forecast <= line / 2.0;
    Answers {
        right: forecasts.iter().filter(right).count(),
        all: forecasts.len(),
        clear_right: forecasts.iter().filter(clear).filter(right).count(),
        clear: forecasts.iter().filter(clear).count(),
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The smallest value that a new one would exceed with a probability of at most `1 - level`, by ranks (split conformal
/// prediction: Lei and others, 2018); the last value if there are too few.
fn quantile(ordered: &[f64], level: f64) -> f64 {
    let rank = ((ordered.len() + 1) as f64 * level).ceil() as usize;
    ordered[rank.min(ordered.len()) - 1]
}
