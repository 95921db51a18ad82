//! Columns, cells and progress of made-up records.

use super::*;
use crate::analyse::{analyses, read as read_all};
use crate::hosts::Fault;
use crate::record::{
    Deprecation, Further, Interpreter, MissingInterpreter, PairRecord, Shard, VariantState, VerifyFailure,
    fixture,
};

/// The steady record with further interpreters in the same launches.
fn run(versions: &[&str]) -> Record {
    let mut record = fixture::steady();
    for (index, launch) in record.pairs[0].launches.iter_mut().enumerate() {
        launch.order_seed = 40 + index as u64;
    }
    record.further = versions
        .iter()
        .map(|version| Further {
            interpreter: Interpreter {
                version: (*version).into(),
                executable: format!("/opt/{version}/bin/python3"),
                ..record.interpreter.clone()
            },
            native: record.native.clone(),
            pairs: record.pairs.clone(),
        })
        .collect();
    record
}

/// Makes Python this many times as slow.
fn slow(pair: &mut PairRecord, times: u64) {
    for own in pair
        .launches
        .iter_mut()
        .flat_map(|launch| &mut launch.comparisons)
    {
        own.baseline_samples.ns.iter_mut().for_each(|ns| *ns *= times);
    }
}

fn views(records: Vec<Record>) -> Vec<Record> {
    records.into_iter().flat_map(Record::into_views).collect()
}

fn labels(views: &[Record]) -> Vec<String> {
    columns(views).into_iter().map(|column| column.label).collect()
}

fn cell(record: Record) -> Cell {
    let views = [record];
    let own = analyses(&views, &read_all(&views));
    Matrix::of(&own).rows[0].spots[0].cell.clone()
}

fn fault() -> Fault {
    Fault::Hang { limit_s: 9 }
}

#[test]
fn columns_go_by_implementation_and_version() {
    let mut record = run(&["3.9.18", "3.13.0", "3.13.0", "3.11.13"]);
    record.further[2].interpreter.free_threaded = Some(true);
    record.further[3].interpreter.implementation = "PyPy".into();
    record.further[3].interpreter.release = Some("7.3.20".into());
    record.lacking = vec![MissingInterpreter {
        asked: "python3.99".into(),
        reason: "not on PATH".into(),
        named: true,
    }];
    let wanted = [
        "CPython 3.9.18",
        "CPython 3.11.7",
        "CPython 3.13.0",
        "CPython 3.13.0t",
        "PyPy 7.3.20 (3.11)",
        "python3.99",
    ];
    assert_eq!(labels(&views(vec![record])), wanted);
}

#[test]
fn labels_have_executables_and_machines_only_where_needed() {
    let mut twins = run(&["3.11.7"]);
    let wanted = [
        "CPython 3.11.7 at /opt/3.11.7/bin/python3",
        "CPython 3.11.7 at /usr/bin/python3",
    ];
    assert_eq!(labels(&views(vec![twins.clone()])), wanted);
    twins.further.clear();
    let mut elsewhere = twins.clone();
    elsewhere.machine.name = "there".into();
    let both = views(vec![elsewhere.clone(), twins.clone()]);
    assert_eq!(
        labels(&both),
        ["CPython 3.11.7 on here", "CPython 3.11.7 on there"]
    );
    // A machine without a name is called by its model, and the same names get a number.
    elsewhere.machine.name = String::new();
    twins.machine.name = "A CPU".into();
    let both = views(vec![elsewhere, twins]);
    assert_eq!(
        labels(&both),
        ["CPython 3.11.7 on A CPU", "CPython 3.11.7 on A CPU (2)"]
    );
}

#[test]
fn the_newest_record_with_a_pair_counts_and_launches_are_not_pooled() {
    let old = run(&[]);
    let mut new = run(&[]);
    (new.id, new.started) = ("newer".into(), "2026-01-02T00:00:00Z".into());
    slow(&mut new.pairs[0], 2);
    let mut empty = run(&[]);
    (empty.id, empty.started) = ("newest".into(), "2026-01-03T00:00:00Z".into());
    empty.pairs.clear();
    let all = [old, empty, new];
    let own = analyses(&all, &read_all(&all));
    let matrix = Matrix::of(&own);
    assert_eq!((matrix.columns.len(), matrix.rows.len()), (1, 1));
    let ratio = matrix.rows[0].spots[0].cell.ratio().unwrap();
    assert!((ratio.value - 40.0).abs() < 1e-9, "{ratio:?}");
    assert_eq!(ratio.launches, 3);
}

#[test]
fn pairs_of_another_part_are_missing_with_a_reason() {
    let part = |part, name: &str, machine: &str| {
        let mut record = run(&[]);
        record.settings.shard = Some(Shard { part, of: 2 });
        record.pairs[0].name = name.into();
        record.machine.name = machine.into();
        record
    };
    let all = [part(1, "a", "one"), part(2, "b", "two")];
    // Parts of one run are one column, whichever machines measured them.
    let own = analyses(&all, &read_all(&all));
    let matrix = Matrix::of(&own);
    let words = |matrix: &Matrix<'_>| -> Vec<Vec<&str>> {
        let spots = matrix.rows.iter().map(|row| &row.spots);
        spots
            .map(|spots| spots.iter().map(|spot| spot.cell.word()).collect())
            .collect()
    };
    assert_eq!(words(&matrix), [["ratio"], ["ratio"]]);
    // The second part of a run with other arguments is in another column.
    let mut all = all;
    all[1].settings.arguments = vec!["b".into()];
    let own = analyses(&all, &read_all(&all));
    let matrix = Matrix::of(&own);
    let mut found = words(&matrix);
    found.iter_mut().for_each(|row| row.sort_unstable());
    assert_eq!(found, [["missing", "ratio"], ["missing", "ratio"]]);
    let mut reasons = matrix.rows[0].spots.iter().filter_map(|spot| match &spot.cell {
        Cell::Missing { reason } => Some(reason.as_str()),
        _ => None,
    });
    assert_eq!(
        reasons.next(),
        Some("1 of 2 parts of the run have a record, and none of them has the pair")
    );
}

#[test]
fn an_interpreter_that_was_installed_later_is_not_missing() {
    let mut old = run(&[]);
    old.lacking = vec![MissingInterpreter {
        asked: "python3".into(),
        reason: "not on PATH".into(),
        named: true,
    }];
    assert_eq!(labels(&[old.clone()]).len(), 2);
    let mut new = run(&[]);
    new.started = "2026-01-02T00:00:00Z".into();
    assert_eq!(labels(&[old, new]), ["CPython 3.11.7"]);
}

#[test]
fn a_failure_comes_before_a_warning_and_both_before_a_ratio() {
    let mut record = run(&[]);
    assert_eq!(cell(record.clone()).to_string(), "20.0×");
    record.pairs[0].deprecations = vec![Deprecation {
        category: "DeprecationWarning".into(),
        message: "it goes".into(),
        removed_in: None,
        file: "a.py".into(),
        line: 1,
        source: "it()".into(),
        variant: String::new(),
    }];
    assert_eq!(cell(record.clone()).to_string(), "20.0× warning");
    record.pairs[0].verification.passed = false;
    record.pairs[0].verification.failures = vec![VerifyFailure {
        variant: "rust".into(),
        size: None,
        fault: fault(),
    }];
    let Cell::Failed { variant, ratio, .. } = cell(record) else {
        panic!("not failed");
    };
    assert_eq!((variant.as_str(), ratio), ("rust", None));
}

#[test]
fn a_failure_of_another_variant_keeps_the_ratio() {
    let mut record = run(&[]);
    let mut native = record.pairs[0].variants[1].clone();
    native.name = "native".into();
    native.state = VariantState::Failed { fault: fault() };
    record.pairs[0].variants.push(native);
    assert_eq!(cell(record).to_string(), "20.0× failed");
}

#[test]
fn missing_cells_have_a_reason() {
    let reason = |record: Record| match cell(record) {
        Cell::Skipped { reason } => format!("skipped: {reason}"),
        Cell::Missing { reason } => format!("missing: {reason}"),
        other => panic!("{other:?}"),
    };
    let mut record = run(&[]);
    record.pairs[0].launches.clear();
    assert!(reason(record.clone()).starts_with("missing: the run ended before a launch"));
    record.pairs[0].verification = Default::default();
    assert!(reason(record.clone()).starts_with("missing: the run ended before it was verified"));
    record.pairs[0].variants[1].state = VariantState::Deselected;
    assert_eq!(
        reason(record.clone()),
        "skipped: rust was left out with --variants"
    );
    record.pairs[0].variants.truncate(1);
    assert_eq!(reason(record), "missing: it declares no variant in Rust");
}

#[test]
fn a_skipped_variant_beside_a_ratio_is_a_note() {
    let mut record = run(&[]);
    let mut numpy = record.pairs[0].variants[1].clone();
    numpy.name = "numpy".into();
    numpy.state = VariantState::Skipped {
        reason: "no NumPy".into(),
    };
    record.pairs[0].variants.push(numpy);
    let all = [record];
    let own = analyses(&all, &read_all(&all));
    let matrix = Matrix::of(&own);
    let spot = &matrix.rows[0].spots[0];
    assert_eq!(spot.cell.word(), "ratio");
    assert_eq!(
        spot.notes,
        [Note {
            variant: "numpy".into(),
            reason: "no NumPy".into()
        }]
    );
}

/// From which column to which, and by how much.
fn progress(record: Record) -> Vec<(usize, usize, f64)> {
    let all = views(vec![record]);
    let own = analyses(&all, &read_all(&all));
    let matrix = Matrix::of(&own);
    let steps = matrix.rows[0].progress(&matrix.columns);
    steps
        .into_iter()
        .map(|one| (one.from, one.to, (one.estimate.value * 1e6).round() / 1e6))
        .collect()
}

#[test]
fn progress_is_since_the_release_before_and_since_the_oldest() {
    let mut record = run(&["3.9.18", "3.13.0"]);
    slow(&mut record.further[0].pairs[0], 6);
    slow(&mut record.pairs[0], 3);
    // 3.9.18, 3.11.7 and 3.13.0 take six, three and one times as long as the newest.
    assert_eq!(progress(record), [(0, 1, 2.0), (1, 2, 3.0), (0, 2, 6.0)]);
}

#[test]
fn progress_uses_only_shared_launches_of_one_record() {
    let mut record = run(&["3.13.0"]);
    for launch in &mut record.further[0].pairs[0].launches[1..] {
        launch.order_seed += 100;
    }
    let all = views(vec![record.clone()]);
    let own = analyses(&all, &read_all(&all));
    let matrix = Matrix::of(&own);
    let steps = matrix.rows[0].progress(&matrix.columns);
    assert_eq!(steps[0].estimate.launches, 1, "one launch is shared");
    record.further[0].pairs[0].launches[0].order_seed += 100;
    assert_eq!(progress(record), []);
    // Launches of two records are never shared, whatever their seeds.
    let mut other = run(&[]);
    other.id = "other".into();
    other.interpreter.version = "3.13.0".into();
    let both = [run(&[]), other];
    let own = analyses(&both, &read_all(&both));
    let matrix = Matrix::of(&own);
    assert_eq!(matrix.rows[0].progress(&matrix.columns), []);
}

#[test]
fn another_build_or_implementation_is_not_another_release() {
    let mut record = run(&["3.13.0"]);
    record.further[0].interpreter.optimized = Some(false);
    let all = views(vec![record.clone()]);
    let own = analyses(&all, &read_all(&all));
    let matrix = Matrix::of(&own);
    assert!(!matrix.rows[0].progress(&matrix.columns)[0].alike);
    record.further[0].interpreter.free_threaded = Some(true);
    assert_eq!(progress(record.clone()), []);
    record.further[0].interpreter.implementation = "PyPy".into();
    assert_eq!(progress(record), []);
}

#[test]
fn the_mean_progress_is_over_pairs() {
    let mut record = run(&["3.13.0"]);
    for pairs in [&mut record.pairs, &mut record.further[0].pairs] {
        let mut second = pairs[0].clone();
        second.name = "other".into();
        pairs.push(second);
    }
    slow(&mut record.pairs[0], 4);
    let all = views(vec![record]);
    let own = analyses(&all, &read_all(&all));
    let means = Matrix::of(&own).mean_progress();
    assert!(means[0].is_empty());
    let [mean] = means[1].as_slice() else {
        panic!("{means:?}");
    };
    assert_eq!((mean.from, mean.pairs), (0, 2));
    assert!((mean.value - 2.0).abs() < 1e-9, "{mean:?}");
}
