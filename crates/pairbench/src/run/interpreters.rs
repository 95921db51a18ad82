//! The interpreters of a run: those that exist, each once.

use crate::hosts::discovery::{Discovery, Found, LeftOut, Reason, Surroundings, everywhere};
use crate::hosts::interpreter::{self, Python, VARIABLE};
use crate::hosts::{Refusal, altered};
use crate::record::{MissingInterpreter, Record};
use crate::run::options::Options;
use crate::terminal::Terminal;
use crate::text::tool;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The value of `--interpreter` for every Python on this machine.
const ALL: &str = "all";

/// Time limit for identifying an interpreter that the user did not name.
const PATIENCE: Duration = Duration::from_secs(5);

/// The interpreters of a run.
#[derive(Debug, Default)]
pub(crate) struct ChosenInterpreters {
    /// Those that were found, in the order in which they were named.
    pub pythons: Vec<Python>,
    /// Those that were not found.
    pub missing: Vec<MissingInterpreter>,
}

/// Finds the interpreters of a run. If several are named, missing ones are left out with a message; otherwise it fails.
///
/// # Errors
///
/// When there is none; the message gives the reason and the remedy.
pub(crate) fn find(options: &Options, terminal: &Terminal) -> Result<ChosenInterpreters, String> {
    let discovered = OnceCell::new();
    let discover = || discovered.get_or_init(|| everywhere(&Surroundings::of_this_process(), PATIENCE));
    // A version manager's shim on PATH may refuse a version that is installed.
    let installed = |name: &str| Name::of(name).and_then(|name| name.among(&discover().found));
    let choose = |name: &str| {
        let named = interpreter::choose_within(Some(name), options.timeout);
        named.or_else(|error| installed(name).ok_or_else(|| error.to_string()))
    };
    let plain = || interpreter::choose_within(None, options.timeout).map_err(|error| error.to_string());
    let mut chosen = ChosenInterpreters::default();
    match options.interpreter.as_slice() {
        [] => chosen.pythons.push(plain()?),
        [only] if only != ALL => chosen.pythons.push(choose(only)?),
        several => {
            for name in several {
                if name == ALL {
                    print_summary(discover(), terminal);
                    let plain = plain().map_err(|reason| chosen.miss_default(reason)).ok();
                    chosen.add_all(discover().clone(), plain);
                } else {
                    match choose(name) {
                        Ok(python) => chosen.add_named(name, python, terminal),
                        Err(reason) => chosen.miss(name.clone(), reason, true),
                    }
                }
            }
        }
    }
    for missing in &chosen.missing {
        terminal.warn(&format!(
            "{} is missing in this run: {}",
            missing.asked, missing.reason
        ));
    }
    if chosen.pythons.is_empty() {
        return Err(format!(
            "none of the requested interpreters is on this machine; {} interpreters lists what is",
            tool()
        ));
    }
    for python in &mut chosen.pythons {
        let altered = altered(python, &options.inherit_environ, options.timeout).map_err(|refusal| {
            format!(
                "{} runs in this environment, but not with the variables that measuring processes get: it {refusal}. \
                 Name what it needs: --inherit-environ VARIABLE",
                python.about.executable
            )
        })?;
        python.about.altered = altered;
    }
    Ok(chosen)
}

impl ChosenInterpreters {
    /// Adds one named with `--interpreter`. If the run already has it, maybe by another name, that is reported.
    fn add_named(&mut self, name: &str, python: Python, terminal: &Terminal) {
        let label = python.about.label();
        if !self.add(python) {
            terminal.say(&format!("{name} is in this run already: {label}"));
        }
    }

    /// Adds an interpreter unless the run has it already; returns whether it was added.
    fn add(&mut self, python: Python) -> bool {
        let known = self.pythons.iter().any(|known| is_same(known, &python));
        if !known {
            self.pythons.push(python);
        }
        !known
    }

    fn miss(&mut self, asked: String, reason: String, named: bool) {
        match self.missing.iter_mut().find(|known| known.asked == asked) {
            Some(known) => known.named |= named,
            None => self.missing.push(MissingInterpreter { asked, reason, named }),
        }
    }

    /// Notes that the default interpreter is missing. `all` does not request it, only the variable does.
    fn miss_default(&mut self, reason: String) {
        if std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty()) {
            self.miss(VARIABLE.into(), reason, false);
        }
    }

    /// Adds each executable once. What a plain run measures comes first, even if it was too slow to be found. If that
    /// is an environment, it replaces the interpreter that it was made from.
    fn add_all(&mut self, discovery: Discovery, plain: Option<Python>) {
        let base = plain.as_ref().and_then(|plain| plain.about.base.clone());
        let is_plain = |python: &Python| plain.as_ref().is_some_and(|plain| is_same(plain, python));
        let is_base = |python: &Python| {
            let base = base.as_ref().map(|base| real(Path::new(base)));
            base == Some(real_executable(python))
        };
        // Preferably as it was found: that has the path without links.
        let found = discovery.found.iter().map(|found| &found.python);
        let first = found.clone().find(|python| is_plain(python)).or(plain.as_ref());
        let others = found.filter(|python| !python.about.virtual_env && !is_base(python));
        for python in first.into_iter().chain(others) {
            self.add(python.clone());
        }
        for (path, refusal) in refused(&discovery.left_out) {
            // It may have answered under another name.
            let answered = self
                .pythons
                .iter()
                .any(|python| real_executable(python) == real(path));
            if !answered {
                self.miss(path.display().to_string(), refusal.to_string(), false);
            }
        }
    }
}

/// Whether two are the same executable with the same modules and JIT compiler. Environments differ only in their
/// modules; if a wrapper script sets `PYTHON_JIT`, a run can have an executable both with and without the compiler.
fn is_same(one: &Python, other: &Python) -> bool {
    real_executable(one) == real_executable(other)
        && one.prefix == other.prefix
        && one.about.jit == other.about.jit
}

fn real_executable(python: &Python) -> PathBuf {
    real(Path::new(&python.about.executable))
}

/// The path without links; unchanged if it leads nowhere.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.into())
}

/// Files that look like interpreters and that somebody may expect to work, each by the first of its names.
fn refused(left_out: &[LeftOut]) -> Vec<(&Path, &Refusal)> {
    let mut seen = HashSet::new();
    let refused = left_out.iter().filter_map(|one| match &one.reason {
        Reason::Refused(Refusal::TooOld { .. } | Refusal::Missing | Refusal::NotExecutable) => None,
        Reason::Refused(refusal) => Some((one.path.as_path(), refusal)),
        Reason::Same { .. } | Reason::PyenvShim | Reason::DanglingLink => None,
    });
    refused.filter(|(path, _)| seen.insert(real(path))).collect()
}

/// An interpreter by its implementation and version, as commands are named: `python3.12`, `python3.13t`, `pypy3.11`.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    implementation: &'static str,
    language: (u32, u32),
    free_threaded: bool,
}

impl Name {
    /// Parses such a command; `None` for anything else.
    fn of(command: &str) -> Option<Self> {
        let known = [("python", "CPython"), ("pypy", "PyPy"), ("graalpy", "GraalPy")];
        let (implementation, version) = known
            .iter()
            .find_map(|(start, name)| Some((*name, command.strip_prefix(start)?)))?;
        let free_threaded = version.ends_with('t');
        let (major, minor) = version.trim_end_matches('t').split_once('.')?;
        Some(Name {
            implementation,
            language: (major.parse().ok()?, minor.parse().ok()?),
            free_threaded,
        })
    }

    /// The newest release of it that is installed.
    fn among(&self, found: &[Found]) -> Option<Python> {
        let is = |found: &&Found| {
            let about = &found.python.about;
            about.implementation == self.implementation
                && about.language() == self.language
                && about.free_threaded.unwrap_or(false) == self.free_threaded
                && !about.virtual_env
        };
        // Discovery sorts by version.
        found.iter().rfind(is).map(|found| found.python.clone())
    }
}

/// A suffix for messages that names an interpreter if the run has several: ` with CPython 3.13.1`, and with its path if
/// others have the same name.
pub(crate) fn with(record: &Record, interpreter: usize) -> String {
    match record.interpreters() {
        1 => String::new(),
        _ => format!(
            " with {}",
            interpreter::labels(&Vec::from_iter(record.all_interpreters()))[interpreter]
        ),
    }
}

/// Prints what was found and how much was left out.
fn print_summary(discovery: &Discovery, terminal: &Terminal) {
    let environments = discovery
        .found
        .iter()
        .filter(|found| found.python.about.virtual_env);
    let same = |one: &&LeftOut| matches!(one.reason, Reason::Same { .. } | Reason::PyenvShim);
    let names = discovery.left_out.iter().filter(same).count();
    terminal.say(&format!(
        "{} interpreters found in {:.1} s, {} of them virtual environments (only an active one is measured); left out: {names} \
         more names of the same, {} other files ({} interpreters lists all)",
        discovery.found.len(),
        discovery.seconds,
        environments.count(),
        discovery.left_out.len() - names,
        tool()
    ));
}

#[cfg(test)]
mod tests;
