//! Launches far from the others.

use super::{LEAST_SPREAD, SHAPE_LAUNCHES, middle};

/// The indices of launches that lie far from the others; none below [`SHAPE_LAUNCHES`].
///
/// Uses the modified z-score, in which outliers cannot mask themselves because it is made of medians:
///
/// ```text
/// z = 0.6745 · (x − median) ÷ MAD        MAD = median of |x − median|
/// ```
///
/// B. Iglewicz and D. C. Hoaglin, *How to detect and handle outliers* (1993), call |z| > 3.5 outlying. That is meant
/// for many numbers. The MAD of few is often small by chance: with ten normal numbers one exceeds 3.5 in one case
/// of eight. So the threshold here is `3.5 + 40 ÷ n`, which normal numbers exceed in about 1 % of cases from n = 6
/// to 40 (found by simulation, checked by a test), and which approaches 3.5. The MAD counts as at least 0.2 %.
///
/// Heavy-tailed launches do exceed it, and should: their outliers are real. The estimate is robust to them.
pub(crate) fn outlying(logs: &[f64]) -> Vec<usize> {
    let n = logs.len();
    let mut sorted = logs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let centre = middle(&sorted);
    let mut distances: Vec<f64> = logs.iter().map(|log| (log - centre).abs()).collect();
    distances.sort_by(f64::total_cmp);
    let spread = middle(&distances).max(LEAST_SPREAD);
    let threshold = 3.5 + 40.0 / n as f64;
    let far = |log: f64| 0.6745 * (log - centre).abs() / spread > threshold;
    match n < SHAPE_LAUNCHES || !centre.is_finite() {
        true => Vec::new(),
        false => (0..n).filter(|&i| far(logs[i])).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    #[test]
    fn one_far_launch_is_named_and_a_step_of_the_clock_is_not() {
        let mut logs = vec![1.0, 1.01, 0.99, 1.005, 0.995, 1.0, 1.01, 1.0];
        assert!(outlying(&logs).is_empty());
        logs[3] = 1.4;
        assert_eq!(outlying(&logs), [3]);
        assert!(outlying(&logs[..5]).is_empty(), "too few to tell");
        assert!(outlying(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.004]).is_empty());
        assert!(outlying(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn never_most_of_them(logs in vec(-1e3..1e3_f64, 0..40)) {
            prop_assert!(outlying(&logs).len() * 2 <= logs.len());
        }

        #[test]
        fn shifting_all_changes_nothing(logs in vec(-1.0..1.0_f64, 0..40), shift in -5.0..5.0_f64) {
            let shifted: Vec<f64> = logs.iter().map(|log| log + shift).collect();
            // Rounding may push at most one that lies on the threshold over it.
            prop_assert!(outlying(&logs).len().abs_diff(outlying(&shifted).len()) <= 1);
        }

        #[test]
        fn any_numbers_are_accepted(logs in vec(proptest::num::f64::ANY, 0..20)) {
            prop_assert!(outlying(&logs).len() <= logs.len());
        }
    }
}
