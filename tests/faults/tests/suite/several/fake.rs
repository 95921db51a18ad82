//! Fake interpreters: the real one, claiming to be another and misbehaving in one way.

use pairbench::hosts::interpreter::choose;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs what it is given, like the real one: first the program that asks what it is, then the worker.
const FRAME: &str = r#"import os, platform, sys, sysconfig, time
sys.executable = os.path.abspath(__file__)
def asked():
    pass
def work(source):
    return source
def before(function, code, source):
    head, line, body = source.partition(f"    def {function}(")
    signature, colon, rest = body.partition(":\n")
    assert colon, function
    return head + line + signature + colon + "        " + code + "\n" + rest
CHANGE
if sys.argv[1] == "-c":
    asked()
    program, sys.argv = sys.argv[2], ["-c", *sys.argv[3:]]
    exec(program, {"__name__": "__main__"})
else:
    path, sys.argv = sys.argv[1], sys.argv[1:]
    with open(path) as file:
        source = work(file.read())
    exec(compile(source, path, "exec"), {"__name__": "__main__", "__file__": path})
"#;

/// The executable of the interpreter that everything else is measured with.
pub fn real() -> String {
    choose(None).unwrap().about.executable
}

/// Puts a fake of this name into a folder and returns its path. `change` is Python that may define `asked`, which runs
/// before it is asked what it is, and `work`, which changes the worker's program.
pub fn fake(folder: &Path, name: &str, change: &str) -> PathBuf {
    let text = FRAME.replace("CHANGE", change);
    program(folder, name, &format!("#!{}\n{text}", real()))
}

/// Puts a program with this text into a folder and returns its path.
pub fn program(folder: &Path, name: &str, text: &str) -> PathBuf {
    let (draft, path) = (folder.join("draft"), folder.join(name));
    std::fs::write(&draft, text).unwrap();
    // Copied by another process: a file that this one has open for writing does not start, and other tests fork.
    assert!(
        Command::new("cp")
            .args([&draft, &path])
            .status()
            .unwrap()
            .success()
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}
