//! Ctrl-C: the run ends soon, with a record and a report of what was measured.
#![cfg(unix)]

use super::bench::{Bench, MEASURING, Ran, alive};
use pairbench::record::Status;
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};

fn interrupted(arguments: &str, until: &str) -> Ran {
    interrupt(Bench::new(arguments), until)
}

/// Starts, waits until standard error holds `until` and a launch is alive, sends SIGINT, and waits for the end.
fn interrupt(bench: Bench, until: &str) -> Ran {
    let mut run = bench.start(until);
    if cfg!(target_os = "linux") {
        run.wait_for("a launch", |run| alive(&run.bench.mark).len() >= 2);
    }
    kill_process(Pid::from_child(&run.child), Signal::INT).unwrap();
    let start = Instant::now();
    let ran = run.end();
    // Only the order of magnitude matters: the launch that was stopped had five minutes to go.
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "Ctrl-C did not end the run"
    );
    ran
}

#[test]
fn half_way_through_the_measurement() {
    let ran = interrupted(
        "--exact honest --quick --launches 500 --sample-size 10 --measurement-time 0.3 --timeout 300s",
        "first report after",
    );
    assert_eq!(ran.code, Some(130), "{}", ran.stderr);
    let record = ran.record();
    assert_eq!(record.status, Status::Interrupted);
    let launches = record.pairs[0].launches.len();
    assert!((1..500).contains(&launches), "{launches} launches");
    assert!(ran.file("index.html").contains("honest"));
    assert!(ran.stdout.contains("stopped early"), "{}", ran.stdout);
    ran.left_nothing();
}

#[test]
fn while_a_pair_hangs_in_its_check() {
    let ran = interrupted("--exact hangs --quick --timeout 300s", "verifying");
    assert_eq!(ran.code, Some(130), "{}", ran.stderr);
    assert_eq!(ran.record().status, Status::Interrupted);
    ran.file("index.html");
    ran.left_nothing();
}

#[test]
fn while_a_resumed_run_verifies_again() {
    let bench = Bench::new("--exact unruly --quick --launches 500 --sample-size 10 --measurement-time 0.05");
    let ran = interrupt(bench, "first report after");
    let before = ran.record();
    let mut bench = Bench::in_folder(ran.folder, "--resume");
    bench.command.env("PAIRBENCH_TEST_UNRULY", "hang");
    let ran = interrupt(bench, "verifying");
    assert_eq!(ran.code, Some(130), "{}", ran.stderr);
    let after = ran.record();
    assert_eq!(after.pairs, before.pairs);
    assert_eq!(after.nulls, before.nulls);
    let rust = ran
        .stdout
        .lines()
        .find(|line| line.trim_start().starts_with("rust "));
    assert!(rust.is_some_and(|line| line.contains('×')), "{}", ran.stdout);
}

/// A terminal that is closed ends a run as Ctrl-C does, also if the system and the shell both send the signal; but not
/// with `nohup`.
#[test]
fn a_closed_terminal() {
    let arguments = "--exact honest --quick --launches 3 --sample-size 10 --measurement-time 0.3 --noplot";
    for nohup in [false, true] {
        let mut bench = Bench::new(arguments);
        if nohup {
            bench = bench.within("nohup");
        }
        let run = bench.start(MEASURING);
        for _ in 0..2 {
            kill_process(Pid::from_child(&run.child), Signal::HUP).unwrap();
        }
        let ran = run.end();
        let (code, status) = match nohup {
            true => (0, Status::Complete),
            false => (130, Status::Interrupted),
        };
        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
        assert_eq!(ran.record().status, status);
        ran.left_nothing();
    }
}
