//! Every Python: the result of each pair with each interpreter, and how the ratio and Python itself changed over them.

mod breakage;
mod notes;
pub(crate) mod of_pair;

use super::charts::interpreters as charts;
use crate::analyse::PairAnalysis;
use crate::analyse::matrix::{Column, Matrix, Source};
use crate::hosts::interpreter::Jit;
use crate::record::{Checked, OldestRust};
use crate::report::page::heading;
use crate::text::count;
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeSet;

/// Which interpreter's figures the rest of the index shows, if there are several.
pub(crate) fn whose_figures(chosen: &[&PairAnalysis<'_>], matrix: &Matrix<'_>) -> Markup {
    let shown: BTreeSet<String> = chosen.iter().map(|one| one.record.interpreter.label()).collect();
    let shown: Vec<String> = shown.into_iter().collect();
    html! {
        @if matrix.has_several() && !shown.is_empty() {
            p.hint {
                "Verdicts, charts and tables are for " b { (shown.join(", ")) }
                @if shown.len() == 1 { ", the first interpreter selected" } @else { ", from the newest run of each pair" }
                ". " a href="#interpreters" { "Every Python" } " has all " (matrix.columns.len()) " side by side."
            }
        }
    }
}

/// The section of the index; nothing with a single interpreter.
pub(crate) fn section(matrix: &Matrix<'_>) -> Markup {
    html! {
        @if matrix.has_several() {
            section aria-labelledby="interpreters" {
                (heading("interpreters", "Every Python"))
                p.hint {
                    "Python's time ÷ the port's, by interpreter, with its 95\u{a0}% interval. Interpreters of one run were measured "
                    "in the same launches, each next to the same Rust code. Numbers in brackets link to what happened. Below the pairs: "
                    "Python's time with an older release ÷ its time with this one, above 1× Python became faster."
                }
                (breakage::table(matrix))
                (chart(matrix))
            }
        }
    }
}

fn chart(matrix: &Matrix<'_>) -> Markup {
    html! {
        @if let Some(drawn) = charts::all(matrix) {
            figure.ratios {
                div.wide { (PreEscaped(drawn.wide)) }
                div.narrow { (PreEscaped(drawn.narrow)) }
                figcaption {
                    "Each line is a pair; a gap is a cell without a ratio. Logarithmic axis. Intervals are in the table."
                    @if drawn.left_out > 0 { " " (count(drawn.left_out, "more pair")) " in the table." }
                }
            }
        }
    }
}

/// Properties of an interpreter that matter for its speed.
fn traits(column: &Column<'_>) -> Vec<&'static str> {
    let Source::Measured { interpreter, .. } = &column.source else {
        return vec!["not found"];
    };
    let gil = match (interpreter.free_threaded, interpreter.gil) {
        (Some(true), Some(true)) => Some("free-threaded, GIL on"),
        (Some(true), _) => Some("free-threaded"),
        _ => None,
    };
    let jit =
        (interpreter.jit == Some(Jit::On) && interpreter.implementation == "CPython").then_some("JIT on");
    let unoptimised = (interpreter.optimized == Some(false)).then_some("not optimised");
    let debug = (interpreter.debug == Some(true)).then_some("debug build");
    let environment = interpreter.virtual_env.then_some("virtual environment");
    [gil, jit, unoptimised, debug, environment]
        .into_iter()
        .flatten()
        .collect()
}

/// The Rust side of the table, in a sentence.
fn rust(OldestRust { version, checked }: &OldestRust) -> Markup {
    html! {
        "Needs Rust " b { (version) } "; compiles with it: "
        @match checked {
            Checked::Compiles { rustc } => { span.badge.good { "yes" } " (" (rustc) ")." },
            Checked::Fails { rustc, error } => { span.badge.bad { "no" } " (" (rustc) "): " (error) },
            Checked::Unchecked { reason } => { span.badge { "not tried" } ": " (reason) "." },
        }
    }
}
