//! Both sources, and what was timed.

use super::super::highlight::{Language, highlight};
use super::super::page::heading;
use crate::record::PairRecord;
use maud::{Markup, html};
use std::fmt::Write;

/// Both files, side by side.
pub(crate) fn section(pair: &PairRecord) -> Markup {
    let s = &pair.sources;
    html! {
        section aria-labelledby="sources" {
            (heading("sources", "Both sources"))
            p.hint { "As they were at the start of the run." }
            div.sources {
                (source("Python", &s.python_path, &s.python, Language::Python))
                (source("Rust", &s.rust_path, &s.rust, Language::Rust))
            }
        }
    }
}

fn source(title: &str, path: &str, text: &str, language: Language) -> Markup {
    let mut numbers = String::new();
    for line in 1..=text.lines().count() {
        // Writing to a string cannot fail.
        let _ = writeln!(numbers, "{line}");
    }
    html! {
        figure.source {
            figcaption { b { (title) } " " code { (path) } }
            div.code role="region" aria-label={ (title) " source" } tabindex="0" {
                pre.lines aria-hidden="true" { (numbers) }
                pre { code { (highlight(text, language)) } }
            }
        }
    }
}

/// What happens between the two clock reads, and what happens outside.
pub(crate) fn timed(pair: &PairRecord) -> Markup {
    let setups = pair.variants.iter().any(|v| {
        matches!(
            v.name.as_str(),
            "threads" | "processes" | "asyncio" | "rayon" | "tokio"
        )
    });
    html! {
        section aria-labelledby="timed" {
            (heading("timed", "What was timed, and what was not"))
            div.split.even {
                div {
                    h3 { "Between the two clock reads" }
                    ul {
                        li { "The calls of a sample: the function's whole work, its result built and freed again." }
                        li { "The loop around them: in the worker, " code { "for _ in repeat(None, n)" } " costs 15–30 ns a call." }
                        li { "What the garbage collector does during the calls: it stays on, as users have it, after one collect and freeze." }
                        li { "For " code { "native" } ": the Python function with its calls into the extension module and the conversions between." }
                    }
                }
                div {
                    h3 { "Outside" }
                    ul {
                        li { "Making the input and converting it: it is generated once, and each side has its own form of it before the first sample." }
                        li { "Starting processes, imports, compiling, warm-up." }
                        li { "Comparing answers, which was done before any timing." }
                        @if setups { li { "Setting up pools, which has its own column in the table of variants." } }
                        li { "The pipe to the worker, since the worker itself reads the clock." }
                        li { "Python inside the bench process, which is measured separately as " code { "embedded" } "." }
                    }
                }
            }
        }
    }
}
