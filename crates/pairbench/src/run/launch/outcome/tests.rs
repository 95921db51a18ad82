//! What becomes of the events of a launch.

use super::*;
use crate::record::{Further, NativeModule, PairRecord, fixture};
use crate::registry::Case;
use crate::run::plan::tasks::PairIndex;
use std::time::Duration;

fn launch(faults: &[Fault]) -> Launch {
    let mut launch = fixture::steady().pairs[0].launches[0].clone();
    launch.failures.extend(faults.iter().map(|fault| Failure {
        variant: "rust".into(),
        fault: fault.clone(),
    }));
    launch
}

fn killed() -> Fault {
    Fault::Killed {
        how: "killed".into(),
        output: String::new(),
    }
}

#[test]
fn a_launch_that_slept_does_not_count_at_all() {
    let mut slept = launch(&[killed()]);
    let clocks = Between {
        slept_s: Some(60.0),
        jumped_s: None,
    };
    assert_eq!(lose(&mut slept, clocks, false), Lost::Asleep);
    assert!(slept.comparisons.is_empty() && slept.failures.is_empty());
}

#[test]
fn a_clock_that_is_set_spoils_nothing() {
    let mut set = launch(&[]);
    let clocks = Between {
        slept_s: None,
        jumped_s: Some(-3600.0),
    };
    assert_eq!(lose(&mut set, clocks, false), Lost::Nothing);
    assert_eq!(set, launch(&[]));
}

#[test]
fn a_kill_from_outside_is_forgiven_once_and_what_was_finished_stays() {
    let hang = Fault::Hang { limit_s: 1 };
    let mut first = launch(&[hang.clone(), killed()]);
    assert_eq!(lose(&mut first, Between::default(), false), Lost::To(killed()));
    assert_eq!(first, launch(&[hang]));
    let mut second = launch(&[killed()]);
    assert_eq!(lose(&mut second, Between::default(), true), Lost::Nothing);
    assert_eq!(second.failures.len(), 1);
}

/// A record of three interpreters without launches, and its one task.
fn three() -> (Record, Task) {
    let mut record = fixture::steady();
    record.pairs[0].launches.clear();
    record.further = (0..2)
        .map(|_| Further {
            interpreter: record.interpreter.clone(),
            native: NativeModule::NotNeeded,
            pairs: record.pairs.clone(),
        })
        .collect();
    let task = Task {
        place: PairIndex::Pair(0),
        case: Case {
            size: 10,
            default: true,
        },
        interpreters: vec![0, 1, 2],
        name: "steady".into(),
        given_up: false,
        longest_comparison: Duration::ZERO,
    };
    (record, task)
}

/// A launch in which the first contestants were measured and the second ones failed.
fn launch_with(measured: &[&str], failed: &[&str]) -> Launch {
    let mut launch = launch(&[]);
    let template = launch.comparisons[1].clone();
    launch.comparisons = measured
        .iter()
        .map(|variant| Comparison {
            variant: variant.to_string(),
            ..template.clone()
        })
        .collect();
    launch.failures = failed.iter().map(|variant| failure(variant)).collect();
    launch
}

fn failure(variant: &str) -> Failure {
    Failure {
        variant: variant.into(),
        fault: Fault::Hang { limit_s: 1 },
    }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn measured(pair: &PairRecord) -> Vec<Vec<&str>> {
    let launches = pair.launches.iter();
    launches
        .map(|launch| launch.comparisons.iter().map(|c| c.variant.as_str()).collect())
        .collect()
}

fn states(record: &Record) -> Vec<Vec<&str>> {
    let failed = |pair: &PairRecord| {
        let variants = record.pairs[0].variants.iter().zip(&pair.variants);
        variants
            .filter(|(_, variant)| matches!(variant.state, VariantState::Failed { .. }))
            .map(|(first, _)| first.name.as_str())
            .collect()
    };
    (0..record.interpreters())
        .map(|at| failed(&record.pairs_at(at)[0]))
        .collect()
}

#[test]
fn a_launch_is_split_over_its_interpreters() {
    let (mut record, task) = three();
    let first = launch_with(&["rust@2", "embedded", "rust"], &["python@1"]);
    enter(&mut record, &task, &first);
    enter(&mut record, &task, &launch_with(&["rust", "rust@2"], &[]));
    assert_eq!(
        measured(&record.pairs[0]),
        [vec!["embedded", "rust"], vec!["rust"]]
    );
    assert_eq!(measured(&record.further[1].pairs[0]), [["rust"], ["rust"]]);
    // The failure is a launch of its own; the second launch had nothing of this interpreter.
    let failed = &record.further[0].pairs[0].launches;
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].failures, [failure("python")]);
    for at in 0..3 {
        let launches = &record.pairs_at(at)[0].launches;
        assert!(
            launches
                .iter()
                .all(|launch| launch.order_seed == first.order_seed)
        );
        assert!((0..).zip(launches).all(|(index, launch)| launch.index == index));
    }
}

#[test]
fn a_task_that_one_interpreter_does_not_take_part_in_leaves_it_alone() {
    let (mut record, mut task) = three();
    task.interpreters = vec![0, 2];
    enter(&mut record, &task, &launch_with(&["rust@2"], &[""]));
    enter_failure(&mut record, &mut task, &failure(""));
    assert!(record.further[0].pairs[0].launches.is_empty());
    assert_eq!(states(&record), [vec!["python"], vec![], vec!["python"]]);
}

#[test]
fn a_failure_is_that_of_its_interpreter_alone() {
    let (mut record, mut task) = three();
    enter_failure(&mut record, &mut task, &failure("rust@2"));
    enter_failure(&mut record, &mut task, &failure("python@1"));
    assert_eq!(states(&record), [vec![], vec!["python"], vec!["rust"]]);
    assert!(!task.given_up);
}

#[test]
fn a_failure_before_any_contestant_was_known_counts_for_all() {
    let (mut record, mut task) = three();
    enter_failure(&mut record, &mut task, &failure(""));
    enter(&mut record, &task, &launch_with(&[], &[""]));
    assert!(task.given_up);
    for at in 0..3 {
        assert_eq!(states(&record)[at], ["python"]);
        assert_eq!(record.pairs_at(at)[0].launches[0].failures, [failure("")]);
    }
}

#[test]
fn a_lost_launch_is_retaken_with_the_contestants_left() {
    let all = strings(&["rust", "embedded", "rust@1", "native@1", "rust@2"]);
    let launch = launch_with(&["embedded"], &["python@1", "rust@2"]);
    assert_eq!(left_over(&all, &launch, "python"), ["rust"]);
    // In a null pair of Rust, `rust` is the baseline.
    let null = strings(&["null", "null@1"]);
    assert_eq!(left_over(&null, &launch_with(&[], &["rust"]), "rust"), ["null@1"]);
}

#[test]
fn a_contestant_that_ends_a_launch_takes_nothing_from_other_interpreters() {
    let rest = strings(&["native", "rust@1", "rust@2"]);
    assert_eq!(
        spared(&rest, &launch_with(&[], &["python@1"])),
        ["native", "rust@2"]
    );
    // The first one failed as well, but did not end the launch.
    assert_eq!(
        spared(&rest, &launch_with(&[], &["rust", "python@1"])),
        ["native", "rust@2"]
    );
    // A single interpreter continues in its next launch.
    assert!(spared(&strings(&["native", "threads"]), &launch_with(&[], &["rust"])).is_empty());
    assert!(spared(&rest, &launch_with(&["rust"], &[])).is_empty());
}

/// What a launch leaves behind if it is killed while a contestant runs.
fn left_behind(events: &[Event], turn: &str) -> Launch {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let lines = events
        .iter()
        .map(|event| serde_json::to_string(event).unwrap() + "\n");
    std::fs::write(&file, lines.collect::<String>()).unwrap();
    std::fs::write(folder.path().join("turn"), format!("{turn:64}")).unwrap();
    let mut read = launch_with(&[], &[]);
    let ended = Ended::Badly(Fault::Hang { limit_s: 1 });
    read_into(&mut read, &file, &folder.path().join("output"), &ended);
    read
}

#[test]
fn the_contestant_whose_turn_it_was_is_to_blame_with_its_interpreter() {
    let starts = |variant: &str| Event::Starts {
        variant: variant.into(),
    };
    let took = Event::Took {
        comparison: launch_with(&["rust"], &[]).comparisons[0].clone(),
        timed_s: 1.0,
    };
    let launch = left_behind(&[starts("rust"), took.clone(), starts("native@1")], "python@1");
    assert_eq!(launch.failures, [failure("python@1")]);
    assert_eq!(launch.comparisons.len(), 1);
    let launch = left_behind(&[starts("native@1")], "native@1");
    assert_eq!(launch.failures, [failure("native@1")]);
    // Between two comparisons no contestant runs, whatever the file contains.
    let launch = left_behind(&[starts("rust"), took], "python@1");
    assert_eq!(launch.failures, [failure("")]);
}
