//! Calibration: code measured against itself, and one interpreter in two hosts.

use super::precision::NARROW;
use super::summary::PairSummary;
use super::{CaseInPair, PairAnalysis};
use crate::estimate::{CONFIDENCE, Estimate, Ratio};
use crate::record::{PairRecord, Record, Subject, Warning, WarningKind};

/// The range of embedded time ÷ worker's time that counts as equal.
const SAME: (f64, f64) = (0.95, 1.05);

/// What a null pair shows about its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Calibration {
    /// It has no interval.
    TooFewLaunches,
    /// Its interval includes 1.
    Sound,
    /// Its interval excludes 1, but part of it is too close to 1 to affect a verdict.
    Slight,
    /// Its whole interval is far enough from 1 to affect a verdict.
    Off,
}

/// How far apart two sides with the same code may be before the run gets no verdicts: the half-width at which intervals
/// are narrow enough, at most ±2 %.
///
/// Verdicts use whole intervals, and a ratio counts as known once its interval is that narrow, so a smaller shift of
/// all ratios changes verdicts no more than their intervals already leave open.
fn felt(record: &Record) -> f64 {
    record.settings.precision.unwrap_or(NARROW).min(NARROW)
}

fn judged(estimate: Option<Estimate>, limit: f64) -> Calibration {
    let Some((low, high)) = estimate.and_then(|estimate| estimate.interval) else {
        return Calibration::TooFewLaunches;
    };
    match estimate.is_some_and(|estimate| estimate.excludes_one()) {
        true if low > 1.0 + limit || high < 1.0 / (1.0 + limit) => Calibration::Off,
        true => Calibration::Slight,
        false => Calibration::Sound,
    }
}

/// What a null pair shows about its run, by [an interval](null_estimate) corrected for the number of null pairs.
pub(crate) fn calibration(null: &PairAnalysis<'_>) -> Calibration {
    judged(null_estimate(null), felt(null.record))
}

/// Warns of null pairs whose interval excludes 1, or if no null pair has an interval.
pub(super) fn nulls(record: &Record, nulls: &[PairAnalysis<'_>]) -> Vec<Warning> {
    let estimates: Vec<(&PairRecord, Estimate)> = (nulls.iter())
        .filter_map(|null| Some((null.pair, null_estimate(null)?)))
        .filter(|(_, estimate)| estimate.interval.is_some())
        .collect();
    let off = estimates.iter().filter_map(|(null, estimate)| {
        let kind = match judged(Some(*estimate), felt(record)) {
            Calibration::Off => WarningKind::NullPairOff,
            Calibration::Slight => WarningKind::NullPairSlightlyOff,
            Calibration::Sound | Calibration::TooFewLaunches => return None,
        };
        Some(kind.found(vec![Subject::pair(&null.name)], estimate.display_ratio()))
    });
    let mut found: Vec<Warning> = off.collect();
    // Records of the first version have no null pairs.
    let measured = record.pairs.iter().any(|pair| !pair.launches.is_empty());
    if estimates.is_empty() && measured && record.schema > 1 {
        let launches = record.nulls.iter().map(|null| null.launches.len()).max();
        let figure = crate::text::count(launches.unwrap_or_default(), "launch");
        found.push(WarningKind::NoNullPair.found(Vec::new(), figure));
    }
    found
}

/// The ratio of a null pair, with an interval for judging whether it is 1.
///
/// The confidence is Bonferroni-corrected: 1 − 5 % ÷ k with k null pairs, so that 5 % of sound runs get a warning, not
/// 5 % per null pair.
fn null_estimate(null: &PairAnalysis<'_>) -> Option<Estimate> {
    let confidence = 1.0 - (1.0 - CONFIDENCE) / null.record.nulls.len().max(1) as f64;
    let size = null.launches.first()?.size;
    let mut variants = null.pair.variants.iter();
    let variant = variants.find(|variant| variant.name != null.pair.baseline)?;
    null.rule
        .over_launches_at(&null.timed(size, &variant.name), confidence)
}

/// Warns if the interpreter inside the bench process is not as fast as the worker's.
pub(super) fn embedded(pair: &PairRecord, summary: &PairSummary) -> Vec<Warning> {
    debug_assert_eq!(pair.name, summary.name);
    let case = summary.headline().map(|case| CaseInPair {
        summary,
        figures: case,
    });
    let one = case.into_iter().filter_map(|case| {
        let tax = case.figures.embedded?.tax?;
        let (low, high) = tax.interval?;
        (low > SAME.1 || high < SAME.0)
            .then(|| WarningKind::EmbeddedDisagrees.found(vec![case.pair()], Ratio(tax.value).to_string()))
    });
    one.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{IntervalRule, Timed};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    fn of(low: f64, high: f64) -> Calibration {
        let estimate = Estimate {
            value: (low * high).sqrt(),
            interval: Some((low, high)),
            launches: 8,
        };
        judged(Some(estimate), NARROW)
    }

    #[test]
    fn only_a_whole_interval_beyond_the_limit_voids_a_run() {
        for (low, high, expected) in [
            (0.99, 1.01, Calibration::Sound),
            (1.0, 1.5, Calibration::Sound),
            (1.0001, 1.5, Calibration::Slight),
            (1.02, 1.5, Calibration::Slight),
            (1.0201, 1.5, Calibration::Off),
        ] {
            assert_eq!(of(low, high), expected, "{low} to {high}");
            assert_eq!(
                of(1.0 / high, 1.0 / low),
                expected,
                "{low} to {high}, the sides swapped"
            );
        }
        assert_eq!(judged(None, NARROW), Calibration::TooFewLaunches);
        let mut record = crate::record::fixture::steady();
        for (precision, most) in [(None, 0.02), (Some(0.005), 0.005), (Some(0.1), 0.02)] {
            record.settings.precision = precision;
            assert_eq!(felt(&record), most);
        }
    }

    /// Simulates runs with six null pairs of this many normally distributed launches. Returns the percentage of runs
    /// with a warning, and of void runs.
    fn runs(number: usize, launches: usize, spread: f64, shift: f64) -> (f64, f64) {
        let mut random = StdRng::seed_from_u64(16);
        let mut null = || {
            // The sum of twelve uniform numbers is close enough to normal.
            let mut normal = || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
            let logs = (0..launches).map(|_| (0.0, shift.ln_1p() + spread * normal()));
            let logs: Vec<Timed> = logs.collect();
            let confidence = 1.0 - (1.0 - CONFIDENCE) / 6.0;
            judged(
                IntervalRule::default().over_launches_at(&logs, confidence),
                NARROW,
            )
        };
        let (mut warned, mut void) = (0, 0);
        for _ in 0..number {
            let all: [Calibration; 6] = std::array::from_fn(|_| null());
            void += usize::from(all.contains(&Calibration::Off));
            warned += usize::from(all.iter().any(|one| *one != Calibration::Sound));
        }
        let percent = |count: usize| 100.0 * count as f64 / number as f64;
        (percent(warned), percent(void))
    }

    #[test]
    fn sound_runs_are_not_void_and_shifted_ones_are() {
        for spread in [0.005, 0.01, 0.03] {
            let (warned, void) = runs(1000, 8, spread, 0.0);
            assert!(warned <= 6.0 && void <= 0.3, "{spread}: {warned} {void}");
        }
        assert!(runs(200, 8, 0.01, 0.05).1 >= 95.0);
    }

    #[test]
    #[ignore = "prints how many sound and shifted runs are void"]
    fn void_runs() {
        println!(
            "| all null pairs are off by | 8 launches, ±0.5 % | 8, ±1 % | 8, ±3 % | 20, ±1 % | 20, ±3 % |"
        );
        println!("|---|---|---|---|---|---|");
        for shift in [0.0, 0.01, 0.02, 0.03, 0.05, 0.1] {
            let cells =
                [(8, 0.005), (8, 0.01), (8, 0.03), (20, 0.01), (20, 0.03)].map(|(launches, spread)| {
                    let (warned, void) = runs(20_000, launches, spread, shift);
                    format!("{warned:.1}, {void:.1}")
                });
            println!("| {} % | {} |", 100.0 * shift, cells.join(" | "));
        }
    }
}
