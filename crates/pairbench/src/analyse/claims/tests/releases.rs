//! The claim about releases: by runs of their own, and by interpreters that share launches.

use super::*;
use crate::record::{Checked, Deprecation, Further, OldestRust, VerifyFailure};

const FASTER: &[Row] = &[("rust", 10.0, 0.01)];

/// Another run, with a newer interpreter.
fn later(pairs: &[&[Row]]) -> Record {
    let mut now = record(Profile::Flat, pairs);
    now.interpreter.version = "3.14.0".into();
    (now.id, now.started) = ("later".into(), "2026-02-01T00:00:00Z".into());
    now
}

/// One run with a newer interpreter in the same launches.
fn together(then: &[&[Row]], now: &[&[Row]]) -> Record {
    let seeded = |mut record: Record| {
        for launch in record.pairs.iter_mut().flat_map(|pair| &mut pair.launches) {
            launch.order_seed = u64::from(launch.index) + 100;
        }
        record
    };
    let mut record = seeded(self::record(Profile::Flat, then));
    let later = seeded(later(now));
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
fn it_takes_several_releases() {
    let then = record(Profile::Flat, &[FAST; 4]);
    let claim = stands(&then, 5, Standing::NotTested);
    assert!(
        texts(&claim).contains("One interpreter was measured, CPython 3.11.7"),
        "{claim:?}"
    );
    // Nor does a build without a GIL tell of releases.
    let mut free = together(&[FAST; 4], &[FASTER; 4]);
    free.further[0].interpreter.free_threaded = Some(true);
    assert_eq!(fifth(vec![free]).standing, Standing::NotTested);
}

#[test]
fn runs_of_their_own_are_compared_by_their_ratios() {
    let then = record(Profile::Flat, &[FAST; 4]);
    let standing = |now: Record| fifth(vec![then.clone(), now]).standing;
    assert_eq!(standing(later(&[FASTER; 4])), Standing::Holds);
    assert_eq!(standing(later(&[FAST; 4])), Standing::Fails);
    assert_eq!(standing(later(&[FAST, FASTER, FAST, FASTER])), Standing::Mixed);
    let mut fails = later(&[FAST; 4]);
    fail(&mut fails.pairs);
    assert_eq!(standing(fails), Standing::Holds);
    // Another machine, another build, or the same interpreter, tells nothing of it.
    let mut elsewhere = later(&[FASTER; 4]);
    elsewhere.machine.cpu = "Another CPU".into();
    assert_eq!(standing(elsewhere), Standing::NotTested);
    let mut unlike = later(&[FASTER; 4]);
    unlike.interpreter.optimized = Some(false);
    assert_eq!(standing(unlike), Standing::NotTested);
    assert_eq!(standing(record(Profile::Flat, &[FASTER; 4])), Standing::NotTested);
}

#[test]
fn interpreters_of_one_run_are_compared_in_its_launches() {
    let standing = |record: Record| fifth(vec![record]).standing;
    assert_eq!(standing(together(&[FAST; 4], &[FAST; 4])), Standing::Fails);
    let claim = fifth(vec![together(&[FAST; 4], &[FASTER; 4])]);
    assert_eq!(claim.standing, Standing::Holds);
    assert!(
        texts(&claim).contains("as fast, CPython 3.11.7 to CPython 3.14.0"),
        "{claim:?}"
    );
    let mut fails = together(&[FAST; 4], &[FAST; 4]);
    fail(&mut fails.further[0].pairs);
    let claim = fifth(vec![fails]);
    assert_eq!(claim.standing, Standing::Holds);
    assert!(
        texts(&claim).contains("was still running after 9 s and was stopped with CPython 3.14.0"),
        "{claim:?}"
    );
}

#[test]
fn what_python_will_remove_counts() {
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
    assert_eq!(claim.standing, Standing::Holds);
    let text = texts(&claim);
    assert!(
        text.contains("DeprecationWarning with CPython 3.14.0, gone in 3.16: this goes"),
        "{text}"
    );
    assert!(text.contains("Python warns of what will go: 3 pairs"), "{text}");
}

#[test]
fn a_compiler_that_refuses_takes_the_second_half_away() {
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
    assert_eq!(held.standing, Standing::Holds);
    assert!(
        texts(&held).contains("need Rust 1.89 and compile with it (rustc 1.89.0)"),
        "{held:?}"
    );
    let error = "no method `is_none_or`".to_string();
    let refused = with(Checked::Fails {
        rustc: rustc(),
        error,
    });
    assert_eq!(refused.standing, Standing::Mixed);
    assert!(texts(&refused).contains("no method"), "{refused:?}");
    let untried = with(Checked::Unchecked {
        reason: "not installed".into(),
    });
    assert_eq!(untried.standing, Standing::Holds);
    assert!(
        texts(&untried).contains("nobody tried to compile them with it: not installed"),
        "{untried:?}"
    );
}
