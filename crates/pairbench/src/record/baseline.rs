//! Baselines: records that are kept under a name, for later runs to be compared with.

use super::{ReadError, Record, read, store};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A name of a baseline: letters, digits, `.`, `_` and `-`, not starting with `.`, so that it is a file name anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineName(String);

impl std::str::FromStr for BaselineName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        match text {
            "" => Err("a baseline needs a name, like `main`".into()),
            _ if text.len() > 100 => Err("the name of a baseline has at most 100 letters".into()),
            _ if text.starts_with('.') || !text.chars().all(plain) => Err(format!(
                "{text:?} cannot be the name of a baseline: use letters, digits, `_`, `-` and `.`, and do not start with `.`"
            )),
            _ => Ok(BaselineName(text.into())),
        }
    }
}

impl fmt::Display for BaselineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl BaselineName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its file below the folder of reports.
    pub fn file(&self, reports: &Path) -> PathBuf {
        folder(reports).join(format!("{}.json", self.0))
    }
}

fn folder(reports: &Path) -> PathBuf {
    reports.join("baselines")
}

/// Saves the record under the name, whole or not at all; an earlier one of that name is replaced. Returns the path,
/// and whether something was replaced.
///
/// # Errors
///
/// Those of the file system; the earlier record is then still there.
pub fn save_baseline(record: &Record, name: &BaselineName, reports: &Path) -> io::Result<(PathBuf, bool)> {
    let path = name.file(reports);
    let replaced = path.exists();
    store::write_to(record, &path)?;
    Ok((path, replaced))
}

/// Reads the record that is kept under the name.
///
/// # Errors
///
/// A text with the path, the cause and the next step: which names there are, and how to make this one.
pub(crate) fn read_baseline(name: &BaselineName, reports: &Path) -> Result<Record, String> {
    match read(&name.file(reports)) {
        Err(ReadError::Io(path, error)) if error.kind() == io::ErrorKind::NotFound => Err(format!(
            "no baseline is called {name}: {} does not exist. {}. Keep one: cargo bench -- --save-baseline {name}",
            path.display(),
            existing(reports)
        )),
        result => result.map_err(|error| error.to_string()),
    }
}

/// Which baselines there are, in a sentence.
fn existing(reports: &Path) -> String {
    let mut names = baseline_names(reports);
    names.truncate(20);
    match names.len() {
        0 => "There are none yet".into(),
        1 => format!("There is {}", names[0]),
        _ => format!("There are {}", names.join(", ")),
    }
}

/// The names of all baselines, sorted.
pub(crate) fn baseline_names(reports: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder(reports)).into_iter().flatten().flatten();
    let stem = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().ok()?;
        let name: BaselineName = name.strip_suffix(".json")?.parse().ok()?;
        Some(name.0)
    };
    let mut names: Vec<String> = files.filter_map(stem).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::super::fixture::steady;
    use super::*;

    #[test]
    fn names_are_file_names_and_nothing_else() {
        for good in ["main", "v1.2", "a_b-C3", &"a".repeat(100)] {
            assert_eq!(good.parse::<BaselineName>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a/b",
            "..",
            ".hidden",
            "a b",
            "a\\b",
            "ä",
            "a\0",
            &"a".repeat(101),
        ] {
            assert!(bad.parse::<BaselineName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_kept_is_read_again_and_replaced() {
        let reports = tempfile::tempdir().unwrap();
        let name: BaselineName = "main".parse().unwrap();
        let error = read_baseline(&name, reports.path()).unwrap_err();
        assert!(
            error.contains("There are none yet") && error.contains("--save-baseline main"),
            "{error}"
        );
        let mut record = steady();
        let (path, replaced) = save_baseline(&record, &name, reports.path()).unwrap();
        assert_eq!(
            (path, replaced),
            (reports.path().join("baselines/main.json"), false)
        );
        assert_eq!(read_baseline(&name, reports.path()).unwrap(), record);
        record.id = "another".into();
        assert!(save_baseline(&record, &name, reports.path()).unwrap().1);
        assert_eq!(read_baseline(&name, reports.path()).unwrap().id, "another");
        std::fs::write(reports.path().join("baselines/no name.json"), "").unwrap();
        assert_eq!(baseline_names(reports.path()), ["main"]);
        let error = read_baseline(&"other".parse().unwrap(), reports.path()).unwrap_err();
        assert!(error.contains("There is main"), "{error}");
    }

    #[test]
    fn a_broken_baseline_is_an_error_that_names_it() {
        let reports = tempfile::tempdir().unwrap();
        std::fs::create_dir(reports.path().join("baselines")).unwrap();
        std::fs::write(reports.path().join("baselines/main.json"), "{").unwrap();
        let error = read_baseline(&"main".parse().unwrap(), reports.path()).unwrap_err();
        assert!(
            error.contains("main.json is not a complete pairbench record"),
            "{error}"
        );
    }
}
