//! Pairs that refer to a Python function where it is, with calls from a file.

use super::bench::{Bench, Ran, run};
use std::sync::LazyLock;

static CHECKED: LazyLock<Ran> = LazyLock::new(|| run("--test ^refers"));

#[track_caller]
fn says(words: &[&str]) {
    for word in words {
        assert!(
            CHECKED.stderr.contains(word),
            "{word:?} is not in:\n{}",
            CHECKED.stderr
        );
    }
}

#[test]
fn calls_agree_one_by_one_and_as_a_whole() {
    // Two sizes, three variants, two of them compared; one size of one call.
    says(&["ok   refers ", "ok   refers_to_library ", "ok   refers_whole "]);
}

#[test]
fn what_is_wrong_is_named_with_the_call() {
    says(&[
        "FAIL refers_wrong_answer/rust on 4 calls: disagrees with the baseline: \
         digits([0, 757, 514], 4): 44 against 11",
        "refers_wrong_answer/rust: the smallest input found: digits([1], 0)",
        "FAIL refers_raises/python on 32 calls: raised KeyError: 352, in picky([0, 676, 352, 28])",
        "FAIL refers_panic/rust on 4 calls: panicked: three at ",
        "main.rs:90:26, in digits([0, 757, 514], 4)",
        "FAIL refers_wrong_type/rust on 4 calls: ",
        "call 1: argument 1 is not a valid ",
        "src/gone.jsonl: No such file",
        "make the functions, the inputs and the declaration of the pair match",
        "no_such_package.part:digits does not load: ModuleNotFoundError",
        "json:no_such_function does not load: AttributeError",
        "FAIL refers_changes/python on 4 calls",
        "the arguments of call 1: ",
    ]);
    // No mention of the module that the bench makes.
    assert!(!CHECKED.stderr.contains("pairbench_pair_"), "{}", CHECKED.stderr);
    assert_eq!(CHECKED.code, Some(1));
}

#[test]
fn a_step_whose_package_is_missing_is_skipped_and_a_port_to_come_is_no_failure() {
    says(&["no_such_package", "not written yet"]);
    assert!(!CHECKED.stderr.contains("FAIL refers/"), "{}", CHECKED.stderr);
    assert!(
        !CHECKED.stderr.contains("FAIL refers_unwritten"),
        "{}",
        CHECKED.stderr
    );
}

#[test]
fn the_report_shows_the_functions_that_were_named() {
    let ran = Bench::new("--exact refers --quick --launches 3").run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let sources = &record.pairs[0].sources;
    assert_eq!(sources.python_path, "src/beside.py:4");
    assert!(
        sources.python.starts_with("def digits(numbers, factor=1):"),
        "{}",
        sources.python
    );
    assert!(
        sources
            .rust
            .starts_with("/// The sum of the last digits, times a factor.\nfn sum_of_digits("),
        "{}",
        sources.rust
    );
    assert!(record.pairs[0].many_calls);
    let page = ran.file("pairs/refers.html");
    assert!(page.contains("Time for all calls"), "{page}");
    assert!(page.contains("sum_of_digits") && !page.contains("pairbench_pair_"));
}
