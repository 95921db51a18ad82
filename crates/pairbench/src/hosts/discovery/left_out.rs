//! Files that look like interpreters and are not used, each with the reason.

use super::places::{Place, Sighting};
use crate::hosts::probe::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// A file that looks like an interpreter and is not used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeftOut {
    /// The file.
    pub path: PathBuf,
    /// Where it was found.
    pub place: Place,
    /// Why it is not used.
    pub reason: Reason,
}

/// Why a file is left out. `Display` continues a sentence that starts with its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// It leads to an interpreter that is listed.
    Same {
        /// That interpreter's executable.
        #[serde(rename = "as")]
        other: String,
    },
    /// A shim of pyenv for a version that is looked up where it is installed.
    PyenvShim,
    /// A link to nothing.
    DanglingLink,
    /// It was queried and refused.
    #[serde(untagged)]
    Refused(Refusal),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Same { other } => write!(f, "the same as {other}"),
            Reason::PyenvShim => write!(f, "a shim of pyenv, whose versions are looked up by themselves"),
            Reason::DanglingLink => write!(f, "a link to nothing"),
            Reason::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl LeftOut {
    pub(super) fn of(sighting: &Sighting, reason: Reason) -> Self {
        LeftOut {
            path: sighting.path.clone(),
            place: sighting.place,
            reason,
        }
    }
}
