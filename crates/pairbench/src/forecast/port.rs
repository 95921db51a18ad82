//! The forecast of a whole port: answers to thresholds, a band, and what would limit it.

use super::class::Class;
use super::gains::{BANDS, LOWER_END_ONLY, MARGIN, SAMPLING, WIDTHS};
use super::shares::Shares;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What could be seen of the interpreter: the less, the wider the band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// The instruction and the C function.
    Symbols,
    /// The instruction, or only the library.
    Libraries,
    /// Python functions and the C functions that they call.
    Functions,
}

impl Resolution {
    fn width(self) -> f64 {
        WIDTHS[self as usize]
    }
}

/// Whether a port gains more than a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// More.
    Yes,
    /// Less.
    No,
    /// Too close.
    Unknown,
}

/// Thresholds for which a forecast has an answer.
pub(crate) const THRESHOLDS: [u32; 4] = [2, 5, 10, 30];

/// What a port would gain over Python, with the same data structures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Port {
    /// Lower end of the 80 % band; `None` if there is only `at_least`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Its upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// For forecasts above 20: a lower end without an upper one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// Whether it gains more than 2×, 5×, 10× and 30×.
    pub over: BTreeMap<String, Answer>,
    /// What the port spends its time on, the largest part first: names and parts of the port's time.
    pub limits: Vec<Limit>,
    /// Whether most of the time is in loops that could be vectorised, so that the gain may be several times higher.
    pub vectorisable: bool,
}

/// A part of the port's time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Limit {
    /// What takes it.
    pub what: String,
    /// Its fraction of the time, from 0 to 1.
    pub share: f64,
}

/// Smaller parts of the port's time are not listed.
const SMALLEST_LIMIT: f64 = 0.05;

/// The forecast from the time by class; `waits` is the fraction of the wall time spent waiting.
pub(super) fn port(shares: &Shares, waits: f64, resolution: Resolution, samples: usize) -> Option<Port> {
    let computing = shares.gain()?;
    // Waiting takes the same time in every language.
    let whole = |gain: f64| 1.0 / (waits + (1.0 - waits) / gain);
    let (low, high) = band(computing, resolution, samples);
    let (low, centre, high) = (whole(low), whole(computing), whole(high));
    let only_a_lower_end = centre >= LOWER_END_ONLY;
    let margin = MARGIN.powf(wider(resolution));
    let over = THRESHOLDS.map(|threshold| {
        let line = f64::from(threshold);
        let answer = match () {
            () if centre >= margin * line => Answer::Yes,
            // Waiting sets an upper limit on the gain.
            () if centre * margin <= line || waits * line >= 1.0 => Answer::No,
            () => Answer::Unknown,
        };
        (threshold.to_string(), answer)
    });
    Some(Port {
        low: (!only_a_lower_end).then_some(low),
        high: (!only_a_lower_end).then_some(high),
        at_least: only_a_lower_end.then_some(low),
        over: over.into(),
        limits: limits(shares, waits),
        vectorisable: shares.share(Class::Vector) > 0.5,
    })
}

/// How much wider the band is than at full resolution, on a log scale.
fn wider(resolution: Resolution) -> f64 {
    resolution.width().ln() / WIDTHS[0].ln()
}

/// The 80 % band, wider if less was seen and if there are few samples.
pub(super) fn band(gain: f64, resolution: Resolution, samples: usize) -> (f64, f64) {
    let found = BANDS.iter().find(|(below, ..)| gain < *below);
    let (_, low, high) = found.unwrap_or(&BANDS[BANDS.len() - 1]);
    let sampling = SAMPLING / (samples.max(1) as f64).sqrt();
    let reach = |end: f64| (end.ln() * wider(resolution)).hypot(sampling);
    (gain * (-reach(*low)).exp(), gain * reach(*high).exp())
}

fn limits(shares: &Shares, waits: f64) -> Vec<Limit> {
    let mut parts: Vec<(&str, f64)> = (shares.in_a_port().into_iter())
        .map(|(class, time)| (class.label(), time * (1.0 - waits)))
        .collect();
    parts.push(("waiting", waits));
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    let all: f64 = parts.iter().map(|(_, time)| time).sum();
    let parts = parts.into_iter().map(|(what, time)| Limit {
        what: what.into(),
        share: time / all,
    });
    parts.filter(|limit| limit.share >= SMALLEST_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::super::gains::gain;
    use super::*;

    fn shares(parts: &[(Class, f64)]) -> Shares {
        let mut shares = Shares::default();
        parts.iter().for_each(|(class, part)| shares.add(*class, *part));
        shares
    }

    fn answers(port: &Port) -> [Answer; 4] {
        THRESHOLDS.map(|threshold| port.over[&threshold.to_string()])
    }

    #[test]
    fn a_flat_program_gets_a_band_and_answers() {
        use Answer::{No, Unknown, Yes};
        let centre = 2.0 / (1.0 / gain(Class::Hashing) + 1.0 / gain(Class::Interpreter));
        assert!((4.0..5.0).contains(&centre), "{centre}");
        let shares = shares(&[(Class::Hashing, 0.5), (Class::Interpreter, 0.5)]);
        let port = port(&shares, 0.0, Resolution::Symbols, 100_000).unwrap();
        assert_eq!(answers(&port), [Yes, Unknown, No, No]);
        let (low, high) = (port.low.unwrap(), port.high.unwrap());
        let (_, lower, upper) = BANDS[0];
        assert!((low / (centre * lower) - 1.0).abs() < 0.01, "{low}");
        assert!((high / (centre * upper) - 1.0).abs() < 0.01, "{high}");
        assert_eq!(
            (port.at_least, port.limits[0].what.as_str()),
            (None, "dict and set")
        );
    }

    #[test]
    fn above_twenty_only_a_lower_end_is_given() {
        let shares = shares(&[(Class::Vector, 1.0)]);
        let port = port(&shares, 0.0, Resolution::Symbols, 100_000).unwrap();
        assert_eq!((port.low, port.high), (None, None));
        let lowest = gain(Class::Vector) * BANDS[1].1;
        assert!((port.at_least.unwrap() / lowest - 1.0).abs() < 0.01);
        assert_eq!(
            answers(&port),
            [Answer::Yes, Answer::Yes, Answer::Yes, Answer::Yes]
        );
    }

    #[test]
    fn no_port_shortens_waiting() {
        let shares = shares(&[(Class::Interpreter, 1.0)]);
        let port = port(&shares, 0.87, Resolution::Symbols, 1000).unwrap();
        assert!(port.high.unwrap() <= 1.0 / 0.87);
        assert_eq!(answers(&port), [Answer::No; 4]);
        assert_eq!(port.limits[0].what, "waiting");
    }

    #[test]
    fn the_band_widens_at_lower_resolution_and_with_few_samples() {
        let width = |resolution, samples| {
            let (low, high) = band(5.0, resolution, samples);
            assert!(low < 5.0 && 5.0 < high);
            high / low
        };
        let best = width(Resolution::Symbols, 1000);
        assert!(best < width(Resolution::Libraries, 1000));
        assert!(width(Resolution::Libraries, 1000) < width(Resolution::Functions, 1000));
        assert!(best < width(Resolution::Symbols, 10));
    }
}
