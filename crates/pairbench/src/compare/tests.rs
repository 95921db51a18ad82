//! Comparisons of made-up records.

use super::*;
use crate::hosts::interpreter::Interpreter;
use crate::record::fixture::steady;
use crate::record::{Further, Launch, NativeModule, OtherRevision, views};

fn compare(earlier: &Record, later: &Record) -> Changes {
    let (earlier, later) = (Analysis::of(earlier), Analysis::of(later));
    let named = |analysis| Named {
        analyses: std::slice::from_ref(analysis),
        name: None,
    };
    changes(named(&earlier), named(&later), None).remove(0)
}

/// The fixture has the ratio 20; here its variant is `factor` times as fast.
fn times_as_fast(factor: f64) -> Record {
    let mut record = steady();
    record.id = "20260102T000000Z-efgh".into();
    for launch in &mut record.pairs[0].launches {
        for ns in &mut launch.comparisons[1].variant_samples.ns {
            *ns = (*ns as f64 / factor).round() as u64;
        }
    }
    record
}

#[test]
fn a_change_of_the_ratio_has_an_outcome() {
    for (factor, outcome) in [
        (1.25, Outcome::Faster),
        (1.0, Outcome::NoDifference),
        (0.8, Outcome::Slower),
    ] {
        let changes = compare(&steady(), &times_as_fast(factor));
        let rows: Vec<_> = changes.compared().collect();
        let [(pair, case, variant, found)] = rows[..] else {
            panic!("{rows:?}")
        };
        assert_eq!(
            (pair.name.as_str(), case.size, variant.name.as_str()),
            ("steady", 10, "rust")
        );
        assert_eq!(found, outcome);
        assert!((variant.change().unwrap().shift.value / factor - 1.0).abs() < 1e-3);
        assert_eq!(
            changes.counts().changed(),
            usize::from(outcome != Outcome::NoDifference)
        );
    }
}

/// Ten pairs, all of which became faster by this factor.
fn ten(factor: f64) -> Record {
    let mut record = times_as_fast(factor);
    let pair = record.pairs.remove(0);
    record.pairs = (0..10).map(|_| pair.clone()).collect();
    for (at, pair) in record.pairs.iter_mut().enumerate() {
        pair.name = format!("pair {at}");
    }
    record
}

#[test]
fn a_shift_that_all_rows_share_is_a_state_of_the_machine() {
    let mut later = ten(1.03);
    let warns = |changes: &Changes| changes.notes().iter().filter(|note| note.is_warning()).count();
    assert_eq!(
        (
            compare(&ten(1.0), &later).counts().changed(),
            warns(&compare(&ten(1.0), &later))
        ),
        (0, 1)
    );
    later.pairs[3] = ten(1.03 * 1.2).pairs.remove(3);
    let changes = compare(&ten(1.0), &later);
    let changed: Vec<_> = changes
        .compared()
        .filter(|(.., outcome)| *outcome == Outcome::Faster)
        .collect();
    let [(pair, _, variant, _)] = changed[..] else {
        panic!("{changed:?}")
    };
    assert_eq!(pair.name, "pair 3");
    assert!((variant.change().unwrap().shift.value - 1.2).abs() < 0.001);
    // A larger shift than a state causes counts, and so does this one if the files show that the code changed.
    assert_eq!(compare(&ten(1.0), &ten(1.2)).counts().faster, 10);
    for pair in &mut later.pairs {
        pair.sources.rust.push('\n');
    }
    assert_eq!(compare(&ten(1.0), &later).counts().faster, 10);
}

/// The machine's state moves launches beside each other alike, by up to half: only such launches are compared.
#[test]
fn in_step_launches_are_compared_with_those_beside_them() {
    let pair = |factor: f64| {
        let mut record = times_as_fast(factor);
        let launches = &mut record.pairs[0].launches;
        let base = launches[0].clone();
        *launches = (0..9)
            .map(|index| Launch {
                index,
                order_seed: 100 + u64::from(index),
                ..base.clone()
            })
            .collect();
        for (at, launch) in launches.iter_mut().enumerate() {
            let state = 1.0 + at as f64 / 16.0 + factor / 1000.0;
            launch.comparisons[1]
                .variant_samples
                .ns
                .iter_mut()
                .for_each(|ns| *ns = (*ns as f64 * state).round() as u64);
        }
        record
    };
    let (earlier, mut later) = (pair(1.0), pair(1.1));
    let mut earlier = Record {
        id: "20260102T000000Z-then".into(),
        ..earlier
    };
    assert_eq!(compare(&earlier, &later).counts().too_noisy, 1);
    later.settings.against = Some(OtherRevision {
        name: "main".into(),
        commit: "abc1234".into(),
        record: earlier.id.clone(),
    });
    // In another order, and with one launch that the other run does not have.
    later.pairs[0].launches.reverse();
    later.pairs[0].launches[0].order_seed = 7;
    earlier.pairs[0].launches.rotate_left(2);
    let changes = compare(&earlier, &later);
    let (.., variant, outcome) = changes.compared().next().unwrap();
    let shift = variant.change().unwrap().shift;
    assert!((shift.value - 1.1).abs() < 0.002 && shift.now == 8, "{shift:?}");
    assert_eq!(outcome, Outcome::Faster);
    let notes = changes.notes();
    assert!(
        notes.contains(&Note::InStep) && !notes.iter().any(|note| matches!(note, Note::State(..))),
        "{notes:?}"
    );
}

#[test]
fn a_slower_machine_changes_nothing() {
    let mut slow = steady();
    for comparison in slow.pairs[0].launches.iter_mut().flat_map(|l| &mut l.comparisons) {
        let series = [&mut comparison.baseline_samples, &mut comparison.variant_samples];
        series.into_iter().flat_map(|s| &mut s.ns).for_each(|ns| *ns *= 3);
    }
    let changes = compare(&steady(), &slow);
    assert_eq!(
        changes.counts().to_string(),
        "faster 0, slower 0, no difference shown 1, too noisy to tell 0 of 1"
    );
    assert!(
        changes.baseline_not_compared,
        "version 1 samples the baseline alone"
    );
}

#[test]
fn pairs_of_one_record_are_new_or_gone() {
    let (mut earlier, mut later) = (steady(), steady());
    earlier.pairs[0].name = "old".into();
    later.pairs[0].name = "young".into();
    let changes = compare(&earlier, &later);
    assert_eq!(
        (changes.new, changes.gone),
        (vec!["young".to_string()], vec!["old".to_string()])
    );
    assert!(changes.pairs.is_empty());
}

#[test]
fn null_pairs_are_not_compared() {
    let mut record = steady();
    record.nulls = record.pairs.clone();
    record.nulls[0].name = "null".into();
    let changes = compare(&steady(), &record);
    assert_eq!((changes.new.len(), changes.pairs.len()), (0, 1));
}

#[test]
fn counts_add_up() {
    let mut counts = Counts::of([Outcome::Faster, Outcome::TooNoisy, Outcome::Slower]);
    counts += Counts::of([Outcome::NoDifference]);
    assert_eq!((counts.total(), counts.changed()), (4, 2));
}

/// The record with further interpreters, each with a variant that is faster than the fixture's by its factor.
fn with_further(mut record: Record, further: &[(&str, f64)]) -> Record {
    record.further = further
        .iter()
        .map(|(version, factor)| Further {
            interpreter: Interpreter {
                version: (*version).into(),
                ..record.interpreter.clone()
            },
            native: NativeModule::NotNeeded,
            pairs: times_as_fast(*factor).pairs,
        })
        .collect();
    record
}

fn compare_all(earlier: &Record, later: &Record) -> Vec<Changes> {
    let records = [earlier.clone(), later.clone()];
    let (views, figures) = (views(&records), analyse::read(&records));
    let all = analyse::analyses(&views, &figures);
    let runs: Vec<_> = analyse::by_record(&all).collect();
    let named = |analyses| Named { analyses, name: None };
    changes(named(runs[0]), named(runs[1]), None)
}

#[test]
fn each_interpreter_is_compared_with_itself_among_the_rows_of_all() {
    let earlier = with_further(steady(), &[("3.13.0", 1.0), ("3.14.0", 1.0)]);
    let mut later = with_further(times_as_fast(1.0), &[("3.9.1", 0.5), ("3.11.7", 1.0)]);
    later.interpreter.version = "3.13.1".into();
    let slower = times_as_fast(0.8).pairs;
    later.pairs = slower;
    let all = compare_all(&earlier, &later);
    let outcomes = all.iter().map(|one| {
        let (.., outcome) = one.compared().next().unwrap();
        (one.interpreter.as_deref().unwrap(), outcome)
    });
    assert_eq!(
        Vec::from_iter(outcomes),
        [
            ("CPython 3.13.1", Outcome::Slower),
            ("CPython 3.11.7", Outcome::NoDifference)
        ]
    );
    let broken = offences(&all, &["slower:5%".parse().unwrap()]);
    let [offence] = &broken[..] else {
        panic!("{broken:?}")
    };
    assert!(
        offence
            .to_string()
            .starts_with("with CPython 3.13.1: steady/rust is 25 % slower"),
        "{offence}"
    );
    // What only one run has is named once, and so is what both share.
    let notes = all.iter().map(Changes::notes).collect::<Vec<_>>();
    for note in [
        Note::NewInterpreters(vec!["CPython 3.9.1".into()]),
        Note::GoneInterpreters(vec!["CPython 3.14.0".into()]),
    ] {
        assert_eq!([0, 1].map(|at| notes[at].contains(&note)), [true, false]);
    }
    assert_eq!(all[0].differences.len(), 1, "3.13.0 before, 3.13.1 now");
    assert_eq!(all[1].differences, []);
}

/// The rows of several interpreters are judged as one family, so intervals are wider than for one interpreter alone.
#[test]
fn the_rows_of_all_interpreters_are_one_family() {
    let run = |factor| with_further(times_as_fast(factor), &[("3.13.0", factor), ("3.14.0", factor)]);
    let (alone, all) = (
        compare(&steady(), &times_as_fast(1.1)),
        compare_all(&run(1.0), &run(1.1)),
    );
    assert_eq!(alone.families.by_baseline.rows, 1);
    let together = |changes: &Changes| {
        let (_, _, variant, _) = changes.compared().next().unwrap();
        let (low, high) = variant.change().unwrap().together.unwrap();
        high / low
    };
    for one in &all {
        assert_eq!(one.families.by_baseline.rows, 3);
        assert!(together(one) > together(&alone), "{one:?}");
    }
}
