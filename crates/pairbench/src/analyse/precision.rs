//! Whether there is enough to go by: launches, widths of intervals, lengths of samples.

use super::summary::Standing;
use super::{PairAnalysis, Place, places};
use crate::estimate::{SIGNED_RANKS_FROM, Time, median};
use crate::record::{Warning, WarningKind};
use crate::registry::Side;
use crate::text::{count, percent};

/// An interval of this half-width or more is called wide.
const WIDE: f64 = 0.10;

/// Where no precision was asked for, an interval as narrow as this says that two sides are equal, not that it is too wide.
const NARROW: f64 = 0.02;

/// A sample is long enough from so many steps of its clock on: the step then adds a thousandth at most.
const STEPS: f64 = 1000.0;

/// Shorter samples than this, in nanoseconds, are mostly the reading of the clock, however fine it is.
const SHORTEST_NS: f64 = 1000.0;

pub(super) fn find(one: &PairAnalysis<'_>) -> Vec<Warning> {
    if one.summary.standing() == Standing::Failed {
        return Vec::new();
    }
    let narrow = one.record.settings.precision.unwrap_or(NARROW);
    let cases = places(&one.summary).flat_map(|place| {
        let few = few_launches(place);
        let widths = place.ratios().flat_map(move |(variant, ratio)| {
            let about = || vec![place.of(&variant.name)];
            let width = ratio.relative_half_width().unwrap_or_default();
            // A null pair has no effect to be shown.
            let spans_one = one.pair.null_of.is_none() && ratio.interval.is_some() && !ratio.excludes_one();
            let effect = (spans_one && width > narrow)
                .then(|| WarningKind::IntervalWiderThanEffect.found(about(), ratio.display_ratio()));
            let wide = (width >= WIDE)
                .then(|| WarningKind::WideInterval.found(about(), format!("±{}", percent(width))));
            // One that does not tell faster from slower need not be told to be wide as well.
            effect.or(wide)
        });
        few.into_iter().chain(widths).chain(short_samples(one, place))
    });
    cases.collect()
}

/// The fewest launches of a variant that has a ratio (with a precision, launches go where they are needed, and variants
/// differ), and whether any ratio has an interval at all.
fn few_launches(place: Place<'_>) -> Option<Warning> {
    let fewest = place.ratios().map(|(_, ratio)| ratio.launches).min()?;
    let kind = match place.ratios().any(|(_, ratio)| ratio.interval.is_some()) {
        true => WarningKind::FewLaunches,
        false => WarningKind::NoInterval,
    };
    (fewest < SIGNED_RANKS_FROM).then(|| kind.found(vec![place.pair()], count(fewest as usize, "launch")))
}

fn short_samples(one: &PairAnalysis<'_>, place: Place<'_>) -> Vec<Warning> {
    let record = one.record;
    let step = |side: Side| {
        let known = match side {
            Side::Python => record.interpreter.perf_counter_ns,
            Side::Rust => record.machine.conditions.clock_step_ns,
        };
        known.unwrap_or(1).max(1) as f64
    };
    let baseline = place.case.baseline.side;
    let short = place.ratios().filter_map(|(variant, _)| {
        let sides = [(true, baseline), (false, variant.side)];
        let (ns, step) = sides
            .into_iter()
            .filter_map(|(of_baseline, side)| {
                let middle = middle_ns(one, place.case.size, &variant.name, of_baseline)?;
                Some((middle, step(side)))
            })
            .min_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)))?;
        let figure = format!(
            "{} a sample, {:.0} steps of {}",
            Time(ns * 1e-9),
            ns / step,
            Time(step * 1e-9)
        );
        (ns < (STEPS * step).max(SHORTEST_NS))
            .then(|| WarningKind::SamplesTooShort.found(vec![place.of(&variant.name)], figure))
    });
    short.collect()
}

/// The typical duration of a sample of one side beside this variant, all calls of a sample together: the median over
/// launches of each launch's median.
fn middle_ns(one: &PairAnalysis<'_>, size: u64, variant: &str, of_baseline: bool) -> Option<f64> {
    let own = one
        .launches_of(size)
        .filter_map(|launch| launch.comparison(variant));
    let middles: Vec<f64> = own
        .filter_map(|own| match of_baseline {
            true => own.baseline_sample_ns,
            false => own.variant_sample_ns,
        })
        .collect();
    median(middles)
}
