//! The custom JSON of github-action-benchmark: <https://github.com/benchmark-action/github-action-benchmark>.

use super::{Summary, pretty};
use serde::Serialize;

#[derive(Serialize)]
struct Entry {
    name: String,
    unit: &'static str,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    extra: String,
}

/// An entry per measured variant. The value is its time, the range half the width of its interval, and the ratio is in
/// the text that the action shows beside the point.
pub(super) fn text(summaries: &[&Summary]) -> String {
    let entries = summaries.iter().flat_map(|summary| {
        summary.benchmarks().map(|benchmark| {
            let variant = benchmark.variant;
            let ratio = variant.display_ratio().map(|ratio| {
                let baseline = &benchmark.case.variants[0].name;
                format!("{baseline} ÷ {}: {ratio}; ", variant.name)
            });
            let half_width = benchmark.time_s.half_width();
            Entry {
                unit: "ns",
                value: benchmark.time_s.value * 1e9,
                range: half_width.map(|half| format!("± {:.1}", half * 1e9)),
                extra: format!(
                    "{}{} launches; {}",
                    ratio.unwrap_or_default(),
                    variant.launches,
                    summary.interpreters[0].label
                ),
                name: benchmark.name,
            }
        })
    });
    pretty(&entries.collect::<Vec<_>>())
}
