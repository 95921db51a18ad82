//! Launches that rise or fall over the run.

use statrs::distribution::{ContinuousCDF, Normal};

/// Probability below which a trend is not put down to chance.
///
/// A run tests this for some twenty ratios. At 1 % every fifth run would warn without cause; at 0.1 % one in fifty
/// does. Below seven launches not even a perfect order is that improbable.
const SURE: f64 = 0.001;

/// Up to this many launches the distribution of Kendall's S is counted exactly; beyond, it is close enough to normal.
const COUNTED: usize = 40;

/// How launches move with time.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Trend {
    /// How much the logarithm changes from the first launch to the last: Theil's slope times the time between.
    pub change: f64,
    /// Probability of an order at least this strict, in either direction, if there is no trend.
    pub p: f64,
}

impl Trend {
    /// Whether chance is ruled out, at one in a thousand.
    pub(crate) fn is_sure(&self) -> bool {
        self.p < SURE
    }
}

/// The trend of `logs` over `times`; `None` for fewer than three launches, for times that are all the same, or when a
/// number is not finite.
///
/// Mann and Kendall's test: count the pairs of launches that rise and those that fall, `S = rises − falls`. Without a
/// trend every order is equally likely, which gives the probability of an S this far from zero; ties count as neither,
/// which makes the probability a little larger. The slope is Theil's, the median of the slopes of all pairs, which
/// tolerates outlying launches as the test does.
///
/// H. B. Mann, *Nonparametric tests against trend*, Econometrica 13 (1945); M. G. Kendall, *Rank correlation methods*
/// (1948); H. Theil, *A rank-invariant method of linear and polynomial regression analysis* (1950).
pub(crate) fn trend(times: &[f64], logs: &[f64]) -> Option<Trend> {
    let n = times.len().min(logs.len());
    let (times, logs) = (&times[..n], &logs[..n]);
    let finite = times.iter().chain(logs).all(|value| value.is_finite());
    if n < 3 || !finite {
        return None;
    }
    let (mut s, mut slopes) = (0i64, Vec::with_capacity(n * (n - 1) / 2));
    for i in 0..n {
        for j in 0..i {
            let (dt, dx) = (times[i] - times[j], logs[i] - logs[j]);
            if dt != 0.0 {
                slopes.push(dx / dt);
                s += sign(dx) * sign(dt);
            }
        }
    }
    slopes.sort_by(f64::total_cmp);
    let slope = super::middle(&slopes);
    let span = times.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        - times.iter().copied().fold(f64::INFINITY, f64::min);
    (!slopes.is_empty()).then(|| Trend {
        change: slope * span,
        p: probability(s.unsigned_abs() as usize, n),
    })
}

fn sign(value: f64) -> i64 {
    i64::from(value > 0.0) - i64::from(value < 0.0)
}

/// P(|S| ≥ s) for n numbers in random order.
fn probability(s: usize, n: usize) -> f64 {
    let pairs = n * (n - 1) / 2;
    if s == 0 {
        return 1.0;
    }
    if n <= COUNTED {
        // S = pairs − 2 · inversions, so S ≥ s means at most (pairs − s) ÷ 2 inversions.
        let few: f64 = inversions(n)[..=(pairs - s) / 2].iter().sum();
        return (2.0 * few).min(1.0);
    }
    let deviation = ((n * (n - 1) * (2 * n + 5)) as f64 / 18.0).sqrt();
    let z = (s as f64 - 1.0) / deviation;
    Normal::standard().sf(z) * 2.0
}

/// The share of the orders of n numbers that have 0, 1, 2, … inversions: the n-th number adds 0 to n − 1 of them.
fn inversions(n: usize) -> Vec<f64> {
    let mut shares = vec![1.0];
    for k in 2..=n {
        let mut next = vec![0.0; shares.len() + k - 1];
        for (at, share) in shares.iter().enumerate() {
            for added in &mut next[at..at + k] {
                *added += share / k as f64;
            }
        }
        shares = next;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn steps(n: usize) -> Vec<f64> {
        (0..n as u32).map(f64::from).collect()
    }

    #[test]
    fn a_perfect_order_is_sure_from_seven_launches_on() {
        for n in 3..12 {
            let trend = trend(&steps(n), &steps(n)).unwrap();
            let orders: f64 = (1..=n as u32).map(f64::from).product();
            assert!((trend.p - 2.0 / orders).abs() < 1e-12, "{n}: {}", trend.p);
            assert_eq!(trend.is_sure(), n >= 7, "{n}");
            assert!((trend.change - (n as f64 - 1.0)).abs() < 1e-9);
        }
        assert_eq!(trend(&[1.0, 2.0], &[1.0, 2.0]), None);
        assert_eq!(trend(&[1.0; 9], &steps(9)), None, "all at one time");
    }

    #[test]
    fn probabilities_agree_with_printed_tables() {
        // Kendall (1948), one-sided: n = 10, S ≥ 21: 0.036; S ≥ 29: 0.0046; n = 8, S ≥ 18: 0.0156.
        for (n, s, p) in [(10, 21, 0.036), (10, 29, 0.004_6), (8, 18, 0.0156)] {
            assert!(
                (probability(s, n) / 2.0 - p).abs() < 5e-4,
                "{n} {s}: {}",
                probability(s, n)
            );
        }
        let (counted, normal) = (probability(200, 40), {
            let deviation = (40.0f64 * 39.0 * 85.0 / 18.0).sqrt();
            Normal::standard().sf(199.0 / deviation) * 2.0
        });
        assert!((counted / normal - 1.0).abs() < 0.1, "{counted} {normal}");
    }

    #[test]
    fn alternating_launches_do_not_drift() {
        let logs: Vec<f64> = (0..20u32).map(|i| f64::from(i % 2)).collect();
        assert!(!trend(&steps(20), &logs).unwrap().is_sure());
    }

    proptest! {
        #[test]
        fn backwards_is_the_opposite(logs in vec(-1.0..1.0_f64, 3..40)) {
            let there = trend(&steps(logs.len()), &logs).unwrap();
            let back: Vec<f64> = logs.iter().rev().copied().collect();
            let back = trend(&steps(logs.len()), &back).unwrap();
            prop_assert!((there.change + back.change).abs() < 1e-9);
            prop_assert!((there.p - back.p).abs() < 1e-12);
            prop_assert!((0.0..=1.0).contains(&there.p));
        }

        #[test]
        fn order_of_arrival_does_not_matter(logs in vec(-1.0..1.0_f64, 3..20)) {
            let times = steps(logs.len());
            let (mut t, mut l) = (times.clone(), logs.clone());
            t.rotate_left(2);
            l.rotate_left(2);
            let (a, b) = (trend(&times, &logs).unwrap(), trend(&t, &l).unwrap());
            prop_assert!((a.change - b.change).abs() < 1e-9 && (a.p - b.p).abs() < 1e-12);
        }

        #[test]
        fn any_numbers_are_accepted(logs in vec(proptest::num::f64::ANY, 0..20)) {
            let found = trend(&steps(logs.len()), &logs);
            prop_assert!(found.is_none_or(|trend| !trend.p.is_nan()));
        }
    }
}
