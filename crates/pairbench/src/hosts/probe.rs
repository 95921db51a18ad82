//! Asks a program what interpreter it is, with a time limit, and rejects answers that contradict themselves.

use super::ending::describe_exit;
use super::environment;
use super::launcher::{end_group, end_with_launch, tail};
use super::python::{Interpreter, Made, OLDEST, Python};
use crate::registry::Entry;
use crate::text::cut;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The program that an interpreter is given to run.
const PROGRAM: &str = concat!(include_str!("altered.py"), include_str!("describe.py"));

/// The program that it is given to run in the environment of the workers.
const STATE: &str = concat!(
    include_str!("altered.py"),
    "import json\nprint('\\n' + json.dumps(altered()))\n"
);

/// The program that finds the functions of declared pairs.
const SOURCES: &str = include_str!("sources.py");

/// How long the modules of declared pairs may take to be imported before a run goes on without their text.
const IMPORTING: Duration = Duration::from_secs(60);

/// Variables that a shell sets by itself, or Python if the locale is C.
const OF_SHELLS: [&str; 4] = ["PWD", "OLDPWD", "SHLVL", "LC_CTYPE"];

/// No interpreter prints this much about itself; a program that prints more is not one.
const MOST: u64 = 1 << 20;

/// Pause between two checks of a program that is queried. An interpreter takes at least ten times as long.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Why a program cannot be used as an interpreter. `Display` continues a sentence that starts with the program's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such program, or it is a script for a program that does not exist.
    Missing,
    /// The file may not be executed.
    NotExecutable,
    /// There is no temporary file for its answer, which is not the program's fault.
    NoTemporaryFile {
        /// The system's error.
        error: String,
    },
    /// The system does not start it.
    DoesNotStart {
        /// The system's error.
        error: String,
    },
    /// It did not end in time, and was ended.
    Silent {
        /// The limit in milliseconds.
        limit_ms: u64,
    },
    /// It ended without an answer: with an exit code, or by a signal.
    Ended {
        /// How, as in `ended with exit code 1`.
        how: String,
        /// The last line that it printed.
        #[serde(rename = "said")]
        output: String,
    },
    /// It exited successfully, but what it printed does not describe an interpreter.
    Nonsense {
        /// The last line that it printed, or what is wrong with it.
        #[serde(rename = "said")]
        output: String,
    },
    /// The version that it reports contradicts other evidence.
    Contradicts {
        /// The version that it reports.
        #[serde(rename = "told")]
        claimed: String,
        /// What contradicts it.
        but: String,
    },
    /// Older than [`OLDEST`].
    TooOld {
        /// Its version.
        version: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing => write!(
                f,
                "there is no such program, or not the one that its first line names"
            ),
            Refusal::NotExecutable => write!(f, "no permission to execute it"),
            Refusal::NoTemporaryFile { error } => write!(
                f,
                "cannot answer, because there is no temporary file in {} ({error}); set TMPDIR to another folder",
                std::env::temp_dir().display()
            ),
            Refusal::DoesNotStart { error } => write!(f, "does not start: {error}"),
            Refusal::Silent { limit_ms } => {
                write!(f, "does not answer within {} s", *limit_ms as f64 / 1e3)
            }
            Refusal::Ended { how, output } => write!(f, "{how} ({output})"),
            Refusal::Nonsense { output } => write!(f, "answers nonsense ({output})"),
            Refusal::Contradicts { claimed, but } => write!(f, "reports version {claimed}, but {but}"),
            Refusal::TooOld { version } => {
                write!(
                    f,
                    "is Python {version}, and {}.{} is the oldest that a worker runs on",
                    OLDEST.0, OLDEST.1
                )
            }
        }
    }
}

/// What the program prints.
#[derive(Deserialize)]
struct Description {
    #[serde(flatten)]
    about: Interpreter,
    ext_suffix: String,
    #[serde(default)]
    prefix: PathBuf,
    #[serde(default)]
    installed_native: Option<PathBuf>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default)]
    evidence: Evidence,
}

/// What is hard to fake for a program that is not what it claims to be.
#[derive(Default, Deserialize)]
struct Evidence {
    /// The word that it was given, backwards: proof that it ran the program.
    backwards: String,
    /// Major and minor version, from every place that has it.
    versions: Vec<(u32, u32)>,
    /// The newest version whose syntax it accepts, of those that are tried.
    syntax: (u32, u32),
    /// The newest version whose syntax is tried.
    newest_syntax: (u32, u32),
}

/// Asks a program what interpreter it is. A program that takes longer than `limit` is killed with everything that it started.
///
/// # Errors
///
/// Why it cannot be used to measure.
pub fn probe(program: &Path, limit: Duration) -> Result<Python, Refusal> {
    // A new word each time, so that a prepared text is not taken for an answer.
    let word = format!("{:08x}", rand::random::<u32>());
    let mut command = Command::new(program);
    // With an odd encoding its answer could not be read.
    environment::without_python_variables(&mut command);
    let output = run(command.args(["-c", PROGRAM, &word]), limit)?;
    let found: Description = output.json()?;
    if found.about.language() < OLDEST {
        let version = found.about.version;
        return Err(Refusal::TooOld { version });
    }
    check(&found, &word)?;
    let variables = exported(found.variables);
    let mut about = found.about;
    if about.executable.is_empty() {
        // Possible if Python cannot determine its own path; the name that was queried starts it.
        about.executable = program.display().to_string();
    }
    Ok(Python {
        about,
        ext_suffix: found.ext_suffix,
        prefix: found.prefix,
        installed_native: found.installed_native,
        variables,
        made: Made::default(),
    })
}

/// What alters the speed of an interpreter in the environment that workers get, one phrase for each cause.
///
/// # Errors
///
/// Why it does not run there.
pub(crate) fn altered(python: &Python, inherit: &[String], limit: Duration) -> Result<Vec<String>, Refusal> {
    let mut command = Command::new(&python.about.executable);
    environment::clean(&mut command, inherit);
    command.envs(python.variables.iter().cloned());
    run(command.args(["-c", STATE]), limit)?.json()
}

/// A function by reference, as the interpreter finds it.
#[derive(Debug, Deserialize)]
pub(crate) struct PythonSource {
    /// The file.
    pub file: String,
    /// Its first line there, from 1.
    pub line: u32,
    /// Its text.
    pub text: String,
}

/// The sources of these declared pairs' baselines, in the same order; `None` for one that cannot be found.
pub(crate) fn python_sources(
    python: &Python,
    inherit: &[String],
    declared: &[&Entry],
) -> Vec<Option<PythonSource>> {
    let Some(first) = declared.first() else {
        return Vec::new();
    };
    let mut command = Command::new(&python.about.executable);
    environment::clean(&mut command, inherit);
    command
        .envs(python.variables.iter().cloned())
        .args(["-c", SOURCES])
        .arg(&first.sources.python_root)
        .args(declared.iter().map(|entry| &entry.sources.module));
    run(&mut command, IMPORTING)
        .and_then(|said| said.json())
        .unwrap_or_default()
}

/// The variables that an interpreter sees but was not given: a wrapper script set them.
fn exported(seen: BTreeMap<String, String>) -> Vec<(String, String)> {
    let given = |name: &str| {
        std::env::var(name)
            .ok()
            .filter(|_| !environment::is_withheld(name.as_ref()))
    };
    seen.into_iter()
        .filter(|(name, value)| {
            !name.starts_with('_')
                && !OF_SHELLS.contains(&name.as_str())
                && given(name).as_ref() != Some(value)
        })
        .collect()
}

/// How a queried program ended, and what it printed.
struct Said {
    status: ExitStatus,
    answer: String,
    errors: String,
}

impl Said {
    fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        // Modules that are imported at the start may print something as well.
        let last = |text: &str| {
            text.lines()
                .rfind(|line| !line.trim().is_empty())
                .map(str::to_string)
        };
        if let Some(found) = last_json(&self.answer) {
            return Ok(found);
        }
        let output = last(&self.errors).or(last(&self.answer));
        let output = output.map_or_else(|| "it printed nothing".into(), |line| cut(line.trim(), 120));
        Err(match self.status.success() {
            true => Refusal::Nonsense { output },
            false => Refusal::Ended {
                how: describe_exit(self.status),
                output,
            },
        })
    }
}

/// The last line of a text that parses as such a document, or the whole text: what an interpreter imports at its start,
/// and what it runs at its end, may print as well.
pub(super) fn last_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut lines = text.lines().rev();
    let line = lines.find_map(|line| serde_json::from_str(line).ok());
    line.or_else(|| serde_json::from_str(text).ok())
}

/// Compares what an interpreter reports about itself with the evidence.
///
/// This detects scripts with a prepared answer, versions that were changed in one place and not in others, and a
/// CPython that accepts the syntax of another version. A program that sets out to deceive can pass all of this.
fn check(found: &Description, word: &str) -> Result<(), Refusal> {
    let evidence = &found.evidence;
    if evidence.backwards.chars().rev().collect::<String>() != word {
        let output = "it did not run the program that it was given".into();
        return Err(Refusal::Nonsense { output });
    }
    let claimed = found.about.language();
    let contradicts = |but: String| {
        Err(Refusal::Contradicts {
            claimed: found.about.version.clone(),
            but,
        })
    };
    if let Some((major, minor)) = evidence.versions.iter().find(|&&other| other != claimed) {
        return contradicts(format!("also that it is {major}.{minor}"));
    }
    // Other implementations may support a syntax later than their language version has it.
    let (major, minor) = evidence.syntax;
    if found.about.implementation == "CPython" && claimed.min(evidence.newest_syntax) != evidence.syntax {
        return contradicts(format!("its syntax is that of {major}.{minor}"));
    }
    Ok(())
}

fn run(command: &mut Command, limit: Duration) -> Result<Said, Refusal> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Refusal::Missing,
        io::ErrorKind::PermissionDenied => Refusal::NotExecutable,
        _ => Refusal::DoesNotStart {
            error: error.to_string(),
        },
    };
    let harness = |error: io::Error| Refusal::NoTemporaryFile {
        error: error.to_string(),
    };
    // Files, not pipes: something that it leaves behind could hold a pipe open for ever.
    let mut answer = tempfile::tempfile().map_err(harness)?;
    let mut errors = tempfile::tempfile().map_err(harness)?;
    command
        .stdin(Stdio::null())
        .stdout(answer.try_clone().map_err(harness)?)
        .stderr(errors.try_clone().map_err(harness)?);
    end_with_launch(command);
    // Its own process group, so that everything it started ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command.spawn().map_err(failed)?;
    let ended = wait(&mut child, &[&answer, &errors], limit);
    end_group(&child);
    if ended.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let said = Said {
        status: ended?,
        answer: text(&mut answer).map_err(harness)?,
        errors: tail(&mut errors).map_err(harness)?,
    };
    if !said.status.success() {
        // On a full disk even an interpreter with nothing wrong fails.
        answer.write_all(&[b'\n'; 4096]).map_err(harness)?;
    }
    Ok(said)
}

fn wait(child: &mut Child, outputs: &[&File], limit: Duration) -> Result<ExitStatus, Refusal> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) => {}
            Err(error) => {
                let error = format!("cannot wait for it: {error}");
                return Err(Refusal::DoesNotStart { error });
            }
        }
        if start.elapsed() > limit {
            let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
            return Err(Refusal::Silent { limit_ms });
        }
        let too_long = |file: &&File| file.metadata().is_ok_and(|file| file.len() > MOST);
        if outputs.iter().any(too_long) {
            let output = "it printed more than a megabyte".into();
            return Err(Refusal::Nonsense { output });
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn text(file: &mut File) -> io::Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(all(test, unix))]
mod tests;
