//! Workloads that were ported and measured; the nearest ones illustrate a forecast.
//!
//! `workloads.csv` has the ratio of each, the shares of its time by class, and how they were measured. 23 are from the
//! catalogue, 46 were written to fit the gains, which `cargo bench --bench forecast` does from the same file.

use super::class::Class;
use super::shares::Shares;
use serde::{Deserialize, Serialize};

const TABLE: &str = include_str!("workloads.csv");

/// A measured workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Measured {
    /// Its name.
    pub name: String,
    /// How many times faster its port was.
    pub ratio: f64,
}

/// The three workloads with the most similar shares, the nearest first.
pub(super) fn nearest(shares: &Shares) -> Vec<Measured> {
    let mut all: Vec<(f64, Measured)> = table().map(|(one, its)| (shares.distance(&its), one)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.into_iter().take(3).map(|(_, one)| one).collect()
}

/// The lines of the table, starting with its header.
fn rows() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

fn table() -> impl Iterator<Item = (Measured, Shares)> {
    rows().skip(1).map(|line| {
        let mut fields = line.split(',');
        let name = fields.next().unwrap_or_default().to_string();
        // The second field is the set.
        let mut numbers = fields.skip(1).map(|field| field.parse().expect("a number"));
        let ratio = numbers.next().expect("a ratio");
        let mut shares = Shares::default();
        Class::ALL
            .into_iter()
            .zip(numbers)
            .for_each(|(class, part)| shares.add(class, part));
        (Measured { name, ratio }, shares)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_classes_in_order_and_its_shares_add_up_to_one() {
        let names = Class::ALL.map(|class| serde_json::to_string(&class).unwrap().replace('"', ""));
        let head = rows().next().unwrap();
        assert_eq!(head, format!("name,set,ratio,{}", names.join(",")));
        for (one, shares) in table() {
            let all: f64 = Class::ALL.iter().map(|class| shares.share(*class)).sum();
            assert!((all - 1.0).abs() < 0.01 && one.ratio > 0.5, "{one:?} {all}");
        }
    }

    #[test]
    fn a_measured_workload_is_nearest_to_itself() {
        let (one, shares) = table().nth(20).unwrap();
        assert_eq!(nearest(&shares)[0], one);
    }

    /// Forecasts the table with the gains in use, to check that classes and gains belong together. The gains were
    /// fitted to this table among others, so this is not a score.
    #[test]
    fn most_of_the_table_is_forecast_within_a_factor_of_two() {
        let errors: Vec<f64> = table()
            .map(|(one, shares)| (shares.gain().unwrap() / one.ratio).ln().abs())
            .collect();
        let within = errors.iter().filter(|error| **error < 2.0_f64.ln()).count();
        assert!(within * 3 > errors.len() * 2, "{within} of {}", errors.len());
    }
}
