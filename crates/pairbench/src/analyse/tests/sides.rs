//! What differs between the two sides of a ratio: threads, state that is kept, warm-up, short calls.

use super::kinds::Change;
use super::sound::sound;
use super::warnings;
use crate::measure::{Comparison, Series};
use crate::record::{Record, WarningKind};

fn port(record: &mut Record) -> impl Iterator<Item = &mut Comparison> {
    let launches = record.pairs[0].launches.iter_mut();
    launches.map(|launch| &mut launch.comparisons[1])
}

/// Gives both sides CPU time for as many threads.
fn threads(record: &mut Record, python: f64, rust: f64) {
    let used = |series: &mut Series, threads: f64| {
        series.cpu_ns = Some((series.ns.iter().sum::<u64>() as f64 * threads) as u64);
    };
    for own in port(record) {
        used(&mut own.baseline_samples, python);
        used(&mut own.variant_samples, rust);
    }
}

/// Python's calls take 2 ms.
fn first_python_call(record: &mut Record, ns: u64) {
    port(record).for_each(|own| own.baseline_samples.first_ns = Some(ns));
}

/// The port's time in the second half of the samples, relative to the first.
fn warmed(record: &mut Record, factor: f64) {
    for own in port(record) {
        let half = own.variant_samples.ns.len() / 2;
        let late = own.variant_samples.ns[half..].iter_mut();
        late.for_each(|ns| *ns = (*ns as f64 * factor) as u64);
    }
}

fn divided(record: &mut Record, by: u64) {
    let launches = record.pairs[0].launches.iter_mut();
    for own in launches.flat_map(|launch| &mut launch.comparisons) {
        own.baseline_samples.calls *= by;
        own.variant_samples.calls *= by;
    }
}

/// A kind, a change that raises it, and one that comes close without raising it.
pub const SIDES: &[(WarningKind, Change, Change)] = &[
    (
        WarningKind::ThreadsDiffer,
        |r| threads(r, 1.9, 1.0),
        // As many on both sides.
        |r| threads(r, 1.9, 1.8),
    ),
    (
        WarningKind::StateSurvives,
        |r| first_python_call(r, 23_000_000),
        // A cold call.
        |r| first_python_call(r, 6_000_000),
    ),
    (
        WarningKind::StillWarmingUp,
        |r| warmed(r, 0.95),
        |r| warmed(r, 0.985),
    ),
    (WarningKind::CallsTooShort, |r| divided(r, 3), |r| divided(r, 1)),
];

#[test]
fn each_is_raised_and_spared() {
    for (kind, raise, spare) in SIDES {
        let (mut bad, mut good) = (sound(), sound());
        raise(&mut bad);
        spare(&mut good);
        let kinds: Vec<WarningKind> = warnings(&bad).iter().map(|warning| warning.kind).collect();
        assert_eq!(kinds, [*kind]);
        assert_eq!(warnings(&good), [], "{kind:?}");
    }
}

#[test]
fn each_is_a_doubt_of_the_verdict() {
    for (kind, raise, _) in SIDES {
        let mut record = sound();
        raise(&mut record);
        let analysis = crate::analyse::Analysis::of(&record);
        assert_eq!(analysis.pairs[0].verdict().doubts, [*kind]);
    }
}
