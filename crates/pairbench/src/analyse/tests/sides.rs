//! What differs between the two sides of a ratio: threads, state that is kept, warm-up, short calls.

use super::kinds::Change;
use super::sound::sound;
use super::warnings;
use crate::analyse::Analysis;
use crate::analyse::verdict::{Because, Obstacle};
use crate::measure::{Comparison, Series};
use crate::record::{Record, Severity, WarningKind};
use crate::registry::Side;

fn port(record: &mut Record) -> impl Iterator<Item = &mut Comparison> {
    let launches = record.pairs[0].launches.iter_mut();
    launches.map(|launch| &mut launch.comparisons[1])
}

fn used(series: &mut Series, threads: f64) {
    series.cpu_ns = Some((series.ns.iter().sum::<u64>() as f64 * threads) as u64);
}

/// Gives both sides CPU time for these numbers of threads.
fn threads(record: &mut Record, python: f64, rust: f64) {
    for own in port(record) {
        used(&mut own.baseline_samples, python);
        used(&mut own.variant_samples, rust);
    }
}

/// Sets Python's first call in each launch; calls take 2 ms, and later comparisons find the state left by the first.
fn first_python_call(record: &mut Record, ns: u64) {
    for launch in &mut record.pairs[0].launches {
        // The port's comparison comes first.
        launch.comparisons.rotate_left(1);
        for (at, own) in launch.comparisons.iter_mut().enumerate() {
            python(own).first_ns = Some(if at == 0 { ns } else { 2_000_000 });
        }
    }
}

fn python(own: &mut Comparison) -> &mut Series {
    match own.variant.as_str() {
        "python" => &mut own.variant_samples,
        _ => &mut own.baseline_samples,
    }
}

/// Multiplies the port's time in the second half of the samples by a factor.
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
        // Several on both sides.
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
fn each_is_raised_and_a_near_miss_is_not() {
    for (kind, raise, near_miss) in SIDES {
        let (mut bad, mut good) = (sound(), sound());
        raise(&mut bad);
        near_miss(&mut good);
        let kinds: Vec<WarningKind> = warnings(&bad).iter().map(|warning| warning.kind).collect();
        assert_eq!(kinds, [*kind]);
        assert_eq!(warnings(&good), [], "{kind:?}");
    }
}

#[test]
fn each_casts_doubt_on_the_verdict_and_kept_answers_leave_none() {
    for (kind, raise, _) in SIDES {
        let mut record = sound();
        raise(&mut record);
        let analysis = Analysis::of(&record);
        let verdict = analysis.pairs[0].verdict();
        match kind {
            WarningKind::StateSurvives => {
                assert_eq!(verdict.because, Because::Open(Obstacle::Void(*kind)));
            }
            _ => assert_eq!(verdict.doubts, [*kind]),
        }
    }
}

#[test]
fn a_first_call_on_another_case_shows_whether_answers_are_kept() {
    let severity = |elsewhere: [u64; 2]| {
        let mut record = sound();
        first_python_call(&mut record, 23_000_000);
        for launch in &mut record.pairs[0].launches {
            python(&mut launch.comparisons[0]).elsewhere_ns = Some(elsewhere);
        }
        let [found] = warnings(&record).try_into().unwrap();
        assert!(found.figure.contains("on another case"), "{}", found.figure);
        found.severity
    };
    assert_eq!(severity([80_000_000, 300]), Severity::Warning);
    assert_eq!(severity([5_000_000, 4_000_000]), Severity::Note);
}

#[test]
fn threads_of_a_variant_that_is_meant_to_be_parallel_are_a_note() {
    for (name, side, severity) in [
        ("numpy", Side::Python, Severity::Warning),
        ("processes", Side::Python, Severity::Note),
        ("rayon", Side::Rust, Severity::Note),
    ] {
        let mut record = sound();
        let pair = &mut record.pairs[0];
        let mut variant = pair.variants[1].clone();
        (variant.name, variant.side) = (name.into(), side);
        pair.variants.push(variant);
        for launch in &mut pair.launches {
            let mut own = launch.comparisons[1].clone();
            own.variant = name.into();
            used(&mut own.baseline_samples, 1.0);
            used(&mut own.variant_samples, 1.9);
            launch.comparisons.push(own);
        }
        let found = warnings(&record);
        let found = found.iter().find(|one| one.kind == WarningKind::ThreadsDiffer);
        assert_eq!(found.map(|one| one.severity), Some(severity), "{name}");
    }
}
