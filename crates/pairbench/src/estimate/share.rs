//! Parts of a whole that were counted, and what Amdahl's law makes of them.

use super::Estimate;

/// A part of the time, from 0 to 1, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The part.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Share {
    /// A share of independent ticks; Wilson's score interval (1927), which stays between 0 and 1 and holds near
    /// both.
    pub(crate) fn of(value: f64, ticks: u64) -> Self {
        const Z: f64 = 1.959_963_984_540_054;
        let n = ticks as f64;
        if ticks == 0 {
            return Share {
                value,
                low: 0.0,
                high: 1.0,
            };
        }
        let spread = 1.0 + Z * Z / n;
        let centre = (value + Z * Z / (2.0 * n)) / spread;
        let half = Z / spread * (value * (1.0 - value) / n + Z * Z / (4.0 * n * n)).sqrt();
        Share {
            value,
            low: (centre - half).max(0.0).min(value),
            high: (centre + half).min(1.0).max(value),
        }
    }

    /// What a program gains at most when this part of it costs nothing any more: `1 ÷ (1 − part)` (Amdahl 1967). Without
    /// limit when nothing else is left.
    pub(crate) fn ceiling(&self) -> Ceiling {
        let gain = |part: f64| {
            if part < 1.0 {
                1.0 / (1.0 - part)
            } else {
                f64::INFINITY
            }
        };
        Ceiling {
            value: gain(self.value),
            low: gain(self.low),
            high: gain(self.high),
        }
    }
}

/// A gain that cannot be exceeded, with its 95 % interval; its ends may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ceiling {
    /// The ceiling.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Ceiling {
    /// Whether a measured gain is compatible with it: the intervals leave room for that. A gain without an interval is taken
    /// as it is.
    pub fn allows(&self, gain: &Estimate) -> bool {
        gain.interval.map_or(gain.value, |(low, _)| low) <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilsons_interval_of_a_known_count() {
        // Newcombe (1998), table I: 81 of 263 has the score interval 0.2553 to 0.3662.
        let share = Share::of(81.0 / 263.0, 263);
        assert!(
            (share.low - 0.2553).abs() < 5e-5 && (share.high - 0.3662).abs() < 5e-5,
            "{share:?}"
        );
        // And 0 of 20: 0 to 0.1611.
        let none = Share::of(0.0, 20);
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 5e-5, "{none:?}");
    }

    #[test]
    fn amdahls_law() {
        let half = Share {
            value: 0.5,
            low: 0.25,
            high: 1.0,
        };
        let ceiling = half.ceiling();
        assert_eq!(
            (ceiling.value, ceiling.low, ceiling.high),
            (2.0, 1.0 / 0.75, f64::INFINITY)
        );
    }

    #[test]
    fn a_gain_is_too_high_when_its_whole_interval_is() {
        let ceiling = Share::of(0.5, 1000).ceiling();
        let gain = |value, interval| Estimate {
            value,
            interval,
            launches: 8,
        };
        assert!(ceiling.allows(&gain(2.4, Some((2.0, 2.9)))));
        assert!(!ceiling.allows(&gain(2.4, Some((2.3, 2.5)))));
        assert!(ceiling.allows(&gain(1.9, None)) && !ceiling.allows(&gain(2.4, None)));
    }
}
