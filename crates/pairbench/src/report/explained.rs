//! Links from the sections of a report to the documents that explain them.

use maud::{Markup, html};

/// Where the documents are. A report loads nothing from there: a reader follows the link.
const DOCUMENTS: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/");

/// The document for each section, by the id of its heading; a number at its end is left out.
const SECTIONS: [(&str, &str); 31] = [
    ("argument", "how-to-read.md#the-argument-as-a-chart"),
    ("boundary", "up-front.md#the-boundary"),
    ("build", "up-front.md#the-build"),
    ("calibration", "how-it-measures.md#null-pairs"),
    ("claims", "claims.md"),
    ("comparison-", "compare-runs.md"),
    ("environment", "record-format.md"),
    ("expected", "how-to-read.md#what-is-where"),
    ("failures", "when-it-breaks.md"),
    ("history", "compare-runs.md#which-side-changed"),
    ("interpreters", "which-python.md#every-python-in-one-run"),
    ("latency", "why-is-it-so.md#single-requests"),
    ("launches", "how-it-measures.md#launches"),
    ("machines", "many-machines.md"),
    ("memory", "why-is-it-so.md#memory"),
    ("not-found-out", "why-is-it-so.md"),
    ("numbers", "up-front.md#the-sources-in-numbers"),
    ("pairs", "bias.md"),
    ("profile", "why-is-it-so.md#where-the-time-goes"),
    ("ratios", "how-sure.md#from-samples-to-a-ratio"),
    ("records", "record-format.md"),
    ("scaling", "how-it-scales.md"),
    ("sizes", "how-sure.md#from-samples-to-a-ratio"),
    ("sources", "bias.md"),
    ("then", "compare-runs.md"),
    ("timed", "how-it-measures.md#what-is-timed"),
    ("turnaround", "up-front.md#to-the-first-answer"),
    ("undiagnosed", "why-is-it-so.md"),
    ("variants", "how-to-read.md#what-is-where"),
    ("verdicts", "compare-runs.md#what-is-compared"),
    ("verification", "how-it-measures.md#the-same-answer-first"),
];

/// A link with these words to a document, or to a section of one.
pub fn link(words: &str, document: &str) -> Markup {
    html! { a.explained href={ (DOCUMENTS) (document) } { (words) } }
}

/// A page's main part, with a link at the end of the heading of each section that a document explains.
pub fn with_links(main: &str) -> String {
    const HEADING: &str = "<h2 id=\"";
    let mut linked = String::with_capacity(main.len() + 4096);
    let mut rest = main;
    while let Some((before, after)) = rest.split_once(HEADING) {
        let end = after.find("</h2>").expect("a heading ends");
        let (heading, behind) = after.split_at(end);
        linked.push_str(before);
        linked.push_str(HEADING);
        linked.push_str(heading);
        let id = heading.split('"').next().unwrap_or_default();
        let id = id.trim_end_matches(|c: char| c.is_ascii_digit());
        if let Some((_, document)) = SECTIONS.iter().find(|(section, _)| *section == id) {
            linked.push(' ');
            linked.push_str(&link("explained", document).into_string());
        }
        rest = behind;
    }
    linked.push_str(rest);
    linked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents;

    #[test]
    fn every_section_leads_to_a_document_that_exists() {
        for (section, document) in SECTIONS {
            let (page, anchor) = document.split_once('#').unwrap_or((document, ""));
            assert!(
                documents::has_anchor(&documents::path(page), anchor),
                "{section}: {document}"
            );
        }
    }

    #[test]
    fn known_sections_get_a_link_and_others_none() {
        let linked = with_links("<p>a</p><h2 id=\"memory\">Memory</h2><h2 id=\"x\">X</h2>b");
        let link = format!("<a class=\"explained\" href=\"{DOCUMENTS}why-is-it-so.md#memory\">explained</a>");
        assert_eq!(
            linked,
            format!("<p>a</p><h2 id=\"memory\">Memory {link}</h2><h2 id=\"x\">X</h2>b")
        );
    }
}
