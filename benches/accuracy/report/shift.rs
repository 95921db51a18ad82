//! The change between two runs, until the crate has it.

use pairbench::estimate::Estimate;
use statrs::distribution::{ContinuousCDF, StudentsT};

pub const INTEREST: f64 = 0.05;
const SMALLEST_CLAIM: f64 = 0.01;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Faster,
    Slower,
    Neither,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
    launches: u32,
}

impl Shift {
    pub fn outcome(&self, _interest: f64) -> Outcome {
        match self.interval {
            Some((low, _)) if low > 1.0 + SMALLEST_CLAIM => Outcome::Faster,
            Some((_, high)) if high * (1.0 + SMALLEST_CLAIM) < 1.0 => Outcome::Slower,
            _ => Outcome::Neither,
        }
    }

    pub fn as_estimate(&self) -> Estimate {
        Estimate {
            value: self.value,
            interval: self.interval,
            launches: self.launches,
        }
    }
}

pub fn between_runs(then: &[f64], now: &[f64]) -> Option<Shift> {
    let moments = |logs: &[f64]| {
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        (
            n,
            mean,
            logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0) / n,
        )
    };
    if then.len() < 3 || now.len() < 3 {
        return None;
    }
    let ((m, x, a), (n, y, b)) = (moments(then), moments(now));
    let degrees = (a + b).powi(2) / (a * a / (m - 1.0) + b * b / (n - 1.0));
    let t = StudentsT::new(0.0, 1.0, degrees).ok()?.inverse_cdf(0.975);
    let reach = t * (a + b).sqrt();
    Some(Shift {
        value: (y - x).exp(),
        interval: Some(((y - x - reach).exp(), (y - x + reach).exp())),
        launches: m.min(n) as u32,
    })
}
