//! Numbers from the two files of a pair.

use crate::analyse::PairAnalysis;
use crate::analyse::sources::SourceFacts;
use crate::report::page::{heading, or_dash};
use crate::text::count;
use maud::{Markup, html};

/// The size of both sides in a clause; nothing for a pair without a port, or without sources.
pub(crate) fn in_short(one: &PairAnalysis<'_>) -> Option<String> {
    let both = one.sources();
    let size = |facts: &SourceFacts| {
        let known = match facts.dependencies.as_slice() {
            [] => "no dependency".into(),
            [only] => format!("1 dependency ({only})"),
            all => format!("{} dependencies ({})", all.len(), all.join(", ")),
        };
        format!("{} and {known}", count(facts.lines, "line"))
    };
    let written = both.rust.lines > 0 && both.python.lines > 0 && one.port().is_some();
    let (rust, python) = (size(&both.rust), size(&both.python));
    written.then(|| format!("Rust has {rust}, Python {python}"))
}

/// Lines, dependencies and `unsafe` of both files, which every record has.
pub(crate) fn section(one: &PairAnalysis<'_>) -> Markup {
    let both = one.sources();
    let row = |name: &str, facts: &SourceFacts, unsafes: Option<usize>| {
        html! { tr {
            th scope="row" { (name) }
            td.number { (facts.lines) }
            td { @if facts.dependencies.is_empty() { span.muted { "none" } } @else { (facts.dependencies.join(", ")) } }
            td.number { (or_dash(unsafes, |n| n)) }
        } }
    };
    html! {
        section aria-labelledby="numbers" {
            (heading("numbers", "The sources in numbers"))
            div.scroll role="region" aria-labelledby="numbers" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "File" } th.number scope="col" { "Lines of code" }
                        th scope="col" { "Depends on" } th.number scope="col" { code { "unsafe" } }
                    } }
                    tbody {
                        (row("Python", &both.python, None))
                        (row("Rust", &both.rust, Some(both.rust.unsafes)))
                    }
                }
            }
            p.hint {
                "Lines without blanks, comments, docs and tests; all variants of a side together, and on the Rust side also the code that "
                "makes the input and declares the pair. Dependencies besides the standard libraries; theirs in turn, and the "
                code { "unsafe" } " in them, are not counted."
            }
        }
    }
}
