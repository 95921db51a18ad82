//! Whether the ruler is straight: code measured against itself, and one interpreter in two hosts.

use super::launches::launch_ratios;
use super::places;
use super::summary::PairSummary;
use crate::estimate::{CONFIDENCE, Estimate, over_launches_at};
use crate::record::{PairRecord, Record, Subject, Warning, WarningKind};
use crate::registry::Variant;

/// Embedded time ÷ worker's time that counts as the same.
const SAME: (f64, f64) = (0.95, 1.05);

/// Whether any null pair misses 1, or none can tell.
///
/// The confidence is shared out (Bonferroni), so that a sound run with k null pairs is called off in 5 % of cases, not in
/// 5 % for each of them.
pub(super) fn nulls(record: &Record) -> Vec<Warning> {
    let confidence = 1.0 - (1.0 - CONFIDENCE) / record.nulls.len().max(1) as f64;
    let told: Vec<(&PairRecord, Estimate)> = (record.nulls.iter())
        .filter_map(|null| Some((null, null_estimate(null, confidence)?)))
        .filter(|(_, estimate)| estimate.interval.is_some())
        .collect();
    let off = told.iter().filter(|(_, estimate)| estimate.excludes_one());
    let off = off.map(|(null, estimate)| {
        WarningKind::NullPairOff.found(vec![Subject::pair(&null.name)], estimate.display_ratio())
    });
    let mut all: Vec<Warning> = off.collect();
    // The first version had none, and what could not be there is not missed.
    let measured = record.pairs.iter().any(|pair| !pair.launches.is_empty());
    if told.is_empty() && measured && record.schema > 1 {
        let launches = record.nulls.iter().map(|null| null.launches.len()).max();
        let figure = super::count(launches.unwrap_or_default(), "launch");
        all.push(WarningKind::NoNullPair.found(Vec::new(), figure));
    }
    all
}

/// What a null pair came out as.
fn null_estimate(null: &PairRecord, confidence: f64) -> Option<Estimate> {
    let size = null.launches.first()?.size;
    let variant = null
        .variants
        .iter()
        .find(|variant| variant.name != null.baseline)?;
    let launches = launch_ratios(null, size, &variant.name);
    let logs: Vec<f64> = launches.iter().map(|launch| launch.seen.log).collect();
    over_launches_at(&logs, confidence)
}

/// Whether the interpreter inside the bench process is as fast as the worker's.
pub(super) fn embedded(pair: &PairRecord, summary: &PairSummary) -> Vec<Warning> {
    debug_assert_eq!(pair.name, summary.name);
    let one = places(summary).filter_map(|place| {
        let tax = place.case.embedded?.tax?;
        let (low, high) = tax.interval?;
        (low > SAME.1 || high < SAME.0).then(|| {
            WarningKind::EmbeddedDisagrees.found(
                vec![place.of(Variant::EMBEDDED)],
                format!("tax {}", tax.display_ratio()),
            )
        })
    });
    one.collect()
}
