//! Curves of made-up times, and the sentences about them.

use super::*;
use crate::record::fixture::steady;
use crate::record::{VariantRecord, VariantState};
use crate::registry::Side;
use crate::registry::Variant;

/// Seven samples of a call that takes this time, each slowed by `drift` of it more than the one before.
fn samples(seconds: f64, drift: f64) -> Vec<f64> {
    (0..7).map(|k| seconds * (1.0 + drift * f64::from(k))).collect()
}

/// Times of each variant at 1, 2 and 3 workers.
fn record(variants: &[(&str, Side, [f64; 3])]) -> Record {
    let mut record = steady();
    record.machine.cores = 2;
    record.interpreter.gil = Some(true);
    let pair = &mut record.pairs[0];
    pair.variants.clear();
    let baseline = (Variant::BASELINE, Side::Python, [0.02; 3]);
    for (name, side, times) in variants.iter().copied().chain([baseline]) {
        pair.variants.push(VariantRecord {
            name: name.into(),
            side,
            declared: None,
            state: VariantState::Active,
        });
        let point = |at: usize| Point {
            workers: at as u32 + 1,
            seconds: samples(times[at], 0.1 * at as f64),
        };
        pair.diagnoses.scaling.push(VariantScaling {
            variant: name.into(),
            points: (0..3).map(point).collect(),
        });
    }
    record
}

fn turns() -> Record {
    record(&[
        ("threads", Side::Python, [0.02, 0.0204, 0.0208]),
        ("rayon", Side::Rust, [0.001, 0.00052, 0.00053]),
        ("rust", Side::Rust, [0.001; 3]),
    ])
}

#[test]
fn speed_ups_are_robust_to_drift_within_a_process() {
    let record = turns();
    let curves = curves(&record.pairs[0], 2);
    let names: Vec<&str> = curves.iter().map(|curve| &*curve.variant).collect();
    assert_eq!(names, ["threads", "rayon", "rust"]);
    let rayon = &curves[1];
    let speed_ups: Vec<f64> = rayon.points.iter().map(|point| point.speed_up.value).collect();
    for (found, want) in speed_ups.iter().zip([1.0, 1.0 / 0.52, 1.0 / 0.53]) {
        assert!((found - want).abs() < 1e-9, "{speed_ups:?}");
    }
    assert!(rayon.rises && !curves[2].rises && curves[2].shares.is_none());
}

#[test]
fn shares_are_those_of_the_law() {
    let record = turns();
    let curves = curves(&record.pairs[0], 2);
    // 0.52 = σ + (1 − σ) ÷ 2 + κ and 0.53 = σ + (1 − σ) ÷ 2 + 2 κ: κ = 0.01, σ = 0.02.
    let shares = curves[1].shares.unwrap();
    assert!(
        (shares.law.serial - 0.02).abs() < 1e-9 && (shares.law.contention - 0.01).abs() < 1e-9,
        "{shares:?}"
    );
    // Every sample has the same ratio, so every draw gives the same.
    assert!((shares.serial.0 - shares.serial.1).abs() < 1e-9);
    let threads = curves[0].shares.unwrap();
    assert!(threads.law.serial > 0.99, "{threads:?}");
}

#[test]
fn a_variant_of_unknown_kind_that_rises_is_shown_as_such() {
    let record = record(&[("native", Side::Python, [0.02, 0.011, 0.011])]);
    assert!(curves(&record.pairs[0], 2)[0].rises);
}

#[test]
fn the_gil_is_put_into_words() {
    let mut record = turns();
    let words = |record: &Record| gil(&curves(&record.pairs[0], 2), record);
    let text = words(&record).unwrap();
    assert!(
        text.starts_with("2 threads took 1.02× the time of one: they take turns under the GIL."),
        "{text}"
    );
    assert!(text.ends_with("relative to one: rayon 0.52×."), "{text}");
    record.interpreter.gil = Some(false);
    assert!(words(&record).unwrap().contains("something else"));
    let free = |gil| {
        let mut record = self::record(&[("threads", Side::Python, [0.02, 0.0106, 0.0106])]);
        record.interpreter.gil = gil;
        words(&record).unwrap()
    };
    assert!(free(Some(false)).contains("has no GIL, and they run"));
    assert!(free(None).contains("outside the GIL"));
    // Two of seven samples are three times as long: the interval reaches from taking turns to not taking turns.
    let mut noisy = self::record(&[("threads", Side::Python, [0.02, 0.0106, 0.0106])]);
    let samples = &mut noisy.pairs[0].diagnoses.scaling[0].points[1].seconds;
    samples[..2].iter_mut().for_each(|seconds| *seconds *= 3.0);
    assert!(
        words(&noisy)
            .unwrap()
            .contains("does not show whether they take turns")
    );
    record.pairs[0].diagnoses.scaling.clear();
    assert_eq!(words(&record), None);
}

#[test]
fn points_without_a_counterpart_are_left_out() {
    let mut record = turns();
    let scaling = &mut record.pairs[0].diagnoses.scaling;
    scaling[0].points.remove(0);
    scaling[1].points[2].seconds.clear();
    let curves = curves(&record.pairs[0], 2);
    let names: Vec<&str> = curves.iter().map(|curve| &*curve.variant).collect();
    assert_eq!(names, ["rayon", "rust"]);
    assert_eq!((curves[0].points.len(), curves[0].shares), (2, None));
    assert!(reaches_past(&curves, 2) && !reaches_past(&curves[..1], 2));
    record.pairs[0]
        .diagnoses
        .scaling
        .retain(|one| one.variant != Variant::BASELINE);
    assert!(self::curves(&record.pairs[0], 2).is_empty());
}
