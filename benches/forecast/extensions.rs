//! Forecasts of an extension that replaces one function, beside the extension's measured gain.

use super::workloads::{four_digits, head};
use super::written::Written;
use pairbench::registry::Registry;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A pair whose variant `native` replaces a function.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Extension {
    /// The pair.
    pub name: String,
    /// The function.
    pub function: String,
    /// Forecast gain of the whole.
    pub forecast: f64,
    /// Measured gain.
    pub measured: f64,
}

impl Extension {
    /// How far the forecast was off, as a factor above 1.
    pub fn factor(&self) -> f64 {
        let off = self.measured / self.forecast;
        off.max(1.0 / off)
    }
}

/// Merges newer forecasts if the ratio of `native` is known as well.
pub fn update(
    extensions: &mut Vec<Extension>,
    newer: &[Written],
    ratios: &BTreeMap<String, f64>,
    catalogue: &Registry,
) {
    let pairs = catalogue.entries().iter();
    for (name, function) in pairs.filter_map(|entry| Some((entry.name, entry.pair.replaced()?))) {
        let forecast = newer.iter().find(|one| one.name == name).and_then(|one| {
            let mut candidates = one.candidates.iter();
            candidates.find(|candidate| is_named(&candidate.function, function))
        });
        let measured = ratios.get(&format!("{name}/native"));
        let (Some(forecast), Some(&measured)) = (forecast, measured) else {
            continue;
        };
        extensions.retain(|one| one.name != name);
        extensions.push(Extension {
            name: name.into(),
            function: function.into(),
            forecast: forecast.gain,
            measured,
        });
    }
    extensions.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Whether `full` is this function, which a pair names without its own module.
fn is_named(full: &str, function: &str) -> bool {
    full == function || full.rsplit([':', '.']).next() == Some(function)
}

/// The file with these rows below its leading lines.
pub fn with_rows(file: &str, extensions: &[Extension]) -> String {
    let rows = extensions.iter().map(|one| {
        let (forecast, measured) = (four_digits(one.forecast), four_digits(one.measured));
        format!("{},{},{forecast},{measured}\n", one.name, one.function)
    });
    head(file) + &rows.collect::<String>()
}
