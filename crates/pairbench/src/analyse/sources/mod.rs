//! What a pair's two files say of themselves: how long they are, what they depend on, where they leave the safe part of
//! the language. Pure functions of the sources that a record keeps, so that an old record has them as well.
//!
//! Neither language is parsed, only told apart from its comments and strings. That is enough to count and to find the
//! heads of paths; macros that make code are not looked into.

mod python;
mod rust;
pub(crate) mod tokens;

use crate::record::RecordedSources;

/// What one file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// Lines that hold code: not blank, not only a comment (docs are comments, and so are Python's docstrings), not part of
    /// an item that is compiled for tests alone.
    pub lines: usize,
    /// Rust: crates that paths begin with, besides the standard library's and `pairbench`. Python: modules imported that do
    /// not come with Python. Sorted.
    pub dependencies: Vec<String>,
    /// How often `unsafe` stands in the code; none in Python.
    pub unsafes: usize,
}

/// Both files of a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BothFacts {
    /// The Python file.
    pub python: SourceFacts,
    /// The Rust file.
    pub rust: SourceFacts,
}

/// Looks at both files.
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
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .collect()
    }

    /// Whatever the shipped pairs are found to depend on has been declared where dependencies are.
    #[test]
    fn what_the_shipped_pairs_depend_on_is_declared() {
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
                    let names = |line: &str| line.split(|c| !in_name(c) && c != '-').next() == Some(&name);
                    assert!(declared.lines().any(names), "{}: {name}", file.display());
                }
            }
        }
    }
}
