//! The pure parts of `cargo bench --bench breakage`: the rule, what the tools print, what is kept, the lists and the tables.

#![allow(missing_docs, dead_code, reason = "the bench uses the rest")]

#[path = "../benches/breakage/chart.rs"]
mod chart;
#[path = "../benches/accuracy/report/count.rs"]
mod count;
#[path = "../benches/breakage/days.rs"]
mod days;
#[path = "../benches/breakage/judge.rs"]
mod judge;
#[path = "../benches/breakage/parse.rs"]
mod parse;
#[path = "../benches/breakage/report.rs"]
mod report;
#[path = "../benches/breakage/results.rs"]
mod results;

use judge::{Cause, State, cause, packages};
use results::{Row, Side};
use std::collections::BTreeSet;
use std::path::Path;

fn row(side: Side, package: &str, runtime: &str, step: &str, text: &str) -> Row {
    Row {
        day: "2020-01-01".into(),
        side,
        package: package.into(),
        version: "1.0".into(),
        runtime: runtime.into(),
        step: step.into(),
        ok: text.is_empty(),
        timed_out: false,
        seconds: 1.0,
        text: text.into(),
        names: Vec::new(),
        passed: 0,
    }
}

/// A package that works with 3.8.
fn good(package: &str) -> Vec<Row> {
    ["install", "pure", "compile", "import"]
        .map(|step| row(Side::Python, package, "3.8", step, ""))
        .into()
}

fn with(package: &str, runtime: &str, step: &str, text: &str) -> Vec<Row> {
    let mut rows = good(package);
    for before in ["install", "compile", "import"] {
        if before == step {
            break;
        }
        rows.push(row(Side::Python, package, runtime, before, ""));
    }
    rows.push(row(Side::Python, package, runtime, step, text));
    rows
}

#[test]
fn causes_of_python_are_told_apart() {
    for (text, expected) in [
        (
            "a: ModuleNotFoundError: No module named 'imp' (/x)",
            Cause::ModuleRemoved,
        ),
        (
            "a: ModuleNotFoundError: No module named 'distutils.version'",
            Cause::ModuleRemoved,
        ),
        (
            "a: ModuleNotFoundError: No module named 'pkg_resources'",
            Cause::Setuptools,
        ),
        (
            "a: ModuleNotFoundError: No module named 'impala'",
            Cause::Behaviour,
        ),
        (
            "a: ImportError: cannot import name 'Mapping' from 'collections'",
            Cause::NameRemoved,
        ),
        (
            "a: AttributeError: module 'inspect' has no attribute 'getargspec'",
            Cause::NameRemoved,
        ),
        ("a.py: SyntaxError: invalid syntax", Cause::Syntax),
        ("FAILED t.py::test - AssertionError: 1 != 2", Cause::Behaviour),
    ] {
        assert_eq!(cause(Side::Python, text), expected, "{text}");
    }
}

#[test]
fn causes_of_rust_are_told_apart() {
    for (text, expected) in [
        ("error[E0282]: type annotations needed", Cause::Ambiguous),
        ("error[E0635]: unknown feature `x`", Cause::Rejected),
        ("error: cannot find macro", Cause::Rejected),
        (
            "thread 'a' panicked at 'attempted to leave type `X` uninitialized",
            Cause::Undefined,
        ),
        ("thread 'a' panicked at 'assertion failed'", Cause::Behaviour),
    ] {
        assert_eq!(cause(Side::Rust, text), expected, "{text}");
    }
}

#[test]
fn what_did_not_work_on_the_day_does_not_count() {
    let mut rows = good("fine");
    rows.extend(good("broken_then"));
    rows.last_mut().unwrap().ok = false;
    rows.push(row(Side::Rust, "crate", "1.40", "install", ""));
    rows.push(row(Side::Rust, "crate", "1.40", "check", "error: no"));
    rows.push(row(Side::Python, "slow", "3.8", "install", "x"));
    rows.last_mut().unwrap().timed_out = true;
    let reasons: Vec<_> = packages(&rows)
        .iter()
        .map(|one| (one.name.to_string(), one.left_out()))
        .collect();
    assert_eq!(
        reasons,
        [
            (
                "broken_then".into(),
                Some("does not compile or import with the release of the day")
            ),
            ("fine".into(), None),
            (
                "slow".into(),
                Some("could not be downloaded or installed in time")
            ),
            ("crate".into(), Some("does not build with the release of the day")),
        ]
    );
}

#[test]
fn tests_that_did_not_end_on_the_day_do_not_count() {
    let mut rows = with("a", "3.8", "tests", "");
    rows.last_mut().unwrap().passed = 5;
    rows.push(row(
        Side::Python,
        "a",
        "3.9",
        "tests",
        "AttributeError: module 'x' has no attribute 'y'",
    ));
    let judged = |rows: &[Row]| {
        let one = &packages(rows)[0];
        (one.tested(), one.tests("3.9"))
    };
    assert_eq!(judged(&rows), (Some(5), State::Broken(Cause::NameRemoved)));
    let on_the_day = rows.len() - 2;
    rows[on_the_day].timed_out = true;
    assert_eq!(judged(&rows), (Some(0), State::Untried));
}

#[test]
fn bounds_and_compiled_dependencies_are_apart_from_what_breaks() {
    let state = |rows: &[Row]| packages(rows)[0].state("3.12", &["3.12".into()]);
    assert_eq!(state(&with("a", "3.12", "import", "")), State::Works);
    let text = "Because the current Python version (3.12.1) does not satisfy Python<3.10";
    assert_eq!(state(&with("a", "3.12", "install", text)), State::Bound);
    let mut rows = with("a", "3.12", "install", "markupsafe==1.1.1 has no usable wheels");
    // Without a compiled dependency on the day it is the package's own failure.
    assert_eq!(state(&rows), State::Broken(Cause::Behaviour));
    rows.last_mut().unwrap().names = vec!["markupsafe".into()];
    assert_eq!(state(&rows), State::Compiled);
    let mut rows = with("a", "3.12", "import", "No module named 'imp'");
    assert_eq!(state(&rows), State::Broken(Cause::ModuleRemoved));
    rows.last_mut().unwrap().timed_out = true;
    assert_eq!(state(&rows), State::Untried);
    assert_eq!(state(&good("a")), State::Untried);
    let text = "error: Failed to fetch: `https://example.org`";
    assert_eq!(state(&with("a", "3.12", "install", text)), State::Untried);
}

#[test]
fn releases_between_are_inferred_from_those_around() {
    let later = ["3.9", "3.10", "3.11", "3.12"].map(String::from);
    let states = |rows: &[Row]| {
        later
            .each_ref()
            .map(|release| packages(rows)[0].state(release, &later))
    };
    assert_eq!(
        states(&with("a", "3.12", "import", "")),
        [State::Works, State::Works, State::Works, State::Works]
    );
    let mut rows = with("a", "3.12", "import", "No module named 'imp'");
    let broken = || State::Broken(Cause::ModuleRemoved);
    // The study was stopped here; nothing is known about those between.
    assert_eq!(
        states(&rows),
        [State::Untried, State::Untried, State::Untried, broken()]
    );
    rows.extend(with("a", "3.9", "import", "")[4..].to_vec());
    rows.extend(with("a", "3.10", "import", "No module named 'imp'")[4..].to_vec());
    assert_eq!(states(&rows), [State::Works, broken(), broken(), broken()]);
}

#[test]
fn a_study_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.jsonl");
    assert_eq!(results::read(&file).unwrap(), "");
    let read = |file: &Path| results::parse(&results::read(file).unwrap());
    let done = |package: &str| [good(package), vec![row(Side::Python, package, "", "done", "")]].concat();
    results::append(&file, &done("a")).unwrap();
    results::append(&file, &good("begun")).unwrap();
    results::append(&file, &done("b")).unwrap();
    let mut text = std::fs::read_to_string(&file).unwrap();
    text += "{\"day\":\"2020-";
    std::fs::write(&file, &text).unwrap();
    let kept = |rows: &[Row]| {
        rows.iter()
            .map(|row| row.package.clone())
            .collect::<BTreeSet<_>>()
    };
    let rows = read(&file).unwrap();
    assert_eq!(kept(&rows), ["a", "b"].map(String::from).into());
    assert_eq!(rows.len(), 10);
    // Tried again: the last try counts, and nothing is there twice.
    let mut again = done("a");
    again[3].ok = false;
    std::fs::write(
        &file,
        std::fs::read_to_string(&file)
            .unwrap()
            .rsplit_once('\n')
            .unwrap()
            .0
            .to_string()
            + "\n",
    )
    .unwrap();
    results::append(&file, &again).unwrap();
    let rows = read(&file).unwrap();
    assert_eq!(rows.len(), 10);
    assert!(
        !rows
            .iter()
            .find(|row| row.package == "a" && row.step == "import")
            .unwrap()
            .ok
    );
    let packed = folder.path().join("results.jsonl.gz");
    results::publish(&packed, &rows).unwrap();
    assert_eq!(read(&packed).unwrap(), rows);
    std::fs::write(&file, "nonsense\n").unwrap();
    assert!(read(&file).unwrap_err().contains("line 1"));
    std::fs::rename(&file, &packed).unwrap();
    assert!(results::read(&packed).unwrap_err().contains("results.jsonl.gz"));
}

#[test]
fn what_the_page_shows_follows_from_the_published_results() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows = results::parse(&results::read(&root.join(results::PUBLISHED)).unwrap()).unwrap();
    assert!(!rows.is_empty());
    let page = std::fs::read_to_string(root.join("docs/evidence/breakage.md")).unwrap();
    for (name, expected) in [
        (
            "docs/evidence/breakage.md",
            report::put(&page, &report::tables(&rows)),
        ),
        ("docs/evidence/breakage.svg", chart::svg(&report::curves(&rows))),
        ("benches/breakage/tried.csv", report::csv(&rows)),
        (
            "crates/pairbench/src/analyse/claims/breakage.csv",
            Ok(report::summary(&rows)),
        ),
    ] {
        let text = std::fs::read_to_string(root.join(name)).unwrap();
        assert!(
            text == expected.unwrap(),
            "{name} shows something else: cargo bench --bench breakage -- --minutes 0 --write-page"
        );
    }
}

#[test]
fn tests_that_passed_are_read_from_both_tools() {
    let text = "PASSED t.py::a\nPASSED t.py::b[1 2]\nFAILED t.py::c - no\n2 passed, 1 failed";
    assert_eq!(
        parse::pytest_passed(text),
        ["t.py::a", "t.py::b[1 2]"].map(String::from).into()
    );
    let old = "     Running target/debug/deps/it-0a1b\ntest a ... ok\ntest b ... FAILED\n   Doc-tests my-crate\ntest src/lib.rs - f (line 3) ... ok\ntest src/lib.rs -  (line 9) ... ok\ntest /jobs/0/target/debug/build/my-crate-0a/out/op.rs - op (line 7) ... ok\n";
    let new = "     Running tests/it.rs (target/debug/deps/it-ffff)\ntest a ... ok\n   Doc-tests my_crate\ntest src/lib.rs - macros::f (line 3) - compile ... ok\ntest src/lib.rs - (line 9) ... ok\ntest /jobs/2/target/debug/build/my-crate-ff/out/op.rs - op (line 7) ... ok\n";
    let expected: BTreeSet<String> = [
        "it: a",
        "doc my_crate: op.rs (line 7)",
        "doc my_crate: src/lib.rs (line 3)",
        "doc my_crate: src/lib.rs (line 9)",
    ]
    .map(String::from)
    .into();
    assert_eq!(parse::cargo_passed(old), expected);
    assert_eq!(parse::cargo_passed(new), expected);
}

#[test]
fn what_failed_with_the_release_of_the_day_too_is_no_reason() {
    let text = "test a ... FAILED\n\nfailures:\n\n---- a stdout ----\nthread 'a' panicked at a.rs:1\n\n\
                ---- src/lib.rs - f (line 3) stdout ----\nerror[E0277]: no\n\nfailures:\n    a\n\n\
                error: doctest failed, to rerun pass `--doc`\nerror: 2 targets failed:\n    `--test it`\n";
    let lost = ["it: a".to_string()];
    let about = parse::about_lost(text, &lost);
    assert_eq!(judge::cause(Side::Rust, &parse::errors(&about)), Cause::Behaviour);
    assert!(about.contains("panicked") && !about.contains("E0277"), "{about}");
    let both = ["it: a".to_string(), "doc x: src/lib.rs (line 3)".into()];
    assert_eq!(
        parse::about_lost(text, &both).lines().count(),
        text.lines().count()
    );
}

#[test]
fn the_version_of_the_day_is_that_of_the_lock() {
    let lock = "version = 4\n\n[[package]]\nname = \"rand\"\nversion = \"0.6.5\"\n\n[[package]]\nname = \"rand\"\nversion = \"0.7.2\"\n\n[[package]]\nname = \"rand_core\"\nversion = \"0.5.1\"\n";
    assert_eq!(parse::locked(lock, "rand").as_deref(), Some("0.7.2"));
    assert_eq!(parse::locked(lock, "ran"), None);
    assert_eq!(days::instant("2020-01-01"), "2020-01-01T00:00:00Z");
}

#[test]
fn the_newest_version_of_the_day_is_that_of_the_index() {
    let entry = |version: &str, time: &str, yanked: bool| {
        format!(
            "\0{version}\0{{\"name\": \"a\", \"vers\": \"{version}\", \"yanked\": {yanked}, \"pubtime\": \"{time}\"}}"
        )
    };
    let index = [
        entry("0.9.1", "2018-01-01T00:00:00Z", false),
        entry("0.10.0+new", "2019-12-31T23:59:59Z", false),
        entry("0.11.0-rc.1", "2019-12-31T00:00:00Z", false),
        entry("0.12.0", "2019-12-31T00:00:00Z", true),
        entry("1.0.0", "2020-01-01T00:00:00Z", false),
    ];
    let newest = |day| parse::newest(&index.concat(), &days::instant(day));
    assert_eq!(newest("2020-01-01").as_deref(), Some("0.10.0+new"));
    assert_eq!(newest("2020-01-02").as_deref(), Some("1.0.0"));
    assert_eq!(newest("2017-01-01"), None);
    let old = row(
        Side::Rust,
        "a",
        "1.40",
        "install",
        "0.10.0 needs what was withdrawn since; …",
    );
    assert_eq!(
        packages(&[old])[0].left_out(),
        Some("needs what was withdrawn since")
    );
}

#[test]
fn dev_dependencies_can_be_left_out() {
    let text = "[package]\nname = \"a\"\n[dependencies.b]\nversion = \"1\"\n[dev-dependencies.c]\nversion = \"1\"\n[target.x.dev-dependencies.d]\nversion = \"1\"\n[features]\n";
    let kept = "[package]\nname = \"a\"\n[dependencies.b]\nversion = \"1\"\n[features]\n";
    assert_eq!(parse::without_tests(text), kept);
}

#[test]
fn lists_have_each_name_once() {
    for day in days::DAYS {
        for side in ["python", "rust"] {
            let file = format!("benches/breakage/lists/{side}-{day}.csv");
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            let mut reader = csv::ReaderBuilder::new()
                .comment(Some(b'#'))
                .from_path(&file)
                .unwrap();
            let names: Vec<String> = reader
                .records()
                .map(|record| record.unwrap()[0].to_string())
                .collect();
            assert!(names.len() >= 200, "{}: {}", file.display(), names.len());
            assert_eq!(
                names.iter().collect::<BTreeSet<_>>().len(),
                names.len(),
                "{}",
                file.display()
            );
        }
    }
}

#[test]
fn the_tables_count_what_was_tried() {
    let mut rows = with("fine", "3.9", "import", "");
    let mut tests = row(Side::Python, "fine", "3.8", "tests", "");
    tests.passed = 2;
    rows.extend([
        tests,
        row(Side::Python, "fine", "3.9", "tests", "FAILED t.py - no"),
    ]);
    rows.extend(with(
        "gone",
        "3.9",
        "import",
        "gone: ModuleNotFoundError: No module named 'imp' (/home/x/y.py)",
    ));
    rows.extend(with("bounded", "3.9", "install", "does not satisfy Python<3.9"));
    rows.extend(with(
        "lost",
        "3.9",
        "import",
        "lost: ModuleNotFoundError: No module named 'imp'",
    ));
    for package in ["fine", "gone", "bounded", "lost"] {
        rows.push(row(Side::Python, package, "", "done", ""));
    }
    let tables = report::tables(&rows);
    for line in [
        "| Python | 2020-01-01 | 4 | 4 |  |",
        "| Python | 2020-01-01 | 3.9 | 1/3: 33 % [6–79] | 1 | 0 | 0 | 0 |",
        "| Python | 2020-01-01 | 1 | 1 | 0/1: 0 % [0–79] | 0 |",
        "| Python | installing, importing | module removed | 2 | gone 1.0, lost 1.0 |",
        "| Python | tests | changed behaviour | 1 | fine 1.0 |",
        "| Python | 2020-01-01 | 3.9 | 1/3: 33 % [6–79] | 1/2: 50 % [9–91] |",
    ] {
        assert!(tables.contains(line), "{line}\n{tables}");
    }
    let csv = report::csv(&rows).unwrap();
    let line = "2020-01-01,Python,gone,1.0,,3.9,import,module removed,gone: ModuleNotFoundError: No module named 'imp'\n";
    assert!(csv.contains(line), "{csv}");
    let page = "before\n<!-- the tables -->\nold\n<!-- end of the tables -->\nafter";
    let page = report::put(page, "new").unwrap();
    assert!(page.contains("new") && !page.contains("old") && page.ends_with("after"));
    assert!(report::put("nothing", "new").is_err());
    let summary = "side,day,release,works,judged\nPython,2020-01-01,3.9,1,3\n";
    assert_eq!(report::summary(&rows), summary);
    let curves = report::curves(&rows);
    let points = curves[0].points.iter();
    let points: Vec<_> = points
        .map(|(release, _, count)| (release.as_str(), count.k, count.n))
        .collect();
    assert_eq!(points, [("3.8", 4, 4), ("3.9", 1, 3)]);
    let picture = chart::svg(&curves).unwrap();
    assert!(
        picture.contains("as of 2020-01-01") && picture.contains("Python 3.9"),
        "{picture}"
    );
}

#[test]
fn releases_are_in_their_order() {
    let mut releases = ["3.10", "3.9", "3.8"];
    releases.sort_by_key(|release| report::number(release));
    assert_eq!(releases, ["3.8", "3.9", "3.10"]);
    // Rust 1.66 came on 15 December 2022, Python 3.11 on 24 October.
    assert!((days::year("1.66", Side::Rust) - 2022.95).abs() < 0.02);
    assert!((days::year("3.11", Side::Python) - 2022.81).abs() < 0.06);
}
