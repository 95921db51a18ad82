//! The arguments: what is chosen, what is refused and how, and that nothing happens behind anybody's back.

use super::bench::{Bench, MEASURING, Ran, SHORT, measure, run};
use pairbench::export::{Format, export_records};
use pairbench::record::{Status, VariantState};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;

#[test]
fn an_unknown_flag_gets_a_suggestion() {
    run("--lanches 3").refused(&["--lanches", "--launches"]);
}

/// A user with several projects sees which one is measured; only the catalogue of pairbench goes without.
#[test]
fn the_first_line_names_the_project() {
    let ran = run("--test honest");
    assert!(ran.stderr.starts_with("pairbench-faults"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("cargo run"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    run("--quick --exact").refused(&["FILTER"]);
    run("--quick --warm-up-time 0.0005 honest").refused(&["at least a millisecond"]);
}

#[test]
fn a_run_that_measured_nothing_claims_no_precision() {
    let ran = run(&format!(
        "{} --exact disagrees --noplot",
        SHORT.replace("--launches 1 ", "")
    ));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(!ran.stdout.contains("every ratio"), "{}", ran.stdout);
}

#[test]
fn an_unknown_name_lists_what_there_is() {
    run("--test --variants fortran").refused(&["\"fortran\"", "extra", "python", "rust", "same"]);
    run("--test no_such_pair").refused(&["\"no_such_pair\"", "honest", "wrong_type"]);
    run("--test --exact hones").refused(&["\"hones\"", "honest"]);
    run("--test honest --cases 11").refused(&["11"]);
    run("--test honest --cases huge").refused(&["huge", "`all`"]);
    run("--test [").refused(&["regular expression"]);
}

#[test]
fn list_lists_and_does_nothing_else() {
    let ran = run("--list honest|null");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let expected = "honest/python: benchmark\nhonest/rust: benchmark\nnull_pair/python: benchmark\n\
                    null_pair/same: benchmark\nnull_pair/rust: benchmark\n";
    assert_eq!(ran.stdout, expected);
    assert_eq!(std::fs::read_dir(ran.folder.path()).unwrap().count(), 0);
}

#[test]
fn the_python_sides_of_a_suite_are_forecast() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(&format!(
        "--forecast {} --exact no_port match raises",
        folder.path().display()
    ));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stdout.contains("raises"), "{}", ran.stdout);
    assert!(ran.stdout.contains("no forecast: it raised"), "{}", ran.stdout);
    for name in ["no_port", "match"] {
        let text = std::fs::read_to_string(folder.path().join(format!("{name}.json"))).unwrap();
        let forecast: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(forecast["workload"], name);
        assert!(text.contains(&format!("{name}:python")), "{text}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn exact_is_a_whole_name() {
    assert_eq!(run("--list --exact panics").stdout.lines().count(), 2);
    assert_eq!(run("--list panics").stdout.lines().count(), 4);
}

#[test]
fn test_verifies_all_cases_and_writes_nothing() {
    let ran = run("--test honest");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    // Three sizes, for python, rust and embedded.
    assert!(ran.stderr.contains("9 answers agree"), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(ran.folder.path()).unwrap().count(), 0);
    let ran = run("--test honest|disagrees");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
}

#[test]
fn a_debug_build_refuses_to_measure() {
    let mut bench = Bench::new("honest");
    bench.command.env_remove("PAIRBENCH_ALLOW_DEBUG");
    if cfg!(debug_assertions) {
        bench.run().refused(&["debug build", "cargo bench"]);
    }
}

/// As `cargo bench | head -n 0` closes it; the run still ends with its own exit code, and its files are whole.
#[test]
fn a_closed_pipe_ends_no_run() {
    for arguments in ["--list", &format!("{SHORT} honest --noplot")] {
        let mut bench = Bench::new(arguments);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = bench.command.stdout(writer).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

/// Standard output or standard error goes to a full disk: the files are whole, and the exit code shows the error.
#[test]
#[cfg(target_os = "linux")]
fn full_streams_end_no_run() {
    let full = || File::options().write(true).open("/dev/full").unwrap();
    for stream in ["stdout", "stderr"] {
        let mut bench = Bench::new(&format!("{SHORT} honest --save-baseline kept"));
        match stream {
            "stdout" => bench.command.stdout(full()),
            _ => bench.command.stderr(full()),
        };
        let output = bench.command.output().unwrap();
        let ran = bench.ran(output);
        assert_eq!(ran.code, Some(4), "{stream}: {}", ran.stderr);
        assert_eq!(ran.record().status, Status::Complete);
        ran.file("index.html");
        ran.file("baselines/kept.json");
        let said = if stream == "stdout" {
            &ran.stderr
        } else {
            &ran.stdout
        };
        let words = if stream == "stdout" {
            "standard output cannot be written"
        } else {
            "honest"
        };
        assert!(said.contains(words), "{said}");
    }
}

/// As a reader that ends early closes standard error.
#[test]
fn a_closed_standard_error_ends_no_run() {
    let mut bench = Bench::new(&format!("{SHORT} honest --noplot"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = bench.command.stderr(writer).output().unwrap();
    let ran = bench.ran(output);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert_eq!(ran.record().status, Status::Complete);
}

#[test]
fn a_folder_that_cannot_be_written() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut bench = Bench::new("");
    let path = file.path().to_string_lossy().into_owned();
    bench.command = std::process::Command::new(env!("CARGO_BIN_EXE_pairbench-faults"));
    bench
        .command
        .arg("--bench")
        .args(SHORT.split(' '))
        .args(["honest", "--reports", &path])
        .env("PAIRBENCH_ALLOW_DEBUG", "1");
    let ran = bench.run();
    ran.refused(&[&path, "cannot be written", "--reports FOLDER"]);
    ran.left_nothing();
}

#[test]
fn chosen_variants_and_the_baseline_are_measured_and_no_others() {
    let ran = measure("null_pair --variants same --noplot");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let pair = &record.pairs[0];
    let state = |name: &str| &pair.variants.iter().find(|v| v.name == name).unwrap().state;
    assert_eq!(state("rust"), &VariantState::Deselected);
    assert_eq!(state("same"), &VariantState::Active);
    let measured: BTreeSet<_> = pair.launches[0]
        .comparisons
        .iter()
        .map(|c| c.variant.as_str())
        .collect();
    assert_eq!(measured, ["embedded", "python", "same"].into());
    assert!(
        !ran.folder.path().join("index.html").exists(),
        "--noplot drew a report"
    );
}

#[test]
fn cases_are_those_asked_for() {
    let sizes = |arguments: &str| -> BTreeSet<u64> {
        let ran = measure(&format!("--exact honest --variants python --noplot {arguments}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.record().pairs[0]
            .launches
            .iter()
            .map(|launch| launch.size)
            .collect()
    };
    assert_eq!(sizes(""), [100].into());
    assert_eq!(sizes("--cases all"), [10, 100, 1_000].into());
    assert_eq!(sizes("--cases 10,1000"), [10, 1_000].into());
}

#[test]
fn a_seed_fixes_every_order() {
    let drawn = |arguments: &str| {
        let two = SHORT.replace("--launches 1", "--launches 2");
        let ran = run(&format!("{two} --exact honest --noplot {arguments}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let record = ran.record();
        let launches: Vec<_> = record
            .pairs
            .iter()
            .flat_map(|pair| &pair.launches)
            .map(|launch| {
                let order: Vec<_> = launch
                    .comparisons
                    .iter()
                    .map(|c| (c.variant.clone(), c.set_up_first))
                    .collect();
                (launch.order_seed, launch.hash_seed, order)
            })
            .collect();
        (record.settings.seed, record.settings.order_seed, launches)
    };
    let seven = drawn("--seed 7");
    assert_eq!(seven, drawn("--seed 7"));
    let hash_seeds: BTreeSet<_> = seven.2.iter().map(|launch| launch.1).collect();
    assert_eq!(hash_seeds.len(), 2, "a hash seed of its own for each launch");
    let eight = drawn("--seed 8");
    assert!(eight.1 != seven.1 && eight.2 != seven.2);
    // Without a seed, inputs stay the same but orders do not.
    let (one, two) = (drawn(""), drawn(""));
    assert_eq!(one.0, two.0);
    assert_ne!(one.1, two.1);
}

#[test]
fn help_explains_the_flags_that_criterion_lacks() {
    let ran = run("--help");
    assert_eq!(ran.code, Some(0));
    for flag in [
        "--interpreter",
        "--launches",
        "--cases",
        "--variants",
        "--seed",
        "--timeout",
        "--export-json",
        "Exit codes",
        "  3  a variant is below the floor of its pair",
    ] {
        assert!(ran.stdout.contains(flag), "{flag}");
    }
}

#[test]
fn a_budget_that_cannot_hold_the_least_launches_is_refused_at_once() {
    run("--exact honest --budget 1s").refused(&["cannot hold 8 launches", "--budget", "--quick"]);
    run("--exact honest --precision 2% --launches 9").refused(&["--precision", "--launches"]);
}

#[test]
fn a_run_goes_on_until_its_ratios_are_precise() {
    let short = "--sample-size 10 --warm-up-time 0.01 --measurement-time 0.05";
    let ran = run(&format!("--exact honest --precision 99% {short}"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    assert_eq!(record.status, Status::Complete);
    assert_eq!(
        (record.settings.precision, record.settings.launches),
        (Some(0.99), 8)
    );
    for pair in record.pairs.iter().chain(&record.nulls) {
        assert!(pair.launches.len() >= 8, "{}: {}", pair.name, pair.launches.len());
        // Only ratios are narrowed; the baseline and its embedded twin are done after the least number.
        let taken = |name: &str| {
            let comparisons = pair.launches.iter().flat_map(|launch| &launch.comparisons);
            comparisons
                .filter(|comparison| comparison.variant == name)
                .count()
        };
        assert!(taken("embedded") <= 8 && taken("python") <= 8);
    }
    assert!(
        ran.stdout.contains("every ratio is within ±99 %"),
        "{}",
        ran.stdout
    );
    assert!(ran.file("index.html").contains("Target: intervals within ±99 %"));
}

/// As `cargo test --benches` and cargo-nextest start it.
fn as_a_test(arguments: &[&str]) -> Ran {
    let mut bench = Bench::new("");
    let reports = bench.folder.path().to_path_buf();
    bench.command = std::process::Command::new(env!("CARGO_BIN_EXE_pairbench-faults"));
    bench
        .command
        .args(arguments)
        .arg("--reports")
        .arg(reports)
        .env_remove("PAIRBENCH_INTERPRETER")
        .env_remove("VIRTUAL_ENV");
    bench.run()
}

#[test]
fn without_bench_it_verifies_and_measures_nothing() {
    let ran = as_a_test(&["honest/rust", "--exact", "--nocapture"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!ran.folder.path().join("records").exists());
    let ran = as_a_test(&["disagrees", "--exact"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let listed = as_a_test(&["--list", "--format", "terse", "honest", "prints"]);
    assert!(
        listed.stdout.contains("honest/rust: benchmark\n"),
        "{}",
        listed.stdout
    );
    assert!(
        listed.stdout.contains("prints/rust: benchmark\n"),
        "{}",
        listed.stdout
    );
    assert!(!listed.stdout.contains("raises/"), "{}", listed.stdout);
    let ignored = as_a_test(&["--list", "--format", "terse", "--ignored"]);
    assert_eq!(
        (ignored.code, ignored.stdout.as_str()),
        (Some(0), ""),
        "{}",
        ignored.stderr
    );
}

#[test]
fn quiet_and_for_tools_that_read_libtest() {
    let ran = measure("honest --exact --noplot --quiet --output-format bencher");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let line = |variant: &str| {
        let start = format!("test honest/{variant} ... bench: ");
        let line = ran.stdout.lines().find(|line| line.starts_with(&start));
        line.is_some_and(|line| line.contains(" ns/iter (+/- "))
    };
    assert!(line("python") && line("rust"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("python ÷ variant"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("pairbench 0."), "{}", ran.stderr);
    for (flag, instead) in [
        ("--profile-time 5", "--diagnose profile"),
        ("--load-baseline old", "compare"),
    ] {
        run(&format!("honest {flag}")).refused(&[instead]);
    }
}

/// A run with all exports, and the folder that they go to.
fn exporting(arguments: &str, to: &str) -> (Ran, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::new(&format!("{SHORT} --exact honest --noplot {arguments}"));
    for (flag, name) in [("json", "out.json"), ("csv", "out.csv"), ("markdown", to)] {
        bench
            .command
            .arg(format!("--export-{flag}"))
            .arg(folder.path().join(name));
    }
    (bench.run(), folder)
}

#[test]
fn a_run_leaves_its_summary_and_the_exports_asked_for() {
    let (ran, folder) = exporting("", "out.md");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let export = |format| export_records(format, std::slice::from_ref(&record)).unwrap();
    for (name, format) in [
        ("out.json", Format::Json),
        ("out.csv", Format::Csv),
        ("out.md", Format::Markdown),
    ] {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains("honest") && text == export(format), "{text}");
    }
    let beside = ran.file(&format!("records/{}.summary.json", record.id));
    let beside: Value = serde_json::from_str(&beside).unwrap();
    let exported: Value = serde_json::from_str(&export(Format::Json)).unwrap();
    assert_eq!(beside, exported);
}

#[test]
fn an_unwritable_export_is_refused_before_the_run() {
    let (ran, folder) = exporting("", "no/such/folder.md");
    ran.refused(&["no/such/folder.md", "cannot be written"]);
    assert!(!ran.stderr.contains("verifying"), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    run("--test honest --export-json x").refused(&["--export-json", "--test"]);
}

#[test]
fn an_export_that_fails_at_the_end_has_its_own_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let arguments = format!(
        "^(honest|panics)$ {SHORT} --noplot --export-csv {}",
        path.display()
    );
    let run = Bench::new(&arguments).start(MEASURING);
    std::fs::create_dir(&path).unwrap();
    let ran = run.end();
    // A pair failed as well, but that ranks lower.
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(ran.stderr.contains("out.csv cannot be written"), "{}", ran.stderr);
    assert_eq!(ran.record().status, Status::Complete);
}
