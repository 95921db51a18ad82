//! What was tried, one JSON line each; written at once, so that a study goes on where it stopped.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// Python or Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Packages and interpreters.
    Python,
    /// Crates and compilers.
    Rust,
}

impl Side {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Side::Python => "Python",
            Side::Rust => "Rust",
        }
    }
}

/// One step of one package with one release of the language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The day whose releases are tried.
    pub day: String,
    /// Python or Rust.
    pub side: Side,
    /// Its name in the list.
    pub package: String,
    /// The version of the day; empty while it is not known.
    pub version: String,
    /// The release of the language, like `3.12`.
    pub runtime: String,
    /// `install`, `pure`, `compile`, `import`, `check`, `tests`, or `done` when nothing is left to try.
    pub step: String,
    /// Whether it worked, by the rule of the step.
    pub ok: bool,
    /// Whether it was ended because it took too long.
    pub timed_out: bool,
    /// How long it took.
    pub seconds: f64,
    /// What says why it failed.
    pub text: String,
    /// Warnings of removal; of a failed step of tests those that no longer pass.
    pub names: Vec<String>,
    /// Of tests: how many passed with the release of the day; of `done`: 1 if the tests were run.
    pub passed: usize,
}

impl Row {
    /// Who it is about.
    pub fn key(&self) -> (String, Side, String) {
        (self.day.clone(), self.side, self.package.clone())
    }
}

/// All rows that were kept; a last line that was cut off is left out.
pub fn read(file: &Path) -> Result<Vec<Row>, String> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{}: {error}", file.display())),
    };
    parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}

/// The rows of packages that are done: what was begun is left out, and of what was tried again the last counts.
pub fn parse(text: &str) -> Result<Vec<Row>, String> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let (mut begun, mut done) = (Vec::new(), BTreeMap::new());
    for (at, line) in whole.lines().enumerate() {
        let row: Row = serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1))?;
        let (key, last) = (row.key(), row.step == "done");
        begun.push(row);
        if last {
            let rows = std::mem::take(&mut begun);
            done.insert(
                key.clone(),
                rows.into_iter()
                    .filter(|row| row.key() == key)
                    .collect::<Vec<_>>(),
            );
        }
    }
    Ok(done.into_values().flatten().collect())
}

/// Adds the rows of one package in one write.
pub fn append(file: &Path, rows: &[Row]) -> Result<(), String> {
    let mut text = String::new();
    for row in rows {
        text += &serde_json::to_string(row).map_err(|error| error.to_string())?;
        text.push('\n');
    }
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| format!("{}: {error}", file.display()))
}
