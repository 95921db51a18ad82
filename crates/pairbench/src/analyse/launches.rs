//! Turns the samples of a launch into its figures. No other module of `analyse` reads raw samples.

use crate::estimate::shape::Seen;
use crate::estimate::{MINIMUM_LAUNCHES, Timed, launch_log_ratio, launch_log_time, median, quantile};
use crate::measure::{Comparison, First, Launch, OTHERS, SEVERAL_THREADS, Series};
use crate::record::{PairRecord, Record};
use crate::registry::{Kind, Variant};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Samples read since the process started.
static READ: AtomicU64 = AtomicU64::new(0);

/// How many raw samples this process has turned into figures. If a run reads each sample once, this is what [`samples`]
/// counts in its record.
pub fn samples_read() -> u64 {
    READ.load(Ordering::Relaxed)
}

/// How many raw samples a record holds, all interpreters and null pairs included.
pub fn samples(record: &Record) -> u64 {
    let launches = record
        .all_pairs()
        .chain(&record.nulls)
        .flat_map(|pair| &pair.launches);
    launches
        .flat_map(|launch| &launch.comparisons)
        .map(samples_of)
        .sum()
}

fn samples_of(comparison: &Comparison) -> u64 {
    (comparison.baseline_samples.ns.len() + comparison.variant_samples.ns.len()) as u64
}

/// A launch with a ratio of a variant.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LaunchRatio {
    /// Index of the launch.
    pub index: u32,
    /// Its log-ratio, when it started, and which side was set up first.
    pub seen: Seen,
}

/// The figures of one launch.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LaunchFigures {
    /// Index of the launch among those of its case.
    pub index: u32,
    pub size: u64,
    /// The order seed, which launches of several interpreters in one process share.
    pub order_seed: u64,
    /// The share of the machine's cores that other processes used.
    pub others: f64,
    /// Logarithm of the baseline's typical time per call in seconds, over its own samples and those taken beside other
    /// variants.
    pub baseline_log_time: Option<f64>,
    /// Distribution of the same samples, in seconds per call.
    pub baseline: Option<Distribution>,
    /// One for each variant that was measured.
    pub comparisons: Vec<ComparisonFigures>,
}

/// The figures of one variant in one launch.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ComparisonFigures {
    pub variant: String,
    /// ln(baseline ÷ variant), from adjacent samples; `None` if no sample pair has a logarithm, or if this is
    /// [left out](Self::left_out).
    pub log_ratio: Option<f64>,
    /// Logarithm of the variant's typical time per call in seconds; `None` if it is left out.
    pub log_time: Option<f64>,
    /// Whether other processes used cores that a side needs.
    pub disturbed: bool,
    /// Whether it is left out for that reason.
    pub left_out: bool,
    /// Seconds of set-up, outside every sample.
    pub setup_s: f64,
    /// When the launch started, in seconds since the start of the run.
    pub started_s: f64,
    /// Whether the baseline was set up first.
    pub baseline_first: bool,
    /// The distribution of the ratios of adjacent samples.
    pub ratios: Option<Distribution>,
    /// The median duration of a baseline sample, all its calls together, in nanoseconds.
    pub baseline_sample_ns: Option<f64>,
    /// The median duration of a sample of the variant.
    pub variant_sample_ns: Option<f64>,
    /// ln of the ratio in the second half of the samples ÷ the ratio in the first half.
    pub drift: Option<f64>,
    pub baseline_calls: Calls,
    pub variant_calls: Calls,
}

/// Further figures about the calls of one side.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Calls {
    /// Threads in use on average.
    pub threads: Option<f64>,
    /// Seconds of the first call in the launch, and of a typical later call.
    pub first_and_later: Option<(f64, f64)>,
    /// Seconds of the first two calls on another case.
    pub elsewhere: Option<(f64, f64)>,
}

impl Calls {
    fn of(series: &Series) -> Self {
        let later = median(seconds(series).collect());
        let first = series.first_ns.map(|ns| ns as f64 * 1e-9);
        let elsewhere = series
            .elsewhere_ns
            .map(|calls| calls.map(|ns| ns as f64 * 1e-9).into());
        Calls {
            threads: series.threads(),
            first_and_later: first.zip(later),
            elsewhere,
        }
    }
}

/// Five quantiles of a launch's samples.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Distribution {
    /// 10 %.
    pub low: f64,
    /// 25 %.
    pub lower: f64,
    /// 50 %: the launch's estimate.
    pub median: f64,
    /// 75 %.
    pub upper: f64,
    /// 90 %.
    pub high: f64,
}

impl Distribution {
    /// The quantiles of the values that a chart can show; `None` if there are none.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.filter(|v| v.is_finite() && *v > 0.0).collect();
        Some(Distribution {
            low: quantile(&mut values, 0.1)?,
            lower: quantile(&mut values, 0.25)?,
            median: quantile(&mut values, 0.5)?,
            upper: quantile(&mut values, 0.75)?,
            high: quantile(&mut values, 0.9)?,
        })
    }
}

impl LaunchFigures {
    /// Reads the samples of a launch on a machine with `cores` cores.
    pub fn of(launch: &Launch, cores: u32) -> Self {
        READ.fetch_add(launch.comparisons.iter().map(samples_of).sum(), Ordering::Relaxed);
        let baseline = baseline_samples(launch);
        let figures = |own: &Comparison| {
            let baseline: Vec<f64> = own.baseline_samples.per_call().collect();
            let variant: Vec<f64> = own.variant_samples.per_call().collect();
            let seconds: Vec<f64> = seconds(&own.variant_samples).collect();
            let ratios = baseline.iter().zip(&variant).map(|(b, v)| b / v);
            ComparisonFigures {
                variant: own.variant.clone(),
                log_ratio: launch_log_ratio(&baseline, &variant),
                log_time: launch_log_time(&seconds),
                disturbed: false,
                left_out: false,
                setup_s: own.setup_ns as f64 * 1e-9,
                started_s: launch.started_s,
                baseline_first: own.set_up_first == First::Baseline,
                ratios: Distribution::of(ratios),
                baseline_sample_ns: median_duration(&own.baseline_samples),
                variant_sample_ns: median_duration(&own.variant_samples),
                drift: drift(&baseline, &variant),
                baseline_calls: Calls::of(&own.baseline_samples),
                variant_calls: Calls::of(&own.variant_samples),
            }
        };
        LaunchFigures {
            index: launch.index,
            size: launch.size,
            order_seed: launch.order_seed,
            others: launch.others_share(cores),
            baseline_log_time: launch_log_time(&baseline),
            baseline: Distribution::of(baseline.into_iter()),
            comparisons: launch.comparisons.iter().map(figures).collect(),
        }
    }

    /// The figures of this variant.
    pub fn comparison(&self, variant: &str) -> Option<&ComparisonFigures> {
        self.comparisons.iter().find(|own| own.variant == variant)
    }

    /// ln(baseline ÷ variant).
    pub fn log_ratio(&self, variant: &str) -> Option<f64> {
        self.comparison(variant)?.log_ratio
    }

    /// Threads that the baseline used: the median over the comparisons.
    pub fn baseline_threads(&self, baseline: &str) -> Option<f64> {
        let own = self.baseline_calls(baseline);
        median(own.filter_map(|calls| calls.threads).collect())
    }

    /// The calls of the baseline, in the order measured.
    pub fn baseline_calls(&self, baseline: &str) -> impl Iterator<Item = Calls> {
        self.comparisons
            .iter()
            .map(move |own| match own.variant == baseline {
                true => own.variant_calls,
                false => own.baseline_calls,
            })
    }

    fn is_of(&self, launch: &Launch) -> bool {
        (self.index, self.size, self.comparisons.len())
            == (launch.index, launch.size, launch.comparisons.len())
    }
}

impl ComparisonFigures {
    /// Whether either side used several threads here.
    fn uses_several_threads(&self) -> bool {
        let mut sides = [self.baseline_calls, self.variant_calls].into_iter();
        sides.any(|side| side.threads.is_some_and(|threads| threads >= SEVERAL_THREADS))
    }

    /// When the launch started, and its log-ratio; `None` without one.
    pub fn timed(&self) -> Option<Timed> {
        Some((self.started_s, self.log_ratio?))
    }

    /// The input of the shape analysis; `None` without a ratio.
    pub fn seen(&self) -> Option<Seen> {
        Some(Seen {
            log: self.log_ratio?,
            at_s: self.started_s,
            baseline_first: self.baseline_first,
        })
    }
}

/// All samples of the baseline in a launch, in seconds per call: its own *and* those taken beside other variants, which
/// are far more calls of the same function in the same process. A neighbour that leaves caches cold can slow the calls
/// next to it; the median over all of them is less affected than that of any one series.
fn baseline_samples(launch: &Launch) -> Vec<f64> {
    baseline_series(launch).flat_map(seconds).collect()
}

/// The same samples, one series for each variant that they were taken beside.
pub(crate) fn baseline_series(launch: &Launch) -> impl Iterator<Item = &Series> {
    let comparisons = launch.comparisons.iter();
    comparisons.map(|c| match c.variant == Variant::BASELINE {
        true => &c.variant_samples,
        false => &c.baseline_samples,
    })
}

fn seconds(series: &Series) -> impl Iterator<Item = f64> + '_ {
    series.per_call().map(|ns| ns * 1e-9)
}

/// How much the logarithm of the ratio changes from the first half of the samples to the second.
fn drift(baseline: &[f64], variant: &[f64]) -> Option<f64> {
    let half = baseline.len().min(variant.len()) / 2;
    let first = launch_log_ratio(&baseline[..half], &variant[..half])?;
    Some(launch_log_ratio(&baseline[half..], &variant[half..])? - first)
}

fn median_duration(series: &Series) -> Option<f64> {
    median(series.ns.iter().map(|&ns| ns as f64).collect())
}

/// The figures of the launches of one pair, in the order of its record.
pub type PairFigures = Arc<Vec<LaunchFigures>>;

/// Reads the launches of a pair on a machine with `cores` cores.
pub fn pair_figures(pair: &PairRecord, cores: u32) -> PairFigures {
    let launches = pair
        .launches
        .iter()
        .map(|launch| LaunchFigures::of(launch, cores));
    let mut figures: Vec<_> = launches.collect();
    leave_out(&mut figures, pair);
    Arc::new(figures)
}

/// Marks comparisons during which other processes used cores that a side needs. Leaves them out if enough other
/// launches measured the variant; otherwise all count. The rule does not look at the values of the ratios.
fn leave_out(launches: &mut [LaunchFigures], pair: &PairRecord) {
    if launches.iter().all(|launch| launch.others < OTHERS) {
        return;
    }
    let parallel = |variant: &str| {
        let declared = pair.variants.iter().find(|known| known.name == variant);
        declared.is_some_and(|known| matches!(known.kind(), Kind::ParallelPython | Kind::ParallelPort))
    };
    // In a disturbed launch a side runs fewer threads at a time than usual.
    let mut several: HashSet<(u64, String)> = HashSet::new();
    for launch in launches.iter() {
        let own = launch.comparisons.iter();
        let own = own.filter(|own| own.uses_several_threads() || parallel(&own.variant));
        several.extend(own.map(|own| (launch.size, own.variant.clone())));
    }
    let mut calm: HashMap<(u64, String), u32> = HashMap::new();
    for launch in launches.iter_mut() {
        for own in &mut launch.comparisons {
            let key = (launch.size, own.variant.clone());
            own.disturbed = launch.others >= OTHERS && several.contains(&key);
            *calm.entry(key).or_default() += u32::from(!own.disturbed && own.log_ratio.is_some());
        }
    }
    for launch in launches {
        for own in launch.comparisons.iter_mut().filter(|own| own.disturbed) {
            if calm[&(launch.size, own.variant.clone())] >= MINIMUM_LAUNCHES {
                (own.log_ratio, own.log_time, own.left_out) = (None, None, true);
            }
        }
    }
}

/// The figures of all launches of a record. During a run, [`update`](Self::update) reads only what is new.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// By interpreter, then by pair.
    pairs: Vec<Vec<PairFigures>>,
    nulls: Vec<PairFigures>,
}

impl Figures {
    /// Reads all launches of a record.
    pub fn of(record: &Record) -> Self {
        let cores = record.machine.cores;
        let all = |pairs: &[PairRecord]| pairs.par_iter().map(|pair| pair_figures(pair, cores)).collect();
        Figures {
            pairs: (0..record.interpreters())
                .map(|at| all(record.pairs_at(at)))
                .collect(),
            nulls: all(&record.nulls),
        }
    }

    /// Reads the launches that are new or different since the last call.
    pub fn update(&mut self, record: &Record) {
        self.pairs.resize_with(record.interpreters(), Vec::new);
        for (at, own) in self.pairs.iter_mut().enumerate() {
            update(own, record.pairs_at(at), record.machine.cores);
        }
        update(&mut self.nulls, &record.nulls, record.machine.cores);
    }

    /// The figures of the pairs of this interpreter, in the order of the record.
    pub fn pairs(&self, interpreter: usize) -> &[PairFigures] {
        self.pairs.get(interpreter).map_or(&[], Vec::as_slice)
    }

    /// How many interpreters the record has.
    pub fn interpreters(&self) -> usize {
        self.pairs.len()
    }

    /// The figures of the null pairs.
    pub fn nulls(&self) -> &[PairFigures] {
        &self.nulls
    }
}

fn update(all: &mut Vec<PairFigures>, pairs: &[PairRecord], cores: u32) {
    all.resize_with(pairs.len(), Arc::default);
    for (figures, pair) in all.iter_mut().zip(pairs) {
        let same = figures
            .iter()
            .zip(&pair.launches)
            .take_while(|(known, launch)| known.is_of(launch))
            .count();
        if same < figures.len() || same < pair.launches.len() {
            let figures = Arc::make_mut(figures);
            figures.truncate(same);
            let new = pair.launches[same..].iter();
            figures.extend(new.map(|launch| LaunchFigures::of(launch, cores)));
            leave_out(figures, pair);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::Analysis;
    use crate::analyse::summary::Reached;
    use crate::record::{Further, fixture};

    #[test]
    fn a_distribution_leaves_out_values_that_no_chart_can_show() {
        let values = [f64::NAN, 1.0, 2.0, 3.0, 4.0, 5.0, 0.0, f64::INFINITY];
        let of = Distribution::of(values.into_iter()).unwrap();
        assert_eq!(
            (of.low, of.lower, of.median, of.upper, of.high),
            (1.4, 2.0, 3.0, 4.0, 4.6)
        );
        assert_eq!(Distribution::of([0.0].into_iter()), None);
    }

    /// Two interpreters and a null pair.
    fn several() -> Record {
        let mut record = fixture::steady();
        record.settings.precision = Some(0.02);
        record.nulls = record.pairs.clone();
        record.further = vec![Further {
            interpreter: record.interpreter.clone(),
            native: record.native.clone(),
            pairs: record.pairs.clone(),
        }];
        record
    }

    #[test]
    fn figures_updated_during_a_run_equal_those_of_its_record() {
        let whole = several();
        let mut record = whole.clone();
        let pairs: [fn(&mut Record) -> &mut PairRecord; 3] = [
            |record| &mut record.pairs[0],
            |record| &mut record.further[0].pairs[0],
            |record| &mut record.nulls[0],
        ];
        pairs.iter().for_each(|pair| pair(&mut record).launches.clear());
        let mut figures = Figures::default();
        for launch in &whole.pairs[0].launches {
            for pair in pairs {
                pair(&mut record).launches.push(launch.clone());
                figures.update(&record);
            }
        }
        assert_eq!((&record, &figures), (&whole, &Figures::of(&whole)));
        // A launch that changed is read again.
        record.pairs[0].launches[1].index = 7;
        figures.update(&record);
        assert_eq!(figures, Figures::of(&record));
    }

    #[test]
    fn a_run_counts_the_ratios_of_all_its_interpreters() {
        let mut record = several();
        let ratios = |record: &Record| Reached::of_run(record, &Figures::of(record)).unwrap().ratios;
        let of_one = |record: &Record| {
            let analysis = Analysis::of(record);
            let all = analysis.pairs.iter().chain(&analysis.nulls);
            Reached::of_pairs(record, all.map(|one| &one.summary))
                .unwrap()
                .ratios
        };
        assert_eq!(ratios(&record), 3);
        assert_eq!(of_one(&record), 2, "one interpreter");
        record.pairs[0].variants[1].state = crate::record::VariantState::Deselected;
        assert_eq!(ratios(&record), 2);
        assert_eq!(of_one(&record), 1, "the same rule");
    }
}
