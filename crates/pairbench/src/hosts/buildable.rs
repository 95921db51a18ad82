//! Decides for which interpreters a native extension can be built at all, before anything is compiled.
//!
//! Whether the compiler and the linker succeed shows only when they are run.

use super::python::Interpreter;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Major and minor version of the language.
pub type Language = (u32, u32);

/// The implementations that PyO3 builds for, each with its oldest and newest version: what `pyo3-ffi` 0.30 declares in
/// its manifest. A test compares them with the one in use.
pub(crate) const RANGES: [(&str, Language, Language); 3] = [
    ("CPython", (3, 9), (3, 15)),
    ("PyPy", (3, 11), (3, 12)),
    ("GraalPy", (3, 12), (3, 13)),
];

/// The oldest CPython for whose free-threaded build PyO3 builds.
pub(crate) const FREE_THREADED: Language = (3, 14);

/// Why no extension can be built for an interpreter. `Display` adds what would work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Unbuildable {
    /// PyO3 does not support the implementation.
    Implementation {
        /// Its name.
        implementation: String,
    },
    /// The version is outside the range of its implementation.
    Version {
        /// The implementation.
        implementation: String,
        /// Its oldest supported version.
        oldest: Language,
        /// Its newest supported version.
        newest: Language,
    },
    /// A free-threaded build before [`FREE_THREADED`].
    FreeThreaded,
    /// Its pointers have another width than this build's.
    Pointers {
        /// Their width in bits.
        bits: u32,
    },
}

impl fmt::Display for Unbuildable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unbuildable::Implementation { implementation } => {
                write!(
                    f,
                    "PyO3 builds for CPython, PyPy and GraalPy, not for {implementation}"
                )
            }
            Unbuildable::Version {
                implementation,
                oldest,
                newest,
            } => write!(
                f,
                "PyO3 builds for {implementation} {}.{} to {}.{}",
                oldest.0, oldest.1, newest.0, newest.1
            ),
            Unbuildable::FreeThreaded => write!(
                f,
                "PyO3 builds for free-threaded CPython from {}.{} on",
                FREE_THREADED.0, FREE_THREADED.1
            ),
            Unbuildable::Pointers { bits } => write!(
                f,
                "it has pointers of {bits} bits, and this build of {}",
                usize::BITS
            ),
        }
    }
}

impl std::error::Error for Unbuildable {}

/// Whether PyO3 builds an extension for this interpreter with the compiler of this build.
///
/// # Errors
///
/// Why it does not.
pub(crate) fn buildable(python: &Interpreter) -> Result<(), Unbuildable> {
    let implementation = &python.implementation;
    let Some(&(_, oldest, newest)) = RANGES.iter().find(|(name, ..)| name == implementation) else {
        let implementation = implementation.clone();
        return Err(Unbuildable::Implementation { implementation });
    };
    if !(oldest..=newest).contains(&python.language()) {
        return Err(Unbuildable::Version {
            implementation: implementation.clone(),
            oldest,
            newest,
        });
    }
    if python.free_threaded == Some(true) && python.language() < FREE_THREADED {
        return Err(Unbuildable::FreeThreaded);
    }
    match python.pointer_bits {
        Some(bits) if bits != usize::BITS => Err(Unbuildable::Pointers { bits }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(implementation: &str, version: &str) -> Interpreter {
        Interpreter {
            implementation: implementation.into(),
            version: version.into(),
            pointer_bits: Some(usize::BITS),
            ..Interpreter::default()
        }
    }

    #[test]
    fn inside_the_ranges_and_at_their_ends() {
        for (implementation, version, can) in [
            ("CPython", "3.8.18", false),
            ("CPython", "3.9.0", true),
            ("CPython", "3.10.1", true),
            ("CPython", "3.15.0rc1", true),
            ("CPython", "3.16.0a1", false),
            ("PyPy", "3.10.14", false),
            ("PyPy", "3.11.11", true),
            ("GraalPy", "3.11.7", false),
            ("GraalPy", "3.12.8", true),
            ("RustPython", "3.12.0", false),
        ] {
            let python = python(implementation, version);
            assert_eq!(buildable(&python).is_ok(), can, "{implementation} {version}");
        }
    }

    #[test]
    fn a_free_threaded_build_needs_a_newer_version() {
        for (version, expected) in [("3.13.5", Err(Unbuildable::FreeThreaded)), ("3.14.0", Ok(()))] {
            let mut python = python("CPython", version);
            python.free_threaded = Some(true);
            assert_eq!(buildable(&python), expected);
        }
    }

    #[test]
    fn pointers_of_another_width() {
        let mut python = python("CPython", "3.11.7");
        python.pointer_bits = Some(16);
        assert_eq!(buildable(&python), Err(Unbuildable::Pointers { bits: 16 }));
        python.pointer_bits = None;
        assert_eq!(buildable(&python), Ok(()));
    }

    #[test]
    fn the_reason_names_what_would_do() {
        let text = |python: &Interpreter| buildable(python).unwrap_err().to_string();
        assert!(text(&python("CPython", "3.8.18")).contains("CPython 3.9 to 3.15"));
        assert!(text(&python("Jython", "3.9.0")).contains("Jython"));
    }

    /// When PyO3 is updated, so are the ranges.
    #[test]
    fn the_ranges_are_those_of_the_pyo3_in_use() {
        let output = crate::hosts::cargo::command()
            .args([
                "metadata",
                "--format-version",
                "1",
                "--offline",
                // Crates for other systems are not there unless somebody fetched them.
                "--filter-platform",
                env!("PAIRBENCH_TARGET"),
                "--manifest-path",
            ])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
            .output()
            .unwrap();
        let all: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let packages = all["packages"].as_array().unwrap();
        let ffi = packages
            .iter()
            .find(|package| package["name"] == "pyo3-ffi")
            .unwrap();
        for (name, oldest, newest) in RANGES {
            let declared = &ffi["metadata"][name.to_lowercase()];
            let text = |(major, minor): Language| format!("{major}.{minor}");
            assert_eq!(declared["min-version"], text(oldest), "{name}");
            assert_eq!(declared["max-version"], text(newest), "{name}");
        }
    }
}
