//! Results as libtest prints benchmarks, for the tools that read its lines.

use crate::analyse::Analysis;
use crate::text::thousands;
use std::fmt::Write as _;

/// A line per measured variant, the baseline included: `test PAIR/VARIANT ... bench: N ns/iter (+/- M)`. N is the time of a
/// call, M half the width of its 95 % interval, 0 without one; both in whole nanoseconds. Where several cases were measured
/// the name ends with `/SIZE`.
pub(super) fn lines(analysis: &Analysis<'_>) -> String {
    let mut text = String::new();
    for pair in analysis.summaries() {
        let several = pair.measured_cases().count() > 1;
        for case in pair.measured_cases() {
            for variant in std::iter::once(&case.baseline).chain(&case.variants) {
                let Some(time) = variant.time else { continue };
                let half = time.interval.map_or(0.0, |(low, high)| (high - low) / 2.0);
                let size = if several {
                    format!("/{}", case.size)
                } else {
                    String::new()
                };
                let _ = writeln!(
                    text,
                    "test {}/{}{size} ... bench: {:>11} ns/iter (+/- {})",
                    pair.name,
                    variant.name,
                    thousands(time.value * 1e9),
                    thousands(half * 1e9)
                );
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture::steady;

    #[test]
    fn a_line_per_measured_variant() {
        let lines = lines(&Analysis::of(&steady()));
        let names: Vec<&str> = lines
            .lines()
            .filter_map(|line| line.split(" ... bench:").next())
            .collect();
        assert_eq!(names, ["test steady/python", "test steady/rust"]);
        assert!(lines.contains("10,000 ns/iter (+/- "), "{lines}");
        assert!(lines.contains("500 ns/iter (+/- "), "{lines}");
    }
}
