//! All figures that are shown for a record, computed once.

use super::floors::{self, FloorCheck};
use super::launches::{ComparisonFigures, Figures, LaunchFigures, LaunchRatio, PairFigures, pair_figures};
use super::sources::{BothFacts, facts};
use super::summary::{
    PairSummary, VariantMean, VariantSummary, geometric_means, interval_rule, rule_of_pairs, summarise_pair,
};
use super::verdict::{Lines, Residual, Verdict, judge, port, residual};
use super::{of_pair, of_run, sorted};
use crate::estimate::{IntervalRule, Timed};
use crate::record::{PairRecord, Record, Warning};
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// The figures of a record with one interpreter. For a record with several, make a view of each
/// ([`views`](crate::record::views)) and analyse them together ([`analyses`]).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Analysis<'a> {
    /// The record.
    pub record: &'a Record,
    /// Index of the interpreter in the run.
    pub interpreter: usize,
    /// The pairs, in the order of the record.
    pub pairs: Vec<PairAnalysis<'a>>,
    /// The null pairs, in the order of the record.
    pub nulls: Vec<PairAnalysis<'a>>,
    /// Warnings about the run as a whole, most important first.
    pub of_run: Arc<[Warning]>,
}

/// The figures of one pair of a record.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PairAnalysis<'a> {
    /// The record.
    pub record: &'a Record,
    /// The pair in it.
    pub pair: &'a PairRecord,
    /// Ratios, times and failures.
    pub summary: PairSummary,
    /// How the record's intervals are computed.
    pub rule: IntervalRule,
    /// Figures of each launch, in the order of the record.
    pub launches: PairFigures,
    of_run: Arc<[Warning]>,
    judged: OnceLock<Judged>,
    sources: OnceLock<BothFacts>,
    residual: OnceLock<Option<Residual>>,
}

/// Derived from the figures of a pair on first use, because most pairs of many records are never shown.
#[derive(Debug, Clone)]
struct Judged {
    warnings: Vec<Warning>,
    verdict: Verdict,
}

impl<'a> Analysis<'a> {
    /// Reads and analyses a record that holds one interpreter, or the first of several.
    pub fn of(record: &'a Record) -> Self {
        Analysis::with(record, 0, &Figures::of(record))
    }

    /// Analyses a record whose launches have already been read. `interpreter` is the index in `figures`: 0 for a whole
    /// record, otherwise the view's index.
    pub fn with(record: &'a Record, interpreter: usize, figures: &Figures) -> Self {
        let no_warnings: Arc<[Warning]> = Arc::default();
        let rule = interval_rule(record, figures, interpreter);
        let nulls = record.nulls.iter().zip(figures.nulls());
        let nulls: Vec<_> = nulls
            .map(|(pair, own)| PairAnalysis::new(record, pair, own, rule, &no_warnings))
            .collect();
        let of_run: Arc<[Warning]> = of_run(record, &nulls, rule.dependence).into();
        let pairs = record.pairs.par_iter().zip(figures.pairs(interpreter));
        Analysis {
            record,
            interpreter,
            pairs: pairs
                .map(|(pair, own)| PairAnalysis::new(record, pair, own, rule, &of_run))
                .collect(),
            nulls,
            of_run,
        }
    }

    /// All warnings, most important first.
    pub fn warnings(&self) -> Vec<Warning> {
        let of_pairs = self.pairs.iter().flat_map(PairAnalysis::warnings);
        sorted(self.of_run.iter().chain(of_pairs).cloned().collect())
    }

    /// One geometric mean for each variant name that has a ratio in some pair. Show it beside the pairs, never alone.
    pub fn geometric_means(&self) -> Vec<VariantMean> {
        let summaries: Vec<&PairSummary> = self.pairs.iter().map(|one| &one.summary).collect();
        geometric_means(&summaries)
    }

    /// The pair of this name.
    pub fn pair(&self, name: &str) -> Option<&PairAnalysis<'a>> {
        self.pairs.iter().find(|one| one.pair.name == name)
    }
}

impl<'a> PairAnalysis<'a> {
    fn new(
        record: &'a Record,
        pair: &'a PairRecord,
        launches: &PairFigures,
        rule: IntervalRule,
        of_run: &Arc<[Warning]>,
    ) -> Self {
        PairAnalysis {
            record,
            pair,
            summary: summarise_pair(pair, launches, rule),
            rule,
            launches: Arc::clone(launches),
            of_run: Arc::clone(of_run),
            judged: OnceLock::new(),
            sources: OnceLock::new(),
            residual: OnceLock::new(),
        }
    }

    /// Reads and analyses one pair, without warnings about its run.
    pub fn alone(record: &'a Record, pair: &'a PairRecord) -> Self {
        let launches = pair_figures(pair, record.machine.cores);
        let rule = rule_of_pairs(record, std::iter::once(&launches));
        PairAnalysis::new(record, pair, &launches, rule, &Arc::default())
    }

    /// Warnings about this pair alone, most important first.
    pub fn warnings(&self) -> &[Warning] {
        &self.judged().warnings
    }

    /// The verdict; meaningless for a null pair.
    pub fn verdict(&self) -> &Verdict {
        &self.judged().verdict
    }

    /// Facts about the pair's two source files.
    pub(crate) fn sources(&self) -> &BothFacts {
        self.sources.get_or_init(|| facts(&self.pair.sources))
    }

    /// What the port gains beyond the best smaller step, whatever the verdict; `None` if no port was measured.
    pub(crate) fn residual(&self) -> Option<&Residual> {
        let of_case = || residual(self.summary.headline()?);
        self.residual.get_or_init(of_case).as_ref()
    }

    /// The expectations of the pair's authors, checked.
    pub fn floors(&self) -> Vec<FloorCheck> {
        floors::check(self.pair, &self.summary)
    }

    /// The port, if one is declared.
    pub fn port(&self) -> Option<&VariantSummary> {
        port(self.summary.headline()?)
    }

    /// The port's gain, if it was measured.
    pub(crate) fn port_ratio(&self) -> Option<f64> {
        self.port()?.ratio.map(|ratio| ratio.value)
    }

    /// The forecast made before there was a port, compared with the port's gain.
    pub fn outcome(&self) -> Option<String> {
        Some(self.pair.forecast.as_ref()?.outcome(self.port_ratio()))
    }

    /// The launches of this size.
    pub fn launches_of(&self, size: u64) -> impl Iterator<Item = &LaunchFigures> {
        self.launches.iter().filter(move |launch| launch.size == size)
    }

    /// A variant's figures in the launches of this size.
    pub(crate) fn comparisons(&self, size: u64, variant: &str) -> impl Iterator<Item = &ComparisonFigures> {
        let launches = self.launches_of(size);
        launches.filter_map(move |launch| launch.comparison(variant))
    }

    /// All launches with a ratio of this variant at this size, in the order taken.
    pub fn launch_ratios(&self, size: u64, variant: &str) -> Vec<LaunchRatio> {
        let ratio = |launch: &LaunchFigures| {
            Some(LaunchRatio {
                index: launch.index,
                seen: launch.comparison(variant)?.seen()?,
            })
        };
        self.launches_of(size).filter_map(ratio).collect()
    }

    /// The log-ratios of these launches.
    pub fn log_ratios(&self, size: u64, variant: &str) -> Vec<f64> {
        self.comparisons(size, variant)
            .filter_map(|own| own.log_ratio)
            .collect()
    }

    /// When these launches started, and their log-ratios.
    pub(crate) fn timed(&self, size: u64, variant: &str) -> Vec<Timed> {
        self.comparisons(size, variant)
            .filter_map(ComparisonFigures::timed)
            .collect()
    }

    fn judged(&self) -> &Judged {
        self.judged.get_or_init(|| {
            let warnings = of_pair(self);
            let all = self.of_run.iter().chain(&warnings);
            let verdict = judge(self.pair, &self.summary, all, Lines::default());
            Judged { warnings, verdict }
        })
    }
}

/// The analyses of all views of some records. `figures` has one entry per record, and `views` are the views of the same
/// records in the same order.
pub fn analyses<'a>(views: &'a [Record], figures: &[Figures]) -> Vec<Analysis<'a>> {
    let interpreters = figures
        .iter()
        .flat_map(|figures| (0..figures.interpreters()).map(move |at| (figures, at)));
    let all: Vec<_> = views.iter().zip(interpreters).collect();
    all.into_par_iter()
        .map(|(view, (figures, at))| Analysis::with(view, at, figures))
        .collect()
}

/// The analyses grouped by record; those of one record's interpreters must be adjacent.
pub(crate) fn by_record<'a, 'r>(analyses: &'a [Analysis<'r>]) -> impl Iterator<Item = &'a [Analysis<'r>]> {
    analyses.chunk_by(|_, next| next.interpreter != 0)
}

/// Reads the samples of each record.
pub fn read(records: &[Record]) -> Vec<Figures> {
    records.par_iter().map(Figures::of).collect()
}
