//! Interpreters that are missing, are not Python at all, or are too old.

use super::bench::{Bench, run};

#[test]
fn a_missing_one() {
    run("--test --interpreter /nowhere/python3").refused(&["/nowhere/python3", "named with --interpreter"]);
}

#[test]
fn a_missing_one_in_the_environment() {
    let mut bench = Bench::new("--test");
    bench.command.env("PAIRBENCH_INTERPRETER", "/nowhere/python3");
    bench
        .run()
        .refused(&["/nowhere/python3", "PAIRBENCH_INTERPRETER", "--interpreter"]);
}

#[cfg(unix)]
pub fn script(text: &str) -> (tempfile::TempDir, String) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("python3");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = path.to_string_lossy().into_owned();
    (folder, path)
}

#[test]
#[cfg(unix)]
fn a_program_that_is_none() {
    let (_folder, path) = script("echo hello; exit 4");
    run(&format!("--test --interpreter {path}")).refused(&[
        &path,
        "does not behave like a Python interpreter",
        "exit code 4",
        "hello",
        "--interpreter PATH",
    ]);
}

#[test]
#[cfg(unix)]
fn a_file_that_is_no_program() {
    run("--test --interpreter /etc/passwd").refused(&["/etc/passwd", "--interpreter PATH"]);
}

#[test]
#[cfg(unix)]
fn one_that_is_too_old() {
    let (_folder, path) = script(
        r#"echo '{"executable": "/old/python3", "version": "3.7.17", "implementation": "CPython", "compiler": "GCC",
        "config_args": "", "cflags": "", "optimized": null, "loads_libpython": null, "gil": true,
        "virtual_env": false, "packages": [], "ext_suffix": ".so"}'"#,
    );
    run(&format!("--test --interpreter {path}")).refused(&[
        &path,
        "is Python 3.7.17",
        "needs 3.8 or newer",
        "--interpreter PATH",
    ]);
}
