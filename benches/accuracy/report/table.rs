//! The table, as Markdown.

use super::count::Count;
use super::figures::{Figures, SECONDS};
use super::results::Results;
use super::{ours, peers};
use std::fmt::Write;

const COLUMNS: [&str; 4] = ["pairbench, one run", "pairbench, two runs", "criterion", "pyperf"];

/// The table, with the command above and a line with the amount of data behind it.
pub fn markdown(results: &Results) -> String {
    let command = &results.about.command;
    let mut text = format!("```console\n$ {command}\n```\n\n{}\n\n| |", preamble(results));
    for column in COLUMNS {
        let _ = write!(text, " {column} |");
    }
    text += "\n|---|---|---|---|---|\n";
    for busy in [false, true] {
        let figures = [
            ours::side_by_side(results, busy),
            ours::run_to_run(results, busy),
            peers::criterion(results, busy),
            peers::pyperf(results, busy),
        ]
        .map(|judged| Figures::of(&judged));
        let name = if busy { "busy neighbour" } else { "quiet" };
        let _ = writeln!(text, "| **{name}** | | | | |");
        for (label, cell) in rows(&figures) {
            let cells = figures.each_ref().map(cell);
            let _ = writeln!(text, "| {label} | {} |", cells.join(" | "));
        }
    }
    text
}

type Row = (String, Box<dyn Fn(&Figures) -> String>);

fn rows(figures: &[Figures]) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![
        (
            "false alarms, equal code".into(),
            Box::new(|f| f.false_alarms.to_string()),
        ),
        (
            "the 95 % interval held".into(),
            Box::new(|f| f.coverage.to_string()),
        ),
    ];
    let mut slowed: Vec<u32> = figures.iter().flat_map(|f| f.found.keys().copied()).collect();
    slowed.sort_unstable();
    slowed.dedup();
    for percent in slowed {
        let found = move |f: &Figures| {
            f.found
                .get(&percent)
                .copied()
                .unwrap_or(Count::default())
                .to_string()
        };
        rows.push((format!("{percent} % slower: found"), Box::new(found)));
    }
    rows.push(("smallest found in 9 of 10".into(), Box::new(smallest)));
    rows.push(("seconds until ±2 %".into(), Box::new(seconds)));
    rows.push(("these ±2 % held".into(), Box::new(|f| f.held.to_string())));
    rows
}

fn smallest(figures: &Figures) -> String {
    match figures.smallest_found() {
        Some(percent) => format!("{percent} %"),
        None if figures.found.is_empty() => "—".into(),
        None => "none".into(),
    }
}

fn seconds(figures: &Figures) -> String {
    match figures.median_seconds() {
        None => "—".into(),
        Some(seconds) if seconds.is_finite() => format!("{seconds:.1}"),
        Some(_) => format!("more than {SECONDS:.0}"),
    }
}

/// The data that the table is based on.
fn preamble(results: &Results) -> String {
    let about = &results.about;
    let mut loads = about.loads.clone();
    loads.sort_by(f64::total_cmp);
    let load = match loads.get(loads.len() / 2) {
        Some(load) => format!(", load before quiet blocks {load:.1} (median)"),
        None => String::new(),
    };
    let mut text = format!(
        "{:.0} minutes, {} blocks, seed {}; {}; {} with {} cores; {}; {}{load}.",
        about.seconds / 60.0,
        about.blocks,
        about.seed,
        about.started,
        about.cpu,
        about.cores,
        about.python,
        about.versions
    );
    for skipped in &results.skipped {
        let _ = write!(text, " **Skipped: {skipped}.**");
    }
    if !results.failures.is_empty() {
        let _ = write!(
            text,
            " {} measurements failed and are left out.",
            results.failures.len()
        );
    }
    text
}
