//! Pairs whose variants are servers.

use super::bench::{Bench, run};

#[test]
fn servers_that_fail_are_named_with_the_reason() {
    let ran = run("--test --exact servers");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    for words in [
        "FAIL servers/raises on 1 connections: raised RuntimeError: no configuration",
        "FAIL servers/returns on 1 connections: serve_returns() returned; a server goes on until it is stopped",
        "FAIL servers/dies on 1 connections: the Python process ended with exit code 7",
        "FAIL servers/is_silent on 1 connections: 40 was not answered: ",
        // With one connection it is right.
        "FAIL servers/races on 8 connections: disagrees with the baseline: ",
        "FAIL servers/ends on 1 connections: the server ended with exit code 3",
    ] {
        assert!(ran.stderr.contains(words), "{words:?} is not in:\n{}", ran.stderr);
    }
    ran.left_nothing();
}

#[test]
fn servers_that_answer_are_measured_and_then_stopped() {
    let ran = run("--quick --launches 3 servers/rust");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let [pair] = record.pairs.as_slice() else {
        panic!("one pair")
    };
    assert_eq!(pair.launches.len(), 3);
    let compared = pair.launches.iter().flat_map(|launch| &launch.comparisons);
    assert!(
        compared.clone().count() >= 3
            && compared
                .clone()
                .all(|one| one.variant_samples.ns.iter().all(|ns| *ns > 0))
    );
    ran.left_nothing();
}

#[test]
fn a_machine_without_what_servers_need_skips_them_with_the_reason() {
    let mut bench = Bench::new("--test --exact servers");
    bench.command.env("PAIRBENCH_TEST_NO_SERVERS", "1");
    let ran = bench.run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("skip servers: the abacus is not installed: `apt install abacus`\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_hasty_run_leaves_servers_out_unless_they_are_named() {
    let ran = run("--quick --list");
    assert!(!ran.stdout.contains("servers/rust"), "{}", ran.stdout);
    assert!(run("--quick --list servers").stdout.contains("servers/rust"));
    assert!(run("--list").stdout.contains("servers/rust"));
}

#[test]
#[cfg(target_os = "linux")]
fn servers_end_with_a_supervisor_that_is_killed() {
    use super::bench::{alive, processes};
    use rustix::process::{Pid, Signal, kill_process};
    use std::process::Stdio;
    use std::time::{Duration, Instant};
    let mut bench = Bench::new("--quick --launches 50 servers/rust");
    let mut child = bench
        .command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    let serves = |mark: &str| {
        processes(mark)
            .iter()
            .any(|(_, line)| line.contains("--serve-variant"))
    };
    while !serves(&bench.mark) {
        assert!(
            matches!(child.try_wait(), Ok(None)),
            "ended before it could be killed"
        );
        assert!(Instant::now() < deadline, "no server: {:?}", alive(&bench.mark));
        std::thread::sleep(Duration::from_millis(5));
    }
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    let output = child.wait_with_output().unwrap();
    bench.ran(output).left_nothing();
}
