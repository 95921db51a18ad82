//! When a ratio is known well enough.

use super::interval::Estimate;
use std::fmt;
use std::str::FromStr;

/// The half-width at which an interval is narrow enough, as a share of its estimate: 0.02 for ±2 %.
///
/// The stopping rule is simple: from [`Precision::LEAST_LAUNCHES`] launches on, stop as soon as
/// [`Estimate::relative_half_width`] is at most the target. That favours intervals that are narrow by chance, which
/// hold less often; so those about as wide as the target get a higher confidence in the first place. Starting at 8
/// launches instead of 6 helps if launches are of two kinds further apart than the target: then the first few can all
/// be of one kind and agree. `tests/replay` prints the tables that docs/evidence shows.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Precision(f64);

impl Precision {
    /// No ratio is known well enough with fewer launches, however well they agree.
    pub const LEAST_LAUNCHES: u32 = 8;

    /// A half-width as a share; `None` unless it is above 0 and below 1.
    pub fn new(half_width: f64) -> Option<Self> {
        (half_width > 0.0 && half_width < 1.0).then_some(Precision(half_width))
    }

    /// The half-width as a share.
    pub fn half_width(self) -> f64 {
        self.0
    }

    /// Whether the ratio needs no more launches.
    pub fn reached(self, estimate: Option<Estimate>) -> bool {
        estimate.is_some_and(|estimate| estimate.launches >= Self::LEAST_LAUNCHES)
            && self.excess(estimate) <= 1.0
    }

    /// Whether the width of this 95 % interval decides, or nearly decides, that its ratio gets no more launches: it is
    /// between half the target and the target. A narrower interval would have ended the launches in any case.
    pub(super) fn chooses(self, estimate: Estimate) -> bool {
        let excess = self.excess(Some(estimate));
        estimate.launches >= Self::LEAST_LAUNCHES && excess > 0.5 && excess <= 1.0
    }

    /// The interval's half-width as a multiple of the target: 2.5 if it is two and a half times as wide as it should
    /// be, infinite while there is no interval.
    pub fn excess(self, estimate: Option<Estimate>) -> f64 {
        let half_width = estimate.and_then(|estimate| estimate.relative_half_width());
        half_width.map_or(f64::INFINITY, |half_width| half_width / self.0)
    }

    /// How many more launches will make the interval narrow enough, since its width shrinks with the root of their
    /// number; at least one. Infinite while there is no interval.
    pub fn further_launches(self, estimate: Option<Estimate>) -> f64 {
        let launches = estimate.map_or(0, |estimate| estimate.launches).max(1);
        (f64::from(launches) * (self.excess(estimate).powi(2) - 1.0)).max(1.0)
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Three digits at most, so that 0.1 % does not print as 0.1000000001.
        let percent = (self.0 * 1e5).round() / 1e3;
        write!(f, "±{percent} %")
    }
}

impl FromStr for Precision {
    type Err = String;

    /// Percent, with the sign or without: `2%`, `0.5`.
    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim().trim_end_matches('%').trim_end();
        let percent: f64 = number.parse().map_err(|_| "a percentage like 2%".to_string())?;
        Precision::new(percent / 100.0).ok_or_else(|| "more than 0% and less than 100%".into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::over_launches;
    use super::*;

    #[test]
    fn percentages_read_and_print() {
        for (text, printed) in [
            ("2%", "±2 %"),
            ("0.5", "±0.5 %"),
            (" 10 % ", "±10 %"),
            ("0.1%", "±0.1 %"),
        ] {
            assert_eq!(text.parse::<Precision>().unwrap().to_string(), printed);
        }
        for bad in ["", "%", "0", "-1%", "100%", "NaN", "two", "inf"] {
            assert!(bad.parse::<Precision>().is_err(), "{bad}");
        }
    }

    #[test]
    fn narrow_and_enough_launches_both_count() {
        let target = Precision::new(0.02).unwrap();
        assert!(!target.reached(None));
        assert_eq!(target.excess(None), f64::INFINITY);
        // Seven equal launches have an interval of zero width, but are still too few.
        assert!(!target.reached(over_launches(&[0.7; 7])));
        assert!(target.reached(over_launches(&[0.7; 8])));
        // For eight launches the interval leaves out the three outermost Walsh averages at each end: here it is from −1
        // to 1 target, then twice that.
        let ends = |end: f64| over_launches(&[-end, -end, -end, 0.0, 0.0, end, end, end]);
        assert!(target.reached(ends(0.0198)));
        assert!(!target.reached(ends(0.0396)));
        assert!((target.excess(ends(1.04_f64.ln())) - 2.0).abs() < 1e-9);
    }
}
