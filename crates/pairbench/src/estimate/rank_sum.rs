//! The shift between two samples and its rank-sum interval.
//!
//! With `m` numbers `x` and `n` numbers `y`, the median of the `mn` differences `yⱼ − xᵢ` is the Hodges–Lehmann
//! estimate of how far `y` lies above `x`. Mann and Whitney's statistic for a hypothetical shift `d`
//! counts how many of the differences lie above `d`; if both samples are independent and alike in shape, each of the
//! `C(m+n, m)` ways of dealing out the ranks is equally likely, whatever that shape is. Inverting the test gives the
//! interval from the k-th smallest to the k-th largest difference, where `k` is the greatest number with `P(U < k) ≤
//! tail`.
//!
//! H. B. Mann and D. R. Whitney, *On a test of whether one of two random variables is stochastically larger than the
//! other*, Annals of Mathematical Statistics 18 (1947). J. L. Hodges and E. L. Lehmann, *Estimates of location based on
//! rank tests*, ibid. 34 (1963). M. Hollander and D. A. Wolfe, *Nonparametric Statistical Methods*, §4.2 and 4.3.

use statrs::distribution::{ContinuousCDF, Normal};

/// Up to this many ways they are counted without rounding; beyond, the statistic is normal to well within a rank.
const COUNTED: f64 = 9.0e15;

/// All differences of two samples, sorted.
pub(super) struct Differences {
    first: usize,
    second: usize,
    sorted: Vec<f64>,
}

impl Differences {
    /// Each of `second` minus each of `first`, all finite; time and memory grow with the product of their counts.
    pub(super) fn new(first: &[f64], second: &[f64]) -> Self {
        let pairs = second.iter().flat_map(|y| first.iter().map(move |x| y - x));
        let mut sorted: Vec<f64> = pairs.collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self {
            first: first.len(),
            second: second.len(),
            sorted,
        }
    }

    /// The Hodges–Lehmann shift: the median of the differences. `None` if a sample is empty.
    pub(super) fn centre(&self) -> Option<f64> {
        let all = self.sorted.len();
        (all > 0).then(|| f64::midpoint(self.sorted[(all - 1) / 2], self.sorted[all / 2]))
    }

    /// The interval that leaves out at most `tail` at each end; `None` while there are too few numbers for one.
    pub(super) fn interval(&self, tail: f64) -> Option<(f64, f64)> {
        let k = rank(self.first, self.second, tail)?;
        Some((self.sorted[k - 1], self.sorted[self.sorted.len() - k]))
    }
}

/// The `k` of the interval, from 1; `None` when even the whole range of the differences leaves out more.
fn rank(m: usize, n: usize, tail: f64) -> Option<usize> {
    let ways: f64 = (1..=m).map(|i| (n + i) as f64 / i as f64).product();
    let k = if ways <= COUNTED {
        counted_rank(m, n, tail)
    } else {
        normal_rank(m, n, tail)
    };
    (k > 0).then_some(k)
}

/// Whether samples of this size have an interval that leaves out at most `tail` at each end.
pub(super) fn reachable(each: usize, tail: f64) -> bool {
    rank(each, each, tail).is_some()
}

/// The greatest `k` with `P(U < k) ≤ tail`, by counting: how many of the `C(m+n, m)` ways have each value of U.
fn counted_rank(m: usize, n: usize, tail: f64) -> usize {
    let ways = ways(m, n);
    let limit = tail * ways.iter().sum::<f64>();
    let cumulative = ways.iter().scan(0.0, |below, count| {
        *below += count;
        Some(*below)
    });
    cumulative.take_while(|&below| below <= limit).count()
}

/// How many ways of dealing out `m + n` ranks have U = 0, 1, …, mn: the coefficients of the Gaussian binomial
/// `∏ (1 − qⁿ⁺ⁱ) ÷ (1 − qⁱ)` over i = 1 … m. All are whole numbers, and exact as long as their sum is.
fn ways(m: usize, n: usize) -> Vec<f64> {
    let mut ways = vec![0.0; m * n + 1];
    ways[0] = 1.0;
    for i in 1..=m {
        for u in (n + i..ways.len()).rev() {
            ways[u] -= ways[u - n - i];
        }
        for u in i..ways.len() {
            ways[u] += ways[u - i];
        }
    }
    ways
}

/// The same from the statistic's mean and variance, with continuity correction.
fn normal_rank(m: usize, n: usize, tail: f64) -> usize {
    let (m, n) = (m as f64, n as f64);
    let deviation = (m * n * (m + n + 1.0) / 12.0).sqrt();
    let reach = -Normal::standard().inverse_cdf(tail);
    (m * n / 2.0 - reach * deviation + 0.5).floor().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_agree_with_printed_tables() {
        // Critical values U of the two-sided test at 5 and 1 %; k is one more. S. Siegel, Nonparametric Statistics
        // (1956), table K, and Mann and Whitney's own.
        for (m, n, at_5, at_1) in [
            (4, 4, Some(0), None),
            (5, 5, Some(2), Some(0)),
            (6, 6, Some(5), Some(2)),
            (8, 8, Some(13), Some(7)),
            (5, 10, Some(8), Some(4)),
            (10, 10, Some(23), Some(16)),
            (15, 15, Some(64), Some(51)),
            (10, 20, Some(55), Some(42)),
            (20, 20, Some(127), Some(105)),
        ] {
            assert_eq!(rank(m, n, 0.025), at_5.map(|u| u + 1), "{m} and {n} numbers");
            assert_eq!(rank(n, m, 0.005), at_1.map(|u| u + 1), "{n} and {m} numbers");
        }
    }

    #[test]
    fn too_few_numbers_have_no_interval() {
        // Two samples of three do not overlap in 2 of C(6, 3) = 20 ways.
        for (m, n) in [(0, 9), (1, 9), (2, 2), (3, 3)] {
            assert_eq!(rank(m, n, 0.025), None, "{m} and {n} numbers");
        }
    }

    #[test]
    fn all_ways_are_counted() {
        assert_eq!(ways(2, 2), [1.0, 1.0, 2.0, 1.0, 1.0]);
        assert_eq!(ways(3, 5).iter().sum::<f64>(), 56.0);
        assert_eq!(ways(28, 28).iter().sum::<f64>(), 7_648_690_600_760_440.0);
        assert!(ways(28, 28).iter().all(|&count| count >= 1.0));
    }

    #[test]
    fn the_normal_approximation_takes_over_smoothly() {
        for (m, n) in [(28, 28), (15, 50)] {
            let (counted, normal) = (counted_rank(m, n, 0.025), normal_rank(m, n, 0.025));
            assert!(
                counted.abs_diff(normal) <= 2,
                "{m} and {n}: {counted} or {normal}"
            );
        }
        assert!(rank(28, 28, 0.025) < rank(29, 29, 0.025));
    }

    #[test]
    fn differences_by_hand() {
        let differences = Differences::new(&[0.0, 1.0], &[5.0, 7.0]);
        assert_eq!(differences.sorted, [4.0, 5.0, 6.0, 7.0]);
        assert_eq!(differences.centre(), Some(5.5));
        assert_eq!(Differences::new(&[], &[1.0]).centre(), None);
    }
}
