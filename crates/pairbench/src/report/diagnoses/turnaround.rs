//! From the start of a process to its first answer, and when a build has paid off.

use super::{in_time, middle};
use crate::analyse::PairAnalysis;
use crate::analyse::turnaround::{BreakEven, RustTurnaround, Turnaround, turnaround};
use crate::diagnose::build::BuildTimes;
use crate::estimate::Middle;
use crate::report::page::{heading, or_dash};
use crate::text::count;
use maud::{Markup, html};

/// Starts and break-even; nothing if they were not timed.
pub(crate) fn section(one: &PairAnalysis<'_>) -> Markup {
    let Some(times) = one.pair.diagnoses.start_up.as_ref().and_then(turnaround) else {
        return html! {};
    };
    html! {
        section aria-labelledby="turnaround" {
            (heading("turnaround", "What comes before the first answer"))
            div.split.even {
                div { (starts(&times)) }
                div { (paid(one, &times)) }
            }
        }
    }
}

fn starts(times: &Turnaround) -> Markup {
    let rust = times.rust.as_ref();
    let row = |name: &str, python: Option<Middle>, rust: Option<Middle>| {
        let cell = |value: Option<Middle>| {
            html! { td.number { (or_dash(value, |value| middle(value, in_time))) } }
        };
        html! { tr { th scope="row" { (name) } (cell(python)) (cell(rust)) } }
    };
    html! {
        div.scroll role="region" aria-label="Times to the first answer" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "One run" }
                    th.number scope="col" { "Python" } th.number scope="col" { "Rust" }
                } }
                tbody {
                    (row("Start and end of a process", Some(times.interpreter), Some(times.process)))
                    (row("Import", Some(times.import), None))
                    (row("First call", Some(times.python_first_call), rust.map(|rust| rust.first_call)))
                    (row("Total", Some(times.python), rust.map(|rust| rust.whole)))
                }
            }
        }
        p.hint {
            "Medians over fresh processes, which alternated; small print: 95\u{a0}% intervals. The import does not include modules "
            "that only other variants need. The Rust process is the harness's own executable, which is larger than the "
            "port alone would be. Making the input is left out on both sides."
        }
    }
}

/// When the port has paid off its compile step.
fn paid(one: &PairAnalysis<'_>, times: &Turnaround) -> Markup {
    let Some(rust) = &times.rust else {
        return html! { p { "Without the variant " code { "rust" } " there is nothing to compare a build with." } };
    };
    let Some(build) = &one.record.diagnoses.build else {
        return html! {
            p {
                (saving(rust)) " To measure after how many runs this has paid off the compile step: "
                code { "cargo bench -- --diagnose turnaround " (one.pair.name) }
            }
        };
    };
    html! {
        p { (saving(rust)) " So the port has paid off" }
        ul { @for (what, even) in break_evens(build, rust.saved) { li { (what) " " b { (even) } } } }
        p.hint {
            "Build seconds ÷ seconds saved in a run, whole processes on both sides. The build is that of all "
            (count(build.pairs as usize, "pair")) ", so one alone would have paid off earlier. The smaller number in "
            "parentheses assumes the fastest build that was seen and the upper end of the time saved."
        }
    }
}

fn saving(rust: &RustTurnaround) -> String {
    match rust.saved.value > 0.0 {
        true => format!("A run in Rust saves {}.", in_time(rust.saved.value)),
        false => format!("A run in Rust takes {} longer.", in_time(-rust.saved.value)),
    }
}

/// What has to be paid off, and when it is.
fn break_evens(build: &BuildTimes, saved: Middle) -> Vec<(String, BreakEven)> {
    let mut all = Vec::new();
    if let Some(again) = build.incremental() {
        let seconds = || build.incremental_s.iter().map(|(_, seconds)| *seconds);
        let ends = seconds().fold((f64::INFINITY, 0.0_f64), |(low, high), s| {
            (low.min(s), high.max(s))
        });
        let what = format!("for compiling a change ({})", in_time(again.value));
        all.push((what, BreakEven::of(again.value, ends, saved)));
    }
    let clean = build.clean_s;
    let what = format!(
        "for a clean build ({}, {})",
        in_time(clean),
        count(build.packages as usize, "package")
    );
    all.push((what, BreakEven::of(clean, (clean, clean), saved)));
    all
}
