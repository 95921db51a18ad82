//! The history of a pair: its ratios from run to run.

use super::charts::history::{Point, Runs, panel};
use super::page::{heading, ratio, variant_name};
use crate::compare::{History, HistoryRun, MachineId};
use crate::estimate::{Estimate, Ratio};
use crate::record::Record;
use maud::{Markup, PreEscaped, html};

/// A run, and its ratios of the pair.
type Run<'a> = (&'a HistoryRun, &'a [(String, Estimate)]);

/// The panels and their numbers, for the runs of the project and on the machine whose record the page shows; nothing if fewer
/// than two of them have the pair.
pub(crate) fn section(history: &History, pair: &str, record: &Record) -> Markup {
    let machine = MachineId::of(record);
    let (runs, elsewhere): (Vec<Run<'_>>, Vec<_>) = history
        .of_pair(pair)
        .filter(|(run, _)| run.project == record.project())
        .partition(|(run, _)| run.machine.continues(&machine));
    if runs.len() < 2 {
        return html! {};
    }
    let names = variants(&runs);
    let breaks = breaks(&runs);
    let shared = Runs {
        days: runs.iter().map(|(run, _)| day(run)).collect(),
        breaks: breaks.iter().map(|(at, _)| *at).collect(),
    };
    html! {
        section aria-labelledby="history" {
            (heading("history", html! { "History" small { " over " (runs.len()) " runs" } }))
            p.hint {
                "The ratio on the default case in every run, in the order of their start, with 95\u{a0}% intervals. Runs are drawn at "
                "equal distances, whatever the time between them. A dashed line marks another machine, interpreter or "
                "compiler. Every panel has its own logarithmic axis. Runs differ by more than their intervals show: "
                "to find out whether two of them differ, use " code { (crate::text::tool()) " compare" } "."
                @if !elsewhere.is_empty() { " Runs on other machines are not drawn: " (elsewhere.len()) "." }
                @if history.left_out > 0 { " Older records are left out: " (history.left_out) "." }
            }
            div.panels {
                @for name in &names { (figure(name, &shared, &runs)) }
            }
            details {
                summary { "The numbers in these charts" }
                (table(&names, &runs, &breaks))
            }
        }
    }
}

fn variants<'a>(runs: &[Run<'a>]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in runs.iter().flat_map(|(_, ratios)| *ratios) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// The runs whose environment is not that of the run before, and what differs.
fn breaks(runs: &[Run<'_>]) -> Vec<(usize, String)> {
    let changed = runs.windows(2).enumerate().filter_map(|(at, two)| {
        let what = two[1].0.environment.changes_from(&two[0].0.environment);
        (!what.is_empty()).then(|| (at + 1, format!("another {}", what.join(", another "))))
    });
    changed.collect()
}

fn figure(name: &str, shared: &Runs, runs: &[Run<'_>]) -> Markup {
    let point = |(at, (run, ratios)): (usize, &Run<'_>)| {
        let (_, ratio) = ratios.iter().find(|(variant, _)| variant == name)?;
        Some(Point {
            run: at,
            ratio: *ratio,
            title: format!("{}: {}", when(run), ratio.display_ratio()),
        })
    };
    let points: Vec<Point> = runs.iter().enumerate().filter_map(point).collect();
    let of = |point: Option<&Point>| {
        point
            .map(|point| Ratio(point.ratio.value).to_string())
            .unwrap_or_default()
    };
    let label = format!(
        "{name} over {} runs: {} in the first, {} in the last; the table has the numbers.",
        points.len(),
        of(points.first()),
        of(points.last())
    );
    html! {
        @if let Some(svg) = panel(name, shared, &points, &label) {
            figure.panel {
                figcaption { (variant_name(name)) " " span.muted { "ratio" } span.figure { (of(points.last())) } }
                (PreEscaped(svg))
            }
        }
    }
}

fn table(names: &[&str], runs: &[Run<'_>], breaks: &[(usize, String)]) -> Markup {
    html! {
        div.scroll role="region" aria-label="Ratios by run" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Run" }
                    @for name in names { th.number scope="col" { (variant_name(name)) } }
                    th scope="col" { "Since the run before" }
                } }
                tbody { @for (at, (run, ratios)) in runs.iter().enumerate() { tr {
                    th scope="row" { (when(run)) @if let Some(revision) = &run.revision { span.range { (revision) } } }
                    @for name in names { td.number {
                        @match ratios.iter().find(|(variant, _)| variant == name) {
                            Some((_, e)) => { (ratio(*e)) },
                            None => span.none { "–" },
                        }
                    } }
                    td { @if let Some((_, what)) = breaks.iter().find(|(place, _)| *place == at) { (what) } }
                } } }
            }
        }
    }
}

/// The day of a run's start.
fn day(run: &HistoryRun) -> String {
    run.started.chars().take_while(|c| *c != 'T').take(10).collect()
}

/// Day and minute of a run's start.
fn when(run: &HistoryRun) -> String {
    match run.started.split_once('T') {
        Some((day, time)) => format!("{day} {}", time.get(..5).unwrap_or(time)),
        None => run.started.clone(),
    }
}
