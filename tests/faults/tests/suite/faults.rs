//! Every fault pair in one run: each is named with its reason and the next step, and the good ones finish beside them.

use super::bench::{Ran, measure, run};
use pairbench::hosts::Fault;
use pairbench::record::{PairRecord, Status, VariantState};
use pairbench::registry::{Profile, Side};
use std::sync::LazyLock;

/// The run over all pairs that the tests look at. Those with planted differences pass, and are left out.
static ALL: LazyLock<Ran> = LazyLock::new(|| measure("^([^p]|p[^l])"));

/// Pairs that are measured to the end.
const GOOD: [&str; 8] = [
    "deprecated",
    "falls_short",
    "honest",
    "match",
    "needs_missing",
    "null_pair",
    "prints",
    "reads_stdin",
];

fn pair(name: &str) -> PairRecord {
    let record = ALL.record();
    record.pairs.into_iter().find(|pair| pair.name == name).unwrap()
}

/// The lines that the terminal shows for a failure: from its `FAIL` to its `next:`.
fn shown(who: &str) -> String {
    let start = format!("  FAIL {who}");
    let mut lines = ALL.stderr.lines().skip_while(|line| !line.starts_with(&start));
    let first = lines
        .next()
        .unwrap_or_else(|| panic!("no {start:?} in:\n{}", ALL.stderr));
    let mut text = format!("{first}\n");
    for line in lines {
        assert!(line.starts_with("       "), "no next step after:\n{text}");
        text.push_str(line);
        text.push('\n');
        if line.trim_start().starts_with("next: ") {
            return text;
        }
    }
    panic!("no next step after:\n{text}")
}

#[track_caller]
fn assert_output(who: &str, words: &[&str]) -> String {
    let text = shown(who);
    for word in words {
        assert!(text.contains(word), "{word:?} is not in:\n{text}");
    }
    text
}

/// Asserts that it failed when verified: no time of it is published.
#[track_caller]
fn unverified(name: &str) -> Fault {
    let pair = pair(name);
    assert!(!pair.verification.passed);
    assert!(pair.launches.is_empty(), "{name} was measured all the same");
    let [failure] = pair.verification.failures.try_into().expect("one failure");
    failure.fault
}

#[test]
fn the_run_is_whole_and_the_exit_code_shows_that_something_failed() {
    assert_eq!(ALL.code, Some(1), "{}", ALL.stderr);
    let record = ALL.record();
    assert_eq!(record.status, Status::Complete);
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/workloads")).unwrap();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    let of_files = record
        .pairs
        .iter()
        .filter(|pair| !pair.name.starts_with("refers"));
    assert_eq!(of_files.count(), files.count());
    ALL.left_nothing();
}

#[test]
fn good_pairs_finish_whatever_the_others_do() {
    for name in GOOD {
        let pair = pair(name);
        assert!(pair.verification.passed, "{name}");
        let [launch] = pair.launches.as_slice() else {
            panic!("{name}: {} launches", pair.launches.len());
        };
        assert!(launch.failures.is_empty(), "{name}: {:?}", launch.failures);
        let mut measured: Vec<_> = launch.comparisons.iter().map(|c| c.variant.as_str()).collect();
        measured.sort_unstable();
        let mut wanted = vec!["embedded", "python", "rust"];
        if name == "null_pair" {
            wanted.push("same");
        }
        assert_eq!(measured, wanted, "{name}");
        for comparison in &launch.comparisons {
            assert_eq!(comparison.variant_samples.ns.len(), 10);
            // The baseline's own partner is the reference.
            assert_eq!(comparison.baseline_samples.ns.len(), 10);
            assert_eq!(comparison.order.len(), 10);
        }
        assert!(!ALL.stderr.contains(&format!("FAIL {name}")), "{}", ALL.stderr);
    }
}

#[test]
fn a_pair_lists_the_libraries_of_its_sides() {
    let libraries: Vec<_> = (pair("honest").libraries.into_iter())
        .map(|library| (library.side, library.name, library.version))
        .collect();
    let [python, crate_, rust] = libraries.try_into().expect("three libraries");
    assert_eq!(python, (Side::Python, "Abacus".into(), "2".into()));
    assert_eq!((crate_.0, &*crate_.1), (Side::Rust, "serde"));
    assert!(crate_.2.starts_with("1."), "{}", crate_.2);
    assert_eq!(rust, (Side::Rust, "Abacus".into(), "3".into()));
    let page = ALL.file("pairs/honest.html");
    let words = format!(
        "Python uses <b>Abacus 2</b>; Rust uses <b>serde {}, Abacus 3</b>",
        crate_.2
    );
    assert!(page.contains(&words), "{words}");
    assert!(pair("prints").libraries.is_empty());
    assert!(!ALL.file("pairs/prints.html").contains("Libraries: "));
}

#[test]
fn null_pairs_run_the_code_of_the_first_good_pair_of_each_profile() {
    let record = ALL.record();
    let good = |pair: &&PairRecord| pair.verification.passed;
    let first = record.pairs.iter().find(good).unwrap();
    let sides: Vec<_> = record
        .nulls
        .iter()
        .map(|null| (null.name.as_str(), null.baseline.as_str()))
        .collect();
    let expected = [
        ("null_python", "python"),
        ("null_rust", "rust"),
        ("null_hot_loop", "python"),
        ("null_undeclared", "python"),
    ];
    assert_eq!(sides, expected);
    assert_eq!(first.profile, Profile::Flat);
    for null in &record.nulls {
        let mut of_profile = record.pairs.iter().filter(|pair| pair.profile == null.profile);
        assert_eq!(
            null.null_of.as_ref(),
            of_profile.find(good).map(|pair| &pair.name)
        );
        let [launch] = null.launches.as_slice() else {
            panic!("{}: {} launches", null.name, null.launches.len());
        };
        let [comparison] = launch.comparisons.as_slice() else {
            panic!("{}: {:?}", null.name, launch.failures);
        };
        assert_eq!(comparison.variant, "null");
        assert_eq!(
            (
                comparison.baseline_samples.ns.len(),
                comparison.variant_samples.ns.len()
            ),
            (10, 10)
        );
        assert!(
            ALL.stdout.contains(&format!("{}, true ratio 1", null.name)),
            "{}",
            ALL.stdout
        );
    }
    assert!(ALL.file("index.html").contains("Calibration of this run"));
}

#[test]
fn every_pair_is_in_report_and_table() {
    let index = ALL.file("index.html");
    for pair in ALL.record().pairs {
        assert!(
            index.contains(&format!("pairs/{}.html", pair.name)),
            "{}",
            pair.name
        );
        let page = ALL.file(&format!("pairs/{}.html", pair.name));
        for failure in &pair.verification.failures {
            let kind = failure.fault.to_string();
            let word = kind.split(['\'', '"', '<', '(']).next().unwrap();
            assert!(
                page.contains(word),
                "{word:?} is not on the page of {}",
                pair.name
            );
        }
        assert!(ALL.stdout.contains(&pair.name), "{}", ALL.stdout);
    }
}

#[test]
fn a_file_is_no_terminal() {
    for text in [&ALL.stdout, &ALL.stderr] {
        assert!(!text.contains('\x1b'), "{text}");
        assert!(!text.contains('\r'), "{text}");
    }
    // Only paths may be longer: half a path is of no use.
    let lines = ALL
        .stdout
        .lines()
        .filter(|line| !line.starts_with("report: ") && !line.starts_with("record: "));
    for line in lines {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn another_answer() {
    assert_output(
        "disagrees/rust",
        &["4466 against 4465", "baseline: 4466", "this one: 4465"],
    );
    assert!(matches!(unverified("disagrees"), Fault::Disagrees { .. }));
}

#[test]
fn another_type() {
    assert_output("wrong_type/rust", &["4465.0 against 4465"]);
    assert!(matches!(unverified("wrong_type"), Fault::Disagrees { .. }));
}

#[test]
fn another_answer_when_called_again() {
    assert_output(
        "stateful/python",
        &["a second call on the same input gave another answer"],
    );
    assert!(matches!(unverified("stateful"), Fault::Wavers { .. }));
}

#[test]
fn a_changed_input() {
    assert_output(
        "mutates/python",
        &["changed its input: input[0]: ", "work on a copy"],
    );
    assert!(matches!(unverified("mutates"), Fault::Mutates { .. }));
}

#[test]
fn an_answer_of_no_plain_type() {
    assert_output(
        "returns_object/python",
        &["Total, not a plain value", "return plain values"],
    );
    assert!(matches!(unverified("returns_object"), Fault::Answer { .. }));
}

#[test]
fn an_exception_with_its_traceback() {
    let text = assert_output(
        "raises/python",
        &[
            "raised ValueError: no answer for these numbers",
            "in python\n",
            "in middle\n",
            "in deepest\n",
            "return {}[len(numbers)]",
            "KeyError: 10",
            "direct cause",
        ],
    );
    assert!(
        !text.contains("worker.py"),
        "frames of the harness help nobody:\n{text}"
    );
    assert!(matches!(unverified("raises"), Fault::Exception { .. }));
}

#[test]
fn a_file_that_does_not_parse() {
    let text = assert_output(
        "syntax_error",
        &[
            "syntax_error.py does not load: SyntaxError",
            "line 5",
            "return sum(numbers",
        ],
    );
    assert!(!text.contains("importlib"), "{text}");
    assert!(matches!(unverified("syntax_error"), Fault::Declaration { .. }));
}

#[test]
fn a_file_that_does_not_load() {
    assert_output(
        "imports_missing",
        &[
            "imports_missing.py does not load: ModuleNotFoundError",
            "line 3",
            "a_module_that_nobody_has",
        ],
    );
    assert!(matches!(unverified("imports_missing"), Fault::Declaration { .. }));
}

#[test]
fn a_function_that_is_not_there() {
    assert_output(
        "missing_function/threads",
        &["missing_function.py has no function 'threads'"],
    );
    let pair = pair("missing_function");
    let [failure] = pair.verification.failures.as_slice() else {
        panic!("{:?}", pair.verification);
    };
    assert!(matches!(failure.fault, Fault::Declaration { .. }));
    // Both sides agree, so only the step is lost.
    assert!(pair.verification.passed);
    let compared = pair.launches.iter().flat_map(|launch| &launch.comparisons);
    let mut compared: Vec<_> = compared.map(|one| one.variant.as_str()).collect();
    compared.sort_unstable();
    assert_eq!(compared, ["embedded", "python", "rust"]);
    let page = ALL.file("pairs/missing_function.html");
    assert!(page.contains("What failed has no ratio"), "{page}");
}

#[test]
fn a_panic_with_its_place() {
    assert_output(
        "panics/rust",
        &["panicked: cannot add 10 numbers at ", "panics.rs:"],
    );
    assert!(matches!(unverified("panics"), Fault::Panic { .. }));
}

#[test]
fn sys_exit() {
    assert_output(
        "exits/python",
        &["called sys.exit(3)", "exits.py", "return instead of leaving"],
    );
    assert!(matches!(unverified("exits"), Fault::Exit { .. }));
}

#[test]
fn a_worker_that_ends_without_a_word() {
    assert_output("os_exits/python", &["the Python process ended with exit code 7"]);
    assert!(matches!(unverified("os_exits"), Fault::Died { .. }));
}

#[test]
#[cfg(unix)]
fn a_worker_that_crashes_leaves_its_last_words() {
    assert_output(
        "segfaults/python",
        &[
            "SIGSEGV",
            "Segmentation fault",
            "segfaults.py\", line 8 in python",
        ],
    );
    assert!(matches!(unverified("segfaults"), Fault::Died { .. }));
}

#[test]
#[cfg(unix)]
fn an_abort() {
    assert_output("aborts/rust", &["SIGABRT", "about to abort"]);
    assert!(matches!(unverified("aborts"), Fault::Died { .. }));
}

#[test]
fn a_hang_on_either_side() {
    for who in ["hangs/python", "hangs_in_rust/rust"] {
        assert_output(who, &["was still running after 5 s and was stopped", "--timeout"]);
    }
    for name in ["hangs", "hangs_in_rust"] {
        assert_eq!(unverified(name), Fault::Hang { limit_s: 5 });
    }
}

/// Asserts that it was verified, then failed while measuring: only the failed variant is named.
#[track_caller]
fn fails_later(name: &str, variant: &str) -> Fault {
    let pair = pair(name);
    assert!(pair.verification.passed, "{name}");
    let [launch] = pair.launches.as_slice() else {
        panic!("{} launches", pair.launches.len());
    };
    let blamed: Vec<_> = launch
        .failures
        .iter()
        .filter(|failure| failure.variant != "embedded")
        .collect();
    let [failure] = blamed.as_slice() else {
        panic!("{name}: {blamed:#?}");
    };
    assert_eq!(failure.variant, variant);
    for one in &pair.variants {
        let failed = matches!(one.state, VariantState::Failed { .. });
        assert_eq!(
            failed,
            one.name == variant,
            "{name}/{}: {:?}",
            one.name,
            one.state
        );
    }
    failure.fault.clone()
}

#[test]
fn a_baseline_that_raises_while_it_is_measured() {
    assert_output(
        "raises_later/python while measuring",
        &[
            "raised RuntimeError: had enough of it",
            "raises_later.py\", line 11, in python",
        ],
    );
    assert!(matches!(
        fails_later("raises_later", "python"),
        Fault::Exception { .. }
    ));
    // Nothing to compare with: no ratio.
    assert!(pair("raises_later").launches[0].comparisons.is_empty());
}

#[test]
#[cfg(unix)]
fn a_baseline_that_crashes_while_it_is_measured() {
    assert_output(
        "segfaults_later/python while measuring",
        &["SIGSEGV", "segfaults_later.py\", line 15 in python"],
    );
    assert!(matches!(
        fails_later("segfaults_later", "python"),
        Fault::Died { .. }
    ));
}

#[test]
fn a_variant_that_panics_while_it_is_measured() {
    assert_output(
        "panics_later/rust while measuring",
        &["panicked: had enough of it at ", "panics_later.rs:"],
    );
    assert!(matches!(fails_later("panics_later", "rust"), Fault::Panic { .. }));
    // The baseline and its embedded twin go on.
    let launch = &pair("panics_later").launches[0];
    assert_eq!(launch.comparisons.len(), 2, "{launch:#?}");
}

#[test]
fn a_missing_requirement_is_shown_and_fails_nothing() {
    let ran = run("--test ^(honest|needs_missing|prints|reads_stdin)$");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("skip needs_missing/extra: needs a_module_that_nobody_has")
            && ran.stderr.contains("-m pip install"),
        "{}",
        ran.stderr
    );
    let pair = pair("needs_missing");
    let extra = pair
        .variants
        .iter()
        .find(|variant| variant.name == "extra")
        .unwrap();
    assert!(
        matches!(extra.state, VariantState::Skipped { .. }),
        "{:?}",
        extra.state
    );
    assert!(
        ALL.file("pairs/needs_missing.html")
            .contains("a_module_that_nobody_has")
    );
}
