//! Checks the ratios that authors expect of their variants against the intervals of a run.

use super::summary::{PairSummary, State};
use crate::estimate::Estimate;
use crate::record::PairRecord;
use crate::registry::Floor;
use std::fmt;

/// A checked expectation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FloorCheck {
    pub pair: String,
    pub floor: Floor,
    /// The ratio on the default case, if it was measured.
    pub ratio: Option<Estimate>,
    pub result: FloorResult,
}

/// How a ratio compares with its floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloorResult {
    /// The whole interval lies at or above the floor.
    Held,
    /// The whole interval lies below. Only this fails a run.
    Violated,
    /// The interval spans it, or there is none.
    NotShown,
    /// There is no ratio on the default case.
    NotMeasured,
}

impl fmt::Display for FloorResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Held => "held",
            Self::Violated => "violated",
            Self::NotShown => "not shown",
            Self::NotMeasured => "not measured",
        })
    }
}

impl fmt::Display for FloorCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pair, floor) = (&self.pair, &self.floor);
        write!(f, "{pair}/{} ", floor.variant)?;
        let ratio = self.ratio.map(|ratio| ratio.display_ratio());
        let at_least = format!("at least {}×", floor.at_least);
        match (self.result, ratio) {
            (FloorResult::Held, Some(ratio)) => write!(f, "is {ratio}, {at_least} as expected"),
            (FloorResult::Violated, Some(ratio)) => {
                write!(
                    f,
                    "is only {ratio}, all of it below what the pair expects: {at_least}"
                )
            }
            (FloorResult::NotShown, Some(ratio)) => write!(
                f,
                "is {ratio}, which does not show whether it is {at_least}; more launches narrow the interval"
            ),
            _ => write!(f, "has no ratio on the default case, so {at_least} is not judged"),
        }
    }
}

/// Checks the expectations of one pair.
pub(super) fn check(pair: &PairRecord, summary: &PairSummary) -> Vec<FloorCheck> {
    let case = summary.cases.iter().find(|case| case.default);
    let ratio_of = |floor: &Floor| {
        let variant = case?.variant(&floor.variant)?;
        variant.ratio.filter(|_| variant.state == State::Measured)
    };
    let check = |floor: &Floor| {
        let ratio = ratio_of(floor);
        FloorCheck {
            pair: pair.name.clone(),
            floor: floor.clone(),
            ratio,
            result: ratio.map_or(FloorResult::NotMeasured, |ratio| judge(ratio, floor.at_least)),
        }
    };
    pair.floors.iter().map(check).collect()
}

fn judge(ratio: Estimate, at_least: f64) -> FloorResult {
    match ratio.interval {
        Some((_, high)) if high < at_least => FloorResult::Violated,
        Some((low, _)) if low >= at_least => FloorResult::Held,
        _ => FloorResult::NotShown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::PairAnalysis;
    use crate::record::Record;
    use crate::record::fixture::steady;

    fn floors(record: &Record) -> Vec<FloorCheck> {
        PairAnalysis::alone(record, &record.pairs[0]).floors()
    }

    fn with_floor(at_least: f64) -> Record {
        let mut record = steady();
        record.pairs[0].floors = vec![Floor {
            variant: "rust".into(),
            at_least,
        }];
        record
    }

    /// Every sample pair of the fixture has the ratio 20.
    #[test]
    fn the_whole_interval_decides() {
        for (at_least, expected) in [(10.0, FloorResult::Held), (21.0, FloorResult::Violated)] {
            let checks = floors(&with_floor(at_least));
            assert_eq!(checks.len(), 1);
            assert_eq!(checks[0].result, expected, "{}", checks[0]);
        }
        let spanning = Estimate {
            value: 20.0,
            interval: Some((18.0, 22.0)),
            launches: 5,
        };
        assert_eq!(judge(spanning, 19.0), FloorResult::NotShown);
        assert_eq!(judge(spanning, 18.0), FloorResult::Held);
        let none = Estimate {
            interval: None,
            ..spanning
        };
        assert_eq!(judge(none, 100.0), FloorResult::NotShown);
    }

    #[test]
    fn only_the_default_case_is_judged() {
        let mut record = with_floor(100.0);
        record.pairs[0].cases[0].default = false;
        record.pairs[0].cases.push(crate::registry::Case {
            size: 99,
            default: true,
        });
        assert_eq!(floors(&record)[0].result, FloorResult::NotMeasured);
    }

    #[test]
    fn an_unmeasured_variant_is_not_judged() {
        let mut record = with_floor(100.0);
        record.pairs[0].variants[1].state = crate::record::VariantState::Skipped { reason: "no".into() };
        let checks = floors(&record);
        assert_eq!(checks[0].result, FloorResult::NotMeasured);
        assert!(checks[0].to_string().contains("not judged"), "{}", checks[0]);
        assert!(floors(&steady()).is_empty());
    }

    #[test]
    fn a_violation_reads_as_a_message() {
        let check = &floors(&with_floor(25.0))[0];
        assert!(
            check.to_string().starts_with("steady/rust is only 20.0")
                && check.to_string().ends_with("at least 25×"),
            "{check}"
        );
    }
}
