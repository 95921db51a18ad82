//! What the diagnosers found about the baseline with each interpreter, side by side.

use super::{in_time, middle};
use crate::analyse::PairAnalysis;
use crate::analyse::matrix::Matrix;
use crate::analyse::turnaround::turnaround;
use crate::hosts::limits::Bytes;
use crate::report::page::{heading, or_dash, percent};
use crate::text::thousands;
use maud::{Markup, html};

/// A row for each interpreter with findings; nothing with fewer than two.
pub(crate) fn section(one: &PairAnalysis<'_>, matrix: &Matrix<'_>) -> Markup {
    let spots = matrix.row(&one.pair.name).map_or(&[][..], |row| &row.spots);
    let seen = spots.iter().filter_map(|spot| spot.seen);
    let rows: Vec<_> = seen.filter(|seen| is_diagnosed(seen)).collect();
    if rows.len() < 2 {
        return html! {};
    }
    html! {
        section aria-labelledby="by-interpreter" {
            (heading("by-interpreter", html! { "What each interpreter does" small { " in " (one.pair.baseline) } }))
            div.scroll role="region" aria-label="What the diagnosers found by interpreter" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Interpreter" }
                        th scope="col" { "Hottest function" }
                        th.number scope="col" { "Its own time" }
                        th.number scope="col" { "Allocations" }
                        th.number scope="col" { "Collecting" }
                        th.number scope="col" { "Held at most" }
                        th.number scope="col" { "To the first answer" }
                    } }
                    tbody { @for seen in rows { (row(seen)) } }
                }
            }
        }
    }
}

fn is_diagnosed(one: &PairAnalysis<'_>) -> bool {
    let (found, baseline) = (&one.pair.diagnoses, &one.pair.baseline);
    found.profile(baseline).is_some() || found.memory_of(baseline).is_some() || found.start_up.is_some()
}

fn row(one: &PairAnalysis<'_>) -> Markup {
    let (found, baseline) = (&one.pair.diagnoses, &one.pair.baseline);
    let hottest = found
        .profile(baseline)
        .and_then(|profile| profile.functions.first());
    let memory = found.memory_of(baseline);
    let counts = memory.and_then(|memory| memory.counts);
    let collections = memory.and_then(|memory| memory.collections);
    let resident = memory.and_then(|memory| memory.resident);
    let starts = found.start_up.as_ref().and_then(turnaround);
    html! {
        tr {
            th scope="row" { (one.record.interpreter.label()) }
            td { (or_dash(hottest, |function| html! { code { (function.name) } })) }
            td.number { (or_dash(hottest, |function| percent(function.own))) }
            td.number { (or_dash(counts, |counts| thousands(counts.allocations as f64))) }
            td.number { (or_dash(collections, |collections| percent(collections.share()))) }
            td.number { (or_dash(resident, |resident| Bytes(resident.peak).to_string())) }
            td.number { (or_dash(starts, |starts| middle(starts.python, in_time))) }
        }
    }
}
