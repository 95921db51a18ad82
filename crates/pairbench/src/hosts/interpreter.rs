//! Chooses the interpreter that runs the Python side.

use super::probe::{Refusal, probe};
pub use super::python::{Interpreter, Jit, OLDEST, Python};
pub(crate) use super::python::{labels, version_numbers};
use crate::text::tool;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Environment variable that names an interpreter; `--interpreter` takes precedence.
pub(crate) const VARIABLE: &str = "PAIRBENCH_INTERPRETER";

/// How long an interpreter named by the user may take to answer. Waiting longer makes no sense: the
/// default `--timeout` of a whole launch is no more than that.
const PATIENCE: Duration = Duration::from_secs(60);

/// No usable interpreter. `Display` includes what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InterpreterError {
    /// None of the programs runs.
    Missing {
        /// Why this one was tried.
        why: String,
        /// What was tried.
        tried: Vec<PathBuf>,
    },
    /// No program can be queried, because there is no temporary file for an answer.
    NoTemporaryFile {
        /// The system's error.
        error: String,
    },
    /// It runs, but what it prints is not a description.
    Strange {
        /// The program.
        program: PathBuf,
        /// What it printed or how it ended.
        problem: String,
    },
    /// Older than [`OLDEST`].
    TooOld {
        /// The program.
        program: PathBuf,
        /// Its version.
        version: String,
    },
}

impl fmt::Display for InterpreterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InterpreterError::Missing { why, tried } => {
                let tried: Vec<_> = tried.iter().map(|p| p.display().to_string()).collect();
                write!(
                    f,
                    "no Python interpreter at {} ({why}). Name one: cargo bench -- --interpreter /path/to/python3; \
                     {} interpreters lists what there is",
                    tried.join(" or "),
                    tool()
                )
            }
            InterpreterError::NoTemporaryFile { error } => write!(
                f,
                "no temporary file in {}: {error}. Free some space, or set TMPDIR to another folder",
                std::env::temp_dir().display()
            ),
            InterpreterError::Strange { program, problem } => write!(
                f,
                "{} does not behave like a Python interpreter: {problem}. Name another: --interpreter PATH; {} interpreters \
                 lists what there is",
                program.display(),
                tool()
            ),
            InterpreterError::TooOld { program, version } => write!(
                f,
                "{} is Python {version}; the worker needs {}.{} or newer. Name another: --interpreter PATH; {} interpreters \
                 lists what there is",
                program.display(),
                OLDEST.0,
                OLDEST.1,
                tool()
            ),
        }
    }
}

impl std::error::Error for InterpreterError {}

/// Finds the interpreter: the one named, else `PAIRBENCH_INTERPRETER`, else an active virtual environment's, else the
/// one that PyO3 was built against, else `python3` from the path.
///
/// # Errors
///
/// When there is none, when it does not answer as Python does, or when it is too old.
pub fn choose(named: Option<&str>) -> Result<Python, InterpreterError> {
    choose_within(named, PATIENCE)
}

/// The same, with no more time to answer than a launch has, if that is shorter.
///
/// # Errors
///
/// Those of [`choose`].
pub(crate) fn choose_within(named: Option<&str>, limit: Duration) -> Result<Python, InterpreterError> {
    let (why, programs) = candidates(named);
    for program in &programs {
        let program = program.clone();
        return Err(match probe(&program, limit.min(PATIENCE)) {
            Ok(python) => return Ok(python),
            Err(Refusal::Missing) => continue,
            Err(Refusal::NoTemporaryFile { error }) => InterpreterError::NoTemporaryFile { error },
            Err(Refusal::TooOld { version }) => InterpreterError::TooOld { program, version },
            Err(refusal) => InterpreterError::Strange {
                program,
                problem: refusal.to_string(),
            },
        });
    }
    Err(InterpreterError::Missing { why, tried: programs })
}

/// The programs to try in turn when the user names `named` or nothing, and why those.
pub(super) fn candidates(named: Option<&str>) -> (String, Vec<PathBuf>) {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(named) = named {
        return ("named with --interpreter".into(), vec![named.into()]);
    }
    if let Some(named) = variable(VARIABLE) {
        return (format!("named by {VARIABLE}"), vec![named.into()]);
    }
    if let Some(folder) = variable("VIRTUAL_ENV") {
        let below = if cfg!(windows) {
            "Scripts\\python.exe"
        } else {
            "bin/python"
        };
        return (
            "the active virtual environment".into(),
            vec![PathBuf::from(folder).join(below)],
        );
    }
    match option_env!("PAIRBENCH_PYTHON") {
        Some(built) if !built.is_empty() => (
            "the one that this build embeds; build again if it has moved".into(),
            vec![built.into()],
        ),
        _ => (
            "looked for on PATH".into(),
            vec!["python3".into(), "python".into()],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_interpreter_names_the_flag() {
        let error = choose(Some("/nowhere/python9")).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("/nowhere/python9") && text.contains("--interpreter"),
            "{text}"
        );
    }

    #[test]
    fn a_program_that_is_no_python_is_told_apart_from_a_missing_one() {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        let error = choose(Some(&cargo)).unwrap_err();
        assert!(matches!(error, InterpreterError::Strange { .. }), "{error}");
    }

    #[test]
    fn the_configuration_of_another_build_is_ignored() {
        for program in [None, Some("/usr/bin/python3"), Some("/usr/bin/python3.11")] {
            // Only if it exists; on Debian it is the case in point.
            let Ok(python) = choose(program) else { continue };
            let about = python.about;
            let shared = about.config_args.contains("--enable-shared");
            if shared && about.loads_libpython == Some(false) {
                assert_eq!(about.optimized, None, "{}", about.config_args);
            } else if about.implementation == "CPython" && !about.config_args.is_empty() {
                let optimized = about.config_args.contains("--enable-optimizations");
                assert_eq!(about.optimized, Some(optimized), "{}", about.config_args);
            }
        }
    }
}
