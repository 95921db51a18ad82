//! Harder ways to end a run than one Ctrl-C: no launch may stay behind. Linux shows who is alive.
#![cfg(target_os = "linux")]

use super::bench::{Bench, Ran, alive};
use rustix::process::{Pid, Signal, kill_process};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Two pairs hang, each in a launch of its own; then the supervisor gets these signals.
fn hanging(signals: &[Signal]) -> Ran {
    let mut bench = Bench::new("^hangs --timeout 1h");
    let mut child = bench
        .command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The supervisor, a launch for one pair at least, and its worker.
    let deadline = Instant::now() + Duration::from_secs(60);
    while alive(&bench.mark).len() < 3 {
        assert!(
            matches!(child.try_wait(), Ok(None)),
            "ended before it could be stopped"
        );
        assert!(Instant::now() < deadline, "no worker: {:?}", alive(&bench.mark));
        std::thread::sleep(Duration::from_millis(20));
    }
    for signal in signals {
        kill_process(Pid::from_child(&child), *signal).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    bench.ran(output)
}

#[test]
fn ctrl_c_twice() {
    let ran = hanging(&[Signal::INT, Signal::INT]);
    assert_eq!(ran.code, Some(130), "{}", ran.stderr);
    ran.left_nothing();
}

#[test]
fn a_supervisor_that_is_killed() {
    let ran = hanging(&[Signal::KILL]);
    assert_eq!(ran.code, None);
    ran.left_nothing();
}
