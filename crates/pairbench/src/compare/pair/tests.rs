//! Changes between made-up pairs.

use super::*;
use crate::measure::Series;
use crate::record::PairRecord;
use crate::record::{VariantState, fixture};

fn steady() -> PairRecord {
    fixture::steady().pairs.remove(0)
}

/// Compares two pairs, each in a record of its own.
fn change(earlier: &PairRecord, later: &PairRecord) -> PairChange {
    let record = fixture::steady();
    super::change(
        &PairAnalysis::alone(&record, earlier),
        &PairAnalysis::alone(&record, later),
        &|_| Family::alone(false),
    )
}

fn result<'a>(change: &'a PairChange, name: &str) -> &'a ChangeResult {
    let variant = change.cases[0]
        .variants
        .iter()
        .find(|variant| variant.name == name);
    &variant.unwrap_or_else(|| panic!("{name} in {change:?}")).result
}

/// As in records from version 2 on: the baseline is sampled beside a reference that takes `reference_ns` per call.
fn with_reference(mut pair: PairRecord, reference_ns: u64) -> PairRecord {
    for launch in &mut pair.launches {
        let samples = launch.comparisons[0].variant_samples.ns.len();
        launch.comparisons[0].baseline_samples = Series {
            calls: 1,
            ns: vec![reference_ns; samples],
            ..Series::default()
        };
    }
    pair
}

#[test]
fn the_baseline_is_compared_where_it_was_sampled_beside_the_reference() {
    let change_of = |earlier: &PairRecord, later: &PairRecord| change(earlier, later);
    assert!(change_of(&steady(), &with_reference(steady(), 9_000)).baseline_not_compared);
    // The same calls beside a reference that takes twice as long: relative to it, Python is twice as fast.
    let change = change_of(
        &with_reference(steady(), 9_000),
        &with_reference(steady(), 18_000),
    );
    assert!(!change.baseline_not_compared);
    let ChangeResult::Compared(row, Basis::Reference) = result(&change, "python") else {
        panic!("{change:?}")
    };
    assert!((row.shift.value - 2.0).abs() < 1e-9);
    assert!(
        matches!(result(&change, "rust"), ChangeResult::Compared(row, Basis::Baseline) if (row.shift.value - 1.0).abs() < 1e-9)
    );
}

/// A baseline that takes half the time halves all ratios, although no variant changed.
#[test]
fn a_changed_baseline_is_not_blamed_on_the_variants() {
    let earlier = with_reference(steady(), 9_000);
    let mut later = earlier.clone();
    later.sources.python.push_str("# faster\n");
    for launch in &mut later.launches {
        launch.comparisons[0]
            .variant_samples
            .ns
            .iter_mut()
            .for_each(|ns| *ns /= 2);
        launch.comparisons[1]
            .baseline_samples
            .ns
            .iter_mut()
            .for_each(|ns| *ns /= 2);
    }
    let changed = change(&earlier, &later);
    assert!(changed.python_changed && !changed.rust_changed);
    assert!(
        matches!(result(&changed, "python"), ChangeResult::Compared(row, _) if (row.shift.value - 2.0).abs() < 1e-9)
    );
    assert!(
        matches!(result(&changed, "rust"), ChangeResult::Compared(row, Basis::Reference) if (row.shift.value - 1.0).abs() < 1e-9)
    );
    // Without a reference only the ratio is left, and it halves.
    for pair in [&earlier, &later] {
        assert_eq!(pair.launches.len(), 3);
    }
    let alone = |mut pair: PairRecord| {
        pair.launches
            .iter_mut()
            .for_each(|l| l.comparisons[0].baseline_samples = Series::default());
        pair
    };
    let changed = change(&alone(earlier), &alone(later));
    assert!(
        matches!(result(&changed, "rust"), ChangeResult::Compared(row, Basis::Baseline) if (row.shift.value - 0.5).abs() < 1e-9)
    );
}

#[test]
fn a_failed_or_skipped_variant_has_no_change() {
    let mut failed = steady();
    failed.variants[1].state = VariantState::Skipped {
        reason: "no module".into(),
    };
    let changed = change(&steady(), &failed);
    assert_eq!(
        *result(&changed, "rust"),
        ChangeResult::Unmeasured {
            earlier: State::Measured,
            later: State::Skipped("no module".into())
        }
    );
    let mut unverified = steady();
    unverified.verification.passed = false;
    assert!(matches!(
        result(&change(&steady(), &unverified), "rust"),
        ChangeResult::Unmeasured { .. }
    ));
    failed.variants[1].state = VariantState::Deselected;
    let changed = change(&failed, &failed);
    assert!(changed.cases[0].variants.is_empty());
}

#[test]
fn variants_of_one_record_are_new_or_gone() {
    let mut without = steady();
    without.variants.remove(1);
    assert_eq!(*result(&change(&without, &steady()), "rust"), ChangeResult::New);
    assert_eq!(*result(&change(&steady(), &without), "rust"), ChangeResult::Gone);
}

#[test]
fn a_case_of_one_record_is_unmeasured_in_the_other() {
    let mut other = steady();
    other.launches.iter_mut().for_each(|launch| launch.size = 99);
    let change = change(&steady(), &other);
    let sizes: Vec<u64> = change.cases.iter().map(|case| case.size).collect();
    assert_eq!(sizes, [10, 99]);
    assert_eq!(
        change.cases[1].variants[0].result,
        ChangeResult::Unmeasured {
            earlier: State::NotMeasured,
            later: State::Measured
        }
    );
}
