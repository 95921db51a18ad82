//! The history of a pair: its ratios from run to run.

use super::charts::history::{Point, Runs, panel};
use super::page::{heading, ratio, variant_name};
use crate::analyse::{Analysis, PairAnalysis, by_record};
use crate::compare::{History, HistoryRun, MachineId, Seen};
use crate::estimate::Ratio;
use crate::hosts::interpreter::labels;
use maud::{Markup, PreEscaped, html};

/// For each interpreter of the run that the page shows: the panels and their numbers, over the runs of the project on
/// that machine. Nothing if fewer than two of these have the pair.
pub(crate) fn section(history: &History, analyses: &[Analysis<'_>], one: &PairAnalysis<'_>) -> Markup {
    let mut all = by_record(analyses);
    let run = all.find(|run| run.iter().any(|own| std::ptr::eq(own.record, one.record)));
    let run = run.into_iter().flatten().map(|own| &own.record.interpreter);
    let run = Vec::from_iter(run);
    let machine = MachineId::of(one.record);
    let of_pair = |at: usize| {
        let seen = history.of_pair(&one.pair.name, &run, at);
        let of_project = seen.filter(|seen| seen.run.project == one.record.project());
        of_project.partition(|seen| seen.run.machine.continues(&machine))
    };
    let by_interpreter: Vec<(Vec<Seen<'_>>, Vec<_>)> = (0..run.len()).map(of_pair).collect();
    let names = labels(&run);
    let shown = by_interpreter
        .iter()
        .zip(&names)
        .filter(|((runs, _), _)| runs.len() > 1);
    let Some(((longest, elsewhere), _)) = shown.clone().max_by_key(|((runs, _), _)| runs.len()) else {
        return html! {};
    };
    html! {
        section aria-labelledby="history" {
            (heading("history", html! { "History" small { " over " (longest.len()) " runs" } }))
            p.hint {
                "The ratio on the default case in every run, in the order of their start, with 95\u{a0}% intervals. Runs are drawn at "
                "equal distances, whatever the time between them. A dashed line marks another machine, build of the interpreter or "
                "compiler. Every panel has its own logarithmic axis. Runs differ by more than their intervals show: "
                "to find out whether two of them differ, use " code { (crate::text::tool()) " compare" } "."
                @if !elsewhere.is_empty() { " Runs on other machines are not drawn: " (elsewhere.len()) "." }
                @if history.left_out > 0 { " Older records are left out: " (history.left_out) "." }
            }
            @for ((runs, _), name) in shown {
                @if run.len() > 1 { h3 { (name) " " small { "over " (runs.len()) " runs" } } }
                (with_one(runs))
            }
        }
    }
}

/// The panels and their numbers with one interpreter.
fn with_one(runs: &[Seen<'_>]) -> Markup {
    let names = variants(runs);
    let breaks = breaks(runs);
    let shared = Runs {
        days: runs.iter().map(|seen| day(seen.run)).collect(),
        breaks: breaks.iter().map(|(at, _)| *at).collect(),
    };
    html! {
        div.panels {
            @for name in &names { (figure(name, &shared, runs)) }
        }
        details {
            summary { "The numbers in these charts" }
            (table(&names, runs, &breaks))
        }
    }
}

fn variants<'a>(runs: &[Seen<'a>]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in runs.iter().flat_map(|seen| seen.ratios) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// The runs whose environment differs from that of the run before, and what differs.
fn breaks(runs: &[Seen<'_>]) -> Vec<(usize, String)> {
    let changed = runs.windows(2).enumerate().filter_map(|(at, two)| {
        let what = two[1].environment.changes_from(two[0].environment);
        (!what.is_empty()).then(|| (at + 1, format!("another {}", what.join(", another "))))
    });
    changed.collect()
}

fn figure(name: &str, shared: &Runs, runs: &[Seen<'_>]) -> Markup {
    let point = |(at, seen): (usize, &Seen<'_>)| {
        let (_, ratio) = seen.ratios.iter().find(|(variant, _)| variant == name)?;
        Some(Point {
            run: at,
            ratio: *ratio,
            title: format!("{}: {}", when(seen.run), ratio.display_ratio()),
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

fn table(names: &[&str], runs: &[Seen<'_>], breaks: &[(usize, String)]) -> Markup {
    html! {
        div.scroll role="region" aria-label="Ratios by run" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Run" }
                    @for name in names { th.number scope="col" { (variant_name(name)) } }
                    th scope="col" { "Since the run before" }
                } }
                tbody { @for (at, Seen { run, ratios, .. }) in runs.iter().enumerate() { tr {
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
