//! The table of the eight claims: each claim, what this run found, and the numbers behind it.

use super::page::{heading, pair_file, percent};
use super::prose::spans;
use crate::analyse::PairAnalysis;
use crate::analyse::claims::{Claim, ClaimResult, Evidence, FEWEST, Item, MOST_NAMED, SHARE, claims};
use crate::analyse::matrix::Matrix;
use crate::text::count;
use maud::{Markup, html};

pub(crate) fn section(chosen: &[&PairAnalysis<'_>], matrix: &Matrix<'_>) -> Markup {
    html! {
        section aria-labelledby="claims" {
            (heading("claims", "The argument, claim by claim"))
            p.hint {
                "What this run found on this machine. A claim holds if the whole intervals of " (percent(SHARE)) " of the pairs it "
                "is tested on support it, and fails if as many contradict it; fewer than " (FEWEST)
                " pairs that can decide it are no test."
            }
            table.claims {
                thead { tr {
                    th scope="col" { "Claim" } th scope="col" { "This run" } th scope="col" { "Evidence" }
                } }
                tbody { @for claim in claims(chosen, matrix) { (row(&claim)) } }
            }
        }
    }
}

fn row(claim: &Claim) -> Markup {
    html! { tr {
        th scope="row" { span.number { (claim.number) ". " } (claim.text) span.why { (claim.question) } }
        td { (badge(claim.result)) }
        td { ul { @for line in &claim.evidence { (evidence(line)) } } }
    } }
}

fn badge(result: ClaimResult) -> Markup {
    let class = match result {
        ClaimResult::Holds => "badge good",
        ClaimResult::Fails => "badge bad",
        ClaimResult::Mixed => "badge mixed",
        ClaimResult::NotTested => "badge",
    };
    html! { span class=(class) { (result) } }
}

fn evidence(line: &Evidence) -> Markup {
    // A percent sign should not be alone on a line.
    let text = line.text.replace(" %", "\u{a0}%");
    html! { li {
        @if line.items.is_empty() { (spans(&text)) "." }
        @else if line.items.len() <= MOST_NAMED { (spans(&text)) ": " (items(&line.items)) "." }
        @else {
            details { summary { (spans(&text)) ": " (count(line.items.len(), "pair")) } (items(&line.items)) "." }
        }
    } }
}

fn items(items: &[Item]) -> Markup {
    html! {
        @for (at, item) in items.iter().enumerate() {
            @if at > 0 { "; " }
            a href=(pair_file(&item.pair)) { (item.pair) } " " (item.figure)
        }
    }
}
