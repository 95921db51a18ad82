//! The figures of a record: verification, failures, ratios and times of each pair. The terminal, the reports and the
//! exports show these and no others.
//!
//! Unreliable figures are left out: a pair that did not pass verification has no ratios and no times, and neither has a
//! variant that failed, even if the record holds samples of it.

mod build;
mod modes;
mod over_launches;
mod over_pairs;
#[cfg(test)]
mod tests;

pub(in crate::analyse) use build::summarise_pair;
pub(crate) use build::{inverse, ratio_so_far};
pub(crate) use modes::in_launches;
pub use modes::{Mode, Modes};
pub(crate) use over_launches::interval_rule;
pub(in crate::analyse) use over_launches::{estimate, rule_of_pairs};
pub(crate) use over_pairs::{Reached, VariantMean, geometric_means, timed_share};

use crate::estimate::Estimate;
use crate::hosts::Fault;
use crate::measure::SEVERAL_THREADS;
use crate::registry::{Kind, Profile, Side, Variant};

/// The figures of one pair.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PairSummary {
    /// Its name.
    pub name: String,
    /// Declared kind of work.
    pub profile: Profile,
    /// Whether it passed verification; only then it has ratios.
    pub gate: Gate,
    /// The cases that were measured and the default case, by size.
    pub cases: Vec<CaseSummary>,
    /// Index of the headline case: the default one, or the largest if only others were measured.
    headline: Option<usize>,
    /// All failures.
    pub failures: Vec<FailureSummary>,
}

/// The result of verifying a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// All variants agree.
    Passed,
    /// Some variant disagrees or failed.
    Failed,
    /// It cannot be run here.
    Skipped,
    /// Not verified yet.
    Pending,
}

/// How far a pair got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairState {
    /// Every selected variant was measured.
    Measured,
    /// Some variant failed.
    Partial,
    /// It failed verification, or its baseline failed: it has no ratio.
    Failed,
    /// It cannot be run here.
    Skipped,
    /// Nothing measured yet.
    Waiting,
}

/// The figures of one case of a pair.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CaseSummary {
    /// Its size.
    pub size: u64,
    /// Whether a plain `cargo bench` measures it.
    pub default: bool,
    /// Launches with samples.
    pub launches: u32,
    /// The baseline; it has a time and no ratio.
    pub baseline: VariantSummary,
    /// The other variants, in the order declared.
    pub variants: Vec<VariantSummary>,
    /// The baseline inside the bench process, if that was measured.
    pub embedded: Option<EmbeddedSummary>,
}

/// The figures of one variant in one case.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VariantSummary {
    /// Its name.
    pub name: String,
    /// The language that it is called in.
    pub side: Side,
    /// The kind of step.
    pub kind: Kind,
    /// Whether it has figures, and if not, why.
    pub state: State,
    /// Baseline ÷ variant. If there are [`modes`](Self::modes), no launch had this centre; show them instead.
    pub ratio: Option<Estimate>,
    /// The logarithm of the ratio in each launch, by its index.
    pub logs: Vec<(u32, f64)>,
    /// The factor by which the interval is widened for [dependence](crate::estimate::Dependence) between launches.
    pub widening: f64,
    /// Seconds per call. If there are [`modes`](Self::modes), show them instead.
    pub time: Option<Estimate>,
    /// The two speeds, if launches are bimodal.
    pub modes: Option<Modes>,
    /// Seconds of set-up, outside every sample: the median over launches.
    pub setup: Option<f64>,
    /// Launches with samples of it.
    pub launches: u32,
    /// Threads that it used on average, including those of libraries: CPU time ÷ wall time, the median over launches.
    pub threads: Option<f64>,
}

impl VariantSummary {
    /// The ratio in words: `12.3× [11.9, 12.8]`, or both ratios of bimodal launches.
    pub fn display_ratio(&self) -> Option<String> {
        let modes = self.modes.as_ref().map(Modes::display_ratio);
        modes.or_else(|| Some(self.ratio?.display_ratio()))
    }

    /// The ratio, or both ratios of bimodal launches.
    pub(crate) fn speeds(&self) -> Vec<f64> {
        match &self.modes {
            Some(modes) => modes.each().map(|mode| mode.ratio.value).into(),
            None => self.ratio.iter().map(|ratio| ratio.value).collect(),
        }
    }

    /// The threads, if it used more than one.
    pub fn several_threads(&self) -> Option<f64> {
        self.threads.filter(|threads| *threads >= SEVERAL_THREADS)
    }
}

/// Whether a variant has figures, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has figures.
    Measured,
    /// Something that it requires is missing.
    Skipped(String),
    /// It failed.
    Failed(Fault),
    /// Left out with `--variants`.
    Deselected,
    /// No launch has samples of it, or the pair did not pass verification.
    NotMeasured,
}

/// The baseline inside the bench process.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct EmbeddedSummary {
    /// Seconds per call.
    pub time: Option<Estimate>,
    /// Embedded time ÷ the worker's time: above 1, embedding is slower.
    pub tax: Option<Estimate>,
}

/// One failure.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailureSummary {
    /// The pair's name.
    pub pair: String,
    /// The variant's name; empty when the pair failed as a whole.
    pub variant: String,
    /// Size of the case, if one was reached.
    pub size: Option<u64>,
    /// When it happened.
    pub stage: Stage,
    /// What happened.
    pub fault: Fault,
}

/// When a failure happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// While verifying.
    Verify,
    /// In the launch with this index.
    Launch(u32),
    /// Not recorded.
    Unknown,
}

impl PairSummary {
    /// The headline case: the default one, or the largest if only others were measured.
    pub fn headline(&self) -> Option<&CaseSummary> {
        self.cases.get(self.headline?)
    }

    /// The cases with launches.
    pub fn measured_cases(&self) -> impl Iterator<Item = &CaseSummary> {
        self.cases.iter().filter(|case| case.launches > 0)
    }

    /// How far the pair got.
    pub fn state(&self) -> PairState {
        let case = self.headline();
        let failed = |v: &VariantSummary| matches!(v.state, State::Failed(_));
        match case {
            _ if self.gate == Gate::Failed => PairState::Failed,
            _ if self.gate == Gate::Skipped => PairState::Skipped,
            Some(case) if failed(&case.baseline) => PairState::Failed,
            Some(case) if case.baseline.state == State::Measured => match case.variants.iter().any(failed) {
                true => PairState::Partial,
                false => PairState::Measured,
            },
            _ => PairState::Waiting,
        }
    }

    /// The measured ratio of a null pair, whose true ratio is 1.
    pub fn null_ratio(&self) -> Option<Estimate> {
        self.headline()?.variant(Variant::NULL)?.ratio
    }

    /// The variant with the largest ratio in the headline case.
    pub fn best(&self) -> Option<(&VariantSummary, Estimate)> {
        let ratios = self
            .headline()?
            .variants
            .iter()
            .filter_map(|v| Some((v, v.ratio?)));
        ratios.max_by(|a, b| a.1.value.total_cmp(&b.1.value))
    }
}

impl CaseSummary {
    /// The variant of this name, the baseline included.
    pub fn variant(&self, name: &str) -> Option<&VariantSummary> {
        std::iter::once(&self.baseline)
            .chain(&self.variants)
            .find(|v| v.name == name)
    }
}
