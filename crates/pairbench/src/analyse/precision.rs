//! Whether there is enough data: launches, widths of intervals, lengths of samples.

use super::summary::PairState;
use super::{CaseInPair, PairAnalysis, cases_in};
use crate::estimate::{SIGNED_RANKS_FROM, Time, median};
use crate::record::{Warning, WarningKind};
use crate::registry::Side;
use crate::text::{count, percent};

/// An interval of at least this half-width is wide.
const WIDE: f64 = 0.10;

/// Without a target precision, an interval this narrow around 1 shows that both sides are equal; it is not too wide.
pub(super) const NARROW: f64 = 0.02;

/// A sample of at least this many clock steps is long enough: a step adds at most a thousandth.
const STEPS: f64 = 1000.0;

/// In nanoseconds: shorter samples mostly measure the reading of the clock.
const SHORTEST_NS: f64 = 1000.0;

pub(super) fn find(one: &PairAnalysis<'_>) -> Vec<Warning> {
    if one.summary.state() == PairState::Failed {
        return Vec::new();
    }
    let narrow = one.record.settings.precision.unwrap_or(NARROW);
    let cases = cases_in(&one.summary).flat_map(|case| {
        let few = few_launches(case);
        let widths = case.ratios().flat_map(move |(variant, ratio)| {
            let about = || vec![case.variant(&variant.name)];
            let width = ratio.relative_half_width().unwrap_or_default();
            // A null pair has no effect to show.
            let spans_one = one.pair.null_of.is_none() && ratio.interval.is_some() && !ratio.excludes_one();
            let effect = (spans_one && width > narrow)
                .then(|| WarningKind::IntervalWiderThanEffect.found(about(), ratio.display_ratio()));
            let wide = (width >= WIDE)
                .then(|| WarningKind::WideInterval.found(about(), format!("±{}", percent(width))));
            // One warning is enough for an interval that spans 1.
            effect.or(wide)
        });
        few.into_iter().chain(widths).chain(short_samples(one, case))
    });
    cases.collect()
}

/// Warns of few launches: the fewest of any variant with a ratio (with a target precision, variants differ), and whether any
/// ratio has an interval.
fn few_launches(case: CaseInPair<'_>) -> Option<Warning> {
    let fewest = case.ratios().map(|(_, ratio)| ratio.launches).min()?;
    let kind = match case.ratios().any(|(_, ratio)| ratio.interval.is_some()) {
        true => WarningKind::FewLaunches,
        false => WarningKind::NoInterval,
    };
    (fewest < SIGNED_RANKS_FROM).then(|| kind.found(vec![case.pair()], count(fewest as usize, "launch")))
}

fn short_samples(one: &PairAnalysis<'_>, case: CaseInPair<'_>) -> Vec<Warning> {
    let record = one.record;
    let step = |side: Side| {
        let known = match side {
            Side::Python => record.interpreter.perf_counter_ns,
            Side::Rust => record.machine.conditions.clock_step_ns,
        };
        known.unwrap_or(1).max(1) as f64
    };
    let baseline = case.figures.baseline.side;
    let short = case.ratios().filter_map(|(variant, _)| {
        let sides = [(true, baseline), (false, variant.side)];
        let (ns, step) = sides
            .into_iter()
            .filter_map(|(of_baseline, side)| {
                let middle = middle_ns(one, case.figures.size, &variant.name, of_baseline)?;
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
            .then(|| WarningKind::SamplesTooShort.found(vec![case.variant(&variant.name)], figure))
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
