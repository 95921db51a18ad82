//! `kill -9` at any moment: of the supervisor, of a launch, of a worker. The record stays whole, nothing that was measured
//! is lost, no process stays behind, and the run can be resumed. Linux shows which are alive.
#![cfg(target_os = "linux")]

use super::bench::{Bench, MEASURING, Ran, Started, processes};
use pairbench::hosts::Fault;
use pairbench::record::{Happening, PairRecord, Record, Status, VariantState, is_record, read};
use rustix::process::{Pid, Signal, kill_process};
use std::time::Duration;

/// Two pairs that are measured for some seconds.
const RUN: &str = "^(honest|null_pair)$ --quick --launches 3 --measurement-time 0.2";

fn kill(process: i32) {
    // It may have ended meanwhile.
    let _ = kill_process(Pid::from_raw(process).unwrap(), Signal::KILL);
}

/// Kills the supervisor.
fn kill_run(mut run: Started) -> Ran {
    run.child.kill().unwrap();
    let ran = run.end();
    assert_eq!(ran.code, None);
    ran.left_nothing();
    ran
}

/// The record of a run that was killed. Beside it there may be one that was being written.
fn whole(ran: &Ran) -> Record {
    let paths = ran.records();
    let mut records = paths.iter().filter(|path| is_record(path));
    let record = read(records.next().expect("a record")).unwrap();
    assert_eq!(records.next(), None);
    record
}

fn all_pairs(record: &Record) -> impl Iterator<Item = &PairRecord> {
    record.pairs.iter().chain(&record.nulls)
}

/// Resumes the run, and checks that everything in the record is kept.
fn resumed(ran: Ran, before: Option<&Record>) -> Record {
    let ran = Bench::in_folder(ran.folder, "--resume").run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.left_nothing();
    let record = ran.record();
    assert_eq!(record.status, Status::Complete);
    assert_eq!(
        record.sessions.len(),
        before.map_or(2, |before| before.sessions.len() + 1)
    );
    for pair in all_pairs(&record) {
        let kept = before.and_then(|before| all_pairs(before).find(|kept| kept.name == pair.name));
        let kept = kept.map_or(&[][..], |kept| &kept.launches);
        assert_eq!(&pair.launches[..kept.len()], kept, "{}", pair.name);
        let indices: Vec<u32> = pair.launches.iter().map(|launch| launch.index).collect();
        assert_eq!(indices, (0..pair.launches.len() as u32).collect::<Vec<_>>());
        assert!(
            pair.launches.is_sorted_by(|a, b| a.started_s < b.started_s),
            "the clock went back"
        );
        let mut seeds: Vec<u32> = pair.launches.iter().map(|launch| launch.hash_seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), pair.launches.len(), "a hash seed came twice");
        for variant in pair
            .variants
            .iter()
            .filter(|v| v.state == VariantState::Active && v.name != pair.baseline)
        {
            let measured = |launch: &&pairbench::measure::Launch| {
                launch
                    .comparisons
                    .iter()
                    .any(|comparison| comparison.variant == variant.name)
            };
            assert_eq!(
                pair.launches.iter().filter(measured).count(),
                3,
                "{}/{}",
                pair.name,
                variant.name
            );
        }
    }
    let index = ran.file("index.html");
    assert!(
        index.contains("resumed"),
        "the page does not say that the run was resumed"
    );
    record
}

#[test]
fn a_supervisor_killed_at_any_moment_leaves_a_record_to_go_on_with() {
    let moments: [(&str, usize, u64); 5] = [
        ("verifying", 0, 0),
        (MEASURING, 0, 0),
        (MEASURING, 1, 0),
        // While it writes, with some luck: a record is written after each launch.
        (MEASURING, 1, 130),
        (MEASURING, 3, 40),
    ];
    for (words, launches, more_ms) in moments {
        let mut run = Bench::new(RUN).start(words);
        run.wait_for("launches", |run| run.launches() >= launches);
        std::thread::sleep(Duration::from_millis(more_ms));
        let ran = kill_run(run);
        let before = whole(&ran);
        assert_eq!(before.status, Status::Running);
        let kept: usize = before.pairs.iter().map(|pair| pair.launches.len()).sum();
        assert!(kept >= launches);
        resumed(ran, Some(&before));
    }
}

#[test]
fn a_run_can_be_killed_and_resumed_twice() {
    let mut run = Bench::new(RUN).start(MEASURING);
    run.wait_for("a launch", |run| run.launches() >= 1);
    let ran = kill_run(run);
    let first = whole(&ran);
    let mut run = Bench::in_folder(ran.folder, "--resume").start("going on with");
    let more = first.pairs.iter().map(|pair| pair.launches.len()).sum::<usize>() + 1;
    run.wait_for("another launch", |run| run.launches() >= more);
    let ran = kill_run(run);
    let second = whole(&ran);
    assert_eq!(
        (second.id.as_str(), second.sessions.len()),
        (first.id.as_str(), 2)
    );
    assert!(second.sessions[1].at_s > 0.0);
    resumed(ran, Some(&second));
}

#[test]
fn diagnoses_outlive_a_run_that_is_killed_among_them() {
    let started = |record: &Record| {
        let found = record.pairs.iter().map(|pair| pair.diagnoses.start_up.clone());
        found.collect::<Vec<_>>()
    };
    let mut run = Bench::new(&format!("{RUN} --launches 1 --diagnose startup").replace("--launches 3 ", ""))
        .start("diagnosing");
    run.wait_for("a diagnosis", |run| {
        let record = run.records().first().and_then(|path| read(path).ok());
        record.is_some_and(|record| started(&record).iter().any(Option::is_some))
    });
    let ran = kill_run(run);
    let before = started(&whole(&ran));
    assert!(before.iter().any(Option::is_none), "nothing was left to find");
    let ran = Bench::in_folder(ran.folder, "--resume").run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let after = started(&ran.record());
    for (before, after) in before.iter().zip(&after) {
        assert!(after.is_some());
        assert!(before.is_none() || before == after, "it was asked for again");
    }
}

/// Kills a process of the run whose command line holds the word, once launches are under way.
fn kill_one(word: &str, run: &mut Started) {
    let is = |line: &str| line.contains(word);
    run.wait_for(word, |run| {
        processes(&run.bench.mark).iter().any(|(_, line)| is(line))
    });
    for (process, line) in processes(&run.bench.mark) {
        if is(&line) {
            kill(process);
        }
    }
}

#[test]
fn a_launch_or_a_worker_that_is_killed_is_taken_again() {
    for word in ["__launch", "worker.py"] {
        let mut run =
            Bench::new("^honest$ --quick --launches 2 --measurement-time 2 --noplot").start(MEASURING);
        kill_one(word, &mut run);
        let ran = run.end();
        assert_eq!(ran.code, Some(0), "{word}: {}", ran.stderr);
        assert!(ran.stderr.contains("a launch was lost"), "{}", ran.stderr);
        let record = ran.record();
        let lost = |what: &Happening| {
            matches!(
                what,
                Happening::Lost {
                    fault: Fault::Killed { .. }
                }
            )
        };
        assert!(
            record.disturbances.iter().any(|d| lost(&d.what)),
            "{:?}",
            record.disturbances
        );
        for pair in all_pairs(&record) {
            assert!(pair.launches.iter().all(|launch| launch.failures.is_empty()));
            let comparisons: usize = pair.launches.iter().map(|launch| launch.comparisons.len()).sum();
            assert_eq!(comparisons, 2, "{word}: {}", pair.name);
        }
        ran.left_nothing();
    }
}

/// As `docker pause` and `docker unpause`: everything stops for longer than a launch may take.
#[test]
fn processes_that_were_all_frozen_have_not_hung() {
    let mut run = Bench::new("^honest$ --quick --launches 2 --measurement-time 3 --timeout 12s --noplot")
        .start(MEASURING);
    let is_worker = |line: &str| line.contains("worker.py");
    run.wait_for("a worker", |run| {
        processes(&run.bench.mark).iter().any(|(_, line)| is_worker(line))
    });
    let all = processes(&run.bench.mark);
    let signal = |signal| {
        for (process, _) in &all {
            let _ = kill_process(Pid::from_raw(*process).unwrap(), signal);
        }
    };
    signal(Signal::STOP);
    std::thread::sleep(Duration::from_secs(13));
    signal(Signal::CONT);
    let ran = run.end();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let frozen = |what: &Happening| matches!(what, Happening::Frozen { .. });
    assert!(
        record.disturbances.iter().any(|one| frozen(&one.what)),
        "{:?}",
        record.disturbances
    );
    assert!(ran.stderr.contains("were frozen for"), "{}", ran.stderr);
}

#[test]
fn a_worker_that_leaves_a_child_behind_is_seen_to_die() {
    let mut bench = Bench::new("--exact unruly --quick --launches 1 --timeout 100s --noplot");
    bench.command.env("PAIRBENCH_TEST_UNRULY", "abandon");
    let ran = bench.run();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let failures = &ran.record().pairs[0].verification.failures;
    let died = |fault: &Fault| matches!(fault, Fault::Died { .. });
    assert!(failures.iter().any(|one| died(&one.fault)), "{failures:?}");
    ran.left_nothing();
}

#[test]
fn a_check_that_is_killed_is_made_again() {
    // The first call of this pair hangs for as long as the test needs.
    let mut bench = Bench::new("^unruly$ --quick --launches 1 --noplot");
    bench.command.env("PAIRBENCH_TEST_UNRULY", "once");
    let flag = bench.folder.path().join("once");
    bench.command.env("PAIRBENCH_TEST_ONCE", &flag);
    let mut run = bench.start("verifying");
    run.wait_for("the first call", |_| flag.exists());
    kill_one("worker.py", &mut run);
    let ran = run.end();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    assert!(record.pairs[0].verification.passed);
    assert_eq!(record.disturbances.len(), 1, "{:?}", record.disturbances);
}

#[test]
fn whatever_is_killed_again_and_again_has_failed() {
    let mut run = Bench::new("^honest$ --quick --launches 2 --measurement-time 2 --noplot").start(MEASURING);
    // Kills every worker until the run is over.
    while matches!(run.child.try_wait(), Ok(None)) {
        for (process, line) in processes(&run.bench.mark) {
            if line.contains("worker.py") {
                kill(process);
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let ran = run.end();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let pair = &ran.record().pairs[0];
    let failed = |state: &VariantState| {
        matches!(
            state,
            VariantState::Failed {
                fault: Fault::Killed { .. }
            }
        )
    };
    assert!(
        pair.variants.iter().any(|variant| failed(&variant.state)),
        "{:?}",
        pair.variants
    );
    assert!(ran.stderr.contains("find out what killed it"), "{}", ran.stderr);
}

#[test]
fn what_a_killed_run_left_in_the_temporary_folder_goes_with_the_next() {
    let temporary = tempfile::tempdir().unwrap();
    let left = || {
        let entries = std::fs::read_dir(temporary.path()).unwrap().flatten();
        entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("pairbench-"))
            .count()
    };
    let mut bench = Bench::new("^honest$ --quick --launches 500 --noplot");
    bench.command.env("TMPDIR", temporary.path());
    let ran = kill_run(bench.start(MEASURING));
    assert_eq!(left(), 1);
    let mut bench = Bench::in_folder(ran.folder, "--test honest");
    bench.command.env("TMPDIR", temporary.path());
    let ran = bench.run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(left(), 0);
}
