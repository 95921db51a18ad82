//! `pairbench forecast --pid`: processes that are already running are forecast, and go on undisturbed.
#![cfg(all(feature = "harness", target_os = "linux"))]
#![allow(missing_docs)]

#[path = "common/pythons.rs"]
mod pythons;

use pairbench::hosts::interpreter::Interpreter;
use pythons::PYTHONS;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Works until its standard input has a line; then prints what it has done, and whether all of it was right.
const SHOP: &str = r#"
import signal, sys, threading, time

rounds, wrong, over, sent, caught = 0, 0, False, 0, 0

def squares(count):
    found = 0
    for number in range(count):
        found += number * number
    return found

class Shop:
    def work(self):
        global rounds, wrong
        while not over:
            wrong += squares(1000) != 332833500
            rounds += 1

    def zählen(self):
        while not over:
            squares(1000)

def catch(number, frame):
    global caught
    caught += 1

def signals():
    global sent
    signal.signal(signal.SIGRTMIN + 3, catch)
    while not over:
        signal.raise_signal(signal.SIGRTMIN + 3)
        squares(50)
        sent += 1

def wait_for_end():
    global over
    sys.stdin.readline()
    over = True

def nap():
    while not over:
        time.sleep(0.05)

print("ready", flush=True)
threading.Thread(target=wait_for_end, daemon=True).start()
kind = sys.argv[1]
if kind == "two":
    other = threading.Thread(target=Shop().zählen)
    other.start()
{"signals": signals, "nap": nap, "two": nap}.get(kind, Shop().work)()
print(rounds, wrong, sent - caught)
"#;

/// A process that a test has started.
struct Started {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<std::process::ChildStdout>,
    _folder: TempDir,
}

impl Started {
    fn new(python: &str, kind: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.py");
        std::fs::write(&file, SHOP).unwrap();
        let mut child = Command::new(python)
            .arg(&file)
            .arg(kind)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Started {
            stdin: child.stdin.take().unwrap(),
            stdout,
            child,
            _folder: folder,
        }
    }

    fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Lets it end, and returns its rounds, wrong answers, and signals that it missed.
    #[track_caller]
    fn end(mut self) -> [i64; 3] {
        self.stdin.write_all(b"\n").unwrap();
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert!(self.child.wait().unwrap().success());
        let numbers: Vec<i64> = line.split_whitespace().map(|one| one.parse().unwrap()).collect();
        numbers.try_into().unwrap()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn forecast(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pairbench"));
    command.arg("forecast").args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    forecast(arguments).output().unwrap()
}

/// The forecast; `None`, with a message, if processes may not be traced.
#[track_caller]
fn json(process: &Started, arguments: &[&str]) -> Option<Value> {
    let id = process.id();
    let output = run(&[&["--json", "--pid", &id], arguments].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("ptrace_scope") {
        let _ = writeln!(std::io::stderr(), "SKIPPED: {errors}");
        return None;
    }
    let found = serde_json::from_slice(&output.stdout);
    Some(found.unwrap_or_else(|error| panic!("{error}: {errors}")))
}

/// A CPython.
fn a_python() -> &'static str {
    &cpythons().next().expect("a CPython").executable
}

fn cpythons() -> impl Iterator<Item = &'static Interpreter> {
    let all = PYTHONS.iter().map(|python| &python.about);
    all.filter(|about| about.implementation == "CPython")
}

#[track_caller]
fn total(found: &Value, name: &str) -> f64 {
    let functions = found["time"]["functions"].as_array().unwrap();
    let function = functions.iter().find(|one| one["name"] == name);
    function.unwrap_or_else(|| panic!("{name} is not in {functions:?}"))["total"]
        .as_f64()
        .unwrap()
}

fn has(texts: &Value, part: &str) -> bool {
    texts
        .as_array()
        .unwrap()
        .iter()
        .any(|text| text.as_str().unwrap().contains(part))
}

#[test]
fn the_function_that_takes_the_time_is_found_in_every_cpython() {
    for about in cpythons() {
        let process = Started::new(&about.executable, "work");
        let Some(found) = json(&process, &["--duration", "2s"]) else {
            return;
        };
        let label = about.label();
        assert_eq!(found["interpreter"], label.as_str());
        assert!(total(&found, "shop:squares") > 0.7, "{label}: {found}");
        assert!(total(&found, "shop:<module>") > 0.9, "{label}: {found}");
        let time = &found["time"];
        assert_eq!((time["launches"].as_u64(), &time["low"]), (Some(0), &Value::Null));
        assert!(time["cpu"].as_f64().unwrap() > 0.0, "{found}");
        assert!(
            found["workload"].as_str().unwrap().contains("shop.py work"),
            "{found}"
        );
        assert!(
            has(&found["trust"], "crossing the boundary is not charged"),
            "{found}"
        );
        assert_eq!(found["port"]["over"]["2"], "yes", "{label}: {found}");
        let [rounds, wrong, _] = process.end();
        assert!(rounds > 0 && wrong == 0, "{label}");
    }
}

#[test]
fn all_threads_that_compute_are_sampled() {
    for about in cpythons() {
        let process = Started::new(&about.executable, "two");
        let Some(found) = json(&process, &["--duration", "2s"]) else {
            return;
        };
        // The main thread sleeps.
        assert!(total(&found, "shop:squares") > 0.7, "{found}");
        // Only 3.11 and later keep qualified names.
        let minor: u32 = about.version.split('.').nth(1).unwrap().parse().unwrap();
        let counting = if minor >= 11 {
            "shop:Shop.zählen"
        } else {
            "shop:zählen"
        };
        assert!(total(&found, counting) > 0.7, "{found}");
        assert!(
            has(&found["trust"], "3 threads that run Python were sampled"),
            "{found}"
        );
        process.end();
    }
}

#[test]
fn a_process_that_waits_is_reported_as_waiting() {
    let process = Started::new(a_python(), "nap");
    let Some(found) = json(&process, &["--duration", "1s"]) else {
        return;
    };
    assert!(found["time"]["waits"].as_f64().unwrap() > 0.5, "{found}");
    assert_eq!(found["port"]["over"]["2"], "no");
    assert_eq!(found["candidates"], serde_json::json!([]));
    let text = run(&["--pid", &process.id(), "--duration", "1s"]);
    let text = String::from_utf8(text.stdout).unwrap();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("now watched for 1.0"), "{text}");
    assert!(words.contains("of the wall time it waits"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    process.end();
}

#[test]
fn a_suspended_process_stays_suspended() {
    let process = Started::new(a_python(), "work");
    let signal = |name: &str| Command::new("kill").args([name, &process.id()]).status().unwrap();
    signal("-STOP");
    let Some(found) = json(&process, &["--duration", "1s"]) else {
        return;
    };
    assert_eq!(found["time"]["waits"], 1.0, "{found}");
    assert!(has(&found["warnings"], "it computed in no sample"), "{found}");
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id())).unwrap();
    assert!(stat.contains(") T "), "{stat}");
    signal("-CONT");
    assert_eq!(process.end()[1], 0);
}

#[test]
fn no_signal_is_lost_not_even_a_real_time_one() {
    let process = Started::new(a_python(), "signals");
    if json(&process, &["--duration", "2s"]).is_some() {
        assert_eq!(process.end()[2], 0);
    }
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let refused = |arguments: &[&str], part: &str| {
        let output = run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(output.stdout.is_empty() && errors.contains(part), "{errors}");
    };
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    let id = child.id().to_string();
    refused(&["--pid", &id], "is not CPython 3.8 or newer: it runs /");
    child.kill().unwrap();
    // It has ended, but its parent has not waited for it.
    std::thread::sleep(Duration::from_millis(50));
    refused(&["--pid", &id], "has ended");
    child.wait().unwrap();
    refused(&["--pid", &id], &format!("there is no process {id}"));
    refused(&["--pid", "1", "shop:total"], "cannot be used with");
    refused(&["--pid", "none"], "invalid value");
    let process = Started::new(a_python(), "nap");
    let other = cpythons().find(|about| about.executable != a_python());
    if let Some(other) = other {
        refused(
            &["--pid", &process.id(), "--interpreter", &other.executable],
            "name the one that the process runs",
        );
    }
    process.end();
}

#[test]
fn a_process_that_ends_meanwhile_is_forecast_from_what_was_seen() {
    let process = Started::new(a_python(), "work");
    let id = process.id();
    let watching = forecast(&["--json", "--duration", "60s", "--pid", &id])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let was_traced = is_traced(&process);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(process.end()[1], 0);
    let output = watching.wait_with_output().unwrap();
    if !was_traced {
        return;
    }
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(has(&found["warnings"], "it ended after"), "{found}");
    assert!(total(&found, "shop:squares") > 0.5, "{found}");
}

#[test]
fn a_process_goes_on_when_its_sampler_is_killed() {
    for _ in 0..5 {
        let process = Started::new(a_python(), "work");
        let id = process.id();
        let mut watching = forecast(&["--duration", "60s", "--pid", &id]).spawn().unwrap();
        let was_traced = is_traced(&process);
        watching.kill().unwrap();
        watching.wait().unwrap();
        assert_eq!(process.end()[1], 0);
        if !was_traced {
            return;
        }
    }
}

/// Waits until a process is stopped by a tracer, which takes only moments; `false` if that does not happen.
fn is_traced(process: &Started) -> bool {
    let path = format!("/proc/{}/status", process.id());
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        let status = std::fs::read_to_string(Path::new(&path)).unwrap();
        if status
            .lines()
            .any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"))
        {
            return true;
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "SKIPPED: the process was not traced within 30 s"
    );
    false
}
