//! What changed since a baseline run: a page of its own, and a section on a pair's page.

use super::page::{FROM_RECORDS, Page, figure, heading, or_dash, pair_file, ratio, variant_name};
use crate::analyse::PairAnalysis;
use crate::compare::{CaseChange, Changes, Note, PairChange, VariantChange};
use crate::estimate::{Estimate, Outcome};
use crate::text::{count, percent};
use maud::{Markup, html};

/// Name of the page below the output folder.
pub(crate) const FILE: &str = "compare.html";

/// The page of all comparisons.
pub(crate) fn render(projects: &str, all: &[Changes], chosen: &[&PairAnalysis<'_>]) -> String {
    let main = html! {
        header.top {
            h1 { "Compared with a baseline run" }
            p.lead {
                "A variant's ratio to Python in the later run ÷ its ratio in the baseline run: above 1× it became faster. The "
                "machine's state cancels within each ratio, but for what differs between the runs, which the 95\u{a0}% intervals "
                "allow for. Verdicts are as sure as they have to be among all rows: of comparisons of equal runs at most "
                "5\u{a0}% call any row faster or slower."
            }
        }
        @for (at, changes) in all.iter().enumerate() { (comparison(changes, at, chosen)) }
        section aria-labelledby="verdicts" {
            (heading("verdicts", "What the verdicts mean"))
            dl.facts {
                dt { (badge(Outcome::Faster)) } dd { "The whole interval is above 1.01×, and the wider one that holds for all rows together is above 1×." }
                dt { (badge(Outcome::Slower)) } dd { "The whole interval is below 1 ÷ 1.01×, and the wider one is below 1×." }
                dt { (badge(Outcome::NoDifference)) } dd { "Neither, but a change that matters would have counted." }
                dt { (badge(Outcome::TooNoisy)) } dd { "Neither, and a change that matters would not have counted, or there is no interval. More launches help." }
            }
        }
    };
    let page = Page {
        title: &format!("Compared with a baseline run: {projects}"),
        root: "",
        sorts: false,
        made: FROM_RECORDS,
        nav: html! {
            nav.crumbs aria-label="Report" { a.brand href="index.html" { (projects) } span aria-current="page" { "comparison" } }
        },
        main,
    };
    page.render()
}

fn comparison(changes: &Changes, at: usize, chosen: &[&PairAnalysis<'_>]) -> Markup {
    let id = format!("comparison-{at}");
    html! {
        section aria-labelledby=(id) {
            (heading(&id, html! { (changes.later) " against " (changes.earlier) (changes.with_interpreter()) }))
            p.hint { (changes.later.project_at) " against " (changes.earlier.project_at) "." }
            (verdict_chips(changes))
            (note_list(&changes.notes()))
            @if !changes.pairs.is_empty() { (table(changes, &id, chosen)) }
        }
    }
}

fn verdict_chips(changes: &Changes) -> Markup {
    let counts = changes.counts();
    html! {
        ul.chips aria-label="Verdicts" {
            li.good[counts.faster > 0] { b { (counts.faster) } " faster" }
            li.bad[counts.slower > 0] { b { (counts.slower) } " slower" }
            li { b { (counts.no_difference) } " no difference shown" }
            li.warn[counts.too_noisy > 0] { b { (counts.too_noisy) } " too noisy" }
            li { "too noisy: a change of " (format!("{:.0}", 100.0 * changes.interest)) "\u{a0}% would not count" }
        }
    }
}

/// Notes in the style of the index.
fn note_list(notes: &[Note]) -> Markup {
    html! {
        @if !notes.is_empty() {
            ul.notices { @for note in notes {
                li.warning[note.is_warning()] {
                    span.tag { (if note.is_warning() { "Warning" } else { "Note" }) } " " (note)
                }
            } }
        }
    }
}

fn table(changes: &Changes, id: &str, chosen: &[&PairAnalysis<'_>]) -> Markup {
    html! {
        div.scroll role="region" aria-labelledby=(id) tabindex="0" {
            table {
                thead { tr { th scope="col" { "Pair" } (heads()) } }
                tbody { @for pair in &changes.pairs { @for case in &pair.cases { @for variant in &case.variants { tr {
                    th scope="row" { (pair_name(pair, case, chosen)) }
                    (cells(variant, changes.interest))
                } } } } }
            }
        }
    }
}

/// The name of the pair, as a link if the report has a page for it.
fn pair_name(pair: &PairChange, case: &CaseChange, chosen: &[&PairAnalysis<'_>]) -> Markup {
    html! {
        @if chosen.iter().any(|one| one.pair.name == pair.name) {
            a href=(pair_file(&pair.name)) { (pair.name) }
        } @else { (pair.name) }
        @if pair.cases.len() > 1 { span.muted { " at " (case.size) } }
    }
}

/// The verdict comes first, so that a narrow page shows it without scrolling.
fn heads() -> Markup {
    html! {
        th scope="col" { "Variant" }
        th scope="col" { "Verdict" }
        th.number scope="col" { "Later ÷ baseline" } th.number scope="col" { "Smallest that counts" }
        th.number scope="col" { "Baseline run" } th.number scope="col" { "Later run" }
    }
}

fn cells(variant: &VariantChange, interest: f64) -> Markup {
    html! {
        td { (variant_name(&variant.name)) }
        @match variant.change() {
            Some(change) => {
                td { (badge(change.outcome(interest))) }
                td.number { (ratio_of(change.shift.as_estimate())) }
                td.number { (change.smallest().map_or("–".into(), percent)) }
            },
            None => {
                td.status { span.why { (variant.why().unwrap_or_default()) } }
                td.number { span.none { "–" } }
                td.number { span.none { "–" } }
            }
        }
        td.number { (or_dash(variant.earlier, ratio)) }
        td.number { (or_dash(variant.later, ratio)) }
    }
}

/// The change with as many digits as the terminal shows.
fn ratio_of(estimate: Estimate) -> Markup {
    let text = estimate.display_ratio();
    let (value, range) = text.split_once(' ').unwrap_or((&text, ""));
    let range = range.trim_matches(['[', ']']).replace(", ", " – ");
    figure(value, Some(range).filter(|range| !range.is_empty()))
}

fn badge(outcome: Outcome) -> Markup {
    let class = match outcome {
        Outcome::Faster => "badge good",
        Outcome::Slower => "badge bad",
        Outcome::NoDifference | Outcome::TooNoisy => "badge",
    };
    html! { span class=(class) { (outcome) } }
}

/// One line of the index with a link to the page; nothing without a comparison.
pub(crate) fn teaser(all: &[Changes]) -> Markup {
    html! {
        @for changes in all.iter().take(3) {
            p {
                a href=(FILE) { "Compared with a baseline run" } ": against " (changes.earlier) (changes.with_interpreter()) " " (changes.counts()) "."
            }
        }
        @if all.len() > 3 { p { "And " (count(all.len() - 3, "more comparison")) "." } }
    }
}

/// The section on the page of a pair; nothing if its record was not compared.
pub(crate) fn section(all: &[Changes], one: &PairAnalysis<'_>) -> Markup {
    let own = all.iter().filter(|changes| changes.later.id == one.record.id);
    let compared: Vec<(&Changes, &PairChange)> = own
        .filter_map(|changes| {
            Some((
                changes,
                changes.pairs.iter().find(|pair| pair.name == one.pair.name)?,
            ))
        })
        .collect();
    html! {
        @if !compared.is_empty() {
            section aria-labelledby="comparison" {
                (heading("comparison", "Compared with a baseline run"))
                @for (changes, pair) in compared {
                    p.hint {
                        "Against " (changes.earlier) (changes.with_interpreter()) ". Above 1× a variant became faster; "
                        a href={ "../" (FILE) } { "all pairs" } "."
                        (changed_sides(pair))
                    }
                    div.scroll role="region" aria-labelledby="comparison" tabindex="0" {
                        table {
                            thead { tr { @if pair.cases.len() > 1 { th scope="col" { "Size" } } (heads()) } }
                            tbody { @for case in &pair.cases { @for variant in &case.variants { tr {
                                @if pair.cases.len() > 1 { th scope="row" { (case.size) } }
                                (cells(variant, changes.interest))
                            } } } }
                        }
                    }
                }
            }
        }
    }
}

fn changed_sides(pair: &PairChange) -> Markup {
    html! {
        @match (pair.python_changed, pair.rust_changed) {
            (true, true) => " Both sides changed since.",
            (true, false) => " The Python side changed since.",
            (false, true) => " The Rust side changed since.",
            (false, false) => " Neither side changed.",
        }
    }
}
