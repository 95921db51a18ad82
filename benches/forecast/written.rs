//! What `pairbench forecast --json` printed, one file a pair: shares of the classes of work, and forecasts to score as they
//! were written, before their ports existed.

use super::model::{ByClass, CLASSES};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One such file.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The pair: the stem of the file.
    pub name: String,
    /// Its forecast of the port.
    pub port: Port,
    /// The share of Python's time in each class of work.
    pub shares: ByClass,
    /// Functions that an extension could replace, and what the whole would gain by it.
    pub candidates: Vec<Candidate>,
}

/// A forecast of an extension.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Candidate {
    /// The function that it would replace, as `module:function`.
    pub function: String,
    /// What the whole would gain.
    pub gain: f64,
}

/// A forecast of a port, as printed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Port {
    low: Option<f64>,
    high: Option<f64>,
    at_least: Option<f64>,
    /// `yes`, `no` or `unknown` for each line.
    pub over: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Printed {
    port: Port,
    shares: BTreeMap<String, f64>,
    #[serde(default)]
    candidates: Vec<Candidate>,
}

impl Port {
    /// Both ends of the band; without an upper end where only a lower one was given.
    pub fn band(&self) -> (f64, f64) {
        let low = self.low.or(self.at_least).unwrap_or(0.0);
        (low, self.high.unwrap_or(f64::INFINITY))
    }

    /// Whether the outcome is in the band.
    pub fn held(&self, ratio: f64) -> bool {
        let (low, high) = self.band();
        (low..=high).contains(&ratio)
    }

    /// How many answers were given, and how many of them were right.
    pub fn answers(&self, ratio: f64) -> (usize, usize) {
        let given = self.over.iter().filter_map(|(line, answer)| {
            let line: f64 = line.parse().ok()?;
            match answer.as_str() {
                "yes" => Some(ratio > line),
                "no" => Some(ratio <= line),
                _ => None,
            }
        });
        let given: Vec<bool> = given.collect();
        (given.len(), given.iter().filter(|right| **right).count())
    }
}

/// Reads all files of a folder, in the order of their names; none if there is no such folder.
///
/// # Errors
///
/// If one does not parse as a forecast.
pub fn read(folder: &Path) -> Result<Vec<Written>, String> {
    let mut written = Vec::new();
    let Ok(files) = std::fs::read_dir(folder) else {
        return Ok(written);
    };
    let mut files: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    for file in files {
        let error = |problem: &dyn std::fmt::Display| {
            format!(
                "{}: {problem}. It must be what `pairbench forecast --json` prints",
                file.display()
            )
        };
        let bytes = std::fs::read(&file).map_err(|problem| error(&problem))?;
        let printed: Printed = serde_json::from_slice(&bytes).map_err(|problem| error(&problem))?;
        if let Some(other) = printed
            .shares
            .keys()
            .find(|name| CLASSES.iter().all(|class| class.name != **name))
        {
            return Err(error(&format!("{other} is not a class of work")));
        }
        written.push(Written {
            name: file
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            port: printed.port,
            shares: CLASSES.map(|class| printed.shares.get(class.name).copied().unwrap_or(0.0)),
            candidates: printed.candidates,
        });
    }
    Ok(written)
}
