//! Cells that hold more than a number: their words, and notes below the table, each listed once.

use crate::analyse::matrix::{Cell, Spot};
use crate::record::Deprecation;
use maud::{Markup, html};

/// Notes below a table, numbered from 1 in the order of their first use.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<String>);

impl Notes {
    /// The number of a note, which is added if it is new.
    fn number(&mut self, text: String) -> usize {
        let known = self.0.iter().position(|own| *own == text);
        1 + known.unwrap_or_else(|| {
            self.0.push(text);
            self.0.len() - 1
        })
    }

    /// The numbers of the notes of a spot.
    pub(crate) fn of(&mut self, spot: &Spot<'_>) -> Vec<usize> {
        let mut numbers: Vec<usize> = texts(spot).into_iter().map(|text| self.number(text)).collect();
        numbers.dedup();
        numbers
    }

    /// The list, which the links of [`marks`] point to.
    pub(crate) fn list(&self) -> Markup {
        html! {
            @if !self.0.is_empty() {
                ol.notes { @for (at, text) in self.0.iter().enumerate() {
                    li id={ "note-" (at + 1) } { (text) }
                } }
            }
        }
    }
}

/// Links to notes.
pub(crate) fn marks(numbers: &[usize]) -> Markup {
    html! { @for number in numbers { a.mark href={ "#note-" (number) } { "[" (number) "]" } } }
}

/// The notes of a spot.
fn texts(spot: &Spot<'_>) -> Vec<String> {
    let mut texts = match &spot.cell {
        Cell::Ratio(_) => Vec::new(),
        Cell::Warning { deprecations, .. } => deprecations.iter().map(deprecation).collect(),
        Cell::Failed { variant, fault, .. } => {
            let who = if variant.is_empty() { "the pair" } else { variant };
            let first = format!("Failed: {who} {fault}. Next: {}.", fault.next_step());
            let warned = spot.seen.iter().flat_map(|seen| &seen.pair.deprecations);
            std::iter::once(first).chain(warned.map(deprecation)).collect()
        }
        Cell::Skipped { reason } => vec![format!("Skipped: {reason}.")],
        Cell::Missing { reason } => vec![format!("Missing: {reason}.")],
    };
    texts.extend(
        spot.notes
            .iter()
            .map(|note| format!("{} skipped: {}.", note.variant, note.reason)),
    );
    texts
}

/// A deprecation: what Python warned of, where, and when it is removed.
pub(crate) fn deprecation(one: &Deprecation) -> String {
    let goes = match &one.removed_in {
        Some(release) => format!(", removed in Python {release}"),
        None => ", no release named that removes it".into(),
    };
    let during = match one.variant.as_str() {
        "" => "while importing".to_string(),
        variant => format!("while calling {variant}"),
    };
    format!(
        "{}{goes}: {} ({}:{}, {during}: {})",
        one.category,
        one.message,
        one.file,
        one.line,
        one.source.trim()
    )
}

/// The classes of a cell's word.
pub(crate) fn class(cell: &Cell) -> &'static str {
    match cell {
        Cell::Ratio(_) => "badge good",
        Cell::Warning { .. } => "badge mixed",
        Cell::Failed { .. } => "badge bad",
        Cell::Skipped { .. } | Cell::Missing { .. } => "badge",
    }
}
