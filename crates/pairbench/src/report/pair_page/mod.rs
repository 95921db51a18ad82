//! The page of a pair: [`render`] lists its sections in order.

mod launches;
mod sizes;
mod sources;
mod variants;
mod verification;

use super::page::{FROM_RECORDS, Page, heading};
use super::prose::{paragraphs, spans};
use super::summary::{PairState, PairSummary};
use super::table::standing_word;
use super::{
    Report, Used, comparison, diagnoses, environment, forecast, history, interpreters, latency, machines,
    verdicts,
};
use crate::analyse::PairAnalysis;
use crate::analyse::matrix::Matrix;
use crate::estimate::Ratio;
use crate::record::{PairRecord, Warning};
use crate::text::count;
use maud::{Markup, html};

/// Renders the page of a pair.
pub(crate) fn render(
    one: &PairAnalysis<'_>,
    used: &[Used<'_>],
    report: &Report<'_>,
    matrix: &Matrix<'_>,
) -> String {
    let (pair, summary) = (one.pair, &one.summary);
    let case = summary.headline();
    let main = html! {
        header.top {
            h1 { (pair.name) }
            p.lead { (pair.about) }
            (chips(pair, summary))
            (verdict(one))
            (machines::whereabouts(one, report.records))
            (about(pair))
        }
        (environment::notice_list(&found(one, used, report)))
        (variants::section(one, matrix))
        (forecast::beside_outcome(one))
        (interpreters::of_pair::section(&pair.name, matrix))
        (comparison::section(&report.changes, one))
        (diagnoses::sections(one, matrix))
        @if let Some(case) = case { (launches::section(one, case)) }
        (latency::section(pair))
        (history::section(&report.history, report.analyses, one))
        (sizes::section(pair, summary))
        (verification::section(pair, summary))
        (sources::section(pair))
        (sources::timed(pair))
        section aria-labelledby="environment" {
            (heading("environment", "Environment"))
            @match of_record(one, used) {
                Some(used) => { (used.environment) },
                None => { (environment::full(one.record)) },
            }
        }
    };
    let title = format!("{}: {}", pair.name, one.record.project());
    let page = Page {
        title: &title,
        root: "../",
        sorts: false,
        made: FROM_RECORDS,
        nav: html! {
            nav.crumbs aria-label="Report" { a.brand href="../index.html" { (report.projects()) } span aria-current="page" { (pair.name) } }
        },
        main,
    };
    page.render()
}

/// The record of the pair; none for a null pair of a record without other pairs.
fn of_record<'a>(one: &PairAnalysis<'_>, used: &'a [Used<'a>]) -> Option<&'a Used<'a>> {
    used.iter().find(|used| std::ptr::eq(used.record, one.record))
}

/// The warnings that concern the pair: its own, and those about the run that cast doubt on every number.
fn found(one: &PairAnalysis<'_>, used: &[Used<'_>], report: &Report<'_>) -> Vec<Warning> {
    let run = of_record(one, used).into_iter().flat_map(|used| &used.warnings);
    let doubts = run.filter(|warning| warning.is_warning());
    let mut all: Vec<Warning> = one.warnings().iter().chain(doubts).cloned().collect();
    all.extend(machines::doubts(one.record, report.records));
    all.sort_by_key(|warning| (warning.severity, warning.kind));
    all
}

fn chips(pair: &PairRecord, summary: &PairSummary) -> Markup {
    let state = summary.state();
    let good = state == PairState::Measured;
    html! {
        ul.chips aria-label="In short" {
            li { (pair.profile) }
            li.good[good].warn[!good] { (standing_word(state)) }
            @if let Some(case) = summary.headline() {
                li { (count(case.launches as usize, "launch")) }
                @if let Some((best, e)) = summary.best() {
                    li { "best: " b { (best.name) " " (best.modes.as_ref().map_or_else(|| Ratio(e.value).to_string(), |modes| modes.display_ratio())) } }
                }
            }
        }
    }
}

/// The verdict with its reason; nothing for a pair that failed or was not measured, whose state is shown elsewhere.
fn verdict(one: &PairAnalysis<'_>) -> Markup {
    html! {
        @if one.pair.null_of.is_none() && !one.verdict().repeats_state() {
            p.verdict { (verdicts::badge(one.verdict().call())) " " (verdicts::reason(one.verdict(), &one.verdict().doubts)) }
            @if let Some(size) = diagnoses::sources::in_short(one) { p.hint { a href="#numbers" { "Size" } ": " (size) ", all variants of a side together." } }
        }
    }
}

/// The author's description of the pair.
fn about(pair: &PairRecord) -> Markup {
    html! {
        div.about { @for paragraph in paragraphs(&pair.sources) { p { (spans(&paragraph)) } } }
    }
}
