//! Profiles of programs whose split is known, through a real worker.
#![cfg(target_os = "linux")]
#![allow(missing_docs)]

use pairbench::diagnose::profile::{CallProfile, FunctionShare};
use pairbench::diagnose::{self, Diagnoser, Finding, Setting};
use pairbench::hosts::worker::{PROGRAM, Worker, WorkerSetup};
use pairbench::hosts::{Fault, Handle, Host, Hosts, Sampled, interpreter};
use pairbench::registry::{Pair, Profile, Registry, Sources};
use std::path::Path;
use std::time::Duration;

/// What a share may be off by: two points.
const OFF: f64 = 0.02;

fn registry(folder: &Path, source: &str) -> Registry {
    std::fs::create_dir(folder.join("known")).unwrap();
    let python_path = folder.join("known/split.py");
    std::fs::write(&python_path, source).unwrap();
    let pair = Pair::new(Profile::Flat, "work that is divided in a known way")
        .input(|size, _| size)
        .cases("rounds", &[1, 2, 3])
        .rust(|size: &u64| *size)
        .build();
    let sources = Sources {
        rust_path: "split.rs".into(),
        rust_text: "".into(),
        python_root: folder.into(),
        python_path,
        module: "known.split".into(),
    };
    let mut registry = Registry::new("known", ".");
    registry.add("split", pair, sources);
    registry
}

/// Calls `act` with a folder and the setup that starts workers.
fn with_setup<T>(act: impl FnOnce(&Path, WorkerSetup<'_>) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker.py");
    std::fs::write(&program, PROGRAM).unwrap();
    let python = interpreter::choose(None).unwrap();
    let setup = WorkerSetup {
        python: &python,
        program: &program,
        extension_dir: None,
        hash_seed: 0,
    };
    act(folder.path(), setup)
}

/// Calls `act` with a worker that has loaded the program, and the handle of the opened program.
fn with_worker<T>(source: &str, act: impl FnOnce(&mut Worker<'_>, Handle) -> T) -> T {
    with_setup(|folder, setup| {
        let registry = registry(folder, source);
        let mut worker = Worker::start(&setup, registry.get("split").unwrap()).unwrap();
        let ready = worker.open("python", 1, 1).unwrap();
        worker.settle().unwrap();
        let result = act(&mut worker, ready.handle);
        // Some programs here leave no worker to close it.
        let _ = worker.close(ready.handle);
        result
    })
}

/// The profile of a program, from at least this many ticks. Every tick counts, however many are taken.
///
/// Each second is that of a fresh worker: depending on its place in memory, a function can be a few percent slower than
/// another for as long as a process lives, so that the split of one process alone is not quite the one that the program
/// was written to have.
fn profile(source: &str, least: usize) -> CallProfile {
    let mut all = Sampled::default();
    while all.stacks.len() < least {
        all.add(with_worker(source, |worker, handle| {
            let more = worker.sample(handle, Duration::from_secs(1)).unwrap();
            assert!(more.calls > 0);
            more
        }));
    }
    CallProfile::of("python", &all, None)
}

fn function<'a>(profile: &'a CallProfile, name: &str) -> &'a FunctionShare {
    let found = profile.functions.iter().find(|function| function.name == name);
    found.unwrap_or_else(|| panic!("{name} is not in {profile:#?}"))
}

#[track_caller]
fn assert_own(profile: &CallProfile, shares: &[(&str, f64)]) {
    for (name, share) in shares {
        let found = function(profile, name).own;
        println!(
            "{name}: {:.1} %, of {} ticks; true: {:.0} %",
            found * 100.0,
            profile.ticks,
            share * 100.0
        );
        assert!(
            (found - share).abs() <= OFF,
            "{name} takes {share} and not {found}: {profile:#?}"
        );
    }
}

const SEVENTY_TWENTY_TEN: [(&str, f64); 3] = [("seven", 0.7), ("two", 0.2), ("one", 0.1)];

#[test]
fn loops_of_a_known_length() {
    let source = "
def seven(x):
    for _ in range(140_000):
        x = x * 3 % 1000003
    return x

def two(x):
    for _ in range(40_000):
        x = x * 3 % 1000003
    return x

def one(x):
    for _ in range(20_000):
        x = x * 3 % 1000003
    return x

def python(x):
    return one(two(seven(x)))
";
    let profile = profile(source, 8_000);
    assert_own(&profile, &SEVENTY_TWENTY_TEN);
    assert_eq!(profile.functions[0].name, "seven");
    assert_eq!(function(&profile, "seven").line, 2);
    assert!(function(&profile, "python").total > 0.99);
}

/// The case that no handler inside the interpreter gets right: nothing in these functions gives it a chance to run.
#[test]
fn functions_without_loops_or_calls() {
    // So long that the call itself hardly counts.
    let body = |name: &str, lines: usize| {
        let lines = "    x = x * 3 % 1000003\n".repeat(lines);
        format!("def {name}(x):\n{lines}    return x\n\n")
    };
    let call = "
def python(x):
    for _ in range(170):
        x = seven(x)
        x = two(x)
        x = one(x)
    return x
";
    let source = [&*body("seven", 2_100), &body("two", 600), &body("one", 300), call];
    // Each tick falls into one of them by chance, so that the standard error of 70 % is half a point.
    let profile = profile(&source.concat(), 8_000);
    assert_own(&profile, &SEVENTY_TWENTY_TEN);
}

#[test]
fn long_calls_of_c_count_for_their_caller() {
    let source = "
NUMBERS = list(range(100_000))

def seven():
    return [max(NUMBERS) for _ in range(7)]

def two():
    return max(NUMBERS) + max(NUMBERS)

def one():
    return max(NUMBERS)

def python(x):
    seven()
    two()
    one()
    return x
";
    let profile = profile(source, 8_000);
    assert_own(&profile, &SEVENTY_TWENTY_TEN);
    let names: Vec<&str> = profile.functions.iter().map(|f| f.name.as_str()).collect();
    assert!(!names.iter().any(|name| name.contains("listcomp")), "{names:?}");
}

#[test]
fn a_caller_s_total_holds_what_it_calls_even_through_c() {
    let source = "
class Left:
    def work(self, _):
        x = 1
        for _ in range(60_000):
            x = x * 3 % 1000003
        return sum(map(self.deeper, (1,)))

    def deeper(self, _):
        x = 1
        for _ in range(100_000):
            x = x * 3 % 1000003
        return x

class Right:
    def work(self, _):
        x = 1
        for _ in range(40_000):
            x = x * 3 % 1000003
        return x

def again(depth, x):
    if depth == 0:
        return Left().work(x) + Right().work(x)
    return again(depth - 1, x)

def python(x):
    return again(150, x)
";
    let profile = profile(source, 8_000);
    assert_own(
        &profile,
        &[("Left.work", 0.3), ("Left.deeper", 0.5), ("Right.work", 0.2)],
    );
    for (name, total) in [("Left.work", 0.8), ("Left.deeper", 0.5), ("again", 1.0)] {
        let found = function(&profile, name).total;
        assert!(
            (found - total).abs() <= OFF,
            "{name} takes {total} and not {found} in all"
        );
    }
}

/// It is freed when the function is off the stack, while its caller is at the call.
#[test]
fn what_a_function_leaves_in_its_variables_counts_for_it() {
    let source = "
def leave(x):
    held = [[at] for at in range(30_000)]
    return x

def total(x):
    return sum(sorted(range(20_000), key=abs)) + x

def python(x):
    for _ in range(5):
        x = leave(x)
    return total(x)
";
    let profile = profile(source, 4_000);
    let Some(freeing) = profile.freeing else {
        return; // before Python 3.11
    };
    let share = freeing as f64 / profile.ticks as f64;
    println!("freeing takes {:.1} %", share * 100.0);
    assert!(share > 0.03, "{profile:#?}");
    let caller = function(&profile, "python").own;
    assert!(caller <= 0.01, "{caller}: {profile:#?}");
    assert!(function(&profile, "leave").own > 5.0 * function(&profile, "total").own);
}

#[test]
fn a_call_that_raises_is_a_fault_and_the_worker_goes_on() {
    let source = "
def python(x):
    raise KeyError('no')
";
    with_worker(source, |worker, handle| {
        let fault = worker.sample(handle, Duration::from_millis(50)).unwrap_err();
        assert_eq!(fault.to_string(), "raised KeyError: 'no'");
    });
}

#[test]
fn a_worker_that_dies_is_a_fault() {
    let source = "
import os

def python(x):
    os._exit(3)
";
    with_worker(source, |worker, handle| {
        let fault = worker.sample(handle, Duration::from_millis(50)).unwrap_err();
        assert!(matches!(fault, Fault::Died { .. }), "{fault}");
    });
}

#[test]
fn pauses_count_and_calls_survive_the_stops() {
    let source = "
import threading
import time

def pause():
    time.sleep(0.014)

def wait():
    threading.Event().wait(0.004)

def work(x):
    end = time.perf_counter() + 0.002
    while time.perf_counter() < end:
        x += 1
    return x

def python(x):
    pause()
    wait()
    return work(x)
";
    let profile = profile(source, 500);
    let pause = function(&profile, "pause").total;
    assert!(
        pause > function(&profile, "wait").total && pause > 0.5,
        "{profile:#?}"
    );
    assert!(profile.functions.iter().any(|f| f.name == "threading:Event.wait"));
}

/// Prints the hottest functions of the shipped pairs, as a run profiles them; `PAIRS` names some of them.
#[test]
#[ignore = "asserts little: it prints what a run would find"]
fn shipped_pairs() {
    with_setup(|_, setup| print_profiles(setup));
}

fn print_profiles(setup: WorkerSetup<'_>) {
    let chosen = std::env::var("PAIRS").unwrap_or_default();
    for entry in pairbench_workloads::registry().entries() {
        let named = chosen.is_empty() || chosen.split(',').any(|name| name == entry.name);
        if !named || entry.pair.profile() == Profile::Service {
            continue;
        }
        let setting = Setting {
            size: entry.pair.default_case().size,
            seed: 1,
            variants: &["python".into()],
            counting: Err("not asked for"),
        };
        let step = &Diagnoser::Profile.steps(entry, &["python"], 2)[0];
        let mut found = Vec::new();
        let mut hosts = Hosts::new(entry, setup, None);
        diagnose::run(step, entry, &mut hosts, setting, &mut |finding| {
            found.push(finding)
        });
        let [Finding::Profile { profile }] = &found[..] else {
            panic!("{}: {found:?}", entry.name);
        };
        assert!(profile.ticks > 0);
        println!(
            "{} ({}), {} ticks, {} of them freeing, {} calls",
            entry.name,
            entry.pair.profile(),
            profile.ticks,
            profile.freeing.unwrap_or(0),
            profile.calls
        );
        let replaced = entry.pair.replaced();
        let shown = profile.functions.iter().enumerate();
        for (at, function) in shown.filter(|(at, f)| *at < 6 || Some(f.name.as_str()) == replaced) {
            let share = profile.own(function);
            println!(
                "  {:2}. {:5.1} % own [{:.1}, {:.1}], {:5.1} % in all  {}:{}{}",
                at + 1,
                function.own * 100.0,
                share.low * 100.0,
                share.high * 100.0,
                function.total * 100.0,
                function.name,
                function.line,
                if replaced == Some(&function.name) {
                    "  <- native"
                } else {
                    ""
                }
            );
        }
    }
}
