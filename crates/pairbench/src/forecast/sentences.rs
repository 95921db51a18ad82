//! A forecast in sentences, for the terminal and for the page.

use super::gains::SCORE;
use super::port::THRESHOLDS;
use super::{Answer, Candidate, Forecast, FunctionTime, Now, Port, Resolution};
use crate::estimate::{Ratio, Time};
use crate::text::{count, percent, thousands};
use std::cmp::Ordering;
use std::fmt::Write as _;

/// A band, or its lower end if it has no upper one.
pub(crate) fn ends(low: f64, high: Option<f64>) -> String {
    match high {
        Some(high) => format!("{}–{}", about(low).trim_end_matches('×'), about(high)),
        None => format!("at least {}", about(low)),
    }
}

/// A gain with two digits: a forecast is not more precise.
pub(crate) fn about(gain: f64) -> String {
    match gain {
        gain if !gain.is_finite() => "—".into(),
        gain if gain < 9.95 => format!("{gain:.1}×"),
        gain => {
            let unit = 10_f64.powi(gain.log10().floor() as i32 - 1);
            format!("{:.0}×", (gain / unit).round() * unit)
        }
    }
}

impl Forecast {
    /// The forecast, with its date, next to the measured outcome.
    pub(crate) fn outcome(&self, measured: Option<f64>) -> String {
        let day = self.made.as_deref().and_then(|made| made.get(..10));
        let day = day.map(|day| format!(" of {day}:")).unwrap_or_default();
        format!("forecast{day} {}", self.port.outcome(measured))
    }
}

impl Now {
    /// The time of a run, or for how long a process was watched; and how much it waits, if it does.
    pub(crate) fn sentence(&self) -> String {
        let time = match self.cpu {
            Some(cpu) => format!(
                "watched for {}, on a CPU for {} of it",
                Time(self.seconds),
                percent(cpu)
            ),
            None => self.of_a_run(),
        };
        match self.waits > 0.0 {
            true => format!(
                "{time}; {} of the wall time it waits: a port gains at most {}",
                percent(self.waits),
                about(1.0 / self.waits)
            ),
            false => time,
        }
    }

    fn of_a_run(&self) -> String {
        let interval = match (self.low, self.high) {
            (Some(low), Some(high)) => format!(" [{}, {}]", Time(low), Time(high)),
            _ => String::new(),
        };
        let launches = count(self.launches, "launch");
        format!("{}{interval} over {launches}", Time(self.seconds))
    }

    /// The functions that take most of the time.
    pub(crate) fn worth_seeing(&self) -> impl Iterator<Item = &FunctionTime> {
        const MOST: usize = 8;
        let worth = self.functions.iter().filter(|function| function.own >= 0.01);
        worth.take(MOST)
    }
}

impl Answer {
    /// The answer as the reader sees it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unknown => "cannot tell",
        }
    }
}

impl Port {
    /// Each threshold with its answer.
    pub(crate) fn answers(&self) -> [(u32, Answer); THRESHOLDS.len()] {
        THRESHOLDS.map(|threshold| {
            let answer = self.over.get(&threshold.to_string());
            (threshold, answer.copied().unwrap_or(Answer::Unknown))
        })
    }

    /// The lower end, whether or not the band has an upper one.
    pub(crate) fn lower_end(&self) -> Option<f64> {
        self.low.or(self.at_least)
    }

    /// The band, or its lower end.
    pub(crate) fn band(&self) -> String {
        match self.lower_end() {
            Some(low) => ends(low, self.high),
            None => "no band".into(),
        }
    }

    /// Whether a ratio is below the band, in it, or above it.
    pub(crate) fn place(&self, ratio: f64) -> Ordering {
        match (self.lower_end(), self.high) {
            (Some(low), _) if ratio < low => Ordering::Less,
            (_, Some(high)) if ratio > high => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }

    /// The band next to the measured outcome.
    fn outcome(&self, measured: Option<f64>) -> String {
        let place = |ratio: f64| match self.place(ratio) {
            Ordering::Less => "below it",
            Ordering::Equal => "within it",
            Ordering::Greater => "above it",
        };
        match measured {
            Some(ratio) => format!("{}; measured {}, {}", self.band(), Ratio(ratio), place(ratio)),
            None => format!("{}; no port is measured yet", self.band()),
        }
    }

    /// The conditions of the forecast, and how often such forecasts were right.
    pub(crate) fn conditions(&self) -> String {
        let more = if self.vectorisable {
            "; may be several times more, since most of it is loops that could be vectorised"
        } else {
            ""
        };
        let (made, held) = SCORE;
        format!(
            "with the same data structures{more}; {held} of {made} forecasts made before the port existed held"
        )
    }
}

impl Candidate {
    /// The step to try, and what crossing the boundary would cost.
    pub(crate) fn sentence(&self) -> String {
        let mut text = format!("try {}", self.step.label());
        if let (Some(calls), Some(elements), Some(boundary)) = (self.calls, self.elements, self.boundary) {
            let calls = match calls {
                1 => "1 call".into(),
                calls => format!("{} calls", thousands(calls as f64)),
            };
            let _ = write!(
                text,
                "; {calls} and {} values across the boundary would cost {}",
                thousands(elements),
                Time(boundary)
            );
        }
        text
    }
}

impl Forecast {
    /// Reasons to trust it more or less.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let seen = match self.resolution {
            Resolution::Symbols => "instructions and C functions",
            Resolution::Libraries => "instructions or libraries",
            Resolution::Functions => "functions only",
        };
        let mut parts = vec![format!("{} of {seen}", count(self.samples, "sample"))];
        parts.extend(self.trust.iter().cloned());
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_has_two_digits() {
        for (gain, text) in [
            (1.0, "1.0×"),
            (6.52, "6.5×"),
            (9.96, "10×"),
            (27.8, "28×"),
            (305.0, "310×"),
        ] {
            assert_eq!(about(gain), text);
        }
        assert_eq!(ends(6.52, Some(27.8)), "6.5–28×");
        assert_eq!(ends(20.4, None), "at least 20×");
    }

    #[test]
    fn a_watched_process_has_no_run_time() {
        let mut now = Now {
            seconds: 10.0,
            low: None,
            high: None,
            launches: 0,
            cpu: Some(0.43),
            waits: 0.0,
            functions: Vec::new(),
        };
        assert_eq!(now.sentence(), "watched for 10.0 s, on a CPU for 43 % of it");
        now.waits = 0.5;
        assert_eq!(
            now.sentence(),
            "watched for 10.0 s, on a CPU for 43 % of it; 50 % of the wall time it waits: a port gains at most 2.0×"
        );
    }

    #[test]
    fn an_outcome_is_below_within_or_above_the_band() {
        let band = |low, high, at_least| Port {
            low,
            high,
            at_least,
            over: Default::default(),
            limits: Vec::new(),
            vectorisable: false,
        };
        let closed = band(Some(4.0), Some(10.0), None);
        for (measured, text) in [
            (Some(3.9), "4.0–10×; measured 3.90×, below it"),
            (Some(4.0), "4.0–10×; measured 4.00×, within it"),
            (Some(10.5), "4.0–10×; measured 10.5×, above it"),
            (None, "4.0–10×; no port is measured yet"),
        ] {
            assert_eq!(closed.outcome(measured), text);
        }
        let open = band(None, None, Some(20.0));
        assert_eq!(
            open.outcome(Some(300.0)),
            "at least 20×; measured 300×, within it"
        );
    }
}
