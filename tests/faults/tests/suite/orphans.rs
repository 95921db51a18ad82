//! Harder ways to end a run than one Ctrl-C: no launch may stay behind. Linux shows which are alive.
#![cfg(target_os = "linux")]

use super::bench::{Bench, Ran, alive, processes};
use rustix::process::{Pid, Signal, kill_process};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Two pairs hang, each in a launch of its own; then they are killed.
fn hanging(kill: impl FnOnce(Pid, &str)) -> Ran {
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
    kill(Pid::from_child(&child), &bench.mark);
    let output = child.wait_with_output().unwrap();
    bench.ran(output)
}

#[test]
fn ctrl_c_twice() {
    let ran = hanging(|supervisor, _| {
        for _ in 0..2 {
            kill_process(supervisor, Signal::INT).unwrap();
        }
    });
    assert_eq!(ran.code, Some(130), "{}", ran.stderr);
    ran.left_nothing();
}

#[test]
fn a_supervisor_that_is_killed() {
    let ran = hanging(|supervisor, _| kill_process(supervisor, Signal::KILL).unwrap());
    assert_eq!(ran.code, None);
    ran.left_nothing();
}

/// Nothing is left then that could end a worker that never reads its pipe.
#[test]
#[cfg(target_os = "linux")]
fn a_supervisor_and_its_launches_that_are_killed_at_once() {
    let ran = hanging(|supervisor, mark| {
        let launches = processes(mark)
            .into_iter()
            .filter(|(_, line)| line.contains("__launch"));
        let mut all: Vec<Pid> = launches.filter_map(|(id, _)| Pid::from_raw(id)).collect();
        assert!(!all.is_empty());
        all.push(supervisor);
        // Stopped first, they cannot see each other die.
        for signal in [Signal::STOP, Signal::KILL] {
            all.iter()
                .for_each(|process| kill_process(*process, signal).unwrap());
        }
    });
    assert_eq!(ran.code, None);
    ran.left_nothing();
}
