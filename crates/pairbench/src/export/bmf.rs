//! Bencher Metric Format: <https://bencher.dev/docs/reference/bencher-metric-format>.

use super::{Interval, Summary, pretty};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Metric {
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_value: Option<f64>,
}

impl Metric {
    fn of(interval: &Interval, factor: f64) -> Self {
        Metric {
            value: interval.value * factor,
            lower_value: interval.low.map(|low| low * factor),
            upper_value: interval.high.map(|high| high * factor),
        }
    }
}

/// The measures of a benchmark: `latency`, in nanoseconds as Bencher defines it, and `ratio` except for the baseline.
pub(super) fn text(summaries: &[&Summary]) -> String {
    let benchmarks = summaries.iter().flat_map(|summary| summary.benchmarks());
    let measured = benchmarks.map(|benchmark| {
        let mut measures = BTreeMap::from([("latency", Metric::of(benchmark.time_s, 1e9))]);
        if let Some(ratio) = &benchmark.variant.ratio {
            measures.insert("ratio", Metric::of(ratio, 1.0));
        }
        (benchmark.name, measures)
    });
    pretty(&measured.collect::<BTreeMap<_, _>>())
}
