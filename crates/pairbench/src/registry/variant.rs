//! One implementation in a pair.

use super::known::{self, Kind};
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

impl Kind {
    /// The kind of a variant, from what every record has: its name and the language that it is called in.
    ///
    /// Any other Python variant counts as one that uses a library, any other Rust variant as a port that runs on one
    /// core; so a parallel variant with a name of its own is taken for a serial one. Neither can be seen from outside.
    pub fn of(name: &str, side: Side) -> Self {
        match (known::find(name).map(|known| known.kind), side) {
            (Some(Kind::Baseline), _) if name == Variant::BASELINE => Kind::Baseline,
            (Some(kind @ (Kind::ParallelPython | Kind::Compiled | Kind::Extension)), Side::Python) => kind,
            (Some(kind @ Kind::ParallelPort), Side::Rust) => kind,
            (_, Side::Python) => Kind::Library,
            (_, Side::Rust) => Kind::Port,
        }
    }
}

/// One implementation in a pair. On the Python side its name is the name of the function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Variant {
    /// `python`, `rust`, `native`, `numpy`, `numba`, `mypyc`, `threads`, `processes`, `asyncio`, `rayon`, `tokio`, or a
    /// name of its own.
    pub name: String,
    /// The language it is called in.
    pub side: Side,
    /// Python modules without which it is skipped.
    pub requires: Vec<String>,
    /// The kind of step, if it is declared and does not follow from the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The Python function, if it is declared by reference: `module:function`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
}

impl Variant {
    /// The variant that every ratio is relative to.
    pub const BASELINE: &'static str = known::BASELINE;

    /// The name under which a record keeps the baseline's time inside the bench process.
    pub const EMBEDDED: &'static str = known::EMBEDDED;

    /// The name of the baseline's copy in a null pair.
    pub const NULL: &'static str = "null";

    /// The name of the harness's own work, always the same, next to which the baseline itself is sampled.
    pub const REFERENCE: &'static str = "reference";

    /// Names that no variant of a pair may have: the harness uses them in records.
    pub const RESERVED: [&'static str; 3] = [Self::EMBEDDED, Self::NULL, Self::REFERENCE];

    /// The submodule with the functions that a counting build of the extension module adds.
    pub const COUNTING_MODULE: &'static str = "_counting";

    /// Prefix for the name of the function that times a variant's requests one by one.
    pub const LATENCIES: &'static str = "latencies_";

    /// The extension module that `native` variants import.
    pub const NATIVE_MODULE: &'static str = known::NATIVE_MODULE;

    /// The pair's own Python file as mypyc compiled it, whose function `python` is the variant `mypyc`.
    pub const COMPILED_MODULE: &'static str = known::COMPILED_MODULE;

    /// The end of the reason why a variant is skipped that only newer Pythons can run.
    #[cfg(feature = "harness")]
    pub(crate) const NEWER_PYTHON: &'static str = "; CPython has it from 3.14 on";

    /// The part of the standard library that `subinterpreters` needs, new in CPython 3.14.
    #[cfg(feature = "harness")]
    pub(crate) const INTERPRETERS_MODULE: &'static str = known::INTERPRETERS_MODULE;

    pub(super) fn python(name: &str) -> Self {
        let requires = known::find(name).map_or(&[][..], |known| known.requires);
        Variant {
            name: name.into(),
            side: Side::Python,
            requires: requires.iter().map(|module| module.to_string()).collect(),
            kind: None,
            function: None,
        }
    }

    pub(super) fn rust(name: &str) -> Self {
        Variant {
            name: name.into(),
            side: Side::Rust,
            requires: Vec::new(),
            kind: None,
            function: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_name_and_language() {
        for (name, side, kind) in [
            ("python", Side::Python, Kind::Baseline),
            ("numpy", Side::Python, Kind::Library),
            ("zlib", Side::Python, Kind::Library),
            ("native", Side::Python, Kind::Extension),
            ("numba", Side::Python, Kind::Compiled),
            ("mypyc", Side::Python, Kind::Compiled),
            ("uvloop", Side::Python, Kind::Library),
            ("threads", Side::Python, Kind::ParallelPython),
            ("processes", Side::Python, Kind::ParallelPython),
            ("asyncio", Side::Python, Kind::ParallelPython),
            ("rust", Side::Rust, Kind::Port),
            ("a_port_of_its_own", Side::Rust, Kind::Port),
            // A name means nothing in the other language.
            ("native", Side::Rust, Kind::Port),
            ("rayon", Side::Python, Kind::Library),
            ("rayon", Side::Rust, Kind::ParallelPort),
            ("tokio", Side::Rust, Kind::ParallelPort),
        ] {
            assert_eq!(Kind::of(name, side), kind, "{name} in {side}");
        }
    }
}
