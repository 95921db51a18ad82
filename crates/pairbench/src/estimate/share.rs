//! Counted shares of a whole, and the gains that Amdahl's law allows for them.

use super::Estimate;
use super::interval::student_quantile;

/// A part of the time, from 0 to 1, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Share {
    /// The part.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Share {
    /// A share of independent ticks: Wilson's score interval (1927), which stays between 0 and 1 and holds near both.
    pub(crate) fn of(value: f64, ticks: u64) -> Self {
        const Z: f64 = 1.959_963_984_540_054;
        match ticks {
            0 => Share {
                value,
                low: 0.0,
                high: 1.0,
            },
            _ => Share::wilson(value, ticks as f64, Z),
        }
    }

    /// A share of ticks that are worth this many independent ones, as counted by [`worth`]. That number is itself an
    /// estimate, so Student's t replaces the normal distribution.
    pub(crate) fn of_worth(value: f64, worth: f64) -> Self {
        let t = student_quantile((worth - 1.0).max(1.0), 0.975);
        t.map_or(Share::of(value, 0), |t| Share::wilson(value, worth, t))
    }

    fn wilson(value: f64, n: f64, z: f64) -> Self {
        let spread = 1.0 + z * z / n;
        let centre = (value + z * z / (2.0 * n)) / spread;
        let half = z / spread * (value * (1.0 - value) / n + z * z / (4.0 * n * n)).sqrt();
        Share {
            value,
            low: (centre - half).max(0.0).min(value),
            high: (centre + half).min(1.0).max(value),
        }
    }

    /// The most that a program gains if this part of it no longer costs anything: `1 ÷ (1 − part)` (Amdahl 1967).
    /// Infinite if nothing else is left.
    pub(crate) fn ceiling(&self) -> Ceiling {
        let gain = |part: f64| {
            if part < 1.0 {
                1.0 / (1.0 - part)
            } else {
                f64::INFINITY
            }
        };
        Ceiling {
            value: gain(self.value),
            low: gain(self.low),
            high: gain(self.high),
        }
    }
}

/// How many independent ticks a series is worth for the share of true ones; `None` if all are equal, which shows
/// nothing about how they depend on each other.
///
/// Consecutive ticks often fall into the same call of a function, so the second adds little. The smaller of two
/// estimates:
///
/// - by the **stretches** of equal ticks. If each tick depends only on the one before, stretches end with the
///   probabilities *a = s ÷ n₁* and *b = s ÷ n₀* (*s* stretches of each kind, *n₁* and *n₀* ticks), the autocorrelation
///   of neighbours is *1 − a − b*, and *n (a + b) ÷ (2 − a − b)* independent ticks have the same variance. It is right
///   even with few stretches.
/// - by the **autocorrelation** at all distances, summed until the sum of two neighbours is negative, and never growing
///   (C. J. Geyer, *Practical Markov chain Monte Carlo*, Statistical Science 7, 1992: the initial monotone sequence).
///   It detects phases of a program in which a function is called more often, in short stretches.
///
/// If all calls are alike, the share is known better than either estimate shows, because neither considers calls.
pub(crate) fn worth(series: &[bool]) -> Option<f64> {
    let n = series.len() as f64;
    let ones = series.iter().filter(|is| **is).count() as f64;
    let (mean, zeros) = (ones / n, n - ones);
    if ones == 0.0 || zeros == 0.0 {
        return None;
    }
    let changes = series.windows(2).filter(|two| two[0] != two[1]).count() as f64;
    let stretches = (changes / 2.0).max(0.5);
    let ends = (stretches / ones + stretches / zeros).min(1.0);
    let by_stretches = n * ends / (2.0 - ends);
    let deviations: Vec<f64> = series.iter().map(|is| f64::from(u8::from(*is)) - mean).collect();
    let correlation = |distance: usize| {
        let pairs = deviations.iter().zip(&deviations[distance..]);
        pairs.map(|(a, b)| a * b).sum::<f64>() / (n * mean * (1.0 - mean))
    };
    let (mut sum, mut last) = (0.0, f64::INFINITY);
    for distance in (0..series.len().saturating_sub(1)).step_by(2) {
        let two = (correlation(distance) + correlation(distance + 1)).min(last);
        if two <= 0.0 {
            break;
        }
        (sum, last) = (sum + two, two);
    }
    Some(by_stretches.min(n / (2.0 * sum - 1.0).max(1.0)))
}

/// A gain that an extension is not expected to exceed, with its 95 % interval; its ends may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Ceiling {
    /// The ceiling.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Ceiling {
    /// Whether a measured gain is compatible with it, given both intervals. A gain without an interval counts as
    /// exact.
    pub fn allows(&self, gain: &Estimate) -> bool {
        gain.interval.map_or(gain.value, |(low, _)| low) <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn wilsons_interval_of_a_known_count() {
        // Newcombe (1998), table I: 81 of 263 has the score interval 0.2553 to 0.3662.
        let share = Share::of(81.0 / 263.0, 263);
        assert!(
            (share.low - 0.2553).abs() < 5e-5 && (share.high - 0.3662).abs() < 5e-5,
            "{share:?}"
        );
        // And 0 of 20: 0 to 0.1611.
        let none = Share::of(0.0, 20);
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 5e-5, "{none:?}");
    }

    /// Ticks of a program, given the part of its time in one function and the mean length of the shorter stretches.
    fn ticks(n: usize, part: f64, shorter: f64, random: &mut StdRng) -> Vec<bool> {
        let (inside, outside) = match part >= 0.5 {
            true => (shorter * part / (1.0 - part), shorter),
            false => (shorter, shorter * (1.0 - part) / part),
        };
        let mut is_inside = random.random::<f64>() < part;
        let tick = |_| {
            let now = is_inside;
            let end = 1.0 / if now { inside } else { outside };
            is_inside = now != (random.random::<f64>() < end);
            now
        };
        (0..n).map(tick).collect()
    }

    /// Percentage of runs in which the interval holds: with the ticks' worth, and as if they were independent.
    fn held(part: f64, mut series: impl FnMut(&mut StdRng) -> Vec<bool>) -> (f64, f64) {
        const RUNS: usize = 1_000;
        let mut random = StdRng::seed_from_u64(7);
        let (mut own, mut naive) = (0, 0);
        for _ in 0..RUNS {
            let series = series(&mut random);
            let value = series.iter().filter(|is| **is).count() as f64 / series.len() as f64;
            let holds = |share: Share| usize::from(share.low <= part && part <= share.high);
            own += holds(Share::of_worth(value, worth(&series).unwrap_or(1.0)));
            naive += holds(Share::of(value, series.len() as u64));
        }
        let percent = |count: usize| 100.0 * count as f64 / RUNS as f64;
        (percent(own), percent(naive))
    }

    /// `cargo test -p pairbench --lib correlated_ticks -- --nocapture` prints the table of docs/evidence/profiles.md.
    #[test]
    fn the_interval_holds_for_correlated_ticks() {
        for part in [0.3, 0.5, 0.9] {
            for length in [2.0, 5.0, 15.0] {
                let (own, naive) = held(part, |random| ticks(500, part, length, random));
                println!("| {part} | {length} ticks | {own:.1} | {naive:.1} |");
                assert!(own >= 90.0, "{part}, {length}: {own}");
                assert!(
                    length < 5.0 || naive < 75.0,
                    "{part}, {length}: {naive} as if independent"
                );
            }
        }
        // Phases of some 15 ticks in which a function takes four fifths of the time or one fifth, in short calls.
        let phases = |random: &mut StdRng| {
            let phases = ticks(500, 0.5, 15.0, random);
            let inside =
                |often: bool, random: &mut StdRng| random.random::<f64>() < if often { 0.8 } else { 0.2 };
            phases.into_iter().map(|often| inside(often, random)).collect()
        };
        let (own, naive) = held(0.5, phases);
        println!("| 0.5 | phases of 15 ticks | {own:.1} | {naive:.1} |");
        assert!(own >= 90.0 && naive < 75.0, "{own} {naive}");
    }

    #[test]
    fn independent_ticks_are_worth_most_of_their_number() {
        let mut random = StdRng::seed_from_u64(7);
        for part in [0.1, 0.5, 0.9] {
            let series: Vec<bool> = (0..500).map(|_| random.random::<f64>() < part).collect();
            let worth = worth(&series).unwrap();
            assert!(worth > 350.0 && worth <= 500.0, "{part}: {worth}");
        }
        assert_eq!(
            (worth(&[true; 9]), worth(&[false; 9]), worth(&[])),
            (None, None, None)
        );
        // Half a stretch of each kind.
        let halves: Vec<bool> = (0..100).map(|i| i < 50).collect();
        assert!(worth(&halves).unwrap() < 2.0);
    }

    #[test]
    fn amdahls_law() {
        let half = Share {
            value: 0.5,
            low: 0.25,
            high: 1.0,
        };
        let ceiling = half.ceiling();
        assert_eq!(
            (ceiling.value, ceiling.low, ceiling.high),
            (2.0, 1.0 / 0.75, f64::INFINITY)
        );
    }

    #[test]
    fn a_gain_is_too_high_when_its_whole_interval_is() {
        let ceiling = Share::of(0.5, 1000).ceiling();
        let gain = |value, interval| Estimate {
            value,
            interval,
            launches: 8,
        };
        assert!(ceiling.allows(&gain(2.4, Some((2.0, 2.9)))));
        assert!(!ceiling.allows(&gain(2.4, Some((2.3, 2.5)))));
        assert!(ceiling.allows(&gain(1.9, None)) && !ceiling.allows(&gain(2.4, None)));
    }
}
