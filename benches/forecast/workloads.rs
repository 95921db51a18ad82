//! What is known of each workload: where its Python side spends its time, and what its port gained.

use super::model::{ByClass, CLASSES};
use super::written::Written;
use pairbench::analyse::{Analysis, PairAnalysis};
use pairbench::record;
use pairbench::registry::Registry;
use serde::de::DeserializeOwned;
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
/// If a column is missing, or a row has no valid numbers.
pub fn read(path: &Path) -> Result<Vec<Workload>, String> {
    let read = |row: Row| workload(&row).map_err(|problem| format!("{}: {problem}", path.display()));
    rows(path)?.into_iter().map(read).collect()
}

/// The rows of a file whose comments begin with `#`.
///
/// # Errors
///
/// If one does not parse.
pub fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, String> {
    let error = |problem: csv::Error| format!("{}: {problem}", path.display());
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.comment(Some(b'#')).from_path(path).map_err(error)?;
    reader.deserialize().map(|row| row.map_err(error)).collect()
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
            .ok_or_else(|| format!("{name}: {column} is {text:?}, which is neither a share nor a ratio"))
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

/// The ratios in a record by the name of the pair; those of `native` by `pair/native`.
///
/// # Errors
///
/// If the record cannot be read.
pub fn ratios(path: &Path) -> Result<BTreeMap<String, f64>, String> {
    let record = record::read(path).map_err(|problem| problem.to_string())?;
    let analysis = Analysis::of(&record);
    let port = |pair: &PairAnalysis<'_>| Some((pair.pair.name.clone(), pair.port()?.ratio?.value));
    let native = |pair: &PairAnalysis<'_>| {
        let variants = &pair.summary.headline()?.variants;
        let native = variants.iter().find(|variant| variant.name == "native")?;
        Some((format!("{}/native", pair.pair.name), native.ratio?.value))
    };
    let pairs = || analysis.pairs.iter();
    Ok(pairs()
        .filter_map(port)
        .chain(pairs().filter_map(native))
        .collect())
}

/// Merges newer shares and ratios. A new pair is added if it has both.
pub fn update(
    workloads: &mut Vec<Workload>,
    newer: &[Written],
    ratios: &BTreeMap<String, f64>,
    catalogue: &Registry,
) {
    for one in newer {
        match workloads.iter_mut().find(|workload| workload.name == one.name) {
            Some(kept) => kept.shares = one.shares,
            None => workloads.extend(ratios.get(&one.name).map(|&ratio| Workload {
                name: one.name.clone(),
                catalogue: catalogue.get(&one.name).is_some(),
                ratio,
                shares: one.shares,
            })),
        }
    }
    for workload in workloads.iter_mut() {
        workload.ratio = ratios.get(&workload.name).copied().unwrap_or(workload.ratio);
    }
    workloads.sort_by(|a, b| a.name.cmp(&b.name));
}

/// The file with these rows below its leading lines.
pub fn with_rows(file: &str, workloads: &[Workload]) -> String {
    let mut text = head(file);
    for workload in workloads {
        let set = if workload.catalogue { "catalogue" } else { "corpus" };
        text += &format!("{},{set},{}", workload.name, four_digits(workload.ratio));
        for share in workload.shares {
            text += &format!(",{}", (share * 1e4).round() / 1e4);
        }
        text.push('\n');
    }
    text
}

/// The comments of a file and its header line.
pub fn head(file: &str) -> String {
    let comments = file.lines().take_while(|line| line.starts_with('#')).count();
    let lines = file.lines().take(comments + 1);
    lines.map(|line| format!("{line}\n")).collect()
}

/// Rounds to as many digits as repeat from run to run, and one more.
pub fn four_digits(ratio: f64) -> f64 {
    let unit = 10_f64.powi(ratio.log10().floor() as i32 - 3);
    // Divided, so that no spurious digits appear at the end.
    (ratio / unit).round() / (1.0 / unit)
}
