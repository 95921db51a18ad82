//! Rarer ways to fail, in a run of their own; and what a second look at the common ones finds.

use super::bench::{Bench, Ran, measure, run};
use pairbench::hosts::Fault;
use pairbench::measure::Launch;
use pairbench::record::PairRecord;
use std::sync::LazyLock;

static RARE: LazyLock<Ran> = LazyLock::new(|| {
    measure(
        "^(tires_later|setup_panic|native_panic|interrupts|exits_on_import|wavers_in_rust|hidden|embedded_crash)$",
    )
});

fn pair(name: &str) -> PairRecord {
    let record = RARE.record();
    record.pairs.into_iter().find(|pair| pair.name == name).unwrap()
}

/// The pair fails with one fault, blamed on this variant, and is shown with these words and advice.
#[track_caller]
fn fails(name: &str, variant: &str, words: &[&str], next: &str) -> Fault {
    let [failure] = pair(name).verification.failures.try_into().expect("one failure");
    assert_eq!(failure.variant, variant);
    let who = if variant.is_empty() {
        name.to_string()
    } else {
        format!("{name}/{variant}")
    };
    let start = format!("  FAIL {who}");
    let mut text = String::new();
    for line in RARE.stderr.lines().skip_while(|line| !line.starts_with(&start)) {
        text.push_str(line);
        text.push('\n');
        if line.trim_start().starts_with("next: ") {
            assert!(line.contains(next), "{text}");
            break;
        }
    }
    for word in words {
        assert!(text.contains(word), "{word:?} is not in:\n{text}");
    }
    failure.fault
}

#[test]
fn a_variant_that_raises_while_it_is_measured_beside_a_good_baseline() {
    let pair = pair("tires_later");
    let [launch] = pair.launches.as_slice() else {
        panic!("{} launches", pair.launches.len());
    };
    let [failure] = launch.failures.as_slice() else {
        panic!("{:?}", launch.failures);
    };
    assert_eq!(failure.variant, "same");
    let mut others: Vec<_> = launch.comparisons.iter().map(|c| c.variant.as_str()).collect();
    others.sort_unstable();
    assert_eq!(others, ["embedded", "python", "rust"]);
    assert!(
        RARE.stderr
            .contains("tires_later/same while measuring: raised RuntimeError"),
        "{}",
        RARE.stderr
    );
}

#[test]
fn a_panic_while_setting_up() {
    let fault = fails(
        "setup_panic",
        "rust",
        &["panicked: no pool today at "],
        "fix the Rust side",
    );
    assert!(matches!(fault, Fault::Panic { .. }), "{fault:?}");
}

#[test]
fn a_panic_of_an_extension_module() {
    let fault = fails(
        "native_panic",
        "python",
        &["panicked: index out of bounds"],
        "fix the Rust side",
    );
    assert!(matches!(fault, Fault::Panic { .. }), "{fault:?}");
}

#[test]
fn a_keyboard_interrupt_is_an_exception_like_any_other() {
    let words = ["raised KeyboardInterrupt", "interrupts.py\", line 6, in python"];
    let fault = fails("interrupts", "python", &words, "correct what the traceback names");
    assert!(matches!(fault, Fault::Exception { .. }), "{fault:?}");
}

#[test]
#[cfg(unix)]
fn a_crash_of_the_embedded_interpreter_alone() {
    let words = [
        "SIGSEGV",
        "Segmentation fault",
        "embedded_crash.py\", line 12 in python",
    ];
    let fault = fails("embedded_crash", "embedded", &words, "the last output is shown");
    assert!(matches!(fault, Fault::Died { .. }), "{fault:?}");
}

#[test]
fn sys_exit_while_importing() {
    let words = [
        "called sys.exit('not on this system')",
        "exits_on_import.py\", line 5",
    ];
    let fault = fails("exits_on_import", "", &words, "return instead of leaving");
    assert!(matches!(fault, Fault::Exit { .. }), "{fault:?}");
    assert!(!fault.details().contains("importlib"), "{}", fault.details());
}

#[test]
fn another_answer_of_rust_when_called_again() {
    let words = [
        "a second call on the same input gave another answer",
        "4465 against 4466",
    ];
    fails("wavers_in_rust", "rust", &words, "");
}

#[test]
fn a_folder_called_like_a_package_of_python() {
    let words = ["hidden.py is hidden by Python's own module 'json'; rename the folder 'json' on both sides"];
    let fault = fails("hidden", "", &words, "");
    assert!(matches!(fault, Fault::Declaration { .. }), "{fault:?}");
}

#[test]
fn advice_for_a_file_that_does_not_load_is_about_the_file() {
    let ran = run("--test ^(syntax_error|imports_missing)$");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let advice = ran
        .stderr
        .matches("next: fix the Python side; the error names the line")
        .count();
    assert_eq!(advice, 2, "{}", ran.stderr);
}

#[test]
fn the_command_that_installs_what_is_missing_names_it() {
    let ran = run("--test --exact needs_missing");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("-m pip install a_module_that_nobody_has"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_environment_that_is_not_active_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("venv/bin/python");
    std::fs::create_dir_all(python.parent().unwrap()).unwrap();
    std::fs::write(python, "").unwrap();
    std::fs::write(folder.path().join("venv/pyvenv.cfg"), "").unwrap();
    let mut bench = Bench::new("--test --exact needs_missing");
    bench.command.current_dir(&folder);
    let ran = bench.run();
    assert!(
        ran.stderr
            .contains("is not active: --interpreter venv/bin/python"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_port_that_is_not_written_yet_is_no_failure() {
    let ran = measure("^(unwritten|no_port)$ --diagnose profile");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("unwritten/rust: not written yet; replace its todo!()"),
        "{}",
        ran.stderr
    );
    for pair in ran.record().pairs {
        let name = &pair.name;
        assert!(pair.verification.passed, "{name}");
        let of_step = |launch: &Launch| launch.comparison("shorter").is_some();
        assert!(pair.launches.iter().any(of_step), "{name}");
        assert!(
            ran.file(&format!("pairs/{name}.html")).contains("inconclusive"),
            "{name}"
        );
    }
    assert!(ran.file("pairs/unwritten.html").contains("not written yet"));
    assert!(ran.file("index.html").contains("2 pairs, no port measured yet"));
}

#[test]
fn when_nothing_verifies_nothing_is_measured_and_the_report_shows_it() {
    let ran = measure("--exact panics");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nothing was verified"), "{}", ran.stderr);
    assert!(ran.file("index.html").contains("panics"));
    assert!(ran.stdout.contains("panics"), "{}", ran.stdout);
}

#[test]
fn what_a_pair_prints_is_in_no_output_of_the_run() {
    let ran = measure("--exact prints");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for text in [&ran.stdout, &ran.stderr] {
        assert!(
            !text.contains("a line of output") && !text.contains("a complaint"),
            "{text}"
        );
    }
}

/// Interpreters of pyenv, where they are installed.
#[cfg(unix)]
fn installed(version: &str) -> Option<std::path::PathBuf> {
    let root = match std::env::var_os("PYENV_ROOT") {
        Some(root) => root.into(),
        None => std::path::PathBuf::from(std::env::var_os("HOME")?).join(".pyenv"),
    };
    let mut versions = std::fs::read_dir(root.join("versions")).ok()?.flatten();
    let prefix = format!("{version}.");
    let folder = versions.find(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))?;
    Some(folder.path().join("bin/python")).filter(|program| program.exists())
}

#[test]
#[cfg(unix)]
fn real_interpreters_that_are_too_old() {
    for version in ["2.7", "3.6", "3.7"] {
        match installed(version) {
            Some(program) => run(&format!("honest --interpreter {}", program.display()))
                .refused(&[&format!("is Python {version}."), "3.8 or newer"]),
            None => eprintln!("no Python {version} here"),
        }
    }
}

/// The oldest and a new one: tracebacks and faults look alike, only the embedded time is missing.
#[test]
#[cfg(unix)]
fn another_interpreter_than_the_one_built_against() {
    let built = pairbench::hosts::interpreter::choose(None).unwrap().about.version;
    for version in ["3.8", "3.13"] {
        let Some(program) = installed(version).filter(|_| !built.starts_with(version)) else {
            eprintln!("no Python {version} here");
            continue;
        };
        let ran = measure(&format!("^(honest|raises)$ --interpreter {}", program.display()));
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        for words in [
            "raised ValueError",
            "in deepest",
            "no embedded time",
            "PYO3_PYTHON=",
        ] {
            assert!(ran.stderr.contains(words), "{words:?} is not in:\n{}", ran.stderr);
        }
        let record = ran.record();
        assert!(record.interpreter.version.starts_with(version));
        assert_eq!(record.pairs[0].name, "honest");
        assert_eq!(record.pairs[0].launches[0].comparisons.len(), 2);
    }
}
