//! The intervals that were tried: the one that was chosen, and those it was chosen over.

use crate::random::Random;
use pairbench::estimate::over_launches;
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::sync::LazyLock;

/// A centre and the ends of its 95 % interval, all logarithms.
#[derive(Debug, Clone, Copy)]
pub struct Interval {
    pub centre: f64,
    pub low: f64,
    pub high: f64,
}

impl Interval {
    fn around(centre: f64, half: f64) -> Self {
        Self {
            centre,
            low: centre - half,
            high: centre + half,
        }
    }

    pub fn holds(&self, truth: f64) -> bool {
        self.low <= truth && truth <= self.high
    }

    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// From one logarithm per launch to an interval, if there are enough.
pub type Method = fn(&[f64], &mut Random) -> Option<Interval>;

pub const CHOSEN: &str = "signed ranks, Hodges–Lehmann (chosen)";

pub const CANDIDATES: [(&str, Method); 10] = [
    (CHOSEN, |logs, _| chosen(logs)),
    ("Student's t, mean", |logs, _| student(logs)),
    ("Yuen's t, 10 % trimmed", |logs, _| yuen(logs, 0.1)),
    ("Yuen's t, 20 % trimmed", |logs, _| yuen(logs, 0.2)),
    ("signs, median", |logs, _| signs(logs)),
    ("t on Huber's M (k = 1.5)", |logs, _| huber(logs, 1.5)),
    ("t on Huber's M (k = 2.5)", |logs, _| huber(logs, 2.5)),
    ("t on Tukey's biweight", |logs, _| biweight(logs)),
    ("bootstrap-t, mean", bootstrap_t),
    ("percentile bootstrap, mean", percentile_bootstrap),
];

/// What pairbench does, through its public functions.
pub fn chosen(logs: &[f64]) -> Option<Interval> {
    let estimate = over_launches(logs)?;
    let (low, high) = estimate.interval?;
    Some(Interval {
        centre: estimate.value.ln(),
        low: low.ln(),
        high: high.ln(),
    })
}

/// Student (1908).
pub fn student(logs: &[f64]) -> Option<Interval> {
    let half = t(logs.len().checked_sub(1)? as f64) * deviation(logs) / (logs.len() as f64).sqrt();
    (logs.len() >= 2).then(|| Interval::around(mean(logs), half))
}

/// Yuen (1974): the trimmed mean, with the deviation of the winsorised numbers.
fn yuen(logs: &[f64], share: f64) -> Option<Interval> {
    let logs = sorted(logs);
    let (n, cut) = (logs.len(), (share * logs.len() as f64) as usize);
    let kept = &logs[cut..n - cut];
    let clamped: Vec<f64> = logs
        .iter()
        .map(|x| x.clamp(kept[0], kept[kept.len() - 1]))
        .collect();
    let h = kept.len() as f64;
    let error = deviation(&clamped) * ((n as f64 - 1.0) / (h * (h - 1.0))).sqrt();
    (kept.len() >= 2).then(|| Interval::around(mean(kept), t(h - 1.0) * error))
}

/// The median with the order statistics that the sign test gives.
fn signs(logs: &[f64]) -> Option<Interval> {
    let logs = sorted(logs);
    let n = logs.len();
    let (mut probability, mut below, mut rank) = (0.5_f64.powi(n as i32), 0.0, 0);
    while below + probability <= 0.025 {
        below += probability;
        probability *= (n - rank) as f64 / (rank + 1) as f64;
        rank += 1;
    }
    (rank > 0).then(|| Interval {
        centre: median(&logs),
        low: logs[rank - 1],
        high: logs[n - rank],
    })
}

/// Huber (1964), scale by the median absolute deviation; error by the influence function.
fn huber(logs: &[f64], k: f64) -> Option<Interval> {
    let (n, scale) = (logs.len() as f64, 1.4826 * spread(logs).max(1e-12));
    let mut centre = median(logs);
    for _ in 0..50 {
        let weight = |x: &f64| (k * scale / (x - centre).abs().max(1e-300)).min(1.0);
        let total: f64 = logs.iter().map(weight).sum();
        centre = logs.iter().map(|x| weight(x) * x).sum::<f64>() / total;
    }
    let scores = logs.iter().map(|x| ((x - centre) / scale).clamp(-k, k).powi(2));
    let inside = logs.iter().filter(|&x| ((x - centre) / scale).abs() <= k).count() as f64;
    let error = scale * (scores.sum::<f64>() / (n - 1.0)).sqrt() / (inside / n) / n.sqrt();
    (logs.len() >= 2).then(|| Interval::around(centre, t(n - 1.0) * error))
}

/// Mosteller and Tukey (1977), ch. 10: biweight centre and scale, t with 0.7 (n − 1) degrees of freedom.
fn biweight(logs: &[f64]) -> Option<Interval> {
    let (n, middle, scale) = (logs.len() as f64, median(logs), spread(logs).max(1e-12));
    let mut centre = middle;
    for _ in 0..30 {
        let weight = |x: &f64| (1.0 - ((x - centre) / (6.0 * scale)).powi(2)).max(0.0).powi(2);
        let total: f64 = logs.iter().map(weight).sum();
        centre = logs.iter().map(|x| weight(x) * x).sum::<f64>() / total;
    }
    let inside = logs
        .iter()
        .map(|x| (x - middle, ((x - middle) / (9.0 * scale)).powi(2)));
    let (mut above, mut below) = (0.0, 0.0);
    for (x, u) in inside.filter(|&(_, u)| u < 1.0) {
        above += x * x * (1.0 - u).powi(4);
        below += (1.0 - u) * (1.0 - 5.0 * u);
    }
    let variance = n * above / (below * (below - 1.0).max(1.0));
    (logs.len() >= 2).then(|| Interval::around(centre, t(0.7 * (n - 1.0)) * (variance / n).sqrt()))
}

const RESAMPLES: usize = 400;

/// Efron's percentile interval of the mean.
pub fn percentile_bootstrap(logs: &[f64], random: &mut Random) -> Option<Interval> {
    let means = sorted(
        &resamples(logs, random)
            .map(|again| mean(&again))
            .collect::<Vec<_>>(),
    );
    Some(Interval {
        centre: mean(logs),
        low: means[RESAMPLES / 40],
        high: means[RESAMPLES - 1 - RESAMPLES / 40],
    })
}

/// Efron and Tibshirani (1993), ch. 12.
fn bootstrap_t(logs: &[f64], random: &mut Random) -> Option<Interval> {
    let error = |logs: &[f64]| deviation(logs) / (logs.len() as f64).sqrt();
    let centre = mean(logs);
    let studentised = resamples(logs, random).map(|again| (mean(&again) - centre) / error(&again).max(1e-12));
    let ts = sorted(&studentised.collect::<Vec<_>>());
    let [low, high] =
        [ts[RESAMPLES - 1 - RESAMPLES / 40], ts[RESAMPLES / 40]].map(|t| centre - t * error(logs));
    Some(Interval { centre, low, high })
}

fn resamples<'a>(logs: &'a [f64], random: &'a mut Random) -> impl Iterator<Item = Vec<f64>> + 'a {
    (0..RESAMPLES).map(|_| logs.iter().map(|_| logs[random.below(logs.len())]).collect())
}

/// The 97.5 % quantile of Student's t, to a tenth of a degree of freedom.
fn t(degrees: f64) -> f64 {
    static QUANTILES: LazyLock<Vec<f64>> = LazyLock::new(|| {
        let quantile = |tenths: i32| {
            StudentsT::new(0.0, 1.0, f64::from(tenths) / 10.0)
                .unwrap()
                .inverse_cdf(0.975)
        };
        (1..=500).map(quantile).collect()
    });
    let tenths = (degrees * 10.0).round() as usize;
    tenths
        .checked_sub(1)
        .and_then(|i| QUANTILES.get(i))
        .copied()
        .unwrap_or(1.96)
}

pub fn mean(xs: &[f64]) -> f64 {
    xs.iter().sum::<f64>() / xs.len() as f64
}

pub fn median(xs: &[f64]) -> f64 {
    let xs = sorted(xs);
    f64::midpoint(xs[(xs.len() - 1) / 2], xs[xs.len() / 2])
}

fn sorted(xs: &[f64]) -> Vec<f64> {
    let mut xs = xs.to_vec();
    xs.sort_unstable_by(f64::total_cmp);
    xs
}

fn deviation(xs: &[f64]) -> f64 {
    let centre = mean(xs);
    (xs.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / (xs.len() as f64 - 1.0)).sqrt()
}

/// The median absolute deviation.
fn spread(xs: &[f64]) -> f64 {
    let centre = median(xs);
    median(&xs.iter().map(|x| (x - centre).abs()).collect::<Vec<_>>())
}

#[test]
fn quantiles_of_students_t() {
    for (degrees, printed) in [
        (1.0, 12.706),
        (2.0, 4.303),
        (4.0, 2.776),
        (9.0, 2.262),
        (30.0, 2.042),
    ] {
        assert!(
            (t(degrees) - printed).abs() < 1e-3,
            "{degrees} degrees: {}",
            t(degrees)
        );
    }
}
