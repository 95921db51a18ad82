//! The claim about releases: from separate runs, and from interpreters that share launches.

use super::*;
use crate::record::{Checked, Deprecation, Further, OldestRust, VerifyFailure};

const FASTER: &[Row] = &[("rust", 10.0, 0.01)];

/// Another run, with a newer interpreter.
fn later(pairs: &[&[Row]]) -> Record {
    let mut newer = record(Profile::Flat, pairs);
    newer.interpreter.version = "3.14.0".into();
    (newer.id, newer.started) = ("later".into(), "2026-02-01T00:00:00Z".into());
    newer
}

/// One run with a newer interpreter in the same launches.
fn together(earlier: &[&[Row]], newer: &[&[Row]]) -> Record {
    let seeded = |mut record: Record| {
        for launch in record.pairs.iter_mut().flat_map(|pair| &mut pair.launches) {
            launch.order_seed = u64::from(launch.index) + 100;
        }
        record
    };
    let mut record = seeded(self::record(Profile::Flat, earlier));
    let later = seeded(later(newer));
    record.further = vec![Further {
        interpreter: later.interpreter,
        native: later.native,
        pairs: later.pairs,
    }];
    record
}

fn fifth(records: Vec<Record>) -> Claim {
    let views: Vec<Record> = records.into_iter().flat_map(Record::into_views).collect();
    among(&views).remove(4)
}

fn fail(pairs: &mut [PairRecord]) {
    for pair in pairs {
        pair.verification.passed = false;
        pair.verification.failures.push(VerifyFailure {
            variant: "python".into(),
            size: None,
            fault: Fault::Hang { limit_s: 9 },
        });
    }
}

#[test]
fn it_needs_several_releases() {
    let earlier = record(Profile::Flat, &[FAST; 4]);
    let claim = check(&earlier, 5, ClaimResult::NotTested);
    assert!(
        texts(&claim).contains("One interpreter was measured, CPython 3.11.7"),
        "{claim:?}"
    );
    // A build without a GIL is not another release.
    let mut free = together(&[FAST; 4], &[FASTER; 4]);
    free.further[0].interpreter.free_threaded = Some(true);
    assert_eq!(fifth(vec![free]).result, ClaimResult::NotTested);
}

#[test]
fn separate_runs_are_compared_by_their_ratios() {
    let earlier = record(Profile::Flat, &[FAST; 4]);
    let result = |newer: Record| fifth(vec![earlier.clone(), newer]).result;
    assert_eq!(result(later(&[FASTER; 4])), ClaimResult::Holds);
    assert_eq!(result(later(&[FAST; 4])), ClaimResult::Fails);
    assert_eq!(result(later(&[FAST, FASTER, FAST, FASTER])), ClaimResult::Mixed);
    let mut fails = later(&[FAST; 4]);
    fail(&mut fails.pairs);
    assert_eq!(result(fails), ClaimResult::Holds);
    // Another machine, another build, or the same interpreter does not test it.
    let mut elsewhere = later(&[FASTER; 4]);
    elsewhere.machine.cpu = "Another CPU".into();
    assert_eq!(result(elsewhere), ClaimResult::NotTested);
    let mut unlike = later(&[FASTER; 4]);
    unlike.interpreter.optimized = Some(false);
    assert_eq!(result(unlike), ClaimResult::NotTested);
    assert_eq!(
        result(record(Profile::Flat, &[FASTER; 4])),
        ClaimResult::NotTested
    );
}

#[test]
fn interpreters_of_one_run_are_compared_in_its_launches() {
    let result = |record: Record| fifth(vec![record]).result;
    assert_eq!(result(together(&[FAST; 4], &[FAST; 4])), ClaimResult::Fails);
    let claim = fifth(vec![together(&[FAST; 4], &[FASTER; 4])]);
    assert_eq!(claim.result, ClaimResult::Holds);
    assert!(
        texts(&claim).contains("as fast, CPython 3.11.7 to CPython 3.14.0"),
        "{claim:?}"
    );
    let mut fails = together(&[FAST; 4], &[FAST; 4]);
    fail(&mut fails.further[0].pairs);
    let claim = fifth(vec![fails]);
    assert_eq!(claim.result, ClaimResult::Holds);
    assert!(
        texts(&claim).contains("was still running after 9 s and was stopped with CPython 3.14.0"),
        "{claim:?}"
    );
}

#[test]
fn announced_removals_count() {
    let mut record = together(&[FAST; 4], &[FAST; 4]);
    for pair in &mut record.further[0].pairs[..3] {
        pair.deprecations = vec![Deprecation {
            category: "DeprecationWarning".into(),
            message: "this goes".into(),
            removed_in: Some("3.16".into()),
            file: "flat/p.py".into(),
            line: 3,
            source: "import this".into(),
            variant: String::new(),
        }];
    }
    let claim = fifth(vec![record]);
    assert_eq!(claim.result, ClaimResult::Holds);
    let text = texts(&claim);
    assert!(
        text.contains("DeprecationWarning with CPython 3.14.0, removed in 3.16: this goes"),
        "{text}"
    );
    assert!(text.contains("Python warns of a removal: 3 pairs"), "{text}");
}

#[test]
fn a_compile_failure_weakens_the_second_half() {
    let with = |checked: Checked| {
        let mut record = together(&[FAST; 4], &[FASTER; 4]);
        record.oldest_rust = Some(OldestRust {
            version: "1.89".into(),
            checked,
        });
        fifth(vec![record])
    };
    let rustc = || "rustc 1.89.0".to_string();
    let held = with(Checked::Compiles { rustc: rustc() });
    assert_eq!(held.result, ClaimResult::Holds);
    assert!(
        texts(&held).contains("need Rust 1.89 and compile with it (rustc 1.89.0)"),
        "{held:?}"
    );
    let error = "no method `is_none_or`".to_string();
    let refused = with(Checked::Fails {
        rustc: rustc(),
        error,
    });
    assert_eq!(refused.result, ClaimResult::Mixed);
    assert!(texts(&refused).contains("no method"), "{refused:?}");
    let untried = with(Checked::Unchecked {
        reason: "not installed".into(),
    });
    assert_eq!(untried.result, ClaimResult::Holds);
    assert!(
        texts(&untried).contains("compiling them with it was not tried: not installed"),
        "{untried:?}"
    );
}
