//! Runs commands until they end, with their output in files.

use super::launcher::Stop;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs the command until it ends or the run is to stop, and returns how long it took. Its standard output goes to
/// `output`, the rest to `log`; both may be the same file.
///
/// # Errors
///
/// Why it failed: `failure`, the first error that it printed, and the path of the whole log.
pub(super) fn run(
    mut command: Command,
    failure: &str,
    output: &Path,
    log: &Path,
    stop: &Stop,
) -> Result<Duration, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let create = |path: &Path| File::create(path).map_err(|error| format!("{}: {error}", path.display()));
    let errors = create(log)?;
    let printed = match output == log {
        true => errors.try_clone().map_err(|error| error.to_string())?,
        false => create(output)?,
    };
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(printed)
        .stderr(errors)
        .spawn()
        .map_err(|error| format!("{program} does not start: {error}"))?;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if stop.requested() => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("stopped".into());
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(error) => return Err(error.to_string()),
        }
    };
    let took = start.elapsed();
    match status.success() {
        true => Ok(took),
        false => Err(format!(
            "{failure}: {} (all of it: {})",
            first_error(&std::fs::read_to_string(log).unwrap_or_default()),
            log.display()
        )),
    }
}

/// The first error in the output of Cargo or a compiler, with its location if one follows; else the last line.
fn first_error(output: &str) -> String {
    let mut lines = output.lines().skip_while(|line| !line.starts_with("error"));
    let Some(error) = lines.next() else {
        // As gcc, mypy and pip print them.
        let mut others = output
            .lines()
            .filter(|line| line.to_lowercase().contains("error: "));
        let other = others.next().or(output.lines().last());
        return other.unwrap_or("no output").into();
    };
    let place = lines.next().and_then(|line| line.trim().strip_prefix("--> "));
    match place {
        Some(place) => format!("{error} ({place})"),
        None => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::cargo::command;

    #[test]
    fn a_build_that_fails_says_why_and_where() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut broken = command();
        broken
            .current_dir(folder.path())
            .args(["build", "--manifest-path", "nowhere/Cargo.toml"]);
        let error = run(broken, "no", &log, &log, &Stop::new()).unwrap_err();
        assert!(
            error.contains("nowhere") && error.contains(&log.display().to_string()),
            "{error}"
        );
    }

    #[test]
    fn the_first_error_is_one_of_the_compiler_with_its_place() {
        let output = "   Compiling thiserror v2.0.0\nwarning: an error in a name\nerror[E0658]: not yet\n  --> a.rs:3:5\n   |\nerror: 2";
        assert_eq!(first_error(output), "error[E0658]: not yet (a.rs:3:5)");
        assert_eq!(
            first_error("error: no such command\n\n"),
            "error: no such command"
        );
        let of_pip = "WARNING: retrying\nERROR: No matching distribution found for numba\n";
        assert_eq!(
            first_error(of_pip),
            "ERROR: No matching distribution found for numba"
        );
        assert_eq!(first_error("one\nKilled"), "Killed");
        assert_eq!(first_error(""), "no output");
    }

    #[test]
    fn what_is_printed_goes_to_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let (output, log) = (folder.path().join("output"), folder.path().join("log"));
        let mut version = command();
        version.arg("--version");
        run(version, "no", &output, &log, &Stop::new()).unwrap();
        assert!(std::fs::read_to_string(output).unwrap().starts_with("cargo "));
        assert_eq!(std::fs::read_to_string(log).unwrap(), "");
    }
}
