//! Lines as libtest prints benchmarks.

use super::Summary;
use crate::text::thousands;
use std::fmt::Write as _;

/// A line per measured variant, the baseline included: `test PAIR/VARIANT ... bench: N ns/iter (+/- M)`. N is the time
/// per call, M half the width of its 95 % interval or 0 without one; both in whole nanoseconds.
pub(super) fn text(summaries: &[&Summary]) -> String {
    let mut text = String::new();
    for benchmark in summaries.iter().flat_map(|summary| summary.benchmarks()) {
        let _ = writeln!(
            text,
            "test {} ... bench: {:>11} ns/iter (+/- {})",
            benchmark.name,
            thousands(benchmark.time_s.value * 1e9),
            thousands(benchmark.time_s.half_width().unwrap_or(0.0) * 1e9)
        );
    }
    text
}
