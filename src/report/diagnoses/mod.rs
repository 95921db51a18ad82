//! What the diagnosers found about a pair, on its page: a module for each question, in the order of the argument.

mod memory;
mod profile;

use super::Chosen;
use maud::{Markup, html};

/// All that was found; nothing where nobody asked.
pub fn sections(one: &Chosen<'_>) -> Markup {
    html! {
        (profile::section(one))
        (memory::section(one))
        (silent(one))
    }
}

/// Who found nothing, and why.
fn silent(one: &Chosen<'_>) -> Markup {
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
