//! Verdicts on pages: a badge with its reason, how many there are of each, and which depend on the thresholds.

use super::explained;
use super::page::pair_file;
use super::prose::spans;
use crate::analyse::PairAnalysis;
use crate::analyse::verdict::{Call, Lines, OTHER_LINES, Verdict, doubt, rejudge};
use crate::estimate::Ratio;
use crate::record::WarningKind;
use crate::text::{capital, count};
use maud::{Markup, html};

/// The verdict as a badge.
pub(crate) fn badge(call: Call) -> Markup {
    let class = match call {
        Call::LeaveIt => "badge leave",
        Call::Inconclusive => "badge",
        _ => "badge good",
    };
    html! { span class=(class) { (call) } }
}

/// The reason in one sentence, the next step for an inconclusive verdict, and the given doubts.
pub(crate) fn reason(verdict: &Verdict, doubts: &[WarningKind]) -> Markup {
    html! {
        @if verdict.call() == Call::Inconclusive { "Because " }
        (spans(&sentence(verdict))) "."
        @if let Some(next) = verdict.next() { " " span.next { "Next: " (spans(&next)) "." } }
        @if !doubts.is_empty() {
            " " span.doubt { "In doubt: " }
            @for (at, kind) in doubts.iter().enumerate() { @if at > 0 { ", " } (doubt(*kind)) }
            "."
        }
    }
}

/// The reason; it starts with a capital if it is a sentence of its own.
fn sentence(verdict: &Verdict) -> String {
    let reason = verdict.reason();
    match verdict.call() {
        Call::Inconclusive => reason,
        _ => capital(&reason),
    }
}

/// The number of pairs with each verdict.
pub(crate) fn counts(chosen: &[&PairAnalysis<'_>]) -> Markup {
    let of = |call: Call| chosen.iter().filter(|one| one.verdict().call() == call).count();
    html! {
        @if !chosen.is_empty() {
            ul.chips aria-label="Verdicts" {
                @for call in Call::ALL { @if of(call) > 0 { li { (call) " " b { (of(call)) } } } }
            }
        }
    }
}

/// What the verdicts mean, and which of them other thresholds would change.
pub(crate) fn meaning(chosen: &[&PairAnalysis<'_>]) -> Markup {
    let lines = Lines::default();
    html! {
        details {
            summary { "What the verdicts mean, and their thresholds" }
            dl.facts {
                dt { (badge(Call::PortIt)) } dd { "Beyond the best smaller step, or Python where none is faster, Rust still gains more than " (lines.worth) "× on one core." }
                dt { (badge(Call::ExtensionSuffices)) } dd { "Python with its hottest function in Rust gains more than " (Ratio(lines.step())) ", and the whole port less than " (lines.worth) "× beyond that." }
                dt { (badge(Call::ParallelPythonSuffices)) } dd { "The same is true of threads, processes or asyncio, compared with Rust on several cores," }
                dt { (badge(Call::CompilingSuffices)) } dd { "of the same Python compiled by mypyc or Numba," }
                dt { (badge(Call::LibrarySuffices)) } dd { "of a library: NumPy, " code { "zlib" } ", uvloop," }
                dt { (badge(Call::PythonSuffices)) } dd { "or of Python with another algorithm or other calls." }
                dt { (badge(Call::Parallelism)) } dd { "Rust gains less than " (lines.worth) "× on one core, and on several more than " (lines.worth) "× beyond the best smaller step." }
                dt { (badge(Call::LeaveIt)) } dd { "Nothing gains enough." }
                dt { (badge(Call::Inconclusive)) } dd { "An interval includes one of these thresholds, or something that could be the answer was not measured." }
            }
            p { "Verdicts use the whole interval, not the point estimate (" (explained::link("all rules", "how-to-read.md#verdicts")) "). The line for steps follows from that for Rust: half way to it, as ratios go. Other thresholds would change these verdicts:" }
            ul {
                @for worth in OTHER_LINES { li { (worth) "×: " (changed(chosen, Lines::at(worth))) } }
            }
        }
    }
}

fn changed(chosen: &[&PairAnalysis<'_>], lines: Lines) -> Markup {
    let others: Vec<(&PairAnalysis<'_>, Call)> = chosen
        .iter()
        .copied()
        .map(|one| (one, rejudge(one.verdict(), &one.summary, lines).call()))
        .filter(|(one, call)| *call != one.verdict().call())
        .collect();
    html! {
        @if others.is_empty() { "none." } @else {
            (others.len()) " of " (count(chosen.len(), "pair")) ": "
            @for (at, (one, call)) in others.iter().enumerate() {
                @if at > 0 { ", " }
                a href=(pair_file(&one.pair.name)) { (one.pair.name) } " (" (call) ")"
            }
            "."
        }
    }
}
