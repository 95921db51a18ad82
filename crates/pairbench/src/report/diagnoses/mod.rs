//! What the diagnosers found about a pair, on its page: a module for each question, in the order of the argument.

mod memory;
pub mod of_run;
mod profile;
mod scaling;
mod sources;
mod turnaround;

use super::page::range_of;
use crate::analyse::PairAnalysis;
use crate::analyse::matrix::Matrix;
use crate::estimate::{Middle, Time};
use maud::{Markup, html};

/// All that was found; nothing where nobody asked.
pub fn sections(one: &PairAnalysis<'_>, matrix: &Matrix<'_>) -> Markup {
    html! {
        (profile::section(one))
        (memory::section(one))
        (scaling::section(one, matrix))
        (turnaround::section(one))
        (sources::section(one))
        (silent(one))
    }
}

/// Who found nothing, and why.
fn silent(one: &PairAnalysis<'_>) -> Markup {
    let failures = &one.pair.diagnoses.failures;
    html! {
        @if !failures.is_empty() {
            section aria-labelledby="undiagnosed" {
                h2 #undiagnosed { "Not found out" }
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

/// A median, its interval below where it has one.
fn middle(value: Middle, print: impl Fn(f64) -> String) -> Markup {
    html! {
        span.value { (print(value.value)) }
        @if let Some((low, high)) = value.interval { span.range { (range_of(&print(low), &print(high))) } }
    }
}

/// Seconds as a time; below zero as well, as a difference may be.
fn in_time(seconds: f64) -> String {
    match seconds < 0.0 {
        true => format!("−{}", Time(-seconds)),
        false => Time(seconds).to_string(),
    }
}

#[cfg(test)]
mod tests;
