//! Facts about a pair's two files: length, dependencies and use of `unsafe`.
//!
//! Pure functions of a record's sources, so old records have them too. Neither language is parsed: recognising comments
//! and strings is enough to count lines and to find the heads of paths. Macros are not expanded.

mod python;
mod rust;
pub(crate) mod tokens;

use crate::record::RecordedSources;

/// Facts about one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceFacts {
    /// Lines that hold code: not blank, not only a comment (docs are comments, and so are Python's docstrings), not
    /// part of an item that is compiled only for tests.
    pub lines: usize,
    /// Rust: crates that paths begin with, except the standard library's and `pairbench`. Python: modules imported that do
    /// not come with Python. Sorted.
    pub dependencies: Vec<String>,
    /// How often `unsafe` occurs in the code; 0 in Python.
    pub unsafes: usize,
}

/// Facts about both files of a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BothFacts {
    pub python: SourceFacts,
    pub rust: SourceFacts,
}

/// The facts about both files.
pub fn facts(sources: &RecordedSources) -> BothFacts {
    BothFacts {
        python: python::facts(&sources.python),
        rust: rust::facts(&sources.rust),
    }
}

/// Whether a character can be part of a name.
fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn files(below: &str, extension: &str) -> Vec<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(below);
        let folders = std::fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let inside = folders.filter(|path| path.is_dir() && !path.ends_with("tests"));
        let files = inside.flat_map(|folder| std::fs::read_dir(folder).unwrap());
        files
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.ends_with("__init__.py"))
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .collect()
    }

    /// Every dependency found in the shipped pairs is declared in its manifest.
    #[test]
    fn dependencies_of_the_shipped_pairs_are_declared() {
        for (below, extension, facts, declared) in [
            (
                "workloads",
                "rs",
                rust::facts as fn(&str) -> SourceFacts,
                include_str!("../../../../../workloads/Cargo.toml"),
            ),
            (
                "python",
                "py",
                python::facts,
                include_str!("../../../../../python/requirements.txt"),
            ),
        ] {
            let files = files(below, extension);
            assert!(files.len() >= 6, "{files:?}");
            for file in files {
                let found = facts(&std::fs::read_to_string(&file).unwrap());
                assert!(found.lines > 10, "{}", file.display());
                for name in found.dependencies {
                    let names = |line: &str| {
                        let first = line.split(|c| !in_name(c) && c != '-').next();
                        first.is_some_and(|first| first.replace('-', "_") == name.replace('-', "_"))
                    };
                    assert!(declared.lines().any(names), "{}: {name}", file.display());
                }
            }
        }
    }
}
