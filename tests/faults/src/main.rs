//! A bench executable with pairs of its own, most of which fail: the tests beside it check what the harness reports of each.
//!
//! Most are declared in files of their own: a build script, [`pairbench::pairs!`] and a `main`. Some are declared here.

use pairbench::cli::Suite;
use pairbench::registry::{Kind, Pair, Profile};
use std::process::ExitCode;

mod planted;

pairbench::pairs!();

fn main() -> ExitCode {
    let suite = declared(Suite {
        registry: registry(),
        register_extension: None,
    });
    planted::planted(suite).run()
}

/// The pairs that refer to a Python function where it is.
fn declared(suite: Suite) -> Suite {
    let digits = |numbers: &[i64]| numbers.iter().map(|n| n % 10).sum::<i64>();
    suite
        .pair(
            "refers",
            Pair::of("beside.py:digits")
                .calls("src/calls.jsonl")
                .step(Kind::BetterPython, "mapped", "beside.py:mapped")
                .step(Kind::Library, "absent", "no_such_package:digits")
                .rust(sum_of_digits),
        )
        .pair(
            "refers_to_library",
            Pair::of("json:dumps")
                .each(|size, seed| (0..size).map(|n| n + seed).collect::<Vec<_>>())
                .cases("numbers", &[10, 100])
                .rust(|n: &u64| n.to_string()),
        )
        .pair(
            "refers_whole",
            Pair::of("beside.py:digits")
                .input_file("src/numbers.txt")
                .rust(|lines: &[String]| lines.iter().map(|line| line.len() as i64 % 10).sum::<i64>()),
        )
        .pair(
            "refers_wrong_answer",
            Pair::of("beside.py:digits")
                .calls("src/calls.jsonl")
                .rust(move |numbers: &[i64], _: Option<i64>| digits(numbers)),
        )
        .pair(
            "refers_wrong_type",
            Pair::of("beside.py:digits")
                .calls("src/calls.jsonl")
                .rust(|text: &str, _: Option<i64>| text.len()),
        )
        .pair(
            "refers_no_file",
            Pair::of("beside.py:digits").calls("src/gone.jsonl").rust(digits),
        )
        .pair(
            "refers_no_module",
            Pair::of("no_such_package.part:digits")
                .calls("src/calls.jsonl")
                .rust(digits),
        )
        .pair(
            "refers_no_function",
            Pair::of("json:no_such_function")
                .calls("src/calls.jsonl")
                .rust(digits),
        )
        .pair(
            "refers_changes",
            Pair::of("beside.py:changes")
                .calls("src/calls.jsonl")
                .rust(sum_of_digits),
        )
        .pair(
            "refers_raises",
            Pair::of("beside.py:picky")
                .calls("src/calls.jsonl")
                .rust(sum_of_digits),
        )
        .pair(
            "refers_panic",
            Pair::of("beside.py:digits").calls("src/calls.jsonl").rust(
                |numbers: &[i64], factor: Option<i64>| match numbers.len() {
                    3 => panic!("three"),
                    _ => sum_of_digits(numbers, factor),
                },
            ),
        )
        .pair(
            "refers_unwritten",
            Pair::of("beside.py:digits")
                .calls("src/calls.jsonl")
                .rust(|_: &[i64], _: Option<i64>| -> i64 { todo!() }),
        )
}

/// The sum of the last digits, times a factor.
fn sum_of_digits(numbers: &[i64], factor: Option<i64>) -> i64 {
    numbers.iter().map(|n| n % 10).sum::<i64>() * factor.unwrap_or(1)
}

/// The Rust side of the pairs whose fault is in Python.
fn adds_numbers() -> Pair {
    Pair::new(Profile::HotLoop, "adds numbers")
        .input(numbers)
        .cases("numbers", &[10, 100, 1_000])
        .rust(|numbers: &Vec<u64>| sum(numbers))
        .build()
}

/// The input of most pairs here: numbers below a thousand, in no particular order.
fn numbers(size: u64, seed: u64) -> Vec<u64> {
    (0..size)
        .map(|at| (at + seed + 1).wrapping_mul(2_654_435_761) % 1_000)
        .collect()
}

/// What most pairs here compute.
fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}
