//! Calibration: code measured against itself, and one interpreter in two hosts.

use super::summary::PairSummary;
use super::{CaseInPair, PairAnalysis};
use crate::estimate::{CONFIDENCE, Estimate, Ratio};
use crate::record::{PairRecord, Record, Subject, Warning, WarningKind};

/// Embedded time ÷ worker's time that counts as the same.
const SAME: (f64, f64) = (0.95, 1.05);

/// Null pairs whose interval excludes 1, or that no null pair has an interval.
pub(super) fn nulls(record: &Record, nulls: &[PairAnalysis<'_>]) -> Vec<Warning> {
    let estimates: Vec<(&PairRecord, Estimate)> = (nulls.iter())
        .filter_map(|null| Some((null.pair, null_estimate(null)?)))
        .filter(|(_, estimate)| estimate.interval.is_some())
        .collect();
    let off = estimates.iter().filter(|(_, estimate)| estimate.excludes_one());
    let off = off.map(|(null, estimate)| {
        WarningKind::NullPairOff.found(vec![Subject::pair(&null.name)], estimate.display_ratio())
    });
    let mut all: Vec<Warning> = off.collect();
    // Records of the first version have no null pairs.
    let measured = record.pairs.iter().any(|pair| !pair.launches.is_empty());
    if estimates.is_empty() && measured && record.schema > 1 {
        let launches = record.nulls.iter().map(|null| null.launches.len()).max();
        let figure = crate::text::count(launches.unwrap_or_default(), "launch");
        all.push(WarningKind::NoNullPair.found(Vec::new(), figure));
    }
    all
}

/// The ratio of a null pair, with an interval for judging whether it is 1.
///
/// The confidence is shared out (Bonferroni): 1 − 5 % ÷ k with k null pairs, so that a sound run fails in 5 % of
/// cases, not in 5 % per null pair.
pub fn null_estimate(null: &PairAnalysis<'_>) -> Option<Estimate> {
    let confidence = 1.0 - (1.0 - CONFIDENCE) / null.record.nulls.len().max(1) as f64;
    let size = null.launches.first()?.size;
    let mut variants = null.pair.variants.iter();
    let variant = variants.find(|variant| variant.name != null.pair.baseline)?;
    null.rule
        .over_launches_at(&null.timed(size, &variant.name), confidence)
}

/// Whether the interpreter inside the bench process is as fast as the worker's.
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
