//! The table of variants, and below it the embedded Python, the libraries, and what was expected.

use super::super::ladder;
use super::super::page::{heading, in_parentheses, or_dash, ratio_of, threads, time_of, variant_name};
use super::super::summary::{CaseSummary, State, VariantSummary};
use super::super::table::state_word;
use crate::analyse::PairAnalysis;
use crate::analyse::floors::FloorResult;
use crate::analyse::matrix::Matrix;
use crate::estimate::{Ratio, Time};
use crate::record::PairRecord;
use crate::registry::{Side, Variant};
use maud::{Markup, html};

pub(crate) fn section(one: &PairAnalysis<'_>, matrix: &Matrix<'_>) -> Markup {
    let (pair, case) = (one.pair, one.summary.headline());
    html! {
        section aria-labelledby="variants" {
            (heading("variants", html! {
                "Variants"
                @if let Some(case) = case { small { " at size " (case.size) @if !pair.unit.is_empty() { " (" (pair.unit) ")" } } }
            }))
            @match case {
                Some(case) => { (ladder::of_pair(one, matrix)) (table(pair, case)) (embedded(case)) (libraries(pair)) (expected(one)) },
                None => p.empty { "No case was measured." },
            }
        }
    }
}

fn table(pair: &PairRecord, case: &CaseSummary) -> Markup {
    let time = if pair.many_calls {
        "Time for all calls"
    } else {
        "Time per call"
    };
    html! {
        div.scroll role="region" aria-labelledby="variants" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Variant" }
                    th.number scope="col" { "Ratio" } th.number scope="col" { (time) }
                    th.number scope="col" { "Set-up" } th.number scope="col" { "Launches" }
                    th scope="col" { "Called in" } th scope="col" { "State" }
                } }
                tbody {
                    (variant_row(&case.baseline, true))
                    @for variant in &case.variants { (variant_row(variant, false)) }
                }
            }
        }
        p.hint {
            "Ratio: Python's time ÷ the variant's, above 1× is faster. Small print: 95\u{a0}% intervals over launches, or how many launches had each of two speeds. Set-up "
            "(pools and the like) happens outside every sample; the median over launches is shown."
        }
    }
}

fn variant_row(variant: &VariantSummary, baseline: bool) -> Markup {
    html! {
        tr {
            th scope="row" { (variant_name(&variant.name)) @if baseline { " " span.muted { "baseline" } } }
            td.number { @match variant.ratio {
                Some(e) => { (ratio_of(variant, e)) (threads(variant)) },
                None if baseline => { span.value { (Ratio(1.0)) } span.range { "by definition" } (threads(variant)) },
                None => span.none { "–" },
            } }
            td.number { (or_dash(variant.time, |e| time_of(variant, e))) }
            td.number { (or_dash(variant.setup.filter(|s| *s > 0.0), |s| Time(s).to_string())) }
            td.number { (variant.launches) }
            td { (variant.side) }
            td.status { (state(&variant.state)) }
        }
    }
}

/// The libraries of each side. If both use the same library, it is seldom the same version.
fn libraries(pair: &PairRecord) -> Markup {
    let of = |side: Side| {
        let own = pair.libraries.iter().filter(move |library| library.side == side);
        own.map(|library| format!("{} {}", library.name, library.version))
            .collect::<Vec<_>>()
            .join(", ")
    };
    html! {
        @if !pair.libraries.is_empty() {
            p {
                "Libraries: "
                @for (at, side) in [Side::Python, Side::Rust].into_iter().enumerate() {
                    @if at > 0 { "; " }
                    (side) " uses " b { @match of(side) { none if none.is_empty() => "none declared", own => (own) } }
                }
                ". They may cause a part of a ratio."
            }
        }
    }
}

/// The floors that the author declared, and whether they held.
fn expected(one: &PairAnalysis<'_>) -> Markup {
    html! {
        @for check in one.floors() {
            p {
                span.badge.good[check.result == FloorResult::Held].bad[check.result == FloorResult::Violated] {
                    (check.result)
                }
                " Expected: " (check.floor) ". " (check) "."
            }
        }
    }
}

fn state(state: &State) -> Markup {
    let class = match state {
        State::Measured => "badge good",
        State::Failed(_) => "badge bad",
        _ => "badge",
    };
    html! {
        span class=(class) { (state_word(state)) }
        @match state {
            State::Failed(fault) => span.why { (fault) },
            State::Skipped(reason) => span.why { (reason) },
            _ => {}
        }
    }
}

fn embedded(case: &CaseSummary) -> Markup {
    let Some(embedded) = &case.embedded else {
        return html! {};
    };
    html! {
        @if let (Some(time), Some(tax)) = (embedded.time, embedded.tax) {
            p {
                (variant_name(Variant::EMBEDDED)) ": the same Python function inside the bench process, through PyO3, takes "
                b { (Time(time.value)) } (in_parentheses(time, |v| Time(v).to_string())) ". The embedding tax is "
                b { (Ratio(tax.value)) } (in_parentheses(tax, |v| Ratio(v).to_string()))
                ": embedded time ÷ the worker's. No ratio above uses it."
            }
        }
    }
}
