//! `--resume` if it must not go on, or has nothing to go on with.

use super::bench::{Bench, Ran, SHORT, run};
use pairbench::hosts::Fault;
use pairbench::measure::Failure;
use pairbench::record::{Record, Status, read, write};

/// A small complete run.
fn small() -> Ran {
    let ran = run(&format!("{SHORT} --exact honest --quick --noplot"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran
}

/// The same folder, with the record changed.
fn changed(ran: Ran, change: impl Fn(&mut Record)) -> Ran {
    let mut record = ran.record();
    change(&mut record);
    write(&record, &ran.folder.path().join("records")).unwrap();
    ran
}

#[track_caller]
fn refused(ran: Ran, words: &[&str]) -> Ran {
    let before = ran.record();
    let ran = Bench::in_folder(ran.folder, "--resume").run();
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    for word in words {
        assert!(ran.stderr.contains(word), "{word:?} is not in:\n{}", ran.stderr);
    }
    assert_eq!(ran.record(), before, "the record was touched");
    ran
}

#[test]
fn what_is_complete_or_not_there_is_not_resumed() {
    let ran = refused(small(), &["no unfinished run", "--resume RECORD"]);
    let path = ran.records()[0].to_string_lossy().into_owned();
    let ran = Bench::in_folder(ran.folder, &format!("--resume {path}")).run();
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("is complete"), "{}", ran.stderr);
    run("--resume /nowhere.json").refused(&["/nowhere.json"]);
    run("--resume --quick").refused(&["--quick", "cannot be used with"]);
}

#[test]
fn what_has_changed_is_named() {
    let ran = changed(small(), |record| {
        record.status = Status::Interrupted;
        record.pairs[0].sources.python.push_str("# changed\n");
    });
    refused(ran, &["cannot be resumed", "honest.py", "Begin a new run"]);
}

/// Its interpreter is a program that somebody else chose, and so are the files that its arguments name.
#[test]
#[cfg(unix)]
fn a_record_from_elsewhere_runs_and_writes_nothing() {
    let (folder, program) = super::interpreters::script("touch \"$0.ran\"");
    let export = folder.path().join("export.json");
    let ran = changed(small(), |record| {
        record.status = Status::Interrupted;
        record.machine.cpu = "another".into();
        record.interpreter.executable = program.clone();
        let arguments = ["--export-json".into(), export.display().to_string()];
        record.settings.arguments.extend(arguments);
    });
    refused(ran, &["cannot be resumed", "CPU: \"another\" before"]);
    let left = std::fs::read_dir(folder.path()).unwrap();
    assert_eq!(left.count(), 1, "something beside the program");
}

#[test]
fn the_id_of_a_record_leads_out_of_no_folder() {
    let ran = small();
    let path = &ran.records()[0];
    let text = std::fs::read_to_string(path).unwrap();
    let id = ran.record().id;
    std::fs::write(path, text.replace(&id, "../../elsewhere")).unwrap();
    let ran = Bench::in_folder(ran.folder, &format!("--resume {}", path.display())).run();
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("cannot be the id of a record"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_run_whose_time_is_over_gets_more_if_asked() {
    let ran = changed(small(), |record| {
        record.status = Status::OutOfTime;
        record.settings.launches = 2;
        record.settings.budget_s = Some(1);
    });
    let path = ran.records()[0].to_string_lossy().into_owned();
    let ran = Bench::in_folder(ran.folder, &format!("--resume {path}")).run();
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--budget 5m"), "{}", ran.stderr);
    let ran = Bench::in_folder(ran.folder, "--resume --budget 5m").run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    assert_eq!(
        (record.status, record.pairs[0].launches.len()),
        (Status::Complete, 2)
    );
    assert!(record.settings.budget_s.unwrap() >= 300);
    assert!(ran.stdout.contains("resumed"), "{}", ran.stdout);
}

#[test]
fn what_failed_while_it_was_measured_stays_failed() {
    let ran = run("--exact tires_later --quick --launches 2 --sample-size 10 --noplot");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let ran = changed(ran, |record| {
        record.status = Status::Running;
        record.pairs[0].launches.truncate(1);
    });
    let before = ran.record();
    let ran = Bench::in_folder(ran.folder, "--resume").run();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let after = ran.record();
    assert_eq!(after.pairs[0].variants, before.pairs[0].variants);
    assert_eq!(after.pairs[0].launches.len(), 2);
}

/// A start-up time that no machine has, by which a diagnosis is recognised.
const MARK: f64 = 12_345.0;

#[test]
fn diagnoses_are_kept_and_not_asked_for_again() {
    let ran = run("--exact honest --quick --launches 1 --diagnose startup,profile");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let ran = changed(ran, |record| {
        record.status = Status::Interrupted;
        let found = &mut record.pairs[0].diagnoses;
        found.start_up.as_mut().unwrap().interpreter = vec![MARK];
        // This one was not reached.
        found.profiles.clear();
    });
    let before = ran.record();
    let ran = Bench::in_folder(ran.folder, "--resume").run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let after = ran.record();
    let found = &after.pairs[0].diagnoses;
    assert_eq!(found.start_up, before.pairs[0].diagnoses.start_up);
    assert_eq!(found.profiles.len(), 1);
}

#[test]
fn an_interpreter_that_is_missing_stays_missing() {
    let ran = run(&format!(
        "{SHORT} --exact honest --quick --noplot --interpreter python3 --interpreter /nowhere/python3"
    ));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let ran = changed(ran, |record| record.status = Status::Interrupted);
    let before = ran.record();
    let ran = Bench::in_folder(ran.folder, "--resume").run();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(before.lacking.len(), 1);
    assert_eq!(ran.record().lacking, before.lacking);
}

#[test]
fn a_null_pair_that_failed_fails_the_run() {
    let ran = changed(small(), |record| {
        record.status = Status::Interrupted;
        let failure = Failure {
            variant: "null".into(),
            fault: Fault::Hang { limit_s: 1 },
        };
        record.nulls[0].launches[0].failures.push(failure);
    });
    let ran = Bench::in_folder(ran.folder, "--resume").run();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
}

#[test]
fn an_old_copy_does_not_replace_the_record() {
    let mut ran = small();
    let (path, whole) = (ran.records().remove(0), ran.record());
    let mut old = whole.clone();
    old.status = Status::Interrupted;
    old.pairs[0].launches.clear();
    old.phases.clear();
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = write(&old, elsewhere.path()).unwrap();
    let beside = path.with_file_name("copy.json");
    std::fs::copy(&copy, &beside).unwrap();
    for arguments in [
        format!("--resume {}", copy.display()),
        format!("--resume {}", beside.display()),
        "--resume".into(),
    ] {
        ran = Bench::in_folder(ran.folder, &arguments).run();
        assert_eq!(ran.code, Some(2), "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains("is an older copy of"), "{}", ran.stderr);
        assert_eq!(read(&path).unwrap(), whole);
    }
}
