//! Two runs at once: in one folder the second is refused or waits, on one machine it is warned.
#![cfg(unix)]

use super::bench::{Bench, MEASURING, SHORT};
use std::process::Command;

const LONG: &str = "^honest$ --quick --launches 500 --noplot";

/// Another run in the same folder, with a folder of its own that it does not use.
fn beside(folder: &std::path::Path, arguments: &str) -> Bench {
    let mut bench = Bench::new("");
    bench.command = Command::new(env!("CARGO_BIN_EXE_pairbench-faults"));
    bench
        .command
        .arg("--bench")
        .args(arguments.split_whitespace())
        .args(["--reports".as_ref(), folder.as_os_str()])
        .env("PAIRBENCH_ALLOW_DEBUG", "1")
        .env("PAIRBENCH_TEST_MARK", &bench.mark);
    bench
}

#[test]
fn a_second_run_in_the_same_folder_is_refused_or_waits() {
    let mut first = Bench::new(LONG).start(MEASURING);
    let folder = first.bench.folder.path().to_path_buf();
    let process = format!("process {}", first.child.id());
    let second = beside(&folder, &format!("{SHORT} --exact honest")).run();
    assert_eq!(second.code, Some(2), "{}", second.stderr);
    for words in [process.as_str(), "another run is writing", "--wait"] {
        assert!(
            second.stderr.contains(words),
            "{words:?} is not in:\n{}",
            second.stderr
        );
    }
    // To resume is to measure, whatever starts the executable.
    let resumed = Command::new(env!("CARGO_BIN_EXE_pairbench-faults"))
        .args(["--resume".as_ref(), "--reports".as_ref(), folder.as_os_str()])
        .env("PAIRBENCH_ALLOW_DEBUG", "1")
        .output()
        .unwrap();
    assert_eq!(resumed.status.code(), Some(2));
    let message = String::from_utf8(resumed.stderr).unwrap();
    assert!(message.contains("another run is writing"), "{message}");
    // Verifying and listing need no folder.
    assert_eq!(beside(&folder, "--test --exact honest").run().code, Some(0));
    assert_eq!(beside(&folder, "--list").run().code, Some(0));

    let patient = beside(
        &folder,
        &format!("{SHORT} --exact honest --quick --noplot --wait"),
    )
    .start("waiting for another");
    first.child.kill().unwrap();
    let first = first.end();
    let patient = patient.end();
    assert_eq!(patient.code, Some(0), "{}", patient.stderr);
    assert_eq!(first.records().len(), 2);
}

#[test]
fn a_run_elsewhere_on_the_machine_is_warned_of() {
    // Other tests run beside this one; here only these two are seen.
    let temporary = tempfile::tempdir().unwrap();
    let mut first = Bench::new(LONG);
    first.command.env("TMPDIR", temporary.path());
    let mut first = first.start(MEASURING);
    let mut second = Bench::new(&format!("{SHORT} --exact honest --quick --noplot"));
    second.command.env("TMPDIR", temporary.path());
    let second = second.run();
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    let words = format!(
        "measuring elsewhere on this machine (process {}",
        first.child.id()
    );
    assert!(second.stderr.contains(&words), "{}", second.stderr);
    first.child.kill().unwrap();
    let first = first.end();
    assert!(!first.stderr.contains("elsewhere"), "{}", first.stderr);
}
