//! Which contestants take part in launches with several interpreters.

use super::*;
use crate::hosts::Fault;
use crate::record::{Further, NativeModule, fixture};

fn fail(pair: &mut PairRecord, name: &str) {
    let fault = Fault::Hang { limit_s: 1 };
    let variant = pair.variants.iter_mut().find(|variant| variant.name == name);
    variant.unwrap().state = VariantState::Failed { fault };
}

/// Two interpreters that have measured the same.
fn two() -> (Record, Vec<Task>) {
    let mut record = fixture::steady();
    record.further = vec![Further {
        interpreter: record.interpreter.clone(),
        native: NativeModule::NotNeeded,
        pairs: record.pairs.clone(),
    }];
    let case = record.pairs[0].cases[0];
    let task = Task::new(PairIndex::Pair(0), case, vec![0, 1], "steady".into());
    (record, vec![task])
}

fn contestants(record: &Record, tasks: &[Task]) -> Vec<String> {
    Tasks::new(record, &Figures::of(record), tasks).contestants(0)
}

#[test]
fn contestants_carry_their_interpreter_and_only_the_first_has_extra_comparisons() {
    let (record, mut tasks) = two();
    assert_eq!(
        contestants(&record, &tasks),
        ["rust", "python", "embedded", "rust@1"]
    );
    let figures = Figures::of(&record);
    let backlog = Tasks::new(&record, &figures, &tasks);
    assert!(backlog.ratio(0, "rust@1").flatten().is_some());
    assert!(backlog.ratio(0, "python").is_none() && backlog.ratio(0, "embedded").is_none());
    assert_eq!(comparisons(&record, &tasks[0]).ratios, 2);
    // Not verified with the first.
    tasks[0].interpreters = vec![1];
    assert_eq!(contestants(&record, &tasks), ["rust@1"]);
    tasks[0].given_up = true;
    assert!(contestants(&record, &tasks).is_empty());
}

#[test]
fn a_failed_baseline_ends_only_its_interpreter() {
    for (failed, left) in [(0, vec!["rust@1"]), (1, vec!["rust", "python", "embedded"])] {
        let (mut record, tasks) = two();
        fail(&mut record.pairs_at_mut(failed)[0], "python");
        assert_eq!(contestants(&record, &tasks), left);
    }
    let (mut record, tasks) = two();
    fail(&mut record.pairs_at_mut(1)[0], "rust");
    assert_eq!(contestants(&record, &tasks), ["rust", "python", "embedded"]);
}

#[test]
fn an_interpreter_that_failed_needs_no_more_launches() {
    let launches =
        |record: &Record, tasks: &[Task]| Tasks::new(record, &Figures::of(record), tasks).launches();
    let (mut record, tasks) = two();
    assert_eq!(launches(&record, &tasks), [3]);
    record.pairs_at_mut(1)[0].launches.truncate(1);
    assert_eq!(launches(&record, &tasks), [1]);
    fail(&mut record.pairs_at_mut(1)[0], "python");
    assert_eq!(launches(&record, &tasks), [3]);
    fail(&mut record.pairs_at_mut(0)[0], "python");
    assert_eq!(launches(&record, &tasks), [0]);
}

#[test]
fn each_profile_has_a_null_pair_and_the_parallel_one_has_its_parallel_port() {
    let named = |pair: &PairRecord, is_first| {
        let sides = null_pairs(pair, is_first).into_iter();
        sides.map(|null| (null.name, null.baseline)).collect::<Vec<_>>()
    };
    let of = |names: [(&str, &str); 2]| {
        names
            .map(|(name, side)| (name.to_string(), side.to_string()))
            .to_vec()
    };
    let mut pair = fixture::steady().pairs.remove(0);
    pair.profile = Profile::Flat;
    let both = of([("null_python", "python"), ("null_rust", "rust")]);
    assert_eq!(named(&pair, true), both);
    assert_eq!(named(&pair, false), [("null_flat".into(), "python".into())]);
    pair.profile = Profile::Parallel;
    let mut rayon = pair.variants[1].clone();
    rayon.name = "rayon".into();
    pair.variants.push(rayon);
    let parallel = [("null_parallel".to_string(), "rayon".to_string())];
    assert_eq!(named(&pair, false), parallel);
    assert_eq!(named(&pair, true), [&both[..], &parallel].concat());
    pair.variants[2].state = VariantState::Deselected;
    assert_eq!(named(&pair, false), [("null_parallel".into(), "python".into())]);
    assert_eq!(named(&pair, true), both);
}
