//! How the intervals of a run are computed.

use super::dependence::{Dependence, Timed};
use super::interval::{CONFIDENCE, Estimate, over_launches_at};
use super::precision::Precision;

/// The confidence of an interval that was chosen for its width.
const CHOSEN: f64 = 0.99;

/// How the intervals of all ratios of a run are computed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct IntervalRule {
    /// The precision to which ratios are measured.
    pub target: Option<Precision>,
    /// How much launches depend on the launches shortly before them.
    pub dependence: Dependence,
}

impl IntervalRule {
    /// [`over_launches`](super::over_launches), widened as [`Dependence`] requires, and at 99 % if the interval was
    /// chosen for its width, which is then between half the target and the target.
    ///
    /// If launches spread by 4 to 5 %, most intervals are not narrow when time runs out, and those that are have less
    /// spread by chance. Centre and spread of normal launches are independent, so an interval that is too narrow by
    /// chance holds less often, whatever rule chose it: 72 to 93 % of these intervals hold at 95 %.
    /// docs/evidence/stopping.md has the table, and `tests/replay` prints it.
    pub fn over_launches(self, launches: &[Timed]) -> Option<Estimate> {
        let estimate = self.over_launches_at(launches, CONFIDENCE)?;
        match self.target.is_some_and(|target| target.chooses(estimate)) {
            true => self.over_launches_at(launches, CHOSEN),
            false => Some(estimate),
        }
    }

    /// The interval at this confidence, widened as [`Dependence`] requires.
    pub(crate) fn over_launches_at(self, launches: &[Timed], confidence: f64) -> Option<Estimate> {
        let finite = launches.iter().filter(|launch| launch.1.is_finite());
        let (starts, logs): (Vec<f64>, Vec<f64>) = finite.copied().unzip();
        let estimate = over_launches_at(&logs, confidence)?;
        Some(estimate.widened(self.dependence.widening(&starts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight launches whose interval is ±`half_width` at 95 %, and more than that at 99 %, where it is the whole range.
    fn launches(half_width: f64) -> Vec<Timed> {
        let end = half_width.ln_1p();
        [-1.5, -1.0, -1.0, 0.0, 0.0, 1.0, 1.0, 1.5]
            .map(|x| (0.0, x * end))
            .into()
    }

    #[test]
    fn an_interval_that_is_about_as_wide_as_the_target_has_more_confidence() {
        let rule = IntervalRule {
            target: Precision::new(0.02),
            ..IntervalRule::default()
        };
        let width = |rule: IntervalRule, half_width: f64| {
            rule.over_launches(&launches(half_width))
                .unwrap()
                .relative_half_width()
                .unwrap()
        };
        for (half_width, chosen) in [(0.0095, false), (0.0105, true), (0.0195, true), (0.0205, false)] {
            let usual = width(IntervalRule::default(), half_width);
            assert_eq!(width(rule, half_width) > 1.2 * usual, chosen, "±{half_width}");
        }
        // Seven launches are too few to stop, so their interval is the usual one.
        let few = &launches(0.0105)[..7];
        assert_eq!(
            rule.over_launches(few),
            IntervalRule::default().over_launches(few)
        );
        assert_eq!(rule.over_launches(&[]), None);
    }
}
