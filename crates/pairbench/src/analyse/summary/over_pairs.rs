//! Figures over several pairs: precision reached, geometric means, the share of timed calls.

use super::{CaseSummary, PairSummary, interval_rule, summarise_pair};
use crate::analyse::launches::Figures;
use crate::analyse::verdict::port;
use crate::estimate::{Estimate, Precision, Ratio, geometric_mean};
use crate::record::Record;
use crate::registry::known;
use crate::text::count;

/// How many ratios reached the target precision, null pairs included.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Reached {
    /// The target.
    pub target: Precision,
    /// Ratios that reached it.
    pub narrow: usize,
    /// Ratios with an interval as narrow, but with too few launches to rely on it.
    pub few: usize,
    /// All measured ratios.
    pub ratios: usize,
}

/// The geometric mean of a variant's ratios over pairs, beside that of the port on the same pairs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VariantMean {
    /// The variant's name.
    pub variant: String,
    pub value: f64,
    /// How many pairs the mean is over: those in which both the variant and the port have a ratio, or if there are
    /// none, all in which the variant has one.
    pub pairs: usize,
    /// The port on exactly these pairs; `None` for the port itself, and if no pair has both.
    pub port: Option<PortMean>,
}

/// The geometric mean of the port over the pairs of another variant.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PortMean {
    /// Its name, or `the port` if the pairs name it differently.
    pub name: String,
    pub value: f64,
}

impl VariantMean {
    /// What it is compared with: `where rust is 27.1× (the same 14 pairs)`, or `14 pairs`.
    pub fn beside(&self) -> String {
        let pairs = count(self.pairs, "pair");
        match &self.port {
            Some(port) => format!("where {} is {} (the same {pairs})", port.name, Ratio(port.value)),
            None => pairs,
        }
    }
}

impl Reached {
    /// Over the pairs of one interpreter; `None` if the run had no target.
    pub fn of_pairs<'a>(record: &Record, pairs: impl Iterator<Item = &'a PairSummary>) -> Option<Self> {
        let target = record.settings.precision.and_then(Precision::new)?;
        let cases = pairs.flat_map(PairSummary::measured_cases);
        let ratios = cases.flat_map(|case| &case.variants).filter_map(|v| v.ratio);
        let ratios: Vec<Estimate> = ratios.collect();
        let narrow = |ratio: &&Estimate| target.excess(Some(**ratio)) <= 1.0;
        let reached = |ratio: &&Estimate| target.reached(Some(**ratio));
        let all = ratios.iter().filter(narrow).count();
        let narrow = ratios.iter().filter(reached).count();
        Some(Reached {
            target,
            narrow,
            few: all - narrow,
            ratios: ratios.len(),
        })
    }

    /// The ratios that would have reached the target with more launches, as the end of a sentence; empty if there are none.
    pub fn and_few(&self) -> String {
        match self.few {
            0 => String::new(),
            few => format!(
                ", and {few} more from fewer than {} launches",
                Precision::LEAST_LAUNCHES
            ),
        }
    }

    /// Over all interpreters of a run, finished or not.
    pub fn of_run(record: &Record, figures: &Figures) -> Option<Self> {
        record.settings.precision?;
        let rule = |at| interval_rule(record, figures, at);
        let pairs = (0..record.interpreters()).flat_map(|at| {
            let (rule, own) = (rule(at), record.pairs_at(at).iter().zip(figures.pairs(at)));
            own.map(move |(pair, own)| summarise_pair(pair, own, rule))
        });
        let (of_nulls, nulls) = (rule(0), record.nulls.iter().zip(figures.nulls()));
        let nulls = nulls.map(|(pair, own)| summarise_pair(pair, own, of_nulls));
        let summaries: Vec<PairSummary> = pairs.chain(nulls).collect();
        Self::of_pairs(record, summaries.iter())
    }
}

/// The geometric mean per variant name over the headline cases of the pairs, in the order of `registry::known`. Pairs
/// differ in what can be gained, so means over different pairs cannot be compared: each has the port's mean beside it.
pub fn geometric_means(pairs: &[&PairSummary]) -> Vec<VariantMean> {
    let of = |variant: &String| {
        let cases = || pairs.iter().filter_map(|pair| pair.headline());
        let ratio = |case: &CaseSummary| Some(case.variant(variant)?.ratio?.value);
        let both = cases().filter_map(|case| {
            let port = port(case).filter(|port| port.name != *variant)?;
            Some((ratio(case)?, port.ratio?.value, port.name.as_str()))
        });
        let both: Vec<(f64, f64, &str)> = both.collect();
        let own: Vec<f64> = match both.is_empty() {
            true => cases().filter_map(ratio).collect(),
            false => both.iter().map(|one| one.0).collect(),
        };
        let ports: Vec<f64> = both.iter().map(|one| one.1).collect();
        let name = both.first().map_or("", |first| first.2);
        let alike = both.iter().all(|one| one.2 == name);
        Some(VariantMean {
            variant: variant.clone(),
            value: geometric_mean(&own)?,
            pairs: own.len(),
            port: geometric_mean(&ports).map(|value| PortMean {
                name: if alike { name.into() } else { "the port".into() },
                value,
            }),
        })
    };
    variant_names(pairs).iter().filter_map(of).collect()
}

/// The names of all variants but the baseline, each once, in the order of `registry::known`.
fn variant_names(pairs: &[&PairSummary]) -> Vec<String> {
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
    // The record of an interrupted run may have launches whose phase is not written yet.
    let wall = record.run_seconds().max(in_launches);
    (timed > 0.0 && wall > 0.0).then(|| timed / wall)
}
