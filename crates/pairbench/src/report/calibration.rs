//! What the run measured for equal sides, and how precise its ratios became.

use super::Used;
use super::page::{heading, or_dash, pair_file, ratio};
use crate::analyse::PairAnalysis;
use crate::analyse::sites::machine_name;
use crate::analyse::summary::Reached;
use crate::analyse::{Analysis, Calibration, calibration};
use crate::record::{Record, Status};
use crate::text::count;
use maud::{Markup, html};

/// The section of the index; nothing if the newest record has no null pairs.
pub(crate) fn section(
    chosen: &[&PairAnalysis<'_>],
    nulls: &[&PairAnalysis<'_>],
    used: &[Used<'_>],
    analyses: &[Analysis<'_>],
) -> Markup {
    let Some(record) = nulls.first().map(|null| null.record) else {
        return html! {};
    };
    let of_record = chosen.iter().filter(|one| std::ptr::eq(one.record, record));
    let summaries = of_record.chain(nulls).map(|one| &one.summary);
    html! {
        section aria-labelledby="calibration" {
            (heading("calibration", "Calibration of this run"))
            p.hint {
                "A null pair compares one side with the very same code, measured like all other pairs, in this run and on this "
                "machine; there is one of each profile. Its true ratio is 1×. An interval that misses it by more than chance would mean that no number "
                "of this run can be trusted."
            }
            div.scroll role="region" aria-label="Null pairs" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Null pair" } th scope="col" { "Code" } th.number scope="col" { "Ratio" }
                        th.number scope="col" { "Launches" } th scope="col" { "Verdict" }
                    } }
                    tbody { @for null in nulls { (row(null)) } }
                }
            }
            @if let Some(reached) = Reached::of_pairs(record, summaries) { p { (precision(record, reached)) } }
            (others(used, analyses, record))
        }
    }
}

fn row(null: &PairAnalysis<'_>) -> Markup {
    let launches = null.summary.headline().map_or(0, |case| case.launches);
    html! { tr {
        th scope="row" { a href=(pair_file(&null.pair.name)) { (null.pair.name) } }
        td { (null.pair.baseline) @if let Some(pair) = &null.pair.null_of { " of " (pair) } }
        @match null.summary.null_ratio() {
            Some(estimate) => { td.number { (ratio(estimate)) } td.number { (launches) } td { (verdict(null)) } },
            None => { td.number { span.none { "–" } } td.number { (launches) } td { span.badge { "not measured" } } },
        }
    } }
}

/// The null pairs of the other runs that are shown, since each machine is calibrated by its own.
fn others(used: &[Used<'_>], analyses: &[Analysis<'_>], newest: &Record) -> Markup {
    let is_shown = |one: &&Analysis<'_>| used.iter().any(|used| std::ptr::eq(used.record, one.record));
    let others: Vec<&Analysis<'_>> = analyses
        .iter()
        .filter(is_shown)
        .filter(|one| !std::ptr::eq(one.record, newest) && !one.nulls.is_empty())
        .collect();
    html! {
        @if !others.is_empty() {
            details {
                summary { "Calibration of " (count(others.len(), "other run")) " that these pages show" }
                div.scroll role="region" aria-label="Null pairs of other runs" tabindex="0" {
                    table {
                        thead { tr {
                            th scope="col" { "Machine" } th scope="col" { "Run" } th scope="col" { "Null pair" }
                            th.number scope="col" { "Ratio" } th scope="col" { "Verdict" }
                        } }
                        tbody { @for one in others { @for null in &one.nulls { (null_row(null)) } } }
                    }
                }
            }
        }
    }
}

fn null_row(null: &PairAnalysis<'_>) -> Markup {
    html! { tr {
        th scope="row" { (machine_name(&null.record.machine)) }
        td { (null.record.id) }
        td { (null.pair.baseline) @if let Some(pair) = &null.pair.null_of { " of " (pair) } }
        td.number { (or_dash(null.summary.null_ratio(), ratio)) }
        td { (verdict(null)) }
    } }
}

/// Uses the confidence level that all null pairs of the record share, not the interval that is shown.
fn verdict(null: &PairAnalysis<'_>) -> Markup {
    html! { @match calibration(null) {
        Calibration::TooFewLaunches => span.badge { "too few launches" },
        Calibration::Off => span.badge.bad { "misses 1×" },
        Calibration::Slight => span.badge { "misses 1× by less than matters" },
        Calibration::Sound => span.badge.good { "includes 1×, within chance" },
    } }
}

/// How precise the ratios became, and what ended the run.
fn precision(record: &Record, reached: Reached) -> String {
    let Reached {
        target,
        narrow,
        ratios,
        ..
    } = reached;
    let all = count(ratios, "ratio");
    let ended = match record.status {
        Status::Running => "The run was still going.",
        Status::Complete => "The run ended because it was complete.",
        Status::Interrupted => "The run was interrupted.",
        Status::OutOfTime => "The run ended because its budget was spent.",
    };
    let few = reached.and_few();
    format!(
        "Target: intervals within {target}. {narrow} of {all} (null pairs included) reached it{few}. {ended}"
    )
}
