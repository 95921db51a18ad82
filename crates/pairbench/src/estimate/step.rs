//! A change of level among the samples of a launch.

use super::middle::median;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// Probability below which a change is not put down to chance. Of ten samples at least three must differ from the rest
/// to be as improbable; the median is robust to fewer.
const SURE: f64 = 0.02;

/// A change of less than 2 % in the ratio is not worth more samples.
pub(crate) const CHANGE: f64 = 0.02;

/// Number of random orders that the observed order is compared with.
const ORDERS: u32 = 1999;

/// A change of level in a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    /// The median after it minus the median before.
    pub change: f64,
    /// Probability of a step at least this clear if every order of the values is equally probable.
    pub p: f64,
}

impl Step {
    /// Whether it is unlikely to be chance, and large enough to spoil a ratio.
    pub fn matters(&self) -> bool {
        self.p < SURE && self.change.abs() > CHANGE.ln_1p()
    }
}

/// The clearest step of a series of logarithms; `None` for fewer than two values, or when one is not finite.
///
/// For every place `t` of `n` values it compares the sums before and after,
///
/// ```text
/// T = max over t of  (S(t) − t ÷ n · S(n))² ÷ (t · (n − t)),   S(t) = x₁ + … + x(t)
/// ```
///
/// which is largest where two levels explain most of the squares (A. Sen and M. S. Srivastava, *On tests for detecting
/// change in mean*, Annals of Statistics 3, 1975). Its probability comes from the same values in random orders (E. J.
/// G. Pitman, *Significance tests which may be applied to samples from any populations*, 1937), so it assumes no
/// distribution, and a single slow sample is not a step: it would be as slow anywhere else. A test of ranks alone needs
/// 17 samples to be this sure; a default run takes 10 or 12. A slow trend is found as well as a step.
pub(crate) fn step(logs: &[f64]) -> Option<Step> {
    if logs.iter().any(|log| !log.is_finite()) {
        return None;
    }
    let (at, found) = largest(logs)?;
    let mut order = logs.to_vec();
    let mut random = StdRng::seed_from_u64(logs.len() as u64);
    let as_clear = (0..ORDERS).filter(|_| {
        order.shuffle(&mut random);
        // Sums in another order differ in their last bits.
        largest(&order).is_some_and(|(_, other)| other >= found * (1.0 - 1e-9))
    });
    Some(Step {
        p: (1.0 + as_clear.count() as f64) / (1.0 + f64::from(ORDERS)),
        change: median(logs[at..].to_vec())? - median(logs[..at].to_vec())?,
    })
}

/// How many values come before the clearest step, and T.
fn largest(logs: &[f64]) -> Option<(usize, f64)> {
    let n = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / n;
    let mut sum = 0.0;
    let before = logs.iter().take(logs.len().saturating_sub(1));
    let all = before.enumerate().map(|(at, log)| {
        sum += log - mean;
        let t = at as f64 + 1.0;
        (at + 1, sum * sum / (t * (n - t)))
    });
    all.max_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn stepped(before: usize, after: usize, change: f64) -> Vec<f64> {
        let wave = (0..before + after).map(|at| 0.01 * (at as f64 * 2.4).sin());
        wave.enumerate()
            .map(|(at, noise)| noise + if at < before { 0.0 } else { change })
            .collect()
    }

    #[test]
    fn a_function_that_is_specialised_midway_is_found() {
        let step = step(&stepped(8, 12, (23.0_f64 / 15.0).ln())).unwrap();
        assert!(step.matters(), "{step:?}");
        assert!((step.change.exp() - 23.0 / 15.0).abs() < 0.03, "{step:?}");
    }

    #[test]
    fn neither_small_changes_nor_few_samples_nor_single_outliers_matter() {
        assert!(!step(&stepped(10, 10, 0.0)).unwrap().matters());
        assert!(!step(&stepped(10, 10, 0.015)).unwrap().matters(), "too small");
        assert!(!step(&stepped(2, 8, 1.0)).unwrap().matters(), "too few");
        let mut disturbed = stepped(20, 0, 0.0);
        disturbed[3] = 2.0;
        disturbed[4] = 2.0;
        assert!(!step(&disturbed).unwrap().matters());
        assert_eq!((step(&[1.0]), step(&[0.0, f64::NAN, 1.0])), (None, None));
    }

    #[test]
    fn a_default_launch_has_enough_samples() {
        for before in [3, 4, 5, 6, 7] {
            let step = step(&stepped(before, 10 - before, 0.3)).unwrap();
            assert!(step.matters(), "{before}: {step:?}");
        }
    }

    /// Every fourth recorded launch, cut to as many samples as a launch of a default run has.
    #[test]
    fn recorded_launches_seldom_have_a_step() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/launches.jsonl.gz");
        let file = flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap());
        let lines = std::io::BufRead::lines(std::io::BufReader::new(file)).step_by(4);
        let steps: Vec<bool> = lines
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
                let times = |side: &str| -> Vec<f64> { serde_json::from_value(line[side].clone()).unwrap() };
                let ratios = times("a_ns").into_iter().zip(times("b_ns"));
                let logs: Vec<f64> = ratios.map(|(a, b)| (a / b).ln()).take(12).collect();
                step(&logs).unwrap().matters()
            })
            .collect();
        assert_eq!(steps.len(), 600);
        let found = steps.iter().filter(|step| **step).count();
        assert!(found <= 12, "{found} of 600");
    }

    #[test]
    fn a_slow_approach_is_found() {
        let warming: Vec<f64> = (0..30).map(|at| (-f64::from(at) / 10.0).exp()).collect();
        assert!(step(&warming).unwrap().matters());
    }

    proptest! {
        #[test]
        fn mirrored_it_is_as_clear(logs in vec(-1.0..1.0_f64, 2..20)) {
            let mirrored: Vec<f64> = logs.iter().map(|log| -log).collect();
            let (found, other) = (step(&logs).unwrap(), step(&mirrored).unwrap());
            prop_assert_eq!((found.p, found.change), (other.p, -other.change));
        }

        #[test]
        fn any_numbers_are_accepted(logs in vec(proptest::num::f64::ANY, 0..20)) {
            prop_assert!(step(&logs).is_none_or(|step| (0.0..=1.0).contains(&step.p)));
        }
    }
}
