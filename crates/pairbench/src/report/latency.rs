//! The section of a pair's page about single requests.

use super::page::{heading, or_dash, variant_name};
use crate::diagnose::latency::VariantLatency;
use crate::estimate::{BEYOND, PROBABILITIES, Time};
use crate::record::PairRecord;
use maud::{Markup, html};

/// A row for each variant whose requests were timed; nothing if there is none.
pub(crate) fn section(pair: &PairRecord) -> Markup {
    let all = &pair.diagnoses.latency;
    if all.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="latency" {
            (heading("latency", "Single requests"))
            div.scroll role="region" aria-labelledby="latency" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Variant" } th.number scope="col" { "Requests" }
                        @for p in PROBABILITIES { th.number scope="col" { (percentile(p)) } }
                        th.number scope="col" { "Maximum" }
                    } }
                    tbody { @for latency in all { (row(latency)) } }
                }
            }
            p.hint {
                "Each column: the time within which that percentage of all requests was answered. Requests of several calls in one "
                "process, pooled; a quantile is left out if fewer than " (BEYOND) " requests took longer. Timed in a separate pass, "
                "with a clock read around each request, and without an interval: compare orders of magnitude. A client sends "
                "its next request when the last one is answered, so these are times under a load that the variant itself limits."
            }
        }
    }
}

fn row(latency: &VariantLatency) -> Markup {
    html! {
        tr {
            th scope="row" { (variant_name(&latency.variant)) }
            td.number { (latency.requests) }
            @for p in PROBABILITIES.into_iter().chain([1.0]) {
                td.number { (or_dash(latency.at(p), |seconds| Time(seconds).to_string())) }
            }
        }
    }
}

/// `50 %`, `99.9 %`.
fn percentile(p: f64) -> String {
    // The probabilities have one digit after the point; the rest is the error of binary fractions.
    format!("{}\u{a0}%", (p * 1000.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture::steady;

    #[test]
    fn a_row_has_the_quantiles_that_are_known() {
        let mut pair = steady().pairs.remove(0);
        assert_eq!(section(&pair).into_string(), "");
        pair.diagnoses.latency = vec![VariantLatency {
            variant: "rust".into(),
            requests: 1_200,
            quantiles: vec![(0.5, 20e-6), (0.9, 30e-6), (0.99, 450e-6), (1.0, 2e-3)],
        }];
        let text = section(&pair).into_string();
        for expected in ["1200", "99.9\u{a0}%", "20.0 µs", "30.0 µs", "450 µs", "2.00 ms"] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert_eq!(
            text.matches("class=\"none\"").count(),
            1,
            "99.9 % of 1,200 is left out"
        );
    }
}
