//! Which interpreter runs the Python side, and what it is.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Oldest Python that the worker runs on.
pub const OLDEST: (u32, u32) = (3, 8);

/// Environment variable that names an interpreter, below `--interpreter`.
pub const VARIABLE: &str = "PAIRBENCH_INTERPRETER";

/// The interpreter that ran the Python side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreter {
    /// Path of the executable, as `sys.executable` has it.
    pub executable: String,
    /// `3.11.7`.
    pub version: String,
    /// `CPython`, `PyPy`, …
    pub implementation: String,
    /// Compiler that built it.
    pub compiler: String,
    /// `CONFIG_ARGS`.
    pub config_args: String,
    /// `CFLAGS`.
    pub cflags: String,
    /// Whether it was built with profile-guided optimisation.
    pub optimized: Option<bool>,
    /// Whether the executable itself loads libpython.
    pub loads_libpython: Option<bool>,
    /// Whether the GIL is on; `None` where the interpreter cannot tell.
    pub gil: Option<bool>,
    /// Whether it runs in a virtual environment.
    pub virtual_env: bool,
    /// Versions of the modules that variants require and that were found.
    pub packages: Vec<(String, String)>,
    /// Nanoseconds of the smallest step of `time.perf_counter`, as the interpreter says.
    #[serde(default)]
    pub perf_counter_ns: Option<u64>,
}

/// An interpreter that answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Python {
    /// What it says of itself.
    pub about: Interpreter,
    /// What its extension modules' file names end in.
    pub ext_suffix: String,
}

/// No interpreter to measure with. `Display` says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InterpreterError {
    /// None of the programs runs.
    Missing {
        /// Why this one was tried.
        why: String,
        /// What was tried.
        tried: Vec<PathBuf>,
    },
    /// It runs, but what it prints is no description.
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
                    "no Python interpreter at {} ({why}). Name one: cargo bench -- --interpreter /path/to/python3",
                    tried.join(" or ")
                )
            }
            InterpreterError::Strange { program, problem } => write!(
                f,
                "{} does not behave like a Python interpreter: {problem}. Name another: --interpreter PATH",
                program.display()
            ),
            InterpreterError::TooOld { program, version } => write!(
                f,
                "{} is Python {version}; the worker needs {}.{} or newer. Name another: --interpreter PATH",
                program.display(),
                OLDEST.0,
                OLDEST.1
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
    let (why, programs) = candidates(named);
    for program in &programs {
        if let Some(answer) = describe(program) {
            return answer;
        }
    }
    Err(InterpreterError::Missing { why, tried: programs })
}

fn candidates(named: Option<&str>) -> (String, Vec<PathBuf>) {
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

/// Asks a program what it is; `None` when there is no such program.
fn describe(program: &std::path::Path) -> Option<Result<Python, InterpreterError>> {
    #[derive(Deserialize)]
    struct Description {
        #[serde(flatten)]
        about: Interpreter,
        ext_suffix: String,
    }
    let strange = |problem: String| {
        Some(Err(InterpreterError::Strange {
            program: program.into(),
            problem,
        }))
    };
    let output = match Command::new(program)
        .args(["-c", include_str!("describe.py")])
        .stdin(Stdio::null())
        .output()
    {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => return strange(error.to_string()),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let Ok(found) = serde_json::from_str::<Description>(text.trim()) else {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said
            .lines()
            .last()
            .or(text.lines().last())
            .unwrap_or("it printed nothing");
        return strange(format!(
            "{} ({last})",
            super::launcher::describe_exit(output.status)
        ));
    };
    let mut numbers = found
        .about
        .version
        .split('.')
        .map(|n| n.parse::<u32>().unwrap_or(0));
    if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < OLDEST {
        return Some(Err(InterpreterError::TooOld {
            program: program.into(),
            version: found.about.version,
        }));
    }
    Some(Ok(Python {
        about: found.about,
        ext_suffix: found.ext_suffix,
    }))
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
    fn the_configuration_of_another_build_says_nothing() {
        for program in [None, Some("/usr/bin/python3"), Some("/usr/bin/python3.11")] {
            // Only where there is one; on Debian it is the case in point.
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
