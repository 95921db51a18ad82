//! What diagnosers found about a run as a whole, on the index: the cost of a call into Rust, and of a build.

use super::{in_time, middle};
use crate::analyse::boundary::{Cost, IN_PYTHON, costs, smallest_body};
use crate::diagnose::boundary::Boundary;
use crate::diagnose::build::BuildTimes;
use crate::estimate::Middle;
use crate::record::Record;
use crate::report::page::{heading, or_dash, range_of};
use crate::text::count;
use maud::{Markup, html};

/// The costs of calls and of builds from the newest record that has them, and which diagnosers were skipped or failed.
pub(crate) fn sections(records: &[&Record]) -> Markup {
    let newest = records.first();
    let boundary = records
        .iter()
        .find_map(|record| record.diagnoses.boundary.as_ref());
    let build = records.iter().find_map(|record| record.diagnoses.build.as_ref());
    let skipped = newest.map_or(&[][..], |record| &record.diagnoses.skipped);
    let failures = newest.map_or(&[][..], |record| &record.diagnoses.failures);
    html! {
        @if let Some(boundary) = boundary { (crossings(boundary)) }
        @if let Some(build) = build { (builds(build)) }
        @if !(skipped.is_empty() && failures.is_empty()) {
            section aria-labelledby="not-found-out" {
                (heading("not-found-out", "Diagnosers that were skipped or failed"))
                ul {
                    @for one in skipped { li { b { (one.diagnoser) } ": " (one.reason) "." } }
                    @for one in failures { li {
                        b { (one.diagnoser) } ": " (one.fault) ". " span.next { "Next: " (one.fault.next_step()) "." }
                    } }
                }
            }
        }
    }
}

fn crossings(boundary: &Boundary) -> Markup {
    let costs = costs(boundary);
    let Some(smallest) = smallest_body(&costs) else {
        return html! {};
    };
    let in_python = costs.iter().find(|cost| cost.argument == IN_PYTHON);
    let mut sizes: Vec<u64> = (costs.iter().filter(|cost| cost.per_element.is_some()))
        .flat_map(|cost| cost.points.iter().map(|(size, _)| *size))
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    html! {
        section aria-labelledby="boundary" {
            (heading("boundary", "What a call into Rust costs"))
            p {
                "A hot loop whose body takes less than " b { (in_time(smallest.value)) }
                @if let Some((low, high)) = smallest.interval { " (" (range_of(&in_time(low), &in_time(high))) ")" }
                " is too small to move into a Rust function that is called once per iteration: the call alone, with one "
                "number, takes that long, however fast Rust is. Move the whole loop instead."
                @if let Some(cost) = in_python {
                    " A Python function that does nothing costs " (in_time(cost.per_call.value)) " a call."
                }
            }
            div.scroll role="region" aria-labelledby="boundary" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Argument" }
                        th.number scope="col" { "A call" } th.number scope="col" { "Each element" }
                        @for size in &sizes { th.number scope="col" { (size) } }
                    } }
                    tbody { @for cost in &costs { (crossing(cost, &sizes)) } }
                }
            }
            p.hint {
                "Calls through PyO3 into functions that do nothing with their argument, each with the usual type for it: "
                code { "i64" } ", " code { "f64" } ", " code { "&str" } ", " code { "&[u8]" } ", " code { "PyBuffer<u8>" } ", "
                code { "(f64, f64, f64)" } ", " code { "Vec" } ", " code { "HashMap<String, i64>" }
                ". The loop around the calls is subtracted. A call: with one element, if the type has several sizes. Each element: the "
                "slope over all sizes (Theil and Sen). Then whole calls by the number of elements. Medians over fresh "
                "processes; small print: 95\u{a0}% intervals."
            }
        }
    }
}

fn crossing(cost: &Cost, sizes: &[u64]) -> Markup {
    let many = cost.per_element.is_some();
    html! { tr {
        th scope="row" { (cost.argument) }
        td.number { (middle(cost.per_call, in_time)) }
        td.number { (or_dash(cost.per_element, per_element)) }
        @for size in sizes { td.number {
            @match cost.points.iter().find(|(known, _)| known == size).filter(|_| many) {
                Some((_, whole)) => { (in_time(whole.value)) },
                None => span.none { "–" },
            }
        } }
    } }
}

/// The cost of an element; if the interval reaches below zero, no cost was seen.
fn per_element(slope: Middle) -> Markup {
    match slope.interval {
        Some((low, high)) if low <= 0.0 => html! {
            span.value { "nothing" }
            span.range { "below " (in_time(high.max(0.0))) }
        },
        _ => middle(slope, in_time),
    }
}

fn builds(build: &BuildTimes) -> Markup {
    let pairs = match build.pairs {
        0 => String::new(),
        n => format!(", with {}", count(n as usize, "pair")),
    };
    html! {
        section aria-labelledby="build" {
            (heading("build", "What a build takes"))
            div.scroll role="region" aria-labelledby="build" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Build" } th.number scope="col" { "Packages" } th.number scope="col" { "Time" }
                    } }
                    tbody {
                        tr {
                            th scope="row" { "Clean build" }
                            td.number { (build.packages) }
                            td.number { (in_time(build.clean_s)) }
                        }
                        @for (pair, seconds) in &build.incremental_s { tr {
                            th scope="row" { "After a change to " (pair) }
                            td.number { "1" }
                            td.number { (in_time(*seconds)) }
                        } }
                    }
                }
            }
            p.hint {
                "The package of the Rust sides"
                @if !build.package.is_empty() { " (" code { (build.package) } (pairs) ")" }
                " as a library, with the release profile, in its own target folder; the sources of its dependencies were "
                "on the disk. A pair's page compares this with the time that a run saves."
            }
        }
    }
}
