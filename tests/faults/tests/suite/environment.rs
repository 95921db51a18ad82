//! Environments that would slow Python, or keep it from running.

use super::bench::{Bench, Ran, SHORT};
use pairbench::hosts::interpreter::choose;
use pairbench::record::{Status, VariantState, WarningKind, write};

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

/// Unbuffered, so that everything is written at once, to wherever standard output leads then.
#[test]
fn what_is_printed_at_the_start_of_an_interpreter_is_no_reply() {
    let folder =
        customized("import sys\nprint('[1]')\nprint('2', end='')\nprint('noise', file=sys.stderr)\n");
    let mut bench =
        bench("--exact honest --diagnose turnaround,boundary --noplot --inherit-environ PYTHONUNBUFFERED");
    bench.command.env("PYTHONUNBUFFERED", "1");
    bench.command.env("PYTHONPATH", folder.path());
    let ran = bench.run();
    assert_eq!(altered(&ran), (Vec::new(), false));
    assert!(!ran.stderr.contains("failed"), "{}", ran.stderr);
}

#[test]
fn modules_in_the_working_folder_are_never_imported() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "json",
        "pickle",
        "threading",
        "struct",
        "platform",
        "sysconfig",
        "traceback",
    ] {
        let text = format!("import os\nos.write(2, b'imported {name}')\nos._exit(9)\n");
        std::fs::write(folder.path().join(format!("{name}.py")), text).unwrap();
    }
    let mut bench = bench("--exact honest --diagnose turnaround,boundary --noplot");
    bench.command.current_dir(folder.path()).env("PYTHONPATH", ":");
    let ran = bench.run();
    assert_eq!(altered(&ran), (Vec::new(), false));
    assert!(!ran.stderr.contains("imported "), "{}", ran.stderr);
}

/// With it the first folder of the path is not the program's own but one of PYTHONPATH.
#[test]
fn with_a_safe_path_nothing_of_the_path_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let module = folder.path().join("a_module_that_nobody_has.py");
    std::fs::write(module, "add = sum\n").unwrap();
    let mut bench =
        bench("--exact needs_missing --diagnose turnaround --noplot --inherit-environ PYTHONSAFEPATH");
    bench
        .command
        .env("PYTHONSAFEPATH", "1")
        .env("PYTHONPATH", folder.path());
    let ran = bench.run();
    assert_eq!(altered(&ran), (Vec::new(), false));
    let record = ran.record();
    let extra = &record.pairs[0]
        .variants
        .iter()
        .find(|one| one.name == "extra")
        .unwrap()
        .state;
    assert_eq!(*extra, VariantState::Active);
}

#[test]
fn a_required_module_that_fails_is_missing_and_the_rest_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let module = folder.path().join("a_module_that_nobody_has.py");
    std::fs::write(module, "raise RuntimeError('this CPU lacks AVX')\n").unwrap();
    let mut bench = bench("--exact needs_missing --quick --noplot");
    bench.command.env("PYTHONPATH", folder.path());
    let ran = bench.run();
    assert_eq!(altered(&ran), (Vec::new(), false));
    let record = ran.record();
    assert!(record.pairs[0].verification.passed);
    let extra = &record.pairs[0]
        .variants
        .iter()
        .find(|one| one.name == "extra")
        .unwrap()
        .state;
    let VariantState::Skipped { reason } = extra else {
        panic!("{extra:?}")
    };
    assert!(reason.contains("RuntimeError: this CPU lacks AVX"), "{reason}");
}

#[test]
fn an_installed_package_with_the_name_of_a_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("good")).unwrap();
    std::fs::write(folder.path().join("good/__init__.py"), "").unwrap();
    let mut bench = Bench::new("--test --exact honest");
    bench.command.env("PYTHONPATH", folder.path());
    let ran = bench.run();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    for words in ["hidden by the installed package 'good'", "make an empty file"] {
        assert!(ran.stderr.contains(words), "{words:?} is not in:\n{}", ran.stderr);
    }
}

#[test]
#[cfg(unix)]
fn a_temporary_folder_that_is_not_there_is_no_fault_of_the_interpreter() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let mut missing = Bench::new("--test");
    missing.command.env("TMPDIR", "/nowhere");
    missing
        .run()
        .refused(&["no temporary folder in /nowhere", "TMPDIR"]);
    let parent = tempfile::tempdir().unwrap();
    let odd = parent.path().join(OsStr::from_bytes(b"odd-\xff"));
    std::fs::create_dir(&odd).unwrap();
    let mut bench = Bench::new("--test");
    bench.command.env("TMPDIR", &odd);
    bench.run().refused(&["not UTF-8", "TMPDIR"]);
}

#[test]
#[cfg(unix)]
fn nothing_is_run_from_a_folder_in_which_everybody_can_write() {
    use std::os::unix::fs::PermissionsExt;
    let open = tempfile::tempdir().unwrap();
    let run = |mode| {
        std::fs::set_permissions(open.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        let mut bench = Bench::new("--test --exact honest");
        bench.command.env("TMPDIR", open.path());
        bench.run()
    };
    run(0o777).refused(&["every user can write to", "Set TMPDIR to another folder"]);
    let sticky = run(0o1777);
    assert_eq!(sticky.code, Some(0), "{}", sticky.stderr);
}

#[test]
#[cfg(unix)]
fn a_folder_for_reports_may_have_any_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::Builder::new()
        .prefix(OsStr::from_bytes(b"odd-\xff"))
        .tempdir()
        .unwrap();
    let ran = Bench::in_folder(folder, &format!("{SHORT} --exact honest --quick")).run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let reports = ran.folder.path();
    assert!(reports.join("index.html").exists());
}

#[test]
#[cfg(unix)]
fn an_interpreter_in_a_folder_that_is_not_utf8_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let real = choose(None).unwrap().about.executable;
    let folder = tempfile::tempdir().unwrap();
    let environment = folder.path().join(OsStr::from_bytes(b"odd-\xff"));
    std::fs::create_dir_all(environment.join("bin")).unwrap();
    std::os::unix::fs::symlink(real, environment.join("bin/python")).unwrap();
    let mut bench = Bench::new("--test");
    bench.command.env("VIRTUAL_ENV", &environment);
    bench.run().refused(&["is not UTF-8"]);
}

/// A folder whose `sitecustomize` has this text.
fn customized(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sitecustomize.py"), text).unwrap();
    folder
}
