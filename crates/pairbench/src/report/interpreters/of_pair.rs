//! A pair with every interpreter, on its page.

use super::notes::{class, deprecation};
use super::{charts, traits};
use crate::analyse::matrix::{Cell, Column, Matrix, Progress, Row, Spot};
use crate::analyse::summary::{State, VariantSummary};
use crate::hosts::Fault;
use crate::report::page::{heading, or_dash, ratio, ratio_of, time, variant_name};
use crate::report::table::state_word;
use maud::{Markup, PreEscaped, html};

/// The section; nothing with a single interpreter, or for a pair that is not in the matrix, like a null pair.
pub(crate) fn section(pair: &str, matrix: &Matrix<'_>) -> Markup {
    let row = matrix.row(pair).filter(|_| matrix.has_several());
    html! {
        @if let Some(row) = row {
            section aria-labelledby="interpreters" {
                (heading("interpreters", "By interpreter"))
                (table(row, &matrix.columns))
                p.hint {
                    "Ratios: the interpreter's own time ÷ the variant's. Since a release: Python's time with that one ÷ its time "
                    "with this one, from launches that both share; above 1× Python became faster. 95\u{a0}% intervals over "
                    "launches."
                }
                @if let Some(svg) = charts::one(row, &matrix.columns) { figure.panel.one { (PreEscaped(svg)) } }
                (details(row, &matrix.columns))
            }
        }
    }
}

fn table(row: &Row<'_>, columns: &[Column<'_>]) -> Markup {
    let progress = row.progress(columns);
    let names = variants(row);
    html! {
        div.scroll role="region" aria-labelledby="interpreters" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Interpreter" }
                    th scope="col" { "State" }
                    th.number scope="col" { "Python's time" }
                    @if !progress.is_empty() {
                        th.number scope="col" { "Since the release before" }
                        th.number scope="col" { "Since the oldest" }
                    }
                    @for name in &names { th.number scope="col" { (variant_name(name)) } }
                } }
                tbody { @for (at, (spot, column)) in row.spots.iter().zip(columns).enumerate() { tr {
                    th scope="row" { (column.label) @for text in traits(column) { " " span.which { (text) } } }
                    td.status { span class=(class(&spot.cell)) { (spot.cell.word()) } (why(&spot.cell)) }
                    td.number { (or_dash(baseline(spot), time)) }
                    @if !progress.is_empty() { (steps(&progress, at, columns)) }
                    @for name in &names { td.number { (figure(spot, name)) } }
                } } }
            }
        }
    }
}

/// Names of all variants besides the baseline, in the declared order.
fn variants<'a>(row: &'a Row<'_>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for spot in &row.spots {
        let case = spot.seen.as_ref().and_then(|seen| seen.summary.headline());
        for variant in case.into_iter().flat_map(|case| &case.variants) {
            if variant.state != State::Deselected && !names.contains(&variant.name.as_str()) {
                names.push(&variant.name);
            }
        }
    }
    names
}

fn variant<'a>(spot: &'a Spot<'_>, name: &str) -> Option<&'a VariantSummary> {
    spot.seen.as_ref()?.summary.headline()?.variant(name)
}

fn baseline(spot: &Spot<'_>) -> Option<crate::estimate::Estimate> {
    spot.seen.as_ref()?.summary.headline()?.baseline.time
}

/// A variant's ratio, or why there is none.
fn figure(spot: &Spot<'_>, name: &str) -> Markup {
    html! {
        @match variant(spot, name) {
            Some(variant @ VariantSummary { ratio: Some(estimate), .. }) => { (ratio_of(variant, *estimate)) },
            Some(variant) => { span.none { (state_word(&variant.state)) } },
            None => span.none { "–" },
        }
    }
}

fn why(cell: &Cell) -> Markup {
    html! {
        @match cell {
            Cell::Skipped { reason } | Cell::Missing { reason } => span.why { (reason) },
            Cell::Failed { variant, fault, .. } => span.why { (variant) " " (fault) },
            Cell::Warning { .. } => span.why { a href="#warned" { "warnings of Python" } },
            Cell::Ratio(_) => {},
        }
    }
}

/// Two cells: the progress since the release before, and since the oldest if that is another one.
fn steps(progress: &[Progress], at: usize, columns: &[Column<'_>]) -> Markup {
    let mut own = progress.iter().filter(|one| one.to == at);
    let cells = [own.next(), own.next()];
    html! { @for cell in cells { td.number { @match cell {
        Some(one) => {
            (ratio(one.estimate))
            span.range { "since " (columns[one.from].label) @if !one.alike { ", another build" } }
        },
        None => span.none { "–" },
    } } } }
}

/// What Python warned of, what failed, and which variants were skipped, in full.
fn details(row: &Row<'_>, columns: &[Column<'_>]) -> Markup {
    let all = || row.spots.iter().zip(columns);
    let warned = all().flat_map(|(spot, column)| {
        let deprecations = spot.seen.iter().flat_map(|seen| &seen.pair.deprecations);
        deprecations.map(move |one| (column, deprecation(one)))
    });
    let warned: Vec<_> = warned.collect();
    let skipped = all().flat_map(|(spot, column)| spot.notes.iter().map(move |note| (column, note)));
    let skipped: Vec<_> = skipped.collect();
    html! {
        @if !warned.is_empty() {
            h3 #warned { "Warnings of Python" }
            ul { @for (column, text) in &warned { li { b { (column.label) } ": " (text) } } }
        }
        @for (spot, column) in all() {
            @if let Cell::Failed { variant, fault, .. } = &spot.cell { (failure(column, variant, fault)) }
        }
        @if !skipped.is_empty() {
            h3 { "Skipped" }
            ul { @for (column, note) in &skipped { li { b { (column.label) } ", " (note.variant) ": " (note.reason) } } }
        }
    }
}

fn failure(column: &Column<'_>, variant: &str, fault: &Fault) -> Markup {
    let details = fault.details();
    html! {
        div.failure {
            p {
                b { (column.label) } ": " (if variant.is_empty() { "the whole pair" } else { variant }) " " (fault) ". "
                span.next { "Next: " (fault.next_step()) "." }
            }
            @if !details.is_empty() { details { summary { "Details" } pre tabindex="0" { (details) } } }
        }
    }
}
