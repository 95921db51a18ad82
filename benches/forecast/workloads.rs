//! What is known of each workload: where its Python side spends its time, and what its port gained.

use super::model::{ByClass, CLASSES};
use pairbench::analyse::{Analysis, PairAnalysis};
use pairbench::record;
use std::collections::BTreeMap;
use std::path::Path;

/// A workload with a port.
#[derive(Debug, Clone)]
pub struct Workload {
    /// The name of the pair.
    pub name: String,
    /// Whether it is in the catalogue; the others are in the corpus.
    pub catalogue: bool,
    /// Python's time ÷ the port's, as measured.
    pub ratio: f64,
    /// The share of Python's time in each class of work.
    pub shares: ByClass,
}

/// Reads a file like `workloads.csv`.
///
/// # Errors
///
/// When a column is missing, or a row has no valid numbers.
pub fn read(path: &Path) -> Result<Vec<Workload>, String> {
    let error = |problem: &dyn std::fmt::Display| format!("{}: {problem}", path.display());
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(path)
        .map_err(|problem| error(&problem))?;
    reader
        .deserialize()
        .map(|row| {
            let row = row.map_err(|problem| error(&problem))?;
            workload(&row).map_err(|problem| error(&problem))
        })
        .collect()
}

type Row = BTreeMap<String, String>;

fn workload(row: &Row) -> Result<Workload, String> {
    let text = |column: &str| row.get(column).ok_or(format!("there is no column {column}"));
    let name = text("name")?.clone();
    let number = |column: &str| -> Result<f64, String> {
        let text = text(column)?;
        text.parse()
            .ok()
            .filter(|number: &f64| number.is_finite() && *number >= 0.0)
            .ok_or_else(|| format!("{name}: {column} is {text:?}, which is no share and no ratio"))
    };
    let mut shares = [0.0; CLASSES.len()];
    for (share, class) in shares.iter_mut().zip(&CLASSES) {
        *share = number(class.name)?;
    }
    let total: f64 = shares.iter().sum();
    if (total - 1.0).abs() > 0.01 {
        return Err(format!("{name}: the shares add up to {total:.3}, not to 1"));
    }
    let ratio = number("ratio")?;
    if ratio == 0.0 {
        return Err(format!("{name}: the ratio is 0"));
    }
    Ok(Workload {
        catalogue: text("set")? == "catalogue",
        name,
        ratio,
        shares,
    })
}

/// The ratios of the ports in a record, by the name of the pair.
///
/// # Errors
///
/// When the record cannot be read.
pub fn ratios(path: &Path) -> Result<BTreeMap<String, f64>, String> {
    let record = record::read(path).map_err(|problem| problem.to_string())?;
    let analysis = Analysis::of(&record);
    let ratio = |pair: &PairAnalysis<'_>| Some((pair.pair.name.clone(), pair.port()?.ratio?.value));
    Ok(analysis.pairs.iter().filter_map(ratio).collect())
}
