//! The figures by which all tools are compared, in the same terms.

use super::count::Count;
use super::results::Key;
use std::collections::BTreeMap;

/// The half-width that is requested, as a share.
pub const PRECISION: f64 = 0.02;
/// Seconds of benchmarking that a comparison may take, both sides together.
pub const SECONDS: f64 = 10.0;
/// A slow-down counts as found if at least this share of tries report it.
pub const FOUND: f64 = 0.9;

/// The figures of one tool, quiet or busy.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Equal code: how often it reported a difference.
    pub false_alarms: Count,
    /// All comparisons: how often the 95 % interval held the truth.
    pub coverage: Count,
    /// By percent of the slow-down: how often it reported a slow-down.
    pub found: BTreeMap<u32, Count>,
    /// Equal code: seconds of benchmarking until the interval was within ±2 %; infinite if it never was.
    pub seconds: Vec<f64>,
    /// Of those intervals: how often they held.
    pub held: Count,
}

/// One comparison, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What was compared.
    pub key: Key,
    /// Whether it reported a difference.
    pub alarm: bool,
    /// Whether it reported a slow-down.
    pub slower: bool,
    /// Whether its interval held the truth; `None` if it gave none.
    pub held: Option<bool>,
    /// When its interval was first within ±2 %, and whether that one held.
    pub narrow: Option<(f64, bool)>,
}

impl Figures {
    /// Adds up judged comparisons.
    pub fn of(judged: &[Judged]) -> Self {
        let equal = || judged.iter().filter(|one| one.key.slowed == 0);
        let mut found: BTreeMap<u32, Vec<bool>> = BTreeMap::new();
        for one in judged.iter().filter(|one| one.key.slowed > 0) {
            found.entry(one.key.slowed).or_default().push(one.slower);
        }
        Figures {
            false_alarms: equal().map(|one| one.alarm).collect(),
            coverage: judged.iter().filter_map(|one| one.held).collect(),
            found: found
                .into_iter()
                .map(|(slowed, found)| (slowed, found.into_iter().collect()))
                .collect(),
            seconds: equal()
                .map(|one| one.narrow.map_or(f64::INFINITY, |(seconds, _)| seconds))
                .collect(),
            held: equal()
                .filter_map(|one| one.narrow)
                .map(|(_, held)| held)
                .collect(),
        }
    }

    /// The smallest slow-down from which on all were found in at least nine of ten tries.
    pub fn smallest_found(&self) -> Option<u32> {
        let good = |count: &Count| count.share().is_some_and(|share| share >= FOUND);
        self.found
            .iter()
            .rev()
            .take_while(|(_, count)| good(count))
            .last()
            .map(|(&slowed, _)| slowed)
    }

    /// The median of the seconds until ±2 %; infinite if half never got there, `None` if there are none.
    pub fn median_seconds(&self) -> Option<f64> {
        let mut seconds = self.seconds.clone();
        seconds.sort_by(f64::total_cmp);
        // Of an even number, the greater of the two in the middle, which may be infinite.
        seconds.get(seconds.len() / 2).copied()
    }
}

/// Whether an interval holds a number.
pub fn holds((low, high): (f64, f64), truth: f64) -> bool {
    low <= truth && truth <= high
}

/// Half the width of an interval of a quotient, as a share: `√(high ÷ low) − 1`.
pub fn half_width((low, high): (f64, f64)) -> f64 {
    if low > 0.0 {
        (high / low).sqrt() - 1.0
    } else {
        f64::INFINITY
    }
}
