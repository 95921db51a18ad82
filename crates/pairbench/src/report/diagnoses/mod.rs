//! What the diagnosers found about a pair, on its page: a module for each question.

mod by_interpreter;
mod load;
mod memory;
pub(crate) mod of_run;
mod profile;
mod scaling;
pub(crate) mod sources;
mod turnaround;

use super::page::{heading, range_of};
use crate::analyse::PairAnalysis;
use crate::analyse::matrix::Matrix;
use crate::estimate::{Middle, Time};
use maud::{Markup, html};

/// All results; diagnosers that did not run are left out.
pub(crate) fn sections(one: &PairAnalysis<'_>, matrix: &Matrix<'_>) -> Markup {
    html! {
        (profile::section(one))
        (memory::section(one))
        (load::section(one))
        (scaling::section(one, matrix))
        (turnaround::section(one))
        (by_interpreter::section(one, matrix))
        (sources::section(one))
        (failed(one))
    }
}

/// The diagnosers that failed, and why.
fn failed(one: &PairAnalysis<'_>) -> Markup {
    let failures = &one.pair.diagnoses.failures;
    html! {
        @if !failures.is_empty() {
            section aria-labelledby="undiagnosed" {
                (heading("undiagnosed", "Failed diagnosers"))
                ul {
                    @for failure in failures { li {
                        b {
                            (failure.diagnoser)
                            @if !failure.variant.is_empty() { " of " (failure.variant) }
                        }
                        ": " (failure.fault) ". " span.next { "Next: " (failure.fault.next_step()) "." }
                    } }
                }
            }
        }
    }
}

/// A median, its interval below it if it has one.
fn middle(value: Middle, print: impl Fn(f64) -> String) -> Markup {
    html! {
        span.value { (print(value.value)) }
        @if let Some((low, high)) = value.interval { span.range { (range_of(&print(low), &print(high))) } }
    }
}

/// Seconds as a time; a difference may be below zero.
fn in_time(seconds: f64) -> String {
    match seconds < 0.0 {
        true => format!("−{}", Time(-seconds)),
        false => Time(seconds).to_string(),
    }
}

#[cfg(test)]
mod tests;
