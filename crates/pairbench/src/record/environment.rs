//! What a run was made with: project, build, machine, embedded interpreter, extension module.

use super::Conditions;
use serde::{Deserialize, Serialize};

/// The project whose pairs a run measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Name of the Cargo package that declares the pairs.
    pub name: String,
    /// Whether it is the catalogue, whose pairs test the argument of pairbench claim by claim.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub catalogue: bool,
}

/// The harness and the compiler that built it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Version of pairbench.
    pub pairbench: String,
    /// `git describe --always --dirty` of the checkout, if there is one.
    pub revision: Option<String>,
    /// `rustc --version`.
    pub rustc: String,
    /// Target triple.
    pub target: String,
    /// Cargo's profile folder: `release` for `cargo bench`.
    pub profile: String,
    /// `-C opt-level` of the pairs.
    pub opt_level: String,
    /// Whether debug assertions are on.
    pub debug_assertions: bool,
    /// RUSTFLAGS, space-separated.
    pub rustflags: String,
    /// Size and modification time of the bench executable, which differ for another build.
    #[serde(default)]
    pub executable: String,
}

/// The machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Its name; empty in older records.
    #[serde(default)]
    pub name: String,
    /// Operating system and its version.
    pub os: String,
    /// Model of the CPU.
    pub cpu: String,
    /// Logical cores that the process may use.
    pub cores: u32,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// CPU frequency governor, if the system reports it.
    pub governor: Option<String>,
    /// Load averages over 1, 5 and 15 minutes at the start.
    pub load_start: Option<[f64; 3]>,
    /// The same at the last write.
    pub load_end: Option<[f64; 3]>,
    /// What may have changed its speed.
    #[serde(default)]
    pub conditions: Conditions,
}

/// Why no embedded interpreter is measured if none was asked for.
pub(crate) const NO_EMBEDDING: &str = "built without the feature `embed`";

/// The interpreter inside the bench process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Embedding {
    /// Measured.
    On {
        /// `sys.version` of the embedded interpreter.
        version: String,
    },
    /// Not measured.
    Off {
        /// Why.
        reason: String,
    },
}

/// The extension module for `native` variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum NativeModule {
    /// Built (or found up to date) for the interpreter.
    Ready {
        /// Seconds that Cargo took.
        seconds: f64,
    },
    /// Installed for the interpreter before the run.
    Prebuilt {
        /// Its file.
        path: String,
    },
    /// No chosen pair needs it.
    NotNeeded,
    /// Could not be built; `native` variants are skipped.
    Unavailable {
        /// Why.
        reason: String,
    },
}
