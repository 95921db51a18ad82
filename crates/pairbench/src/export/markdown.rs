//! A table for a comment or a page.

use super::{Case, Pair, State, Summary, Variant};
use std::fmt::Write as _;

/// A table per run and interpreter, each with a line on interpreter, machine and version.
pub(super) fn text(summaries: &[&Summary]) -> String {
    let runs = summaries.iter().flat_map(|summary| {
        let interpreters = 0..summary.interpreters.len();
        interpreters.map(|interpreter| table(summary, interpreter))
    });
    runs.collect::<Vec<_>>().join("\n")
}

fn table(summary: &Summary, interpreter: usize) -> String {
    let mut text = String::from(
        "| Pair | Size | Variant | Time per call | Baseline ÷ variant | Verdict |\n|---|--:|---|--:|--:|---|\n",
    );
    for pair in summary
        .pairs
        .iter()
        .filter(|pair| pair.interpreter == interpreter)
    {
        for case in &pair.cases {
            for (at, variant) in case.variants.iter().enumerate() {
                let verdict = match at == 0 && case.headline {
                    true => pair.verdict.text.as_str(),
                    false => "",
                };
                text.push_str(&row(pair, case, variant, verdict));
            }
        }
    }
    let _ = writeln!(
        text,
        "\n{}{} on {}, {} cores; pairbench {}, run {}. Intervals are 95 %.",
        project(summary),
        escape(&summary.interpreters[interpreter].label),
        escape(&summary.machine.cpu),
        summary.machine.cores,
        escape(&summary.build.pairbench),
        escape(&summary.record)
    );
    text
}

/// The project and its revision, before the rest of the line; the catalogue's is that of pairbench.
fn project(summary: &Summary) -> String {
    match &summary.build.revision {
        Some(revision) => format!("{} at {}; ", escape(&summary.project), escape(revision)),
        None => format!("{}; ", escape(&summary.project)),
    }
}

fn row(pair: &Pair, case: &Case, variant: &Variant, verdict: &str) -> String {
    let time = variant.display_time();
    let time = time.unwrap_or_else(|| variant.state.words().into());
    let mut ratio = match (variant.display_ratio(), variant.state) {
        (Some(ratio), _) => ratio,
        (None, State::Measured) if !variant.baseline => "no ratio".into(),
        (None, _) => String::new(),
    };
    if let Some(threads) = variant.several_threads() {
        ratio = format!("{ratio} on {threads:.1} threads").trim_start().into();
    }
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        escape(&pair.name),
        case.size,
        escape(&variant.name),
        time,
        ratio,
        escape(verdict)
    )
}

/// The text on one line, with all markup escaped.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '\\' | '|' | '*' | '`' | '[' | ']' | '#' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}
