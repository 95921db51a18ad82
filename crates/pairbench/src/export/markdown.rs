//! A table for a comment or a page.

use super::{Case, Claim, Evidence, Pair, State, Summary, Variant, Verdict};
use crate::analyse::claims::MOST_NAMED;
use crate::analyse::verdict::{Lines, OTHER_LINES, doubt};
use crate::estimate::{Ratio, geometric_mean};
use crate::text::next_code;
use std::fmt::Write as _;

/// Two tables per run and interpreter, the figures with a line on interpreter, machine and version, and the verdicts
/// with their reasons; then the claims of the catalogue, and what the interpreters of a run gain over its first.
pub(super) fn text(summaries: &[&Summary]) -> String {
    let runs = summaries.iter().flat_map(|summary| {
        let interpreters = 0..summary.interpreters.len();
        let tables = interpreters
            .flat_map(|interpreter| [table(summary, interpreter), verdicts(summary, interpreter)]);
        tables.chain(claims(summary)).chain(progress(summary))
    });
    runs.collect::<Vec<_>>().join("\n")
}

fn table(summary: &Summary, interpreter: usize) -> String {
    let mut text = String::from(
        "| Pair | Size | Variant | Time per call | Baseline ÷ variant | Verdict |\n|---|--:|---|--:|--:|---|\n",
    );
    for pair in with(summary, interpreter) {
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

fn with(summary: &Summary, interpreter: usize) -> impl Iterator<Item = &Pair> {
    let pairs = summary.pairs.iter();
    pairs.filter(move |pair| pair.interpreter == interpreter)
}

/// A row per pair: the verdict and its reason, and the verdict with other thresholds.
fn verdicts(summary: &Summary, interpreter: usize) -> String {
    let others = OTHER_LINES.map(|worth| format!(" At {worth}× |"));
    let mut text = format!("| Pair | Verdict | Why |{}\n", others.concat());
    text.push_str(&format!("|---|---|---{}|\n", "|---".repeat(others.len())));
    for pair in with(summary, interpreter) {
        let verdict = &pair.verdict;
        let others = verdict.other_thresholds.iter();
        let others = others.map(|other| match other.call == verdict.call {
            true => " the same |".into(),
            false => format!(" {} |", other.text),
        });
        let cells = [escape(&pair.name), verdict.text.clone(), why(verdict)].join(" | ");
        text.push_str(&format!("| {cells} |{}\n", others.collect::<String>()));
    }
    let worth = Lines::default().worth;
    text + &format!(
        "\nThe last columns: where a change of language is worth it from another ratio on than {worth}×.\n"
    )
}

fn why(verdict: &Verdict) -> String {
    let mut text = marked(&verdict.reason);
    if let Some(next) = &verdict.next {
        text.push_str(&format!("; next: {}", marked(next)));
    }
    let doubts: Vec<String> = verdict.doubts.iter().map(|kind| escape(doubt(*kind))).collect();
    match doubts.is_empty() {
        true => text,
        false => format!("{text}; in doubt: {}", doubts.join(", ")),
    }
}

/// The claims with what the run found; for long lines of evidence only the number of pairs.
fn claims(summary: &Summary) -> Option<String> {
    let evidence = |line: &Evidence| {
        let pairs = line.pairs.iter();
        let pairs: Vec<String> = pairs
            .map(|one| format!("{} {}", escape(&one.pair), escape(&one.figure)))
            .collect();
        match pairs.len() {
            0 => marked(&line.text),
            1..=MOST_NAMED => format!("{}: {}", marked(&line.text), pairs.join("; ")),
            many => format!("{}: {many} pairs", marked(&line.text)),
        }
    };
    let row = |claim: &Claim| {
        let evidence: Vec<String> = claim.evidence.iter().map(evidence).collect();
        let (number, text) = (claim.number, marked(claim.claim));
        format!(
            "| {number}. {text} | {} | {} |\n",
            claim.text,
            evidence.join("<br>")
        )
    };
    let rows: String = summary.claims.iter().map(row).collect();
    let head = "| Claim | This run | Evidence |\n|---|---|---|\n";
    (!rows.is_empty()).then(|| format!("{head}{rows}"))
}

/// The text on one line, escaped but for its code.
fn marked(text: &str) -> String {
    let (mut rest, mut marked) = (text, String::new());
    while let Some((plain, code, after)) = next_code(rest) {
        let code = code.replace('|', "\\|").replace(['\n', '\r'], " ");
        marked.push_str(&format!("{}`{code}`", escape(plain)));
        rest = after;
    }
    marked + &escape(rest)
}

/// A row per pair, a column per interpreter except the first, and geometric means over the pairs in all columns.
fn progress(summary: &Summary) -> Option<String> {
    let first = summary.interpreters.first()?;
    let others = 1..summary.interpreters.len();
    let ratio = |pair: &str, interpreter: usize| {
        let mut all = summary.progress.iter();
        all.find(|one| one.pair == pair && one.interpreter == interpreter)
    };
    let pairs: Vec<&str> = with(summary, 0)
        .map(|pair| pair.name.as_str())
        .filter(|pair| others.clone().any(|other| ratio(pair, other).is_some()))
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let line = |name: &str, cells: Vec<String>| format!("| {name} | {} |\n", cells.join(" | "));
    let labels = others
        .clone()
        .map(|other| escape(&summary.interpreters[other].label));
    let mut text = line("Pair", labels.collect());
    text.push_str(&format!("|---{}|\n", "|--:".repeat(others.len())));
    for pair in &pairs {
        let cells = others.clone().map(|other| {
            let ratio = ratio(pair, other).map(|one| one.ratio.estimate().display_ratio());
            ratio.unwrap_or_default()
        });
        text.push_str(&line(&escape(pair), cells.collect()));
    }
    let shared = |pair: &&&str| others.clone().all(|other| ratio(pair, other).is_some());
    let shared: Vec<&str> = pairs.iter().filter(shared).copied().collect();
    if shared.len() > 1 {
        let means = others.clone().map(|other| {
            let ratios = shared.iter().filter_map(|pair| ratio(pair, other));
            let ratios: Vec<f64> = ratios.map(|one| one.ratio.value).collect();
            geometric_mean(&ratios).map_or_else(String::new, |mean| Ratio(mean).to_string())
        });
        text.push_str(&line(
            &format!("geometric mean of {}", shared.len()),
            means.collect(),
        ));
    }
    let _ = writeln!(
        text,
        "\nPython's time with {} ÷ its time with each of the others, in the same launches: above 1× the other is faster.",
        escape(&first.label)
    );
    Some(text)
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
