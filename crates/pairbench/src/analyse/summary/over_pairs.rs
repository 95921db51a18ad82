//! Figures over several pairs: precision reached, geometric means, the share of timed calls.

use super::{PairSummary, summarise_pair};
use crate::analyse::launches::Figures;
use crate::estimate::{Estimate, Precision, geometric_mean};
use crate::record::Record;
use crate::registry::known;

/// How many ratios reached the target precision, null pairs included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// The target.
    pub target: Precision,
    /// Ratios that reached it.
    pub narrow: usize,
    /// All measured ratios.
    pub ratios: usize,
}

/// The geometric mean of a variant's ratios over pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantMean {
    /// The variant's name.
    pub variant: String,
    pub value: f64,
    /// How many pairs went in.
    pub pairs: usize,
}

impl Reached {
    /// Over the pairs of one interpreter; `None` if the run had no target.
    pub fn of_pairs<'a>(record: &Record, pairs: impl Iterator<Item = &'a PairSummary>) -> Option<Self> {
        let target = record.settings.precision.and_then(Precision::new)?;
        let cases = pairs.flat_map(PairSummary::measured_cases);
        let ratios = cases.flat_map(|case| &case.variants).filter_map(|v| v.ratio);
        let ratios: Vec<Estimate> = ratios.collect();
        let narrow = ratios.iter().filter(|ratio| target.reached(Some(**ratio)));
        Some(Reached {
            target,
            narrow: narrow.count(),
            ratios: ratios.len(),
        })
    }

    /// Over all interpreters of a run, also while it goes on.
    pub fn of_run(record: &Record, figures: &Figures) -> Option<Self> {
        record.settings.precision?;
        let interpreters = 0..record.interpreters();
        let pairs = interpreters.flat_map(|at| record.pairs_at(at).iter().zip(figures.pairs(at)));
        let all = pairs.chain(record.nulls.iter().zip(figures.nulls()));
        let summaries: Vec<PairSummary> = all.map(|(pair, own)| summarise_pair(pair, own)).collect();
        Self::of_pairs(record, summaries.iter())
    }
}

/// The geometric mean per variant name over the headline cases of the pairs, in the order of `registry::known`.
pub fn geometric_means(pairs: &[&PairSummary]) -> Vec<VariantMean> {
    let of = |variant: &String| {
        let ratio = |pair: &&PairSummary| Some(pair.headline()?.variant(variant)?.ratio?.value);
        let ratios: Vec<f64> = pairs.iter().filter_map(ratio).collect();
        Some(VariantMean {
            variant: variant.clone(),
            value: geometric_mean(&ratios)?,
            pairs: ratios.len(),
        })
    };
    variant_names(pairs).iter().filter_map(of).collect()
}

/// The names of all variants but the baseline, each once, in the order of `registry::known`.
pub fn variant_names(pairs: &[&PairSummary]) -> Vec<String> {
    let declared = pairs
        .iter()
        .filter_map(|pair| pair.headline())
        .flat_map(|case| &case.variants);
    let mut names: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for variant in declared {
        if seen.insert(variant.name.as_str()) {
            names.push(variant.name.clone());
        }
    }
    names.sort_by(|a, b| known::order(a).cmp(&known::order(b)));
    names
}

/// Seconds in warm-up and timed calls ÷ seconds of the run without builds. `None` before the
/// first launch.
pub fn timed_share(record: &Record) -> Option<f64> {
    let launches = || record.pairs.iter().flat_map(|pair| &pair.launches);
    let timed: f64 = launches().map(|launch| launch.timed_s).sum();
    let in_launches: f64 = launches().map(|launch| launch.wall_s).sum();
    // A record that was cut off may have launches whose phase is not written yet.
    let wall = record.run_seconds().max(in_launches);
    (timed > 0.0 && wall > 0.0).then(|| timed / wall)
}
