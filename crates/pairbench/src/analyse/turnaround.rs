//! The time to the first answer, and after how many runs the port has paid for its compile step.

use crate::diagnose::turnaround::StartUp;
use crate::estimate::Middle;
use crate::text::thousands;
use std::fmt;

/// From the start of a process to its first answer, on both sides, in seconds: medians with their intervals over rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Turnaround {
    pub interpreter: Middle,
    /// The import of the pair's module.
    pub import: Middle,
    /// The baseline's first call.
    pub python_first_call: Middle,
    /// All three together: a Python process for one call.
    pub python: Middle,
    /// A Rust process that does nothing.
    pub process: Middle,
    /// The Rust side, if it was called.
    pub rust: Option<RustTurnaround>,
}

/// From the start of a Rust process to its first answer.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RustTurnaround {
    pub first_call: Middle,
    /// The process and its call together.
    pub whole: Middle,
    /// What a run in Rust saves, round by round: Python's total minus Rust's. Negative if Rust takes longer.
    pub saved: Middle,
}

/// Summarises the starts of a pair; `None` if nothing was timed. Sums and differences are computed within each round,
/// whose processes ran next to each other.
pub fn turnaround(times: &StartUp) -> Option<Turnaround> {
    let of = |values: &[f64]| Middle::of(values);
    let python = sums(&[&times.interpreter, &times.import, &times.python_first_call]);
    let rust = sums(&[&times.process, &times.rust_first_call]);
    let saved: Vec<f64> = python
        .iter()
        .zip(&rust)
        .map(|(python, rust)| python - rust)
        .collect();
    let rust = || {
        Some(RustTurnaround {
            first_call: of(&times.rust_first_call)?,
            whole: of(&rust)?,
            saved: of(&saved)?,
        })
    };
    Some(Turnaround {
        interpreter: of(&times.interpreter)?,
        import: of(&times.import)?,
        python_first_call: of(&times.python_first_call)?,
        python: of(&python)?,
        process: of(&times.process)?,
        rust: rust(),
    })
}

/// Sums round by round, over the rounds that all parts have.
fn sums(parts: &[&Vec<f64>]) -> Vec<f64> {
    let rounds = parts.iter().map(|part| part.len()).min().unwrap_or(0);
    (0..rounds)
        .map(|round| parts.iter().map(|part| part[round]).sum())
        .collect()
}

/// The number of runs after which the time saved has paid for a build; `None` means never.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct BreakEven {
    pub runs: Option<f64>,
    /// The smallest number (shortest build, most saved) and the largest one; `None` if the saved time has no interval.
    pub between: Option<(Option<f64>, Option<f64>)>,
}

impl BreakEven {
    /// Build seconds ÷ seconds saved per run. `least` and `most` are the shortest and the longest build.
    pub fn of(build: f64, (least, most): (f64, f64), saved: Middle) -> Self {
        let runs = |build: f64, saved: f64| (saved > 0.0).then(|| (build / saved).ceil().max(1.0));
        BreakEven {
            runs: runs(build, saved.value),
            between: saved
                .interval
                .map(|(low, high)| (runs(least, high), runs(most, low))),
        }
    }
}

/// `after 1,234 runs (900 to 2,000)`, `never: a run saves nothing`.
impl fmt::Display for BreakEven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.runs {
            Some(runs) => write!(f, "after {}", thousands(runs))?,
            None => f.write_str("never: a run saves nothing")?,
        }
        if self.runs == Some(1.0) {
            f.write_str(" run")?;
        } else if self.runs.is_some() {
            f.write_str(" runs")?;
        }
        match self.between {
            Some((Some(low), Some(high))) if low == high => Ok(()),
            Some((Some(low), Some(high))) => write!(f, " ({} to {})", thousands(low), thousands(high)),
            Some((Some(low), None)) => write!(f, " ({} or more, perhaps never)", thousands(low)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(python: f64, rust: f64) -> StartUp {
        let around = |middle: f64| (0..7).map(|k| middle * (1.0 + 0.01 * f64::from(k - 3))).collect();
        StartUp {
            interpreter: around(0.010),
            import: around(0.020),
            python_first_call: around(python),
            process: around(0.002),
            rust_first_call: around(rust),
        }
    }

    #[test]
    fn parts_add_up_round_by_round() {
        let found = turnaround(&times(0.070, 0.008)).unwrap();
        let rust = found.rust.unwrap();
        assert!((found.python.value - 0.1).abs() < 1e-12 && (rust.whole.value - 0.01).abs() < 1e-12);
        assert!((rust.saved.value - 0.09).abs() < 1e-12);
        let (low, high) = rust.saved.interval.unwrap();
        // Both sides drift by the same factor, so the difference does too: ±3 % of 90 ms.
        assert!((low - 0.0873).abs() < 1e-9 && (high - 0.0927).abs() < 1e-9);
    }

    #[test]
    fn without_a_port_there_is_still_the_python_side() {
        let mut only = times(0.07, 0.0);
        only.rust_first_call.clear();
        assert_eq!(turnaround(&only).unwrap().rust, None);
        assert_eq!(turnaround(&StartUp::default()), None);
    }

    #[test]
    fn a_build_is_paid_for_by_what_runs_save() {
        let saved = |value: f64, low: f64, high: f64| Middle {
            value,
            interval: Some((low, high)),
        };
        let even = BreakEven::of(9.0, (8.0, 10.0), saved(0.1, 0.08, 0.125));
        assert_eq!(even.runs, Some(90.0));
        assert_eq!(even.between, Some((Some(64.0), Some(125.0))));
        assert_eq!(even.to_string(), "after 90 runs (64 to 125)");
        let perhaps = BreakEven::of(90.0, (90.0, 90.0), saved(0.01, -0.01, 0.03));
        assert_eq!(
            perhaps.to_string(),
            "after 9,000 runs (3,000 or more, perhaps never)"
        );
        let never = BreakEven::of(9.0, (9.0, 9.0), saved(-0.1, -0.2, -0.05));
        assert_eq!((never.runs, never.between), (None, Some((None, None))));
        assert_eq!(never.to_string(), "never: a run saves nothing");
        assert_eq!(
            BreakEven::of(0.1, (0.1, 0.1), saved(5.0, 4.0, 6.0)).to_string(),
            "after 1 run"
        );
    }
}
