//! Ctrl-C: the run ends soon, with a record and a report of what there is.
#![cfg(unix)]

use super::bench::{Bench, alive};
use pairbench::record::Status;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Starts, reads standard error up to a line that holds `until`, sends SIGINT, and waits for the end.
fn interrupted(arguments: &str, until: &str) -> super::bench::Ran {
    let mut bench = Bench::new(arguments);
    let mut child = bench
        .command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains(until) {
        assert_ne!(
            lines.read_line(&mut said).unwrap(),
            0,
            "ended before {until:?}:\n{said}"
        );
    }
    if cfg!(target_os = "linux") {
        let deadline = Instant::now() + Duration::from_secs(30);
        while alive(&bench.mark).len() < 2 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let start = Instant::now();
    let rest = std::thread::spawn(move || {
        lines.read_to_string(&mut said).unwrap();
        said
    });
    let mut output = child.wait_with_output().unwrap();
    // Not a time but its order: the launch that was stopped had five minutes to go.
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "Ctrl-C did not end the run"
    );
    output.stderr = rest.join().unwrap().into_bytes();
    bench.ran(output)
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
