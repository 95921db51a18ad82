//! The median of a few values, with an interval that assumes only that they are independent.

/// The middle of finite values, or the mean of the middle two; `None` without any.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| f64::midpoint(values[(n - 1) / 2], values[n / 2]))
}

/// The quantile by linear interpolation between closest ranks (Hyndman and Fan's type 7); sorts the values.
pub(crate) fn quantile(values: &mut [f64], q: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let position = q * values.len().checked_sub(1)? as f64;
    let (low, high) = (
        values[position.floor() as usize],
        values[position.ceil() as usize],
    );
    Some(low + (high - low) * position.fract())
}

/// A median with its interval, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Middle {
    /// The median of the values.
    pub value: f64,
    /// The narrowest pair of the values between which the true median lies with at least 95 % confidence; `None`
    /// below [`Middle::MINIMUM`] values.
    pub interval: Option<(f64, f64)>,
}

impl Middle {
    /// Fewest values for an interval: all of six lie on one side of the true median in 2 of 2⁶ cases, 3.1 %.
    pub const MINIMUM: usize = 6;

    /// The median of the values; those that are not finite are left out. `None` if none remains.
    ///
    /// The interval runs from the k-th smallest to the k-th largest of n, with the largest k for which
    ///
    /// ```text
    /// 2 · P(at most k − 1 of n fair coins show heads)  ≤  0.05
    /// ```
    ///
    /// It is the interval of the sign test (W. R. Thompson, *On confidence ranges for the median and other expectation
    /// distributions for populations of unknown distribution form*, Annals of Mathematical Statistics 7, 1936).
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let n = sorted.len();
        let last = n.checked_sub(1)?;
        let value = sorted[last / 2] / 2.0 + sorted[n / 2] / 2.0;
        let interval = left_out(n).map(|k| (sorted[k], sorted[last - k]));
        Some(Middle { value, interval })
    }

    /// The same in another unit, or after any change that keeps the order.
    pub fn map(self, change: impl Fn(f64) -> f64) -> Self {
        Middle {
            value: change(self.value),
            interval: self.interval.map(|(low, high)| (change(low), change(high))),
        }
    }
}

/// How many values may lie outside the interval on either side; `None` if even the whole range has too little coverage.
fn left_out(n: usize) -> Option<usize> {
    const OUTSIDE: f64 = 0.025;
    let mut probability = 0.5_f64.powf(n as f64);
    let mut sum = 0.0;
    for k in 0..=n {
        sum += probability;
        if sum > OUTSIDE {
            return k.checked_sub(1);
        }
        probability *= (n - k) as f64 / (k + 1) as f64;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    #[test]
    fn the_ranks_are_those_of_the_sign_test() {
        // From tables of the sign test at 5 %, two-sided: the smallest k of the interval, counted from 1.
        for (n, k) in [
            (5, None),
            (6, Some(1)),
            (8, Some(1)),
            (9, Some(2)),
            (12, Some(3)),
            (20, Some(6)),
        ] {
            assert_eq!(left_out(n).map(|k| k + 1), k, "{n}");
        }
    }

    #[test]
    fn quantiles() {
        assert_eq!(quantile(&mut [], 0.5), None);
        assert_eq!(quantile(&mut [3.0], 0.9), Some(3.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(quantile(&mut [0.0, 10.0], 0.25), Some(2.5));
    }

    #[test]
    fn few_values_have_a_median_and_no_interval() {
        assert_eq!(Middle::of(&[f64::NAN, f64::INFINITY]), None);
        let few = Middle::of(&[3.0, 1.0, f64::NAN, 2.0, 4.0]).unwrap();
        assert_eq!((few.value, few.interval), (2.5, None));
        let six = Middle::of(&[3.0, 1.0, 6.0, 2.0, 4.0, 5.0]).unwrap();
        assert_eq!((six.value, six.interval), (3.5, Some((1.0, 6.0))));
        assert_eq!(six.map(|v| v * 2.0).interval, Some((2.0, 12.0)));
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_median_whatever_the_values(values in vec(proptest::num::f64::ANY, 0..60)) {
            let finite = values.iter().filter(|v| v.is_finite()).count();
            let middle = Middle::of(&values);
            prop_assert_eq!(middle.is_some(), finite > 0);
            if let Some(Middle { value, interval }) = middle {
                prop_assert_eq!(interval.is_some(), finite >= Middle::MINIMUM);
                if let Some((low, high)) = interval {
                    prop_assert!(low <= value && value <= high);
                }
            }
        }
    }
}
