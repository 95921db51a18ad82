//! The upper end of many times: how long most requests take, and how long the slow ones take.

/// The probabilities that are reported, besides the maximum.
pub(crate) const PROBABILITIES: [f64; 4] = [0.5, 0.9, 0.99, 0.999];

/// How many values must lie beyond a quantile for it to be reported: with fewer, its value is chance.
pub(crate) const BEYOND: usize = 10;

/// Quantiles of the values, as (probability, value) in order of probability, and the maximum at 1.
///
/// The quantile at *p* of *n* values is the one of rank *⌈p·n⌉*: the smallest that at least a share *p* of all values
/// do not exceed (Hyndman and Fan 1996, definition 1). It is always a value that occurred. Quantiles with fewer than
/// `BEYOND` values of a higher rank are left out. Empty if there are no values.
pub fn tail(values: &[f64]) -> Vec<(f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let rank = |p: f64| (p * sorted.len() as f64).ceil() as usize;
    PROBABILITIES
        .into_iter()
        .map(|p| (p, rank(p)))
        .filter(|&(_, rank)| rank + BEYOND <= sorted.len())
        .map(|(p, rank)| (p, sorted[rank - 1]))
        .chain(sorted.last().map(|&maximum| (1.0, maximum)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_of_the_first_numbers_are_their_ranks() {
        let numbers = |n: u32| (1..=n).rev().map(f64::from).collect::<Vec<_>>();
        let all = [
            (0.5, 5_000.0),
            (0.9, 9_000.0),
            (0.99, 9_900.0),
            (0.999, 9_990.0),
            (1.0, 10_000.0),
        ];
        assert_eq!(tail(&numbers(10_000)), all);
        // 0.1 % of 9,999 values are at most nine.
        assert_eq!(tail(&numbers(9_999)).len(), 4);
        assert_eq!(tail(&numbers(100)), [(0.5, 50.0), (0.9, 90.0), (1.0, 100.0)]);
        assert_eq!(tail(&numbers(20)), [(0.5, 10.0), (1.0, 20.0)]);
        assert_eq!(tail(&numbers(19)), [(1.0, 19.0)]);
        assert_eq!(tail(&[]), []);
    }

    proptest! {
        #[test]
        fn a_quantile_has_as_many_values_on_either_side_as_it_says(
            values in prop::collection::vec(0.0..5.0_f64, 0..3_000)
        ) {
            let quantiles = tail(&values);
            prop_assert!(quantiles.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1));
            for (p, quantile) in quantiles {
                let n = values.len() as f64;
                let below = values.iter().filter(|v| **v < quantile).count() as f64;
                let within = values.iter().filter(|v| **v <= quantile).count() as f64;
                prop_assert!(below < p * n && p * n <= within, "{p}: {below}, {within} of {n}");
            }
        }
    }
}
