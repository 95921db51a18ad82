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
        "FAIL servers/sleeps on 1 connections: the server does not listen after 30 s",
        "FAIL servers/queues on 8 connections: ",
        "FAIL servers/leaks on 1 connections: 20 was answered by \"too many connections\\n\"",
        "FAIL servers/ends on 1 connections: the server ended with exit code 3",
    ] {
        assert!(ran.stderr.contains(words), "{words:?} is not in:\n{}", ran.stderr);
    }
    ran.left_nothing();
}

#[test]
fn a_server_whose_port_is_taken_gets_another() {
    let mut bench = Bench::new("--test --exact servers/unlucky");
    let taken = bench.folder.path().join("taken");
    bench.command.env("PAIRBENCH_TEST_TAKEN_PORT", &taken);
    let ran = bench.run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let port = std::fs::read_to_string(taken).unwrap();
    assert!(port.parse::<u16>().is_ok(), "{port:?}");
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
fn load_has_what_servers_do_at_most_and_latencies_at_the_same_rates() {
    let ran = run("--quick --launches 3 --diagnose load servers/rust");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let [python, rust] = record.pairs[0].diagnoses.load.as_slice() else {
        panic!("{:?}", record.pairs[0].diagnoses)
    };
    let counts = (python.launches.len(), rust.launches.len());
    assert_eq!(counts, (6, 6), "{:?}", record.pairs[0].diagnoses.failures);
    for (one, other) in python.launches.iter().zip(&rust.launches) {
        assert!(one.most > 0.0 && other.most > 0.0);
        let rates = |launch: &pairbench::diagnose::load::LaunchLoad| {
            launch.paced.iter().map(|paced| paced.rate).collect::<Vec<_>>()
        };
        assert_eq!(rates(one), rates(other));
        for launch in [one, other] {
            let parts = launch
                .parts
                .iter()
                .map(|part| (part.part.as_str(), part.connections));
            let expected = [("small numbers", None), ("all, over 1 connection", Some(1))];
            assert_eq!(parts.collect::<Vec<_>>(), expected);
            assert!(launch.parts.iter().all(|part| part.most > 0.0));
        }
        for paced in one.paced.iter().chain(&other.paced) {
            assert!(paced.requests as f64 >= paced.rate.max(1_100.0), "{paced:?}");
            let longest = paced.quantiles.last().unwrap();
            assert!(longest.0 == 1.0 && longest.1 > 0.0);
        }
        #[cfg(target_os = "linux")]
        for launch in [one, other] {
            let cpu = launch.cpu.unwrap();
            assert!(
                cpu.server > 0.0 && cpu.client > 0.0 && cpu.beside == Some(0.0),
                "{cpu:?}"
            );
            assert!(launch.memory.unwrap() > 100_000);
        }
    }
    assert!(rust.forecast.is_none());
    let forecast = python.forecast.as_ref().unwrap();
    if cfg!(target_os = "linux") {
        assert!(
            forecast.as_ref().is_ok_and(|made| made.samples > 0),
            "{forecast:?}"
        );
    }
    let page = ran.file("pairs/servers.html");
    for text in [
        "Under load",
        "Cores for 1,000 a second",
        "small numbers",
        "From Python's server alone",
    ] {
        assert!(
            page.contains(text) || !cfg!(target_os = "linux"),
            "{text}: {page}"
        );
    }
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
    ends_with(rustix::process::Signal::KILL);
}

#[test]
#[cfg(target_os = "linux")]
fn servers_end_with_ctrl_c() {
    ends_with(rustix::process::Signal::INT);
}

/// Sends the signal to the supervisor while a server is up.
#[cfg(target_os = "linux")]
fn ends_with(signal: rustix::process::Signal) {
    use super::bench::{alive, processes};
    use rustix::process::{Pid, kill_process};
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
    kill_process(Pid::from_child(&child), signal).unwrap();
    let output = child.wait_with_output().unwrap();
    bench.ran(output).left_nothing();
}
