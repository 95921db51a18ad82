//! The kinds of places where interpreters are, and how a file there has to be named.

use super::surroundings::entries;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Where an interpreter was found. `Display` is the text in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// What a run without `--interpreter` uses.
    Default,
    /// The virtual environment that is active.
    Active,
    /// A virtual environment in the working folder or above.
    Nearby,
    /// A folder of `PATH`.
    Path,
    /// A version of pyenv.
    Pyenv,
    /// An interpreter that uv installed.
    Uv,
    /// A version of asdf.
    Asdf,
    /// A version of mise.
    Mise,
    /// An environment of conda or mamba.
    Conda,
    /// Homebrew, on macOS or Linux.
    Homebrew,
    /// A framework build of macOS.
    Framework,
    /// A folder of the system.
    System,
    /// What the `py` launcher of Windows lists.
    Launcher,
    /// The base of a virtual environment, if nothing else led to it.
    Base,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Default => "default",
            Place::Active => "active environment",
            Place::Nearby => "environment nearby",
            Place::Path => "PATH",
            Place::Pyenv => "pyenv",
            Place::Uv => "uv",
            Place::Asdf => "asdf",
            Place::Mise => "mise",
            Place::Conda => "conda",
            Place::Homebrew => "Homebrew",
            Place::Framework => "framework",
            Place::System => "system",
            Place::Launcher => "py launcher",
            Place::Base => "base of an environment",
        })
    }
}

/// A file that may be an interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sighting {
    pub place: Place,
    pub path: PathBuf,
}

/// The files in a folder that are named like interpreters.
pub(super) fn in_folder(place: Place, folder: &Path) -> Vec<Sighting> {
    let files = entries(folder)
        .into_iter()
        .filter(|path| is_named_as_python(path) && !path.is_dir());
    files.map(|path| Sighting { place, path }).collect()
}

/// The interpreters of an installation or an environment: `bin/python3` and its like, on Windows `python.exe`.
pub(super) fn in_prefix(place: Place, prefix: &Path) -> Vec<Sighting> {
    let below: &[&str] = if cfg!(windows) { &["", "Scripts"] } else { &["bin"] };
    below
        .iter()
        .flat_map(|below| in_folder(place, &prefix.join(below)))
        .collect()
}

/// The interpreters of all installations in a folder.
pub(super) fn in_prefixes(place: Place, folder: &Path) -> Vec<Sighting> {
    let installations = entries(folder).into_iter().filter(|path| !is_hidden(path));
    installations
        .flat_map(|prefix| in_prefix(place, &prefix))
        .collect()
}

fn is_hidden(path: &Path) -> bool {
    // Unfinished installations have such names.
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Whether a file is called `python`, `python3`, `python3.14t`, `pypy3`, … Those of Python 2 are ignored.
pub(super) fn is_named_as_python(path: &Path) -> bool {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(python|pypy|graalpy)(3(\.\d+)?)?[tdm]{0,2}(-dbg|-intel64)?(\.exe)?$")
            .expect("is an expression")
    });
    path.file_name()
        .is_some_and(|name| NAME.is_match(&name.to_string_lossy()))
}
