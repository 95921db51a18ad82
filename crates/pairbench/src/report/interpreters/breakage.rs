//! The breakage table: pair × interpreter, and the Rust side below.

use super::notes::{Notes, class, marks};
use super::{rust, traits};
use crate::analyse::matrix::{Cell, Column, Matrix, Row, Spot};
use crate::estimate::Ratio;
use crate::report::page::{pair_file, range};
use crate::text::count;
use maud::{Markup, html};

/// The words of cells, in the order of the counts.
const WORDS: [&str; 5] = ["ratio", "warning", "failed", "skipped", "missing"];

/// The table with its notes.
pub(crate) fn table(matrix: &Matrix<'_>) -> Markup {
    let mut notes = Notes::default();
    let rows: Vec<Markup> = matrix.rows.iter().map(|row| line(row, &mut notes)).collect();
    html! {
        div.scroll role="region" aria-labelledby="interpreters" tabindex="0" {
            table.breakage {
                thead { tr {
                    th scope="col" { "Pair" }
                    @for column in &matrix.columns { (head(column)) }
                } }
                tbody { @for row in rows { (row) } }
                tfoot {
                    tr {
                        th scope="row" { "Total" }
                        @for at in 0..matrix.columns.len() { td { (counts(&matrix.rows, at)) } }
                    }
                    (progress(matrix))
                    @if let Some(oldest) = matrix.oldest_rust {
                        tr {
                            th scope="row" { "Rust" }
                            td.compiler colspan=(matrix.columns.len()) { (rust(oldest)) }
                        }
                    }
                }
            }
        }
        (notes.list())
    }
}

fn head(column: &Column<'_>) -> Markup {
    html! { th scope="col" {
        (column.label)
        @for text in traits(column) { " " span.which { (text) } }
    } }
}

fn line(row: &Row<'_>, notes: &mut Notes) -> Markup {
    html! { tr {
        th scope="row" { a href={ (pair_file(row.pair)) "#interpreters" } { (row.pair) } }
        @for spot in &row.spots { (cell(spot, &notes.of(spot))) }
    } }
}

/// The ratio, or a word if there is none; both if there is a note besides the ratio.
fn cell(spot: &Spot<'_>, numbers: &[usize]) -> Markup {
    let is_ratio = matches!(spot.cell, Cell::Ratio(_));
    html! { td class=(spot.cell.word()) {
        @if let Some(estimate) = spot.cell.ratio() {
            span.value { (Ratio(estimate.value)) @if is_ratio { (marks(numbers)) } }
            span.range { (range(estimate, |value| Ratio(value).to_string()).unwrap_or_else(|| "no interval yet".into())) }
        }
        @if !is_ratio { " " span class=(class(&spot.cell)) { (spot.cell.word()) } (marks(numbers)) }
    } }
}

/// How much faster Python became: the mean over the pairs above.
fn progress(matrix: &Matrix<'_>) -> Markup {
    let means = matrix.mean_progress();
    html! {
        @if means.iter().any(|own| !own.is_empty()) {
            tr {
                th scope="row" { "Python itself" span.range { "geometric mean" } }
                @for own in &means { td {
                    @if own.is_empty() { span.none { "–" } }
                    @for mean in own {
                        " " span.value { (Ratio(mean.value)) }
                        span.range { "since " (version(&matrix.columns[mean.from])) ", " (count(mean.pairs, "pair")) }
                    }
                } }
            }
        }
    }
}

/// A column's label without the implementation, since only columns of one implementation are compared.
fn version<'a>(column: &'a Column<'_>) -> &'a str {
    column
        .label
        .split_once(' ')
        .map_or(column.label.as_str(), |(_, rest)| rest)
}

/// How many cells of a column have each word.
fn counts(rows: &[Row<'_>], at: usize) -> Markup {
    let of = |word: &str| {
        rows.iter()
            .filter(|row| row.spots[at].cell.word() == word)
            .count()
    };
    html! {
        @for word in WORDS { @match of(word) {
            0 => {},
            n => { " " span.which { (n) " " (word) } },
        } }
    }
}
