//! Links from the sections of a report to the documents that explain them.

use maud::{Markup, html};

/// Where the documents are. A report loads nothing from there; only a reader who follows a link does.
const DOCUMENTS: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/");

/// The document for each section, by the id of its heading without a number at its end.
const SECTIONS: [(&str, &str); 36] = [
    ("argument", "how-to-read.md#the-argument-as-a-chart"),
    ("boundary", "up-front.md#the-boundary"),
    ("build", "up-front.md#the-build"),
    ("calibration", "how-it-measures.md#null-pairs"),
    ("claims", "claims.md"),
    ("comparison", "compare-runs.md"),
    ("comparison-", "compare-runs.md"),
    ("environment", "record-format.md"),
    ("expected", "how-to-read.md#what-is-where"),
    ("failures", "when-it-breaks.md"),
    ("forecast", "forecast.md#forecast-and-outcome"),
    ("history", "compare-runs.md#which-side-changed"),
    ("interpreters", "which-python.md#every-python-in-one-run"),
    ("ladder", "how-to-read.md#the-ladder"),
    ("latency", "why-is-it-so.md#single-requests"),
    ("launches", "how-it-measures.md#launches"),
    ("limits", "forecast.md#how-to-read-it"),
    ("load", "servers.md#under-load"),
    ("machines", "many-machines.md"),
    ("memory", "why-is-it-so.md#memory"),
    ("not-found-out", "why-is-it-so.md"),
    ("numbers", "up-front.md#the-sources-in-numbers"),
    ("pairs", "bias.md"),
    ("profile", "why-is-it-so.md#where-the-time-goes"),
    ("records", "record-format.md"),
    ("scaling", "how-it-scales.md"),
    ("sizes", "how-sure.md#from-samples-to-a-ratio"),
    ("sources", "bias.md"),
    ("steps", "forecast.md#how-to-read-it"),
    ("timed", "how-it-measures.md#what-is-timed"),
    ("trust", "forecast.md#how-far-it-can-be-trusted"),
    ("turnaround", "up-front.md#to-the-first-answer"),
    ("undiagnosed", "why-is-it-so.md"),
    ("variants", "how-to-read.md#what-is-where"),
    ("verdicts", "compare-runs.md#what-is-compared"),
    ("verification", "same-answer.md"),
];

/// A link with these words to a document, or to a section of one.
pub(crate) fn link(words: &str, document: &str) -> Markup {
    html! { a.explained href={ (DOCUMENTS) (document) } { (words) } }
}

/// The document that explains the section with this id.
pub(crate) fn document(id: &str) -> Option<&'static str> {
    let id = id.trim_end_matches(|c: char| c.is_ascii_digit());
    SECTIONS
        .iter()
        .find(|(section, _)| *section == id)
        .map(|(_, document)| *document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents;

    #[test]
    fn every_section_links_to_a_document_that_exists() {
        for (section, document) in SECTIONS {
            let (page, anchor) = document.split_once('#').unwrap_or((document, ""));
            assert!(
                documents::has_anchor(&documents::path(page), anchor),
                "{section}: {document}"
            );
        }
    }

    #[test]
    fn a_number_at_the_end_of_an_id_does_not_count() {
        assert_eq!(document("memory"), Some("why-is-it-so.md#memory"));
        assert_eq!(document("comparison-12"), document("comparison-0"));
        assert_eq!(document("x"), None);
    }
}
