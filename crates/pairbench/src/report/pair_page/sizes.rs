//! Times and ratios by size.

use super::super::charts::sizes::{self, Line};
use super::super::page::{heading, in_parentheses, or_dash, time_of, variant_name};
use super::super::summary::{CaseSummary, PairSummary};
use crate::estimate::Ratio;
use crate::record::PairRecord;
use crate::text::count;
use maud::{Markup, PreEscaped, html};

/// The section; with a single measured case, how to measure the others.
pub(crate) fn section(pair: &PairRecord, summary: &PairSummary) -> Markup {
    let measured: Vec<&CaseSummary> = summary
        .measured_cases()
        .filter(|c| c.baseline.time.is_some())
        .collect();
    html! {
        section aria-labelledby="sizes" {
            (heading("sizes", "Time against size"))
            @if measured.len() < 2 {
                p.hint {
                    "Only one of " (count(pair.cases.len(), "declared case")) " was measured. To see how time grows: "
                    code { "cargo bench -- --cases all " (pair.name) }
                }
            } @else { (by_size(pair, &measured)) }
        }
    }
}

fn by_size(pair: &PairRecord, measured: &[&CaseSummary]) -> Markup {
    let names: Vec<&str> = std::iter::once(pair.baseline.as_str())
        .chain(
            pair.variants
                .iter()
                .map(|v| v.name.as_str())
                .filter(|name| *name != pair.baseline),
        )
        .filter(|name| {
            measured
                .iter()
                .any(|c| c.variant(name).is_some_and(|v| v.time.is_some()))
        })
        .collect();
    let line = |name: &&str| Line {
        variant: name.to_string(),
        points: measured
            .iter()
            .filter_map(|c| Some((c.size, c.variant(name)?.time?)))
            .collect(),
    };
    let lines: Vec<Line> = names.iter().map(line).collect();
    let label = format!(
        "Time against size on logarithmic axes for {} at {}; the table has the numbers.",
        names.join(", "),
        count(measured.len(), "size")
    );
    html! {
        div.split.even {
            @if let Some(svg) = sizes::draw(&lines, &pair.unit, &label, sizes::short_time) {
                figure.sizes { (PreEscaped(svg)) figcaption { "Both axes are logarithmic; whiskers are 95\u{a0}% intervals." } }
            }
            div.scroll role="region" aria-label="Times and ratios by size" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Size" }
                        @for case in measured { th.number scope="col" { (case.size) } }
                    } }
                    tbody { @for name in &names { tr {
                        th scope="row" { (variant_name(name)) }
                        @for case in measured { td.number { @if let Some(v) = case.variant(name) {
                            (or_dash(v.time, |e| time_of(v, e)))
                            @if let Some(e) = v.ratio { span.range.strong {
                                @match &v.modes {
                                    Some(modes) => (modes.display_ratio()),
                                    None => { (Ratio(e.value)) (in_parentheses(e, |v| Ratio(v).to_string())) }
                                }
                            } }
                        } } }
                    } } }
                }
            }
        }
    }
}
