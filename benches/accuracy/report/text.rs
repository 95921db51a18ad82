//! The verdicts of criterion and pyperf, parsed from their output, because that is what their users go by.

use serde::{Deserialize, Serialize};

/// What criterion reports as the change since another run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The 95 % interval of the change of the mean time, as a share: 0.02 for +2 %.
    pub interval: (f64, f64),
    /// The verdict.
    pub comparison: Comparison,
}

impl Change {
    /// The interval as time now ÷ time then.
    pub fn quotient(&self) -> (f64, f64) {
        (1.0 + self.interval.0, 1.0 + self.interval.1)
    }
}

/// A verdict on the change from one run to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// It reports a speed-up.
    Faster,
    /// It reports a slow-down.
    Slower,
    /// It reports neither: not significant, or below its threshold.
    Neither,
}

impl Comparison {
    /// Whether it reports a change.
    pub fn alarms(self) -> bool {
        self != Comparison::Neither
    }
}

/// Parses the lines that criterion 0.8 prints about a comparison; `None` if it made none.
///
/// # Errors
///
/// If there is a change that does not parse: counting that as "no change" would flatter one of the tools.
pub fn criterion(printed: &str) -> Result<Option<Change>, String> {
    let Some((_, after)) = printed.split_once("change: [") else {
        return Ok(None);
    };
    let unexpected = || format!("criterion's comparison could not be parsed: {printed}");
    let (numbers, after) = after.split_once(']').ok_or_else(unexpected)?;
    let numbers: Vec<f64> = numbers
        .split_whitespace()
        .filter_map(percent)
        .map(|percent| percent / 100.0)
        .collect();
    let &[low, _, high] = numbers.as_slice() else {
        return Err(unexpected());
    };
    let comparison = [
        ("Performance has regressed", Comparison::Slower),
        ("Performance has improved", Comparison::Faster),
        ("Change within noise threshold", Comparison::Neither),
        ("No change in performance detected", Comparison::Neither),
    ]
    .into_iter()
    .find_map(|(words, comparison)| after.contains(words).then_some(comparison))
    .ok_or_else(unexpected)?;
    Ok(Some(Change {
        interval: (low, high),
        comparison,
    }))
}

/// `+1.2345%`; criterion prints U+2212 as its minus sign.
fn percent(word: &str) -> Option<f64> {
    word.trim_end_matches('%').replace('−', "-").parse().ok()
}

/// Parses what `pyperf compare_to --verbose` of version 2 prints about one benchmark.
///
/// # Errors
///
/// If it does not parse.
pub fn pyperf(printed: &str) -> Result<Comparison, String> {
    let ends_with = |word: &str| printed.lines().any(|line| line.trim_end().ends_with(word));
    match printed {
        _ if printed.contains("Not significant") => Ok(Comparison::Neither),
        _ if !printed.contains("Significant (t=") => {
            Err(format!("pyperf's comparison could not be parsed: {printed}"))
        }
        _ if ends_with("slower") => Ok(Comparison::Slower),
        _ if ends_with("faster") => Ok(Comparison::Faster),
        // A significant change that rounds to nothing is still announced as one: "no change".
        _ if printed.contains("no change") => Ok(Comparison::Neither),
        _ => Err(format!("pyperf's comparison could not be parsed: {printed}")),
    }
}
