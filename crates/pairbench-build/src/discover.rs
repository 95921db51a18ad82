//! Pairing of file stems: `rust/…/NAME.rs` belongs to `python/…/NAME.py`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// One pair of files, both present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPair {
    /// The common stem, `[a-z0-9_]+`, unique in the crate.
    pub name: String,
    /// The Rust file, below the Rust folder.
    pub rust: PathBuf,
    /// The Python file, below the Python folder.
    pub python: PathBuf,
}

/// Why the files do not pair up. `Display` names the file to create, move or rename.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A Rust file without its Python twin.
    NoPython {
        /// The file that is there.
        rust: PathBuf,
        /// The file that is not.
        expected: PathBuf,
        /// A file of the same name in another folder, probably the one meant.
        elsewhere: Option<PathBuf>,
    },
    /// A Python file without its Rust twin.
    NoRust {
        /// The file that is there.
        python: PathBuf,
        /// The file that is not.
        expected: PathBuf,
        /// A file of the same name in another folder, probably the one meant.
        elsewhere: Option<PathBuf>,
    },
    /// A stem that is not `[a-z0-9_]+` or starts with a digit.
    BadName(PathBuf),
    /// Two files with the same stem.
    Twice(PathBuf, PathBuf),
    /// A folder that cannot be read.
    Unreadable(PathBuf, String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let orphan = |f: &mut fmt::Formatter<'_>, has: &Path, lacks: &Path, elsewhere: &Option<PathBuf>| {
            write!(f, "{} has no twin: {} is missing", has.display(), lacks.display())?;
            match elsewhere {
                Some(other) => write!(f, " (move {} there?)", other.display()),
                None => write!(f, " (create it, or remove the first)"),
            }
        };
        match self {
            Problem::NoPython {
                rust,
                expected,
                elsewhere,
            } => orphan(f, rust, expected, elsewhere),
            Problem::NoRust {
                python,
                expected,
                elsewhere,
            } => orphan(f, python, expected, elsewhere),
            Problem::BadName(path) => write!(
                f,
                "{}: the name of a pair is made of a-z, 0-9 and _, starts with a letter, and is not self, super or \
                 crate, which name no module of Rust; rename the file (a file that is not a pair starts with _)",
                path.display()
            ),
            Problem::Twice(a, b) => {
                write!(
                    f,
                    "{} and {} are two pairs of one name; rename one of them",
                    a.display(),
                    b.display()
                )
            }
            Problem::Unreadable(path, why) => write!(f, "{}: {why}", path.display()),
        }
    }
}

/// Finds the pairs below two folders, sorted by name.
///
/// Files at the top of the Rust folder that belong to Cargo (`lib.rs`, `main.rs`, `build.rs`, `mod.rs`), files and
/// folders whose name starts with `_`, `.` or `test`, and `conftest.py` are not pairs.
///
/// # Errors
///
/// All problems found, never only the first.
pub fn discover(rust_dir: &Path, python_dir: &Path) -> Result<Vec<FoundPair>, Vec<Problem>> {
    let mut problems = Vec::new();
    let rust = stems(rust_dir, "rs", &mut problems);
    let python = stems(python_dir, "py", &mut problems);
    let mut pairs = Vec::new();
    for (name, rust_file) in &rust {
        let twin = rust_file.with_extension("py");
        match python.get(name) {
            Some(file) if *file == twin => {
                pairs.push(FoundPair {
                    name: name.clone(),
                    rust: rust_file.clone(),
                    python: twin,
                });
            }
            other => problems.push(Problem::NoPython {
                rust: rust_dir.join(rust_file),
                expected: python_dir.join(twin),
                elsewhere: other.map(|file| python_dir.join(file)),
            }),
        }
    }
    for (name, python_file) in &python {
        let twin = python_file.with_extension("rs");
        // A twin in another folder has been reported from the Rust side.
        if !rust.contains_key(name) {
            problems.push(Problem::NoRust {
                python: python_dir.join(python_file),
                expected: rust_dir.join(twin),
                elsewhere: None,
            });
        }
    }
    if problems.is_empty() {
        Ok(pairs)
    } else {
        Err(problems)
    }
}

/// Stem → path below `root`, of all files with the extension.
fn stems(root: &Path, extension: &str, problems: &mut Vec<Problem>) -> BTreeMap<String, PathBuf> {
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        let entries = match std::fs::read_dir(root.join(&folder)) {
            Ok(entries) => entries,
            Err(error) => {
                problems.push(Problem::Unreadable(root.join(&folder), error.to_string()));
                continue;
            }
        };
        let mut names: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.file_name()))
            .collect();
        names.sort();
        for name in names {
            let path = folder.join(&name);
            let text = name.to_string_lossy();
            if text.starts_with(['_', '.'])
                || text.starts_with("test")
                || text == "target"
                || text == "conftest.py"
            {
                continue;
            }
            if root.join(&path).is_dir() {
                open.push(path);
                continue;
            }
            if path.extension().is_none_or(|e| e != extension) || belongs_to_cargo(&path) {
                continue;
            }
            let stem = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if !is_name(&stem) {
                problems.push(Problem::BadName(root.join(&path)));
            } else if let Some(first) = found.get(&stem) {
                problems.push(Problem::Twice(root.join(first), root.join(&path)));
            } else {
                found.insert(stem, path);
            }
        }
    }
    found
}

fn belongs_to_cargo(path: &Path) -> bool {
    path.components().count() == 1
        && matches!(path.to_str(), Some("lib.rs" | "main.rs" | "build.rs" | "mod.rs"))
}

fn is_name(stem: &str) -> bool {
    !matches!(stem, "self" | "super" | "crate")
        && stem.starts_with(|c: char| c.is_ascii_lowercase())
        && stem
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("rs")).unwrap();
        std::fs::create_dir_all(dir.path().join("py")).unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        dir
    }

    fn run(files: &[&str]) -> Result<Vec<String>, String> {
        let dir = tree(files);
        match discover(&dir.path().join("rs"), &dir.path().join("py")) {
            Ok(pairs) => Ok(pairs.into_iter().map(|p| p.name).collect()),
            Err(problems) => {
                let text: Vec<_> = problems.iter().map(ToString::to_string).collect();
                Err(text
                    .join("\n")
                    .replace(dir.path().to_str().unwrap(), "")
                    .replace('\\', "/"))
            }
        }
    }

    #[test]
    fn pairs_come_sorted_from_all_folders() {
        let names = run(&[
            "rs/b/zeta.rs",
            "py/b/zeta.py",
            "rs/a/alpha.rs",
            "py/a/alpha.py",
            "rs/lib.rs",
            "py/_help.py",
        ]);
        assert_eq!(names, Ok(vec!["alpha".into(), "zeta".into()]));
    }

    #[test]
    fn an_orphan_on_either_side_names_the_missing_file() {
        let error = run(&["rs/a/one.rs", "py/a/two.py"]).unwrap_err();
        assert!(
            error.contains("/rs/a/one.rs has no twin: /py/a/one.py is missing"),
            "{error}"
        );
        assert!(
            error.contains("/py/a/two.py has no twin: /rs/a/two.rs is missing"),
            "{error}"
        );
    }

    #[test]
    fn a_twin_in_the_wrong_folder_is_reported_once_with_the_move() {
        let error = run(&["rs/a/one.rs", "py/b/one.py"]).unwrap_err();
        assert_eq!(
            error,
            "/rs/a/one.rs has no twin: /py/a/one.py is missing (move /py/b/one.py there?)"
        );
    }

    #[test]
    fn bad_and_double_names_are_refused() {
        let error = run(&["rs/Bad.rs", "rs/self.rs", "py/a/x.py", "py/b/x.py", "rs/a/x.rs"]).unwrap_err();
        assert!(error.contains("/rs/Bad.rs: the name of a pair"), "{error}");
        assert!(error.contains("/rs/self.rs: the name of a pair"), "{error}");
        assert!(error.contains("two pairs of one name"), "{error}");
    }
}
