//! One implementation in a pair.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The language that a variant is called in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// A function of the Python file.
    Python,
    /// A function of the Rust file.
    Rust,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Side::Python => "Python",
            Side::Rust => "Rust",
        })
    }
}

/// One implementation in a pair. On the Python side its name is the name of the function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// `python`, `rust`, `native`, `numpy`, `threads`, `processes`, `asyncio`, `rayon`, `tokio`, or a name of its own.
    pub name: String,
    /// The language it is called in.
    pub side: Side,
    /// Python modules without which it is skipped.
    pub requires: Vec<String>,
}

impl Variant {
    /// The variant that every ratio is relative to.
    pub const BASELINE: &'static str = "python";

    /// The name under which a record keeps the baseline's time inside the bench process.
    pub const EMBEDDED: &'static str = "embedded";

    /// The name of the baseline's second self in a null pair.
    pub const NULL: &'static str = "null";

    /// The name of the harness's own work, always the same, beside which the baseline itself is sampled.
    pub const REFERENCE: &'static str = "reference";

    /// Names that no variant of a pair may have: the harness uses them in records.
    pub const RESERVED: [&'static str; 3] = [Self::EMBEDDED, Self::NULL, Self::REFERENCE];

    /// The extension module that `native` variants import.
    pub const NATIVE_MODULE: &'static str = "pairbench_native";

    pub(super) fn python(name: &str) -> Self {
        let requires = match name {
            "numpy" => vec!["numpy".to_string()],
            "native" => vec![Self::NATIVE_MODULE.to_string()],
            _ => Vec::new(),
        };
        Variant {
            name: name.into(),
            side: Side::Python,
            requires,
        }
    }

    pub(super) fn rust(name: &str) -> Self {
        Variant {
            name: name.into(),
            side: Side::Rust,
            requires: Vec::new(),
        }
    }
}
