//! Digging: planted differences are found, made small, stored, and tried again.

use super::bench::{Bench, Ran, run};
use std::collections::BTreeSet;
use std::path::Path;

/// The planted pairs with what must be reported: the variant with the kind of difference, and the smallest calls on
/// which it shows, one of which must be found.
const QUICK: [(&str, &str, &[&str]); 18] = [
    (
        "planted_casefold",
        "rust gives another answer",
        // Each becomes several characters; which of them turns up first is chance.
        &[
            "caseless(\"ß\")",
            "caseless(\"ŉ\")",
            "caseless(\"ﬁ\")",
            "caseless(\"ﬃ\")",
            "caseless(\"ΐ\")",
            "caseless(\"ǰ\")",
        ],
    ),
    (
        "planted_dotless",
        "rust gives another answer",
        &["snake_case(\"İ\")"],
    ),
    ("planted_rounding", "rust gives another answer", &["whole(0.5)"]),
    ("planted_overflow", "rust gives another answer", &["total(["]),
    (
        "planted_modulo",
        "rust gives another answer",
        &["on_clock(-1, ", "on_clock(1, -"],
    ),
    (
        "planted_stability",
        "rust gives another answer",
        &[
            "ranking([[0, \"\"], [0, \"a\"]])",
            "ranking([[0, \"a\"], [0, \"\"]])",
        ],
    ),
    (
        "planted_nan",
        "rust gives another answer",
        &["highest([float(\"nan\"), "],
    ),
    ("planted_lines", "rust gives another answer", &["lines(\"\\"]),
    (
        "planted_format",
        "rust gives another answer",
        &["label(0.0)", "label(1.0)"],
    ),
    (
        "planted_order",
        "rust gives another answer",
        &["columns({\"a\": 0, \"\": 0})", "columns({\"b\": 0, \"a\": 0})"],
    ),
    ("planted_empty", "rust gives another answer", &["passing([])"]),
    ("planted_abort", "rust ends the process", &["pieces(\"a\", 0)"]),
    (
        "planted_panic",
        "rust panics where the baseline answers",
        &["initial(\"é\")"],
    ),
    (
        "planted_accepts",
        "rust answers what the baseline refuses",
        &["weekday(0)"],
    ),
    ("planted_digits", "rust gives another answer", &["quantity(\""]),
    (
        "planted_mutates",
        "inplace changes its input",
        &["ascending([-1, "],
    ),
    (
        "planted_wavers",
        "rust gives another answer",
        &["commonest([\"a\", \"\"])", "commonest([\"\", \"a\"])"],
    ),
    (
        "planted_constant",
        "rust gives another answer",
        &["doors(\"sesame\")"],
    ),
];

/// Planted pairs that take seconds: limits have to expire, or many items have to be made.
const SLOW: [(&str, &str, &[&str]); 3] = [
    ("planted_hang", "rust does not end", &["halvings(0)"]),
    ("planted_memory", "rust ", &["every_third("]),
    ("planted_quadratic", "rust ", &["distinct(["]),
];

/// Digs, for longer each time, until all of these pairs have findings, and checks what was reported.
fn find_all(planted: &[(&str, &str, &[&str])], seconds: usize, found: &Path) {
    let mut missing: BTreeSet<&str> = planted.iter().map(|(name, ..)| *name).collect();
    for attempt in 1..=5 {
        let time = attempt * seconds * missing.len();
        let names: Vec<&str> = missing.iter().copied().collect();
        let arguments = format!(
            "--dig {time}s --found {} --exact {}",
            found.display(),
            names.join(" ")
        );
        let ran = run(&arguments);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        ran.left_nothing();
        for (name, kind, calls) in planted.iter().filter(|(name, ..)| names.contains(name)) {
            let Some((_, said)) = ran.stderr.split_once(&format!("FOUND {name}:")) else {
                continue;
            };
            let said = said.split("stored in").next().unwrap_or_default();
            assert!(said.contains(kind), "{kind:?} is not said of {name}: {said}");
            let shown = calls.iter().any(|call| said.contains(call));
            assert!(shown, "none of {calls:?} is said of {name}: {said}");
            missing.remove(name);
        }
        if missing.is_empty() {
            return;
        }
    }
    panic!("nothing was found of {missing:?}");
}

fn open(ran: &Ran) -> usize {
    ran.stderr.matches("  OPEN ").count()
}

#[test]
fn planted_differences_are_found_and_stay_open() {
    let found = tempfile::tempdir().unwrap();
    find_all(&QUICK, 1, found.path());
    let names: Vec<&str> = QUICK.iter().map(|(name, ..)| *name).collect();
    let test = |names: &str| {
        run(&format!(
            "--test --found {} --exact {names}",
            found.path().display()
        ))
    };
    let ran = test(&names.join(" "));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    // The one that wavers may agree this time.
    for name in names.into_iter().filter(|name| *name != "planted_wavers") {
        // A panic, a crash and a changed input as well.
        assert!(
            ran.stderr.contains(&format!("OPEN {name}/")),
            "{name}: {}",
            ran.stderr
        );
    }
    // A finding that agrees is closed, and stays in the file.
    let file = found.path().join("planted_rounding.found.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    // Whatever number it was reduced to: on this one both agree.
    let agree = |line: &str| {
        let (before, rest) = line.split_once(r#""args":["#)?;
        let (_, after) = rest.split_once(']')?;
        Some(format!(r#"{before}"args":[1.5]{after}"#))
    };
    let agreeing: Vec<String> = text
        .lines()
        .map(|line| agree(line).unwrap_or(line.into()))
        .collect();
    assert!(agreeing.iter().any(|line| line.contains("[1.5]")), "{text}");
    std::fs::write(&file, agreeing.join("\n") + "\n").unwrap();
    let ran = test("planted_rounding planted_same");
    assert_eq!((ran.code, open(&ran)), (Some(0), 0), "{}", ran.stderr);
    assert!(ran.stderr.contains("earlier finding"), "{}", ran.stderr);
    std::fs::write(&file, "{\"dug\": 1}\n").unwrap();
    test("planted_rounding").refused(&["planted_rounding.found.jsonl, line 1"]);
}

#[test]
fn a_port_that_hangs_or_takes_too_much_is_found() {
    let found = tempfile::tempdir().unwrap();
    find_all(&SLOW, 12, found.path());
}

#[test]
fn equal_sides_have_no_findings() {
    let found = tempfile::tempdir().unwrap();
    let ran = run(&format!(
        "--dig 4s --found {} --exact planted_same",
        found.path().display()
    ));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("no difference"), "{}", ran.stderr);
    let file = found.path().join("planted_same.found.jsonl");
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.starts_with("{\"dug\":") && text.lines().count() == 1,
        "{text}"
    );
}

#[test]
fn an_input_that_cannot_be_changed_is_reported() {
    let ran = run("--dig 1s --exact honest");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("no .digs(…)"), "{}", ran.stderr);
}

#[test]
#[cfg(unix)]
fn ctrl_c_keeps_what_was_found() {
    use rustix::process::{Pid, Signal, kill_process};
    let found = tempfile::tempdir().unwrap();
    let arguments = format!(
        "--dig 10m --found {} --exact planted_format",
        found.path().display()
    );
    let run = Bench::new(&arguments).start("digging 1 pair");
    // It is found at once; only how long the process takes to start is unknown.
    std::thread::sleep(std::time::Duration::from_secs(8));
    kill_process(Pid::from_child(&run.child), Signal::INT).unwrap();
    let ran = run.end();
    assert_eq!(ran.code, Some(130), "{}", ran.stderr);
    assert!(ran.stderr.contains("FOUND planted_format"), "{}", ran.stderr);
    let file = found.path().join("planted_format.found.jsonl");
    assert!(std::fs::read_to_string(file).unwrap().contains("\"found\""));
    ran.left_nothing();
}

#[test]
fn a_measured_pair_with_an_open_finding_has_a_warning() {
    let found = tempfile::tempdir().unwrap();
    find_all(&[QUICK[2]], 2, found.path());
    let ran = run(&format!(
        "--quick --found {} --exact planted_rounding --launches 3",
        found.path().display()
    ));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let dug = record.pairs[0].dug.as_ref().unwrap();
    assert!(dug.inputs > 0 && !dug.open.is_empty());
    assert!(
        record
            .warnings
            .iter()
            .any(|warning| warning.kind == pairbench::record::WarningKind::OpenFindings)
    );
    let page = ran.file("pairs/planted_rounding.html");
    assert!(
        page.contains("whole(0.5)") && page.contains("other inputs"),
        "{page}"
    );
}
