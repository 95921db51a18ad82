//! Environments that would slow Python, or keep it from running.

use super::bench::{Bench, Ran, SHORT};
use pairbench::hosts::interpreter::choose;
use pairbench::record::{Status, WarningKind, write};

const HONEST: &str = "--exact honest --quick --noplot";

fn bench(arguments: &str) -> Bench {
    Bench::new(&format!("{SHORT} {arguments}"))
}

/// What altered the interpreter, and whether the run warned of it.
#[track_caller]
fn altered(ran: &Ran) -> (Vec<String>, bool) {
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let warned = (record.warnings.iter()).any(|warning| warning.kind == WarningKind::AlteredInterpreter);
    (record.interpreter.altered, warned)
}

#[test]
fn what_slows_python_reaches_no_worker_unless_it_is_inherited() {
    let slow = |arguments: &str| {
        let mut bench = bench(&format!("{HONEST} {arguments}"));
        let names = ["PYTHONTRACEMALLOC", "PYTHONDEVMODE", "PYTHONPROFILEIMPORTTIME"];
        bench.command.envs(names.map(|name| (name, "1")));
        bench.command.env("PYTHONMALLOC", "debug");
        bench.run()
    };
    let ran = slow("");
    assert_eq!(altered(&ran), (Vec::new(), false));
    // Read again in the worker that has imported the pair.
    assert_eq!(ran.record().pairs[0].altered, [""; 0]);
    let ran = slow("--inherit-environ PYTHONTRACEMALLOC,PYTHONMALLOC");
    let both = ["tracemalloc is on", "PYTHONMALLOC is debug"].map(String::from);
    assert_eq!(altered(&ran), (both.into(), true));
    assert!(
        ran.stderr.contains("something changes the speed of"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        ran.record().settings.inherit_environ,
        ["PYTHONTRACEMALLOC", "PYTHONMALLOC"]
    );
}

#[test]
fn a_tracer_is_recorded_and_a_run_without_it_is_not_resumed() {
    let folder = customized("import sys\nsys.settrace(lambda *what: None)\n");
    let mut first = bench(HONEST);
    first.command.env("PYTHONPATH", folder.path());
    let ran = first.run();
    let (found, warned) = altered(&ran);
    assert_eq!(found, ["a trace function is set (builtins.function)"]);
    assert!(warned);
    let mut record = ran.record();
    record.status = Status::Interrupted;
    write(&record, &ran.folder.path().join("records")).unwrap();
    let ran = Bench::in_folder(ran.folder, "--resume").run();
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("what alters the interpreter"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_profiler_that_a_pair_starts_is_a_warning_about_the_pair() {
    let mut bench = bench("--exact unruly --quick --noplot");
    bench.command.env("PAIRBENCH_TEST_UNRULY", "profile");
    let ran = bench.run();
    assert_eq!(altered(&ran), (Vec::new(), true));
    assert_eq!(
        ran.record().pairs[0].altered,
        ["a profile function is set (builtins.function)"]
    );
}

#[test]
#[cfg(unix)]
fn the_exports_of_a_wrapper_script_reach_its_workers_and_its_options_do_not() {
    let real = choose(None).unwrap().about.executable;
    let (_folder, wrapper) =
        super::interpreters::script(&format!("export PYTHONTRACEMALLOC=1\nexec {real} -X dev \"$@\""));
    let ran = bench(&format!("{HONEST} --interpreter {wrapper}")).run();
    assert_eq!(altered(&ran).0, ["tracemalloc is on"]);
}

/// A folder whose `sitecustomize` has this text.
fn customized(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sitecustomize.py"), text).unwrap();
    folder
}
