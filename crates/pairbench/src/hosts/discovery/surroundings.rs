//! All inputs of discovery: environment variables and folders.

use crate::hosts::interpreter;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Where discovery looks from. Tests make one up; everything else uses [`Surroundings::of_this_process`].
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Surroundings {
    /// Environment variables.
    pub variables: HashMap<OsString, OsString>,
    /// The user's own folder.
    pub home: Option<PathBuf>,
    /// The working folder.
    pub folder: PathBuf,
    /// The folder above the system's, like `/usr/bin`: `/`.
    pub root: PathBuf,
    /// Programs that a run without `--interpreter` tries.
    pub defaults: Vec<PathBuf>,
}

impl Surroundings {
    /// The real ones.
    pub fn of_this_process() -> Self {
        Surroundings {
            variables: std::env::vars_os().collect(),
            home: std::env::home_dir().filter(|home| home.is_absolute()),
            folder: std::env::current_dir().unwrap_or_default(),
            root: PathBuf::from("/"),
            defaults: interpreter::candidates(None).1,
        }
    }

    /// A variable that is set and not empty.
    pub(super) fn variable(&self, name: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(name))?;
        Some(value.as_os_str()).filter(|value| !value.is_empty())
    }

    /// A variable that holds the path of a folder. A relative path counts as not set.
    pub(super) fn folder_of(&self, name: &str) -> Option<PathBuf> {
        let path = PathBuf::from(self.variable(name)?);
        path.is_absolute().then_some(path)
    }

    /// A folder below the user's own.
    pub(super) fn at_home(&self, below: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(below))
    }

    /// The folder that the variable names, or the one below the user's own.
    pub(super) fn folder_or(&self, name: &str, below_home: &str) -> Option<PathBuf> {
        self.folder_of(name).or_else(|| self.at_home(below_home))
    }

    /// A folder of the system; `path` without its first slash.
    pub(super) fn of_system(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Where programs of this user keep their data.
    pub(super) fn data_folder(&self) -> Option<PathBuf> {
        self.folder_or("XDG_DATA_HOME", ".local/share")
    }
}

/// The entries of a folder, by name; none if it cannot be read.
pub(super) fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = found.map(|entry| entry.path()).collect();
    found.sort();
    found
}
