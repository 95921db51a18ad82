//! Whether the variants agree with the baseline, and the failures of the pair.

use super::super::page::heading;
use super::super::summary::{FailureSummary, Gate, PairSummary, Stage};
use crate::estimate::Time;
use crate::hosts::Fault;
use crate::record::PairRecord;
use crate::registry::Profile;
use crate::text::{count, cut, thousands};
use maud::{Markup, html};

pub(crate) fn section(pair: &PairRecord, summary: &PairSummary) -> Markup {
    let v = &pair.verification;
    html! {
        section aria-labelledby="verification" {
            (heading("verification", "Verification"))
            p {
                @match summary.gate {
                    Gate::Passed => { span.badge.good { "passed" } " " },
                    Gate::Failed => { span.badge.bad { "failed" } " " },
                    Gate::Skipped => { span.badge { "skipped" } " " (pair.skipped().unwrap_or_default()) ". " },
                    Gate::Pending => { span.badge { "not verified yet" } " " },
                }
                (count(v.compared as usize, "call")) " compared with the baseline's in " (Time(v.seconds)) ". "
                "Integers, strings and shapes must be equal; floats: " (pair.tolerance) ". "
                "No call may change its input."
                @if summary.gate == Gate::Failed { " No ratio is published for sides that disagree." }
                @if summary.gate == Gate::Passed && !v.failures.is_empty() {
                    " What failed has no ratio; the baseline and its ports agree."
                }
            }
            @if summary.gate == Gate::Passed && pair.null_of.is_none() { (dug(pair)) }
            @for failure in &summary.failures { (failure_block(failure)) }
        }
    }
}

/// How far other inputs were searched by digging, and which findings are still open.
fn dug(pair: &PairRecord) -> Markup {
    let Some(dug) = &pair.dug else {
        return html! {
            @if pair.profile == Profile::Service { p { "Only these inputs were compared: digging does not apply to servers." } }
            @else { p { "Only these inputs were compared: no dig was run. " code { "cargo bench -- --dig 60s " (pair.name) } " looks for others on which the variants differ." } }
        };
    };
    let (reached, all) = dug.lines;
    let day = dug.made.get(..10).unwrap_or(&dug.made);
    html! {
        p {
            "Last dug on " (day) ": " (thousands(dug.inputs as f64)) " other inputs in " (Time(dug.seconds)) " reached "
            (reached) " of the " (all) " lines of the Python functions that were called. "
            @match (dug.open.len(), dug.closed) {
                (0, 0) => "No difference was found.",
                (0, closed) => { "No difference is open; " (count(closed as usize, "earlier finding")) " agree now." },
                (open, 0) => { b { (count(open, "finding")) " open" } ":" },
                (open, closed) => { b { (count(open, "finding")) " open" } ", " (closed) " agree now:" },
            }
        }
        @for finding in &dug.open {
            div.failure {
                p {
                    b { (finding.variant) } " " (finding.kind)
                    @if finding.count > 1 { " (" (thousands(finding.count as f64)) " inputs)" }
                    ": " code { (cut(&finding.call, 300)) }
                }
                pre tabindex="0" { "python: " (finding.baseline) "\n" (finding.variant) ": " (finding.other) }
            }
        }
    }
}

fn failure_block(failure: &FailureSummary) -> Markup {
    let details = failure.fault.details();
    html! {
        div.failure {
            p {
                b { (if failure.variant.is_empty() { "the whole pair" } else { &failure.variant }) } " " (failure.fault)
                @if let Some(size) = failure.size { ", at size " (size) }
                @match failure.stage {
                    Stage::Verify => ", while verifying",
                    Stage::Launch(index) => { ", in launch " (u64::from(index) + 1) },
                    Stage::Unknown => {}
                }
                ". " span.next { "Next: " (failure.fault.next_step()) "." }
            }
            @if !details.is_empty() {
                details open { summary { (details_name(&failure.fault)) } pre tabindex="0" { (details) } }
            }
        }
    }
}

fn details_name(fault: &Fault) -> &'static str {
    match fault {
        Fault::Disagrees { .. } | Fault::Wavers { .. } => "Both answers",
        Fault::Died { .. } | Fault::Killed { .. } => "The last output",
        _ => "The traceback",
    }
}
