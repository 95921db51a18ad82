//! What the sides hand over: answers that differ far inside or by hash order, types with and without a plain form.

use super::bench::{Ran, run};
use std::sync::LazyLock;

static CHECKED: LazyLock<Ran> = LazyLock::new(|| {
    run(
        "--test ^(hash_order|differs_deep|disagrees|half_a_pair|raises_half|odd_keys|odd_arguments|overflows|match|borrows)$",
    )
});

/// All output about one failure.
fn shown(who: &str) -> String {
    let start = format!("  FAIL {who}");
    let lines: Vec<_> = CHECKED.stderr.lines().collect();
    let at = lines.iter().position(|line| line.starts_with(&start));
    let at = at.unwrap_or_else(|| panic!("no {start:?} in:\n{}", CHECKED.stderr));
    let more = lines[at + 1..]
        .iter()
        .take_while(|line| line.starts_with("       "));
    std::iter::once(&lines[at])
        .chain(more)
        .copied()
        .collect::<Vec<_>>()
        .join("\n")
}

#[track_caller]
fn says(who: &str, words: &[&str]) -> String {
    let text = shown(who);
    for word in words {
        assert!(text.contains(word), "{word:?} is not in:\n{text}");
    }
    text
}

#[test]
fn an_answer_in_hash_order_is_not_deterministic() {
    let text = says(
        "hash_order/python on 10 numbers",
        &[
            "is not deterministic: another process, with another hash seed, gave another answer: answer[",
            "hash seed ",
            "sort what comes from a set",
        ],
    );
    assert_eq!(text.matches("       hash seed ").count(), 2, "{text}");
    assert!(!CHECKED.stderr.contains("hash_order/rust"), "{}", CHECKED.stderr);
}

#[test]
fn of_a_deep_difference_the_place_is_shown_with_the_input_there() {
    let text = says(
        "differs_deep/rust on 1000 numbers",
        &[
            "answer[700]: -1 against ",
            "baseline: answer[698:703]: [",
            "this one: answer[698:703]: [",
            "input: input[698:703]: [",
        ],
    );
    assert!(text.len() < 700, "{text}");
}

#[test]
fn a_tolerance_is_offered_for_floats_alone() {
    let text = says("disagrees/rust", &["next: fix the side that is wrong"]);
    assert!(!text.contains("tolerance"), "{text}");
}

#[test]
fn half_a_surrogate_pair_is_named() {
    let text = says(
        "half_a_pair/python",
        &[
            "the answer[1] is a str with half a surrogate pair",
            "surrogatepass",
        ],
    );
    assert!(!text.contains("offset"), "{text}");
}

#[test]
fn half_a_surrogate_pair_in_an_exception_is_shown() {
    let text = says("raises_half/python", &["ValueError", "half of a pair: ", "of 10"]);
    assert!(!text.contains("offset"), "{text}");
}

#[test]
fn keys_that_name_no_argument_are_a_wrong_declaration() {
    let text = says(
        "odd_keys/python",
        &[
            "the key 0, which cannot name an argument of python()",
            "a struct with a field",
        ],
    );
    assert!(!text.contains("worker.py"), "{text}");
}

#[test]
fn arguments_that_do_not_fit_are_a_wrong_declaration() {
    let text = says(
        "odd_arguments/python",
        &[
            "python(numbers, more) does not take the arguments",
            "missing a required argument: 'more'",
        ],
    );
    assert!(
        !text.contains("worker.py") && !text.contains("fix the Python"),
        "{text}"
    );
}

#[test]
#[cfg(unix)]
fn a_stack_overflow_in_rust_has_its_name() {
    let text = says("overflows/rust", &["overflowed its stack", "SIGABRT"]);
    assert!(!text.contains("Fatal Python error"), "{text}");
}

/// Sets, decimals, fractions, moments, enums, dataclasses, and integers beyond 64 bits both ways.
#[test]
fn plain_forms_agree_under_a_keyword_as_name() {
    assert!(CHECKED.stderr.contains("ok   match "), "{}", CHECKED.stderr);
}

#[test]
fn answers_that_borrow_from_the_input_agree() {
    assert!(CHECKED.stderr.contains("ok   borrows "), "{}", CHECKED.stderr);
}
