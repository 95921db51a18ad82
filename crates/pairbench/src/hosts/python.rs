//! The description of an interpreter.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Oldest Python that the worker runs on.
pub const OLDEST: (u32, u32) = (3, 8);

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
    /// Whether the GIL is on; `None` if the interpreter does not report it.
    pub gil: Option<bool>,
    /// Whether it runs in a virtual environment.
    pub virtual_env: bool,
    /// Versions of the modules that variants require and that were found.
    pub packages: Vec<(String, String)>,
    /// Nanoseconds of the smallest step of `time.perf_counter`, as the interpreter reports it.
    #[serde(default)]
    pub perf_counter_ns: Option<u64>,
    /// The version of the implementation if it differs from that of the language: `7.3.17` of PyPy.
    #[serde(default)]
    pub release: Option<String>,
    /// Whether it was built to run without a GIL, whether that is on or off; `None` in older records.
    #[serde(default)]
    pub free_threaded: Option<bool>,
    /// The state of the just-in-time compiler; `None` if the interpreter does not report it, and in older records.
    #[serde(default)]
    pub jit: Option<Jit>,
    /// Whether it is a debug build, which is several times slower; `None` in older records.
    #[serde(default)]
    pub debug: Option<bool>,
    /// What makes it slower or faster than others of its kind when workers start it: a trace function, debug hooks of
    /// its allocators. One phrase for each cause; empty in older records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub altered: Vec<String>,
    /// Width of its pointers; an extension module has to be built for the same. `None` in older records.
    #[serde(default)]
    pub pointer_bits: Option<u32>,
    /// The executable that a virtual environment was made from; `None` outside one, and if that is gone.
    #[serde(default)]
    pub base: Option<String>,
}

/// A just-in-time compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Jit {
    /// The interpreter was built without one.
    Absent,
    /// It is available but not in use.
    Off,
    /// It is in use.
    On,
}

impl Interpreter {
    /// Major and minor version of the language: `(3, 11)`. Zeros if the text is not a version.
    pub(crate) fn language(&self) -> (u32, u32) {
        let [major, minor, _] = version_numbers(&self.version);
        (major, minor)
    }

    /// What it is called among others: `CPython 3.14.0t`, where the letter means a free-threaded build, `CPython 3.14.0 JIT`
    /// with its compiler in use, or `PyPy 7.3.20 (3.11)`, where the language has another version than the implementation.
    pub fn label(&self) -> String {
        let Interpreter {
            implementation,
            version,
            ..
        } = self;
        let free = if self.free_threaded == Some(true) { "t" } else { "" };
        match &self.release {
            Some(release) => {
                let (major, minor) = self.language();
                format!("{implementation} {release} ({major}.{minor}{free})")
            }
            None => {
                let jit = if self.jit == Some(Jit::On) { " JIT" } else { "" };
                format!("{implementation} {version}{free}{jit}")
            }
        }
    }
}

/// What each is called among the others: its label, with its executable if several have that label.
pub(crate) fn labels(all: &[&Interpreter]) -> Vec<String> {
    let labels = Vec::from_iter(all.iter().map(|one| one.label()));
    let name = |(one, label): (&&Interpreter, &String)| match labels
        .iter()
        .filter(|other| *other == label)
        .count()
    {
        1 => label.clone(),
        _ => format!("{label} ({})", one.executable),
    };
    all.iter().zip(&labels).map(name).collect()
}

/// The first three numbers of a version: 3, 14 and 0 of `3.14.0rc1`.
pub(crate) fn version_numbers(version: &str) -> [u32; 3] {
    let mut numbers = [0; 3];
    for (number, part) in numbers.iter_mut().zip(version.split('.')) {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        *number = part[..end].parse().unwrap_or(0);
    }
    numbers
}

/// An interpreter that answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Python {
    /// Its description of itself.
    pub about: Interpreter,
    /// What its extension modules' file names end in.
    pub ext_suffix: String,
    /// The folder that its modules are under, without links; a virtual environment has its own.
    #[serde(default)]
    pub prefix: PathBuf,
    /// The file of an extension module for `native` variants that is installed there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_native: Option<PathBuf>,
    /// Variables that a wrapper script set before it started the executable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<(String, String)>,
    /// What a run has made for it, so that its steps can be measured.
    #[serde(default)]
    pub(crate) made: Made,
}

/// Folders of modules that do not belong to the interpreter itself; workers import from them before its own packages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Made {
    /// The packages that the suite's requirements name.
    pub packages: Option<PathBuf>,
    /// Compiled Python files, in a folder for each pair.
    pub compiled: Option<PathBuf>,
}

impl Made {
    /// The folders for a pair.
    pub fn folders(&self, pair: &str) -> Vec<PathBuf> {
        let compiled = self.compiled.as_ref().map(|folder| folder.join(pair));
        self.packages.iter().cloned().chain(compiled).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_tells_builds_of_one_version_apart() {
        let mut about = Interpreter {
            implementation: "CPython".into(),
            version: "3.14.0".into(),
            ..Interpreter::default()
        };
        assert_eq!(about.label(), "CPython 3.14.0");
        about.free_threaded = Some(true);
        assert_eq!(about.label(), "CPython 3.14.0t");
        about.jit = Some(Jit::On);
        assert_eq!(about.label(), "CPython 3.14.0t JIT");
        let pypy = Interpreter {
            implementation: "PyPy".into(),
            version: "3.11.13".into(),
            release: Some("7.3.20".into()),
            jit: Some(Jit::On),
            ..Interpreter::default()
        };
        assert_eq!(pypy.label(), "PyPy 7.3.20 (3.11)");
    }

    #[test]
    fn versions_are_numbers_and_then_letters() {
        assert_eq!(version_numbers("3.11.7"), [3, 11, 7]);
        assert_eq!(version_numbers("3.14.0rc1"), [3, 14, 0]);
        assert_eq!(version_numbers("3.12.0+"), [3, 12, 0]);
        assert_eq!(version_numbers("3.9"), [3, 9, 0]);
        assert_eq!(version_numbers("new"), [0, 0, 0]);
    }
}
