//! What was tried, one JSON line each; written at once, so that a study goes on where it stopped.

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

/// What the page shows, below the repository.
pub const PUBLISHED: &str = "docs/evidence/breakage.jsonl.gz";

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

    /// Replaces each first by its second in all that was printed.
    pub fn rename(&mut self, names: &[(String, String)]) {
        for text in self.names.iter_mut().chain([&mut self.text]) {
            for (from, to) in names {
                *text = text.replace(from, to);
            }
        }
    }
}

/// The text of the file, or nothing if there is none; a name that ends in `gz` is that of a packed one.
pub fn read(file: &Path) -> Result<String, String> {
    let mut text = String::new();
    let packed = file.extension().is_some_and(|end| end == "gz");
    let read = File::open(file).and_then(|mut opened| match packed {
        true => GzDecoder::new(opened).read_to_string(&mut text),
        false => opened.read_to_string(&mut text),
    });
    match read {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(format!("{}: {error}", file.display())),
        _ => Ok(text),
    }
}

/// Replaces the published rows.
pub fn publish(file: &Path, rows: &[Row]) -> Result<(), String> {
    let packed = File::create(file).and_then(|file| {
        let mut packed = GzEncoder::new(file, Compression::best());
        packed.write_all(lines(rows)?.as_bytes())?;
        packed.finish()
    });
    packed
        .map(drop)
        .map_err(|error| format!("{}: {error}", file.display()))
}

fn lines(rows: &[Row]) -> std::io::Result<String> {
    let lines: Result<Vec<String>, _> = rows.iter().map(serde_json::to_string).collect();
    Ok(lines?.into_iter().map(|line| line + "\n").collect())
}

/// The rows of packages that are done, in the order of days, sides and names: what was begun is left out, as is a last line
/// that was cut off, and of what was tried again the last counts.
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
    let added = lines(rows).and_then(|text| {
        let mut file = File::options().create(true).append(true).open(file)?;
        file.write_all(text.as_bytes())
    });
    added.map_err(|error| format!("{}: {error}", file.display()))
}
