//! Programs of the harness that run in a fresh interpreter, for what a worker cannot measure because it has already
//! imported modules.

use super::Fault;
use super::ending::ended_unexpectedly;
use super::launcher::end_with_launch;
use super::probe::last_json;
use super::worker::WorkerSetup;
use serde::de::DeserializeOwned;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Imports a pair's module and calls a variant once; prints how long both took, as JSON.
pub(crate) const FIRST_CALL: &str = concat!(include_str!("calls.py"), include_str!("first_call.py"));

/// Calls into Rust with arguments of many types; prints how long a call took, as JSON.
pub(crate) const CROSSING: &str = include_str!("crossing.py");

/// Starts recording calls in a process of the user's program, with a call of `install` at the end.
pub(crate) const RECORDER_START: &str = include_str!("recorder_start.py");

/// Records them; is stored beside [`RECORDER_START`].
pub(crate) const RECORDER: &str = include_str!("recorder.py");

/// Prepended to each program: modules in the working folder (a `json.py`) must not replace the standard library's.
const NO_WORKING_FOLDER: &str = "import sys\nsys.path[:] = [folder for folder in sys.path if folder]\n";

/// A program that does nothing.
pub(crate) const NOTHING: &str = "pass";

/// Runs the program with these arguments and this standard input, and reads the JSON that it prints.
///
/// # Errors
///
/// [`Fault::Harness`] when the interpreter does not start or prints something else; [`Fault::Died`] when it ends badly,
/// with what it wrote to its standard error.
pub(crate) fn run_json<T: DeserializeOwned>(
    setup: &WorkerSetup<'_>,
    program: &str,
    arguments: &[&str],
    input: &[u8],
) -> Result<T, Fault> {
    let output = run(setup, program, arguments, input)?;
    let printed = String::from_utf8_lossy(&output.stdout);
    last_json(&printed).ok_or_else(|| Fault::Harness {
        message: format!("a program of the harness printed {printed:?}, which is not an answer"),
    })
}

/// How long it takes from starting the interpreter until it has run the program and exited.
///
/// # Errors
///
/// As [`run_json`].
pub(crate) fn whole_time(setup: &WorkerSetup<'_>, program: &str) -> Result<Duration, Fault> {
    let start = Instant::now();
    run(setup, program, &[], &[])?;
    Ok(start.elapsed())
}

fn run(setup: &WorkerSetup<'_>, program: &str, arguments: &[&str], input: &[u8]) -> Result<Output, Fault> {
    let executable = &setup.python.about.executable;
    let mut command = Command::new(executable);
    command
        .args(["-c", &format!("{NO_WORKING_FOLDER}{program}")])
        .args(arguments)
        .envs(setup.python.variables.iter().cloned())
        .env("PYTHONHASHSEED", setup.hash_seed.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    end_with_launch(&mut command);
    let harness = |error: std::io::Error| Fault::Harness {
        message: format!("{executable} does not run a program of the harness: {error}"),
    };
    let mut child = command.spawn().map_err(harness)?;
    if let Some(mut pipe) = child.stdin.take() {
        // If a program ends without reading, how it ends shows the reason.
        let _ = pipe.write_all(input);
    }
    let output = child.wait_with_output().map_err(harness)?;
    if output.status.success() {
        return Ok(output);
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_string();
    Err(ended_unexpectedly("the Python process", output.status, message))
}
