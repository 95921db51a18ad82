//! Which changes fail a run.

use super::Changes;
use crate::estimate::{Change, SMALLEST_CLAIM, Shift};
use crate::text::percent;
use std::fmt;
use std::str::FromStr;

/// A change that fails a run: `slower:5%` or `faster:10%`.
///
/// It does if the *whole* interval lies beyond it: an estimate of 6 % slower, give or take 2, shows no slow-down of
/// more than 5 %. Among all rows it must also be so sure that equal runs break the rule in at most
/// [`FALSE_FAILURES`](crate::estimate::FALSE_FAILURES) of cases. A variant that is too noisy never fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailIf {
    direction: Direction,
    percent: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Slower,
    Faster,
}

impl FailIf {
    /// The change as a share: 0.05 for 5 %.
    pub fn share(&self) -> f64 {
        self.percent / 100.0
    }

    fn applies(&self, change: &Change) -> bool {
        match self.direction {
            Direction::Slower => change.surely_slower_by(self.share()),
            Direction::Faster => change.surely_faster_by(self.share()),
        }
    }
}

impl FromStr for FailIf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let usage =
            || format!("{text:?}: expected a direction and a share, like `slower:5%` or `faster:10%`");
        let (direction, share) = text.split_once(':').ok_or_else(usage)?;
        let direction = match direction.trim() {
            "slower" => Direction::Slower,
            "faster" => Direction::Faster,
            _ => return Err(usage()),
        };
        let percent: f64 = (share.trim().strip_suffix('%'))
            .and_then(|number| number.trim().parse().ok())
            .ok_or_else(usage)?;
        let least = 100.0 * SMALLEST_CLAIM;
        match (least..=1000.0).contains(&percent) {
            true => Ok(FailIf { direction, percent }),
            false => Err(format!(
                "{text:?}: from {least}% to 1000%; two runs of the same code differ by up to {least}% without a reason"
            )),
        }
    }
}

impl fmt::Display for FailIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Slower => "slower",
            Direction::Faster => "faster",
        };
        write!(f, "{direction}:{}%", self.percent)
    }
}

/// The change that matters: the smallest one that a rule names.
pub(crate) fn interest(rules: &[FailIf]) -> Option<f64> {
    rules.iter().map(FailIf::share).reduce(f64::min)
}

/// One variant that changed by more than was allowed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Offence {
    /// The interpreter, if a run has several.
    pub interpreter: Option<String>,
    /// `pair/variant`, with the size if several cases were compared.
    pub variant: String,
    pub shift: Shift,
    pub rule: FailIf,
    pub earlier: String,
    pub later: String,
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Offence {
            interpreter,
            variant,
            shift,
            rule,
            earlier,
            later,
        } = self;
        let (more, less, word) = match rule.direction {
            Direction::Slower => (
                1.0 / shift.value,
                shift.interval.map(|(low, high)| (1.0 / high, 1.0 / low)),
                "slower",
            ),
            Direction::Faster => (shift.value, shift.interval, "faster"),
        };
        if let Some(interpreter) = interpreter {
            write!(f, "with {interpreter}: ")?;
        }
        write!(f, "{variant} is {} {word}", percent(more - 1.0))?;
        if let Some((low, high)) = less {
            write!(f, " [{}, {}]", percent(low - 1.0), percent(high - 1.0))?;
        }
        write!(
            f,
            " than in {earlier}, beyond --fail-if {rule} (measured in {later})"
        )
    }
}

/// All variants that changed by more than the rules allow, with any interpreter, one entry for each broken rule.
pub fn offences(all: &[Changes], rules: &[FailIf]) -> Vec<Offence> {
    let rows = all
        .iter()
        .flat_map(|changes| changes.compared().map(move |row| (changes, row)))
        .flat_map(|row| rules.iter().map(move |rule| (row, rule)));
    rows.filter_map(|((changes, (pair, case, variant, _)), rule)| {
        let change = variant.change().filter(|change| rule.applies(change))?;
        let size = match pair.cases.len() {
            1 => String::new(),
            _ => format!(" at {}", case.size),
        };
        Some(Offence {
            interpreter: changes.interpreter.clone(),
            variant: format!("{}/{}{size}", pair.name, variant.name),
            shift: change.shift,
            rule: *rule,
            earlier: changes.earlier.to_string(),
            later: changes.later.to_string(),
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_written() {
        for (text, share) in [
            ("slower:5%", 0.05),
            ("faster:10%", 0.1),
            ("slower:2.5%", 0.025),
            ("slower: 7 %", 0.07),
        ] {
            let rule: FailIf = text.parse().unwrap();
            assert!((rule.share() - share).abs() < 1e-12);
            assert_eq!(rule.to_string(), text.replace(' ', ""));
        }
        for bad in [
            "",
            "slower",
            "slower:5",
            "slower:%",
            "wider:5%",
            "slower:0.5%",
            "slower:-5%",
            "slower:NaN%",
            "slower:1e9%",
        ] {
            assert!(bad.parse::<FailIf>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_whole_interval_must_lie_beyond_and_surely_change() {
        let change = |low, high, sure| Change {
            shift: Shift {
                value: 0.9,
                interval: Some((low, high)),
                then: 10,
                now: 10,
            },
            together: None,
            sure,
        };
        let rule: FailIf = "slower:5%".parse().unwrap();
        let sure = Some((0.8, 0.99));
        assert!(rule.applies(&change(0.88, 0.94, sure)));
        assert!(!rule.applies(&change(0.88, 0.96, sure)));
        assert!(!rule.applies(&change(0.88, 0.94, Some((0.8, 1.001)))));
        assert!(!rule.applies(&change(0.88, 0.94, None)));
        assert!(!rule.applies(&change(1.2, 1.3, sure)));
        let faster: FailIf = "faster:5%".parse().unwrap();
        assert!(faster.applies(&change(1.2, 1.3, Some((1.001, 1.5)))));
        assert!(!faster.applies(&change(1.2, 1.3, Some((0.999, 1.5)))));
    }

    #[test]
    fn an_offence_reads_as_a_message() {
        let mut offence = Offence {
            interpreter: None,
            variant: "mandelbrot/rust".into(),
            shift: Shift {
                value: 0.9,
                interval: Some((0.88, 0.92)),
                then: 10,
                now: 10,
            },
            rule: "slower:5%".parse().unwrap(),
            earlier: "main (20260101T000000Z-abcd)".into(),
            later: "20260102T000000Z-efgh".into(),
        };
        assert_eq!(
            offence.to_string(),
            "mandelbrot/rust is 11 % slower [8.7 %, 14 %] than in main (20260101T000000Z-abcd), beyond --fail-if \
             slower:5% (measured in 20260102T000000Z-efgh)"
        );
        offence.interpreter = Some("CPython 3.13.1".into());
        let text = offence.to_string();
        assert!(
            text.starts_with("with CPython 3.13.1: mandelbrot/rust is 11 % slower"),
            "{text}"
        );
    }
}
