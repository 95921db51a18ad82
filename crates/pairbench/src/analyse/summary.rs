//! What a record says, in numbers: the one place where samples become the figures that the terminal and the pages show.
//!
//! A figure is shown only where it may be believed: a pair that has not passed verification has no ratios and no
//! times, and neither has a variant that failed, whatever samples of it the record holds.

use super::launches::{ComparisonFigures, Figures, LaunchFigures, PairFigures};
use crate::estimate::{Estimate, Precision, geometric_mean, median, over_launches};
use crate::hosts::Fault;
use crate::measure::Launch;
use crate::record::{PairRecord, Record, VariantRecord, VariantState};
use crate::registry::known;
use crate::registry::{Profile, Side, Variant};

/// How many ratios are as precise as they were to be, null pairs included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// The precision that was wanted.
    pub target: Precision,
    /// Ratios that have it.
    pub narrow: usize,
    /// All ratios that were measured.
    pub ratios: usize,
}

/// What a record says of one pair.
#[derive(Debug, Clone, PartialEq)]
pub struct PairSummary {
    /// Its name.
    pub name: String,
    /// Declared kind of work.
    pub profile: Profile,
    /// Whether it may have ratios.
    pub gate: Gate,
    /// The cases that were measured and the default case, by size.
    pub cases: Vec<CaseSummary>,
    /// Index of the case that stands for the pair: the default one, or the largest when only others were measured.
    headline: Option<usize>,
    /// Everything that went wrong.
    pub failures: Vec<FailureSummary>,
}

/// What verification said of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// All variants agree.
    Passed,
    /// Some variant disagrees or gave no answer.
    Failed,
    /// Not verified yet.
    Pending,
}

/// How a pair stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Every variant that was to be measured was.
    Measured,
    /// Some variant failed.
    Partial,
    /// It failed verification, or its baseline failed: no ratio at all.
    Failed,
    /// Nothing measured yet.
    Waiting,
}

/// What a record says of one case of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseSummary {
    /// Its size.
    pub size: u64,
    /// Whether a plain `cargo bench` measures it.
    pub default: bool,
    /// Launches that brought samples.
    pub launches: u32,
    /// The baseline; it has a time and no ratio.
    pub baseline: VariantSummary,
    /// The other variants, in the order declared.
    pub variants: Vec<VariantSummary>,
    /// The baseline's function inside the bench process, where that was measured.
    pub embedded: Option<EmbeddedSummary>,
}

/// What a record says of one variant in one case.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantSummary {
    /// Its name.
    pub name: String,
    /// The language that it is called in.
    pub side: Side,
    /// Whether there are figures, and why not.
    pub state: State,
    /// Baseline ÷ variant.
    pub ratio: Option<Estimate>,
    /// Seconds per call.
    pub time: Option<Estimate>,
    /// Seconds to set up what it needs, outside every sample: the median over launches.
    pub setup: Option<f64>,
    /// Launches that brought samples of it.
    pub launches: u32,
}

/// Whether a variant has figures, and why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has.
    Measured,
    /// Something that it requires is missing.
    Skipped(String),
    /// It failed.
    Failed(Fault),
    /// Left out with `--variants`.
    Deselected,
    /// No launch has brought samples of it; or the pair did not pass verification.
    NotMeasured,
}

/// The baseline inside the bench process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmbeddedSummary {
    /// Seconds per call.
    pub time: Option<Estimate>,
    /// Embedded time ÷ the worker's time: above 1, embedding costs.
    pub tax: Option<Estimate>,
}

/// The geometric mean of a variant's ratios over pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantMean {
    /// The variant's name.
    pub variant: String,
    /// The mean.
    pub value: f64,
    /// How many pairs went in.
    pub pairs: usize,
}

/// One thing that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureSummary {
    /// The pair's name.
    pub pair: String,
    /// The variant's name; empty when the pair failed as a whole.
    pub variant: String,
    /// Size of the case, where one was reached.
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
    /// In a launch of this index.
    Launch(u32),
    /// The record does not say.
    Unknown,
}

impl PairSummary {
    /// The case that stands for the pair: the default one, or the largest when only others were measured.
    pub fn headline(&self) -> Option<&CaseSummary> {
        self.cases.get(self.headline?)
    }

    /// The cases with launches.
    pub fn measured_cases(&self) -> impl Iterator<Item = &CaseSummary> {
        self.cases.iter().filter(|case| case.launches > 0)
    }

    /// How the pair stands.
    pub fn standing(&self) -> Standing {
        let case = self.headline();
        let failed = |v: &VariantSummary| matches!(v.state, State::Failed(_));
        match case {
            _ if self.gate == Gate::Failed => Standing::Failed,
            Some(case) if failed(&case.baseline) => Standing::Failed,
            Some(case) if case.baseline.state == State::Measured => match case.variants.iter().any(failed) {
                true => Standing::Partial,
                false => Standing::Measured,
            },
            _ => Standing::Waiting,
        }
    }

    /// For a null pair what it came out as; its true ratio is 1.
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

impl Reached {
    /// Over the pairs of one interpreter; `None` where the run aimed for no precision.
    pub fn of_pairs<'a>(record: &Record, pairs: impl Iterator<Item = &'a PairSummary>) -> Option<Self> {
        let cases = pairs.flat_map(PairSummary::measured_cases);
        Self::count(
            record,
            cases.flat_map(|case| &case.variants).filter_map(|v| v.ratio),
        )
    }

    /// Over all interpreters of a run, also while it goes on.
    pub fn of_run(record: &Record, figures: &Figures) -> Option<Self> {
        let of = |pairs, own: &[PairFigures]| -> Vec<Estimate> {
            let both = std::iter::zip::<&[PairRecord], _>(pairs, own);
            both.flat_map(|(pair, own)| ratios_so_far(pair, own)).collect()
        };
        let pairs = (0..record.interpreters()).flat_map(|at| of(record.pairs_at(at), figures.pairs(at)));
        Self::count(record, pairs.chain(of(&record.nulls, figures.nulls())))
    }

    fn count(record: &Record, ratios: impl Iterator<Item = Estimate>) -> Option<Self> {
        let target = record.settings.precision.and_then(Precision::new)?;
        let ratios: Vec<Estimate> = ratios.collect();
        let narrow = ratios.iter().filter(|ratio| target.reached(Some(**ratio)));
        Some(Reached {
            target,
            narrow: narrow.count(),
            ratios: ratios.len(),
        })
    }
}

/// The ratios that [`summarise_pair`] would give, without its other figures.
fn ratios_so_far(pair: &PairRecord, launches: &[LaunchFigures]) -> Vec<Estimate> {
    if !pair.verification.passed {
        return Vec::new();
    }
    let mut sizes: Vec<u64> = launches.iter().map(|launch| launch.size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let is_compared = |variant: &&VariantRecord| {
        variant.state == VariantState::Active
            && variant.name != pair.baseline
            && variant.name != Variant::EMBEDDED
    };
    let compared = pair.variants.iter().filter(is_compared);
    compared
        .flat_map(|variant| {
            let ratio = |size: &u64| ratio_so_far(launches, *size, &variant.name);
            sizes.iter().filter_map(ratio).collect::<Vec<_>>()
        })
        .collect()
}

/// Draws the figures of a pair from those of its launches, one for each launch of the record.
pub(super) fn summarise_pair(pair: &PairRecord, figures: &[LaunchFigures]) -> PairSummary {
    let gate = match &pair.verification {
        v if v.passed => Gate::Passed,
        v if !v.failures.is_empty() => Gate::Failed,
        _ if pair
            .variants
            .iter()
            .any(|v| matches!(v.state, VariantState::Failed { .. })) =>
        {
            Gate::Failed
        }
        _ => Gate::Pending,
    };
    let mut sizes: Vec<u64> = pair.launches.iter().map(|launch| launch.size).collect();
    sizes.extend(
        pair.cases
            .iter()
            .filter(|case| case.default)
            .map(|case| case.size),
    );
    sizes.sort_unstable();
    sizes.dedup();
    let cases: Vec<_> = sizes
        .into_iter()
        .map(|size| summarise_case(pair, figures, gate, size))
        .collect();
    let headline = cases
        .iter()
        .position(|case| case.default && case.launches > 0)
        .or_else(|| cases.iter().rposition(|case| case.launches > 0))
        .or_else(|| cases.iter().position(|case| case.default));
    PairSummary {
        name: pair.name.clone(),
        profile: pair.profile,
        gate,
        cases,
        headline,
        failures: failures(pair),
    }
}

fn summarise_case(pair: &PairRecord, figures: &[LaunchFigures], gate: Gate, size: u64) -> CaseSummary {
    let launches: Vec<&Launch> = pair.launches_of(size).collect();
    let figures: Vec<&LaunchFigures> = figures.iter().filter(|launch| launch.size == size).collect();
    let undeclared = VariantRecord {
        name: pair.baseline.clone(),
        side: Side::Python,
        state: VariantState::Active,
    };
    let is_baseline = |v: &&VariantRecord| v.name == pair.baseline;
    let baseline = pair.variants.iter().find(is_baseline).unwrap_or(&undeclared);
    let believed = gate == Gate::Passed;
    CaseSummary {
        size,
        default: pair.cases.iter().any(|case| case.size == size && case.default),
        launches: figures
            .iter()
            .filter(|launch| !launch.comparisons.is_empty())
            .count() as u32,
        baseline: summarise_variant(baseline, true, believed, &launches, &figures),
        variants: (pair.variants.iter())
            .filter(|v| !is_baseline(v) && v.name != Variant::EMBEDDED)
            .map(|v| summarise_variant(v, false, believed, &launches, &figures))
            .collect(),
        embedded: believed.then(|| embedded(&figures)).flatten(),
    }
}

fn summarise_variant(
    variant: &VariantRecord,
    is_baseline: bool,
    believed: bool,
    launches: &[&Launch],
    figures: &[&LaunchFigures],
) -> VariantSummary {
    let own: Vec<&ComparisonFigures> = comparisons(figures, &variant.name).collect();
    let time = match is_baseline {
        true => estimate(figures.iter().filter_map(|launch| launch.baseline_log_time)),
        false => estimate(own.iter().filter_map(|c| c.log_time)),
    };
    let state = match &variant.state {
        VariantState::Skipped { reason } => State::Skipped(reason.clone()),
        VariantState::Deselected => State::Deselected,
        VariantState::Failed { fault } => State::Failed(fault.clone()),
        VariantState::Active if !believed => State::NotMeasured,
        VariantState::Active if time.is_some() => State::Measured,
        VariantState::Active => launches
            .iter()
            .flat_map(|launch| &launch.failures)
            .find(|failure| failure.variant == variant.name || failure.variant.is_empty())
            .map_or(State::NotMeasured, |failure| State::Failed(failure.fault.clone())),
    };
    let measured = state == State::Measured;
    let setup: Vec<f64> = own.iter().map(|c| c.setup_s).collect();
    VariantSummary {
        name: variant.name.clone(),
        side: variant.side,
        state,
        ratio: (measured && !is_baseline)
            .then(|| ratio(own.iter().copied()))
            .flatten(),
        time: time.filter(|_| measured),
        setup: measured.then(|| median(setup)).flatten(),
        launches: time.map_or(0, |time| time.launches),
    }
}

/// The comparisons of one variant, at most one per launch.
fn comparisons<'a>(
    launches: &'a [&LaunchFigures],
    variant: &'a str,
) -> impl Iterator<Item = &'a ComparisonFigures> {
    launches
        .iter()
        .filter_map(move |launch| launch.comparison(variant))
}

/// The ratio of a variant on a case over these launches: the same figure while a run goes on as in its report.
pub(crate) fn ratio_so_far(launches: &[LaunchFigures], size: u64, variant: &str) -> Option<Estimate> {
    let own = launches.iter().filter(|launch| launch.size == size);
    ratio(own.filter_map(|launch| launch.comparison(variant)))
}

/// One log-ratio per launch, from adjacent samples; the interval is over launches.
fn ratio<'a>(own: impl Iterator<Item = &'a ComparisonFigures>) -> Option<Estimate> {
    estimate(own.filter_map(|c| c.log_ratio))
}

fn embedded(launches: &[&LaunchFigures]) -> Option<EmbeddedSummary> {
    let own: Vec<&ComparisonFigures> = comparisons(launches, Variant::EMBEDDED).collect();
    (!own.is_empty()).then(|| EmbeddedSummary {
        time: estimate(own.iter().filter_map(|c| c.log_time)),
        tax: ratio(own.into_iter()).map(inverse),
    })
}

/// [`over_launches`] of the logarithms that are numbers; a time of zero has none. `None` when no positive number
/// comes out, and no interval when its ends are not.
fn estimate(logs: impl Iterator<Item = f64>) -> Option<Estimate> {
    let logs: Vec<f64> = logs.filter(|log| log.is_finite()).collect();
    let positive = |v: f64| v.is_finite() && v > 0.0;
    let mut estimate = over_launches(&logs).filter(|e| positive(e.value))?;
    estimate.interval = estimate
        .interval
        .filter(|(low, high)| positive(*low) && positive(*high));
    Some(estimate)
}

/// The estimate of 1 ÷ the quantity.
pub(crate) fn inverse(estimate: Estimate) -> Estimate {
    Estimate {
        value: 1.0 / estimate.value,
        interval: estimate.interval.map(|(low, high)| (1.0 / high, 1.0 / low)),
        launches: estimate.launches,
    }
}

/// Verification's failures, then those of launches, then faults of variants that neither of them tells.
fn failures(pair: &PairRecord) -> Vec<FailureSummary> {
    let failure = |variant: &str, size, stage, fault: &Fault| FailureSummary {
        pair: pair.name.clone(),
        variant: variant.into(),
        size,
        stage,
        fault: fault.clone(),
    };
    let mut all: Vec<FailureSummary> = (pair.verification.failures.iter())
        .map(|f| failure(&f.variant, f.size, Stage::Verify, &f.fault))
        .collect();
    for launch in &pair.launches {
        let stage = Stage::Launch(launch.index);
        let here = launch.failures.iter();
        all.extend(here.map(|f| failure(&f.variant, Some(launch.size), stage, &f.fault)));
    }
    for variant in &pair.variants {
        if let VariantState::Failed { fault } = &variant.state
            && !all.iter().any(|f| f.fault == *fault)
        {
            all.push(failure(&variant.name, None, Stage::Unknown, fault));
        }
    }
    all
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
    // A record that was cut off may know of launches whose phase it has not written yet.
    let wall = record.run_seconds().max(in_launches);
    (timed > 0.0 && wall > 0.0).then(|| timed / wall)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::Analysis;
    use crate::analyse::launches::pair_figures;
    use crate::record::fixture;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs()
    }

    /// Every couple of the fixture's `steady` has the same ratio, so any sound estimator must return it.
    #[test]
    fn figures_by_hand() {
        let record = fixture::steady();
        let summary = Analysis::of(&record);
        let case = summary.pairs[0].summary.headline().unwrap();
        let rust = case.variant("rust").unwrap();
        assert_eq!((case.size, case.launches, rust.launches), (10, 3, 3));
        assert!(near(rust.ratio.unwrap().value, 20.0));
        assert!(near(rust.time.unwrap().value, 500e-9), "{:?}", rust.time);
        // The baseline has 10 µs beside Rust and 12 µs alone; beside Rust there are more samples.
        assert!(
            near(case.baseline.time.unwrap().value, 10e-6),
            "{:?}",
            case.baseline.time
        );
        assert_eq!(case.baseline.ratio, None);
        assert!(near(rust.setup.unwrap(), 2e-3));
        let tax = case.embedded.unwrap().tax.unwrap();
        assert!(near(tax.value, 1.25));
        assert!(
            tax.interval
                .is_none_or(|(low, high)| low <= 1.25 + 1e-9 && 1.25 - 1e-9 <= high)
        );
        // 3 launches of 2 s timed in 30 s of verify and measure; the build's 100 s do not count.
        assert!(near(timed_share(&record).unwrap(), 0.2));
        assert_eq!(summary.geometric_means().len(), 1);
        assert!(near(summary.geometric_means()[0].value, 20.0));
    }

    #[test]
    fn a_null_pair_has_the_baseline_that_it_names() {
        let mut record = fixture::steady();
        let mut null = record.pairs[0].clone();
        (null.name, null.baseline, null.null_of) = ("null_rust".into(), "rust".into(), Some("steady".into()));
        null.variants.remove(0);
        null.variants.push(VariantRecord {
            name: Variant::NULL.into(),
            ..null.variants[0].clone()
        });
        for launch in &mut null.launches {
            launch
                .comparisons
                .retain(|comparison| comparison.variant == "rust");
            launch.comparisons[0].variant = Variant::NULL.into();
        }
        record.nulls.push(null);
        let summary = Analysis::of(&record);
        let [null] = &summary.nulls[..] else { panic!() };
        // The same samples as of the pair's own `rust`, now beside a baseline of that name.
        assert!(near(null.summary.null_ratio().unwrap().value, 20.0));
        let case = null.summary.headline().unwrap();
        assert_eq!((case.baseline.name.as_str(), case.variants.len()), ("rust", 1));
        assert!(near(case.baseline.time.unwrap().value, 10e-6));
        assert_eq!(summary.pairs.len(), 1);
    }

    #[test]
    fn what_failed_has_no_ratio() {
        let mut record = fixture::steady();
        record.pairs[0].variants[1].state = VariantState::Failed {
            fault: Fault::Hang { limit_s: 9 },
        };
        let summary = Analysis::of(&record);
        let rust = summary.pairs[0]
            .summary
            .headline()
            .unwrap()
            .variant("rust")
            .unwrap();
        assert_eq!((rust.ratio, rust.time, rust.setup), (None, None, None));
        assert_eq!(rust.state, State::Failed(Fault::Hang { limit_s: 9 }));
        assert!(summary.geometric_means().is_empty());
        assert_eq!(summary.pairs[0].summary.failures.len(), 1);

        let mut record = fixture::steady();
        record.pairs[0].verification.passed = false;
        let summary = Analysis::of(&record);
        let case = summary.pairs[0].summary.headline().unwrap();
        assert!(
            case.variants
                .iter()
                .chain([&case.baseline])
                .all(|v| v.ratio.is_none() && v.time.is_none())
        );
        assert_eq!(case.embedded, None);
        assert_eq!(summary.pairs[0].summary.gate, Gate::Pending);
    }

    #[test]
    fn a_failure_in_a_launch_without_samples_is_the_variants_state() {
        let mut record = fixture::steady();
        for launch in &mut record.pairs[0].launches {
            launch.comparisons.retain(|c| c.variant != "rust");
            launch.failures.push(crate::measure::Failure {
                variant: "rust".into(),
                fault: Fault::Hang { limit_s: 9 },
            });
        }
        let summary = Analysis::of(&record);
        let rust = summary.pairs[0]
            .summary
            .headline()
            .unwrap()
            .variant("rust")
            .unwrap();
        assert_eq!(rust.state, State::Failed(Fault::Hang { limit_s: 9 }));
        assert_eq!(summary.pairs[0].summary.failures[2].stage, Stage::Launch(2));
    }

    #[test]
    fn the_default_case_stands_for_the_pair_once_it_is_measured() {
        let mut record = fixture::steady();
        let size = |pair: &PairRecord| {
            let summary = summarise_pair(pair, &pair_figures(pair));
            summary.headline().unwrap().size
        };
        let pair = &mut record.pairs[0];
        pair.cases.push(crate::registry::Case {
            size: 99,
            default: true,
        });
        pair.cases[0].default = false;
        assert_eq!(size(pair), 10);
        let mut launch = pair.launches[0].clone();
        launch.size = 99;
        pair.launches.push(launch);
        assert_eq!(size(pair), 99);
        pair.launches.clear();
        let summary = summarise_pair(pair, &pair_figures(pair));
        assert_eq!(summary.headline().unwrap().size, 99);
        assert_eq!(summary.headline().unwrap().baseline.state, State::NotMeasured);
    }

    #[test]
    fn samples_of_nothing_make_no_estimate() {
        let mut record = fixture::steady();
        for launch in &mut record.pairs[0].launches {
            launch.comparisons[1].variant_samples.ns.fill(0);
        }
        let summary = Analysis::of(&record);
        let rust = summary.pairs[0]
            .summary
            .headline()
            .unwrap()
            .variant("rust")
            .unwrap();
        assert_eq!(
            (rust.ratio, rust.time, &rust.state),
            (None, None, &State::NotMeasured)
        );
    }
}
