//! The table of the eight claims: each as it is made, what this run says of it, and by which numbers.

use super::page::pair_file;
use super::prose::spans;
use crate::analyse::PairAnalysis;
use crate::analyse::claims::{Claim, ClaimResult, Evidence, FEWEST, Item, SHARE, claims};
use crate::analyse::matrix::Matrix;
use crate::text::count;
use maud::{Markup, html};

/// Items of a line that are shown without asking.
const MOST: usize = 5;

/// The section.
pub fn section(chosen: &[&PairAnalysis<'_>], matrix: &Matrix<'_>) -> Markup {
    html! {
        section aria-labelledby="claims" {
            h2 #claims { "The argument, claim by claim" }
            p.hint {
                "What this run, on this machine, says. A claim holds when " (format!("{:.0}", SHARE * 100.0)) "\u{a0}% of the "
                "pairs asked are for it with whole intervals, it fails when as many are against it; fewer than " (FEWEST)
                " that can tell test nothing."
            }
            table.claims {
                thead { tr {
                    th scope="col" { "Claim" } th scope="col" { "This run" } th scope="col" { "By what" }
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
    // A sign of percent is not to stand alone on a line.
    let text = line.text.replace(" %", "\u{a0}%");
    html! { li {
        @if line.items.is_empty() { (spans(&text)) "." }
        @else if line.items.len() <= MOST { (spans(&text)) ": " (items(&line.items)) "." }
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
