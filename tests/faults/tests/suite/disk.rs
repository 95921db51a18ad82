//! Full disks: the measurements are kept, and the user is told where.
#![cfg(unix)]

use super::bench::{Bench, MEASURING, Ran};
use pairbench::record::{Happening, Record, Status, is_record, is_summary, read};
use std::path::{Path, PathBuf};
use std::process::Command;

const RUN: &str = "--exact honest --quick --launches 3 --measurement-time 0.3";

/// The one record that went to the temporary folder, with its summary beside it.
fn refuge(temporary: &Path) -> Record {
    let entries = |folder: &Path| {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    let is_refuge = |path: &PathBuf| path.display().to_string().contains("/pairbench-records-");
    let folder = entries(temporary).into_iter().find(is_refuge).unwrap();
    let paths = entries(&folder).into_iter();
    let (summaries, records): (Vec<_>, Vec<_>) = paths.partition(|path| is_summary(path));
    assert_eq!(summaries.len(), 1);
    let [path] = records.into_iter().collect::<Vec<_>>().try_into().unwrap();
    read(&path).unwrap()
}

#[track_caller]
fn assert_output(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.stderr.contains(word), "{word:?} is not in:\n{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("panicked at"), "{}", ran.stderr);
}

/// The record in a folder, beside which there may be one that was being written.
fn whole(folder: &Path) -> PathBuf {
    let all = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut records = all.filter(|path| is_record(path));
    records.next().unwrap()
}

/// Puts a file in the place of the folder for records: not even root can write there then.
#[test]
fn a_folder_that_is_lost_half_way_loses_nothing() {
    for healed in [false, true] {
        let temporary = tempfile::tempdir().unwrap();
        let mut bench = Bench::new(&format!("{RUN} --noplot"));
        bench.command.env("TMPDIR", temporary.path());
        let mut run = bench.start(MEASURING);
        run.wait_for("a launch", |run| run.launches() >= 1);
        let folder = run.bench.folder.path().to_path_buf();
        let (records, away) = (folder.join("records"), folder.join("away"));
        std::fs::rename(&records, &away).unwrap();
        std::fs::write(&records, "").unwrap();
        let old = whole(&away);
        let kept = read(&old).unwrap();
        if healed {
            run.wait_for_output("tries again after each launch");
            std::fs::remove_file(&records).unwrap();
            std::fs::rename(&away, &records).unwrap();
        }
        let ran = run.end();
        let record = if healed {
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            read(&whole(&records)).unwrap()
        } else {
            assert_eq!(ran.code, Some(4), "{}", ran.stderr);
            assert_output(
                &ran,
                &[
                    "cannot be written",
                    "tries again after each launch",
                    "It was written to",
                    "pairbench report",
                ],
            );
            assert_eq!(
                ran.stderr.matches("tries again after each launch").count(),
                1,
                "{}",
                ran.stderr
            );
            assert_eq!(read(&old).unwrap(), kept, "the old record was touched");
            refuge(temporary.path())
        };
        assert_eq!(record.status, Status::Complete);
        assert_eq!(record.pairs[0].launches.len(), 3);
        let unwritten = record
            .disturbances
            .iter()
            .any(|d| matches!(d.what, Happening::Unwritten { .. }));
        assert_eq!(unwritten, healed, "{}", ran.stderr);
        assert!(ran.stdout.contains("honest"), "{}", ran.stdout);
    }
}

#[test]
fn a_report_that_cannot_be_written_costs_only_itself() {
    let bench = Bench::new(RUN);
    std::fs::create_dir_all(bench.folder.path().join("index.html/inside")).unwrap();
    let ran = bench.run();
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert_output(&ran, &["the report cannot be written", "pairbench report"]);
    assert_eq!(ran.record().status, Status::Complete);
    assert!(ran.stdout.contains("record: "), "{}", ran.stdout);
}

/// Runs with a small file system mounted at a folder, in a namespace of its own; `None` if that is not allowed. The
/// test sees nothing of what is in it.
#[cfg(target_os = "linux")]
fn with_disk(at: &Path, options: &str, arguments: &str, temporary: &Path) -> Option<Ran> {
    let mut bench = Bench::new("");
    let allowed = Command::new("unshare")
        .args([
            "--map-root-user",
            "--mount",
            "mount",
            "-t",
            "tmpfs",
            "-o",
            options,
            "none",
        ])
        .arg(at)
        .output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no file system can be mounted here, so full disks are not tested");
        return None;
    }
    let line = format!(
        "mount -t tmpfs -o {options} none '{}' && exec '{}' --bench {arguments}",
        at.display(),
        env!("CARGO_BIN_EXE_pairbench-faults")
    );
    bench.command = Command::new("unshare");
    bench
        .command
        .args(["--map-root-user", "--mount", "sh", "-c", &line])
        .env("PAIRBENCH_ALLOW_DEBUG", "1")
        .env("PAIRBENCH_TEST_MARK", &bench.mark)
        .env("TMPDIR", temporary);
    let ran = bench.run();
    ran.left_nothing();
    Some(ran)
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_loses_nothing() {
    let (reports, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let arguments = format!(
        "--exact honest --quick --launches 3 --sample-size 1000 --noplot --reports {}",
        reports.path().display()
    );
    let Some(ran) = with_disk(reports.path(), "size=64k", &arguments, temporary.path()) else {
        return;
    };
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert_output(
        &ran,
        &[
            "No space left on device",
            "tries again after each launch",
            "It was written to",
        ],
    );
    let record = refuge(temporary.path());
    assert_eq!(record.status, Status::Complete);
    assert_eq!(record.pairs[0].launches.len(), 3);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_temporary_folder_is_named() {
    // How much is written before criterion's samples depends on the machine, so the folder grows until it is enough.
    let mut full_while_measuring = false;
    for kilobytes in (8..).step_by(8) {
        let (reports, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let arguments = format!(
            "--exact honest --quick --launches 1 --sample-size 400 --noplot --reports {}",
            reports.path().display()
        );
        let size = format!("size={kilobytes}k");
        let Some(ran) = with_disk(temporary.path(), &size, &arguments, temporary.path()) else {
            return;
        };
        if ran.code == Some(0) {
            break;
        }
        assert!(kilobytes < 4096, "{}", ran.stderr);
        assert_output(&ran, &["No space left on device", "TMPDIR"]);
        full_while_measuring |= ran.stderr.contains("could not write its samples to");
    }
    assert!(full_while_measuring, "no folder was filled by samples");
}

#[test]
#[cfg(target_os = "linux")]
fn a_read_only_folder_is_refused_before_anything_is_measured() {
    let (reports, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let arguments = format!("--exact honest --quick --reports {}", reports.path().display());
    let Some(ran) = with_disk(reports.path(), "ro", &arguments, temporary.path()) else {
        return;
    };
    ran.refused(&["cannot be written", "Read-only", "--reports FOLDER"]);
    assert!(!ran.stderr.contains("verifying"), "{}", ran.stderr);
}
