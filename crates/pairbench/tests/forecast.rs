//! `pairbench forecast`: statements, functions and programs, and what is wrong with them. The executable runs as a user's
//! does; no test asserts how fast anything is.
#![cfg(feature = "harness")]
#![allow(missing_docs)]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const SHOP: &str = r#"
import asyncio, datetime, sys, time

def total(lines):
    sums = {}
    for line in lines:
        key, number, day = line.split(",")
        sums[key] = sums.get(key, 0) + float(number)
    return sums

def parse_all(lines):
    return [datetime.datetime.strptime(line.split(",")[2], "%Y-%m-%d") for line in lines]

def make(count):
    return ["k%d,%d.5,2024-01-%02d" % (i % 97, i, i % 28 + 1) for i in range(count)]

def squares(count):
    found = 0
    for number in range(count):
        found += number * number
    return found

def boom():
    raise ValueError("out of stock")

def push(items):
    items.append(1)
    return len(items) > 0

def numbers():
    for number in range(20000):
        yield number * number

async def wait():
    await asyncio.sleep(0.02)

def clock():
    return time.perf_counter_ns(), [number for number in range(3000)]

if __name__ == "__main__":
    print(len(total(make(int(sys.argv[1])))))
    if len(sys.argv) > 2:
        time.sleep(float(sys.argv[2]))
"#;

/// A folder with a module and files beside it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files.iter().chain(&[("shop.py", SHOP)]) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pairbench"))
        .arg("forecast")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[track_caller]
fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[&["--json"], arguments].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

#[track_caller]
fn has(texts: &Value, part: &str) {
    let found = texts
        .as_array()
        .unwrap()
        .iter()
        .any(|text| text.as_str().unwrap().contains(part));
    assert!(found, "{part:?} is not in {texts}");
}

/// The exit code and what is printed to standard error.
fn failure(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(folder, arguments);
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_statement_has_a_time_a_port_and_candidates() {
    let folder = folder(&[]);
    let found = json(
        folder.path(),
        &[
            "-s",
            "from shop import total, make",
            "-s",
            "d = make(3000)",
            "total(d)",
        ],
    );
    let time = &found["time"];
    assert!(time["seconds"].as_f64().unwrap() > 0.0, "{found}");
    assert!(time["launches"].as_u64().unwrap() >= 1);
    assert_eq!(time["functions"][0]["name"], "shop:total");
    let port = &found["port"];
    let low = port["low"].as_f64().or(port["at_least"].as_f64()).unwrap();
    assert!(
        low > 0.0 && (port["at_least"].is_null() || port["high"].is_null()),
        "{port}"
    );
    for threshold in ["2", "5", "10", "30"] {
        let answer = port["over"][threshold].as_str().unwrap();
        assert!(["yes", "no", "unknown"].contains(&answer), "{port}");
    }
    let limits: f64 = port["limits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["share"].as_f64().unwrap())
        .sum();
    assert!((0.5..=1.001).contains(&limits), "{port}");
    let shares: f64 = found["shares"]
        .as_object()
        .unwrap()
        .values()
        .map(|one| one.as_f64().unwrap())
        .sum();
    assert!((shares - 1.0).abs() < 1e-6, "{found}");
    let candidate = &found["candidates"][0];
    assert_eq!(candidate["function"], "shop:total");
    assert_eq!(candidate["calls"], 1);
    let [low, gain, high] = ["low", "gain", "high"].map(|key| candidate[key].as_f64().unwrap());
    assert!(low <= gain && gain <= high, "{candidate}");
    assert_eq!(found["nearest"].as_array().unwrap().len(), 3);
}

#[test]
fn a_subtree_of_pure_python_in_the_library_is_a_candidate_of_its_own() {
    let folder = folder(&[]);
    let found = json(
        folder.path(),
        &["-s", "from shop import *; d = make(2000)", "parse_all(d)"],
    );
    let candidates = found["candidates"].as_array().unwrap();
    let parser = candidates
        .iter()
        .find(|one| one["function"].as_str().unwrap().starts_with("_strptime:"));
    let parser = parser.unwrap_or_else(|| panic!("{candidates:?}"));
    assert_eq!(parser["step"], "library");
    assert!(parser["total"].as_f64() >= parser["own"].as_f64());
    assert!(parser["calls"].as_u64().unwrap() >= 1000, "{parser}");
}

#[test]
fn calls_of_a_function_from_within_itself_do_not_cross_the_boundary() {
    let folder = folder(&[]);
    let tree = "def tree(n): return [tree(n - 1), tree(n - 1)] if n else None";
    let found = json(folder.path(), &["-s", tree, "tree(12)"]);
    let mut candidates = found["candidates"].as_array().unwrap().iter();
    let candidate = candidates
        .find(|one| one["function"] == "tree")
        .unwrap_or_else(|| panic!("{found}"));
    assert_eq!(candidate["calls"], 1, "{candidate}");
    // One argument; 4,095 lists, and 4,096 times None.
    assert_eq!(candidate["elements"], 8192.0, "{candidate}");
}

#[test]
fn recorded_calls_are_read_line_by_line() {
    let calls = "{\"args\": [2000]}\n\n3000\n{\"kwargs\": {\"count\": 1000}}\n{\"pickle\": \"gAJN9AGFcQB9cQGGcQIu\"}\n";
    let folder = folder(&[("calls.jsonl", calls)]);
    let found = json(folder.path(), &["shop:squares", "--input", "calls.jsonl"]);
    assert_eq!(found["workload"], "shop:squares");
    assert_eq!(found["candidates"][0]["calls"], 4);
    assert_eq!(found["port"]["over"]["2"], "yes", "{found}");
}

#[test]
fn a_pair_without_rust_is_forecast_by_its_name() {
    let pairs = "use pairbench::prelude::*;

fn main() -> ExitCode {
    suite!()
        .pair(\"squares\", Pair::of(\"shop:squares\").calls(\"benches/calls.jsonl\"))
        .pair(\"sums\", Pair::of(\"beside.py:sums\").input_file(\"benches/numbers.json\"))
        .pair(\"odd\", Pair::of(ODD))
        .run()
}
";
    let folder = folder(&[]);
    let benches = folder.path().join("benches");
    std::fs::create_dir(&benches).unwrap();
    let numbers = format!("{:?}", (0..5000).collect::<Vec<_>>());
    for (name, text) in [
        ("pairs.rs", pairs),
        ("calls.jsonl", "2000\n3000\n"),
        ("numbers.json", &numbers),
        (
            "beside.py",
            "def sums(numbers):\n    return sum(n * n for n in numbers)\n",
        ),
    ] {
        std::fs::write(benches.join(name), text).unwrap();
    }
    let found = json(folder.path(), &["squares"]);
    assert_eq!(found["workload"], "shop:squares");
    assert_eq!(found["candidates"][0]["calls"], 2);
    // From another folder of the project, and with the whole file as its argument.
    let found = json(&benches, &["sums"]);
    assert_eq!(found["workload"], "beside:sums");
    let output = run(folder.path(), &["odd"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("the argument of Pair::of for odd is not a string literal"),
        "{errors}"
    );
}

#[test]
fn the_text_answers_thresholds_before_it_gives_a_band() {
    let folder = folder(&[]);
    let output = run(
        folder.path(),
        &["-s", "from shop import squares", "squares(20000)"],
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("{part} is not in {text}"))
    };
    assert!(at("over 2×:") < at("with the same data structures"), "{text}");
    assert!(
        at("with the same data structures") < at("time of the port"),
        "{text}"
    );
    assert!(at("measured ports of similar work") < at("trust"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn the_page_has_what_the_text_has() {
    let folder = folder(&[("file", "")]);
    let squares = |out: &str| {
        run(
            folder.path(),
            &["-s", "from shop import squares", "squares(20000)", "--out", out],
        )
    };
    let output = squares("report");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("page   report/forecast.html"), "{text}");
    let page = std::fs::read_to_string(folder.path().join("report/forecast.html")).unwrap();
    assert!(folder.path().join("report/pairbench.css").exists());
    for part in [
        "<code>squares(20000)</code>",
        "over 2×: <strong>yes</strong>",
        "with the same data structures",
        "shop:squares",
        "a port of everything",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let output = squares("file");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{errors}");
    assert!(errors.contains("error: file"), "{errors}");
    assert!(!output.stdout.is_empty());
}

#[test]
fn what_cannot_be_forecast_is_refused_with_the_reason() {
    let files = [
        ("object.jsonl", "{\"id\": 1}\n"),
        ("text.jsonl", "[1]\nnot json\n"),
        ("empty.jsonl", "\n"),
        ("args.jsonl", "{\"args\": 5}\n"),
    ];
    let folder = folder(&files);
    let cases: [(&[&str], i32, &str); 15] = [
        (&["shop:squares"], 2, "takes arguments"),
        (&["shop:squares", "--input", "object.jsonl"], 1, "TypeError"),
        (
            &["shop:squares", "--input", "text.jsonl"],
            2,
            "text.jsonl: line 2: expected ident",
        ),
        (
            &["shop:squares", "--input", "empty.jsonl"],
            2,
            "empty.jsonl: holds no input",
        ),
        (
            &["shop:squares", "--input", "args.jsonl"],
            2,
            "args.jsonl: line 1: not a call",
        ),
        (
            &["shop:squares", "--input", "absent.jsonl"],
            2,
            "absent.jsonl: No such file",
        ),
        (&["absent:f"], 2, "No module named 'absent'"),
        (&["shop:absent"], 2, "shop has no 'absent'"),
        (&["shop:SHOP"], 2, "shop has no 'SHOP'"),
        (&["x = 1", "--input", "text.jsonl"], 2, "module:function"),
        (&["shop:boom"], 1, "ValueError: out of stock"),
        (
            &["-s", "import shop", "shop.boom()"],
            1,
            "ValueError: out of stock",
        ),
        (&["1 +"], 1, "SyntaxError"),
        (&["--interpreter", "/absent/python3", "1"], 2, "/absent/python3"),
        (&["--stdin", "absent.txt", "1"], 2, "absent.txt"),
    ];
    for (arguments, code, part) in cases {
        let (found, errors) = failure(folder.path(), arguments);
        assert_eq!(found, code, "{arguments:?}: {errors}");
        assert!(errors.contains(part), "{arguments:?}: {errors}");
        assert!(!errors.contains("pairbench_workload"), "{errors}");
    }
}

#[test]
fn calls_that_are_no_fair_repetition_are_named() {
    let folder = folder(&[("list.jsonl", "[[1, 2]]\n")]);
    let limit = ["--duration", "3s"];
    let warnings =
        |arguments: &[&str]| json(folder.path(), &[&limit, arguments].concat())["warnings"].clone();
    has(
        &warnings(&["shop:push", "--input", "list.jsonl"]),
        "changes its input",
    );
    has(&warnings(&["1"]), "called in a loop");
    has(&warnings(&["shop:numbers"]), "is a generator");
    has(&warnings(&["shop:clock"]), "different answers");
}

#[test]
fn a_coroutine_is_run_to_its_end_and_its_waiting_is_seen() {
    let folder = folder(&[]);
    let found = json(folder.path(), &["shop:wait"]);
    has(&found["warnings"], "asynchronous");
    assert!(found["time"]["waits"].as_f64().unwrap() > 0.5, "{found}");
    assert_eq!(found["port"]["over"]["2"], "no");
    assert_eq!(found["port"]["limits"][0]["what"], "waiting");
}

#[test]
fn a_program_is_run_as_a_module_or_a_file() {
    let folder = folder(&[]);
    for program in [
        &["python3", "-m", "shop", "40000"][..],
        &["shop.py", "40000"],
        &["python3", "shop.py", "40000"],
    ] {
        let found = json(folder.path(), &[&["--duration", "4s", "--"], program].concat());
        let functions = found["time"]["functions"].as_array().unwrap();
        let total = functions.iter().find(|one| one["name"] == "__main__:total");
        let total = total.unwrap_or_else(|| panic!("{program:?}: {found}"));
        assert!(total["own"].as_f64().unwrap() > 0.1, "{found}");
        assert_eq!(found["warnings"], serde_json::json!([]), "{found}");
    }
}

#[test]
fn a_program_that_waits_is_reported_as_waiting() {
    let folder = folder(&[]);
    let output = run(
        folder.path(),
        &["--duration", "4s", "--", "python3", "-m", "shop", "100", "0.3"],
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("of the wall time it waits: a port gains at most"),
        "{text}"
    );
    assert!(text.contains("over 30×: no"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn threads_of_a_program_are_sampled_as_its_main_thread_is() {
    let threads = "import threading, time\nfrom shop import squares\n
def work():
    for _ in range(400):
        squares(20000)

def nap():
    time.sleep(0.1)

if __name__ == '__main__':
    threads = [threading.Thread(target=one) for one in (work, work, nap)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
";
    let folder = folder(&[("threads.py", threads)]);
    let found = json(folder.path(), &["--duration", "4s", "--", "threads.py"]);
    let of = |name: &str| {
        let mut functions = found["time"]["functions"].as_array().unwrap().iter();
        functions
            .find(|one| one["name"] == name)
            .map_or(0.0, |one| one["total"].as_f64().unwrap())
    };
    if found["trust"].to_string().contains("could not be sampled") {
        eprintln!("SKIPPED: {}", found["trust"]);
        return;
    }
    assert!(
        of("shop:squares") > 0.5 && of("__main__:work") >= of("shop:squares"),
        "{found}"
    );
    assert!(of("__main__:nap") < 0.2, "{found}");
    has(&found["trust"], "threads that run Python were sampled");
    let candidates = found["candidates"].to_string();
    assert!(candidates.contains("shop:squares"), "{found}");
    assert!(!candidates.contains("threading:"), "{found}");
}

#[cfg(target_os = "linux")]
#[test]
fn python_processes_of_a_program_are_sampled() {
    let pool = "import multiprocessing, sys\n
def squares(count):
    return sum(number * number for number in range(count))

if __name__ == '__main__':
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        pool.map(squares, [40000] * 200)
";
    let folder = folder(&[("pool.py", pool)]);
    for start in ["fork", "spawn"] {
        let found = json(folder.path(), &["--duration", "4s", "--", "pool.py", start]);
        if !found["trust"].to_string().contains("child processes of the same") {
            eprintln!("SKIPPED: {}", found["trust"]);
            return;
        }
        let functions = found["time"]["functions"].as_array().unwrap();
        let squares = (functions.iter()).find(|one| one["name"].as_str().unwrap().ends_with(":squares"));
        let squares = squares.unwrap_or_else(|| panic!("{found}"));
        assert!(squares["total"].as_f64().unwrap() > 0.3, "{found}");
        assert!(
            !functions
                .iter()
                .any(|one| one["name"].as_str().unwrap().starts_with("pairbench")),
            "{found}"
        );
        assert!(
            !found["candidates"].to_string().contains("multiprocessing"),
            "{found}"
        );
    }
}

#[test]
fn what_a_program_does_besides_is_named() {
    let forever = "number = 0\nwhile True:\n    number += 1\n";
    let reads = "import sys\nfor line in sys.stdin: print(line)\nsum(i * i for i in range(400000))\n";
    let exits = "import sys\nsum(i * i for i in range(400000))\nprint('usage: shop FILE')\nsys.exit(3)\n";
    let files = [
        ("forever.py", forever),
        ("reads.py", reads),
        ("exits.py", exits),
        ("ends.py", "pass\n"),
        ("in.txt", "a\n"),
    ];
    let folder = folder(&files);
    let at = |arguments: &[&str]| json(folder.path(), &[&["--duration", "2s"], arguments].concat());
    let found = at(&["--", "forever.py"]);
    has(&found["warnings"], "ended after the time limit");
    assert!(found["samples"].as_u64().unwrap() > 0);
    has(&at(&["--", "reads.py"])["warnings"], "--stdin");
    let given = at(&["--stdin", "in.txt", "--", "reads.py"]);
    assert!(!given["warnings"].to_string().contains("--stdin"), "{given}");
    let found = at(&["--", "exits.py"]);
    has(
        &found["warnings"],
        "exit code 3; it printed last: usage: shop FILE",
    );
    assert_eq!(
        run(folder.path(), &["--duration", "2s", "--", "exits.py"])
            .status
            .code(),
        Some(1)
    );
    let cases: [(&[&str], i32, &str); 5] = [
        (&["--", "ends.py"], 1, "ended before anything could be seen"),
        (&["--", "absent.py"], 2, "absent.py cannot be read"),
        (&["--", "python3", "-m", "absent"], 2, "no module 'absent'"),
        (&["--", "python3"], 2, "-m and a module"),
        (&["--", "python3", "-O", "x.py"], 2, "-O"),
    ];
    for (arguments, code, part) in cases {
        let (found, errors) = failure(folder.path(), arguments);
        assert_eq!(
            (found, errors.contains(part)),
            (code, true),
            "{arguments:?}: {errors}"
        );
    }
}
