//! Python's deprecation warnings, from the pair's file to terminal and record.

use super::bench::{Bench, SHORT, run};
use pairbench::record::{Deprecation, Record, WarningKind};

/// The deprecations that a record must have.
fn wanted(record: &Record) -> Vec<Deprecation> {
    let version = &record.interpreter.version;
    let minor: u32 = version.split('.').nth(1).unwrap().parse().unwrap();
    let escape = match minor {
        ..12 => "DeprecationWarning",
        _ => "SyntaxWarning",
    };
    let row = |category: &str, message: &str, line, source: &str, variant: &str| Deprecation {
        category: category.into(),
        message: message.into(),
        removed_in: message.ends_with("Python 3.99").then(|| "3.99".into()),
        file: "python/good/deprecated.py".into(),
        line,
        source: source.into(),
        variant: variant.into(),
    };
    vec![
        row(escape, "", 10, "DIGIT = \"\\d\"  # noqa: W605", ""),
        row(
            "DeprecationWarning",
            "this file is slated for removal in Python 3.99",
            8,
            "warnings.warn(\"this file is slated for removal in Python 3.99\", DeprecationWarning, stacklevel=1)",
            "",
        ),
        row(
            "PendingDeprecationWarning",
            "total() is\n  deprecated",
            24,
            "return total(numbers)",
            "python",
        ),
    ]
}

#[test]
fn warnings_are_in_the_record_and_the_terminal_and_fail_nothing() {
    // Twice: the second time the module is cached, and silent about its text when it is imported.
    for _ in 0..2 {
        let mut bench = Bench::new(&format!("{SHORT} ^deprecated$ --noplot"));
        bench.command.env_remove("PYTHONDONTWRITEBYTECODE");
        let ran = bench.run();
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let record = ran.record();
        let pair = &record.pairs[0];
        assert!(pair.verification.passed);
        let mut found = pair.deprecations.clone();
        // Each Python words it differently; and a cached module gives it after all other warnings of its import.
        let escape = found.iter_mut().find(|one| one.line == 10).unwrap();
        assert!(std::mem::take(&mut escape.message).contains("invalid escape sequence"));
        found.sort_by_key(|one| (one.variant.clone(), one.line != 10));
        assert_eq!(found, wanted(&record));
        for line in [
            "  warn deprecated       DeprecationWarning: this file is slated for removal in Python 3.99 \
             (python/good/deprecated.py:8, removed in 3.99)",
            "  warn deprecated/python PendingDeprecationWarning: total() is deprecated (python/good/deprecated.py:24)",
        ] {
            assert!(ran.stderr.contains(line), "{line:?} is not in:\n{}", ran.stderr);
        }
        let note = record
            .warnings
            .iter()
            .find(|one| one.kind == WarningKind::Deprecated);
        let note = note.expect("a note of them");
        assert_eq!(note.figure, "3 deprecations, the first removed in 3.99");
    }
}

#[test]
fn warnings_are_caught_if_the_environment_turns_them_into_errors() {
    let mut bench = Bench::new("--test --inherit-environ PYTHONWARNINGS ^deprecated$");
    bench.command.env("PYTHONWARNINGS", "error");
    let ran = bench.run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("ok   deprecated "), "{}", ran.stderr);
    let heard = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("  warn deprecated"));
    assert_eq!(heard.count(), 3, "{}", ran.stderr);
}

#[test]
fn pairs_without_warnings_report_nothing() {
    let ran = run("--test ^(honest|prints)$");
    assert!(!ran.stderr.contains("  warn "), "{}", ran.stderr);
}
