//! From Python over each smaller step to the port: the chart of all pairs on the index, and that of a pair on its page.

use super::charts::ladder::{Ladder, LadderChart, MOST_PAIRS, Residual, Rung, draw};
use super::page::{heading, marked, range, range_of};
use crate::analyse::PairAnalysis;
use crate::analyse::matrix::{Matrix, since};
use crate::analyse::summary::{CaseSummary, State, VariantSummary};
use crate::analyse::verdict;
use crate::estimate::Ratio;
use crate::registry::Kind;
use crate::text::count;
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeMap;

/// The section of the index.
pub(crate) fn section(chosen: &[&PairAnalysis<'_>], matrix: &Matrix<'_>) -> Markup {
    let mut ladders: Vec<Ladder<'_>> = chosen.iter().map(|one| ladder(one, matrix)).collect();
    // Same order as the table; within a profile they are already sorted by name.
    ladders.sort_by_key(|ladder| ladder.profile);
    let drawn = draw(&ladders, &label_of_all(&ladders));
    let without = ladders.iter().filter(|ladder| !ladder.has_ratios()).count();
    html! {
        section.chart aria-labelledby="ladder" {
            (heading("ladder", "Python, each smaller step, the port"))
            @match drawn {
                None => p.empty { "There are no ratios to draw yet. The table below shows why." },
                Some(chart) => { (figure(&ladders, &chart, html! {
                    @if without > 0 { "Not drawn, for lack of a ratio: " (count(without, "pair")) ". " }
                    @if chart.left_out > 0 {
                        "The chart shows the " (MOST_PAIRS / 2) " pairs with the largest ratios and the " (MOST_PAIRS / 2)
                        " with the smallest; the other " (chart.left_out) " are in the table. "
                    }
                })) },
            }
        }
    }
}

/// The chart of one pair; nothing for a null pair, or without a ratio.
pub(crate) fn of_pair(one: &PairAnalysis<'_>, matrix: &Matrix<'_>) -> Markup {
    let ladders = [ladder(one, matrix)];
    let chart = draw(&ladders, &label(&ladders[0])).filter(|_| one.pair.null_of.is_none());
    html! {
        @if let Some(chart) = chart { (figure(&ladders, &chart, html! {})) }
    }
}

fn figure(ladders: &[Ladder<'_>], chart: &LadderChart, more: Markup) -> Markup {
    let rungs = || ladders.iter().flat_map(|ladder| &ladder.rungs);
    let intervals = rungs()
        .flat_map(|rung| &rung.ratios)
        .any(|ratio| ratio.interval.is_some());
    html! {
        figure.ratios {
            // On a wide page each line names its kind, unless a pair has only one.
            div.narrow[!chart.shares_lines] { ul.legend { (legend(ladders)) } }
            div.wide { (PreEscaped(&chart.wide)) }
            div.narrow { (PreEscaped(&chart.narrow)) }
            figcaption {
                "Logarithmic axis: equal distances are equal factors. The line at 1× is Python; the bar is the residual gain, which is what "
                "the port still gains beyond the best smaller step. "
                @if rungs().any(|rung| rung.kind == Kind::Baseline) {
                    "A runtime is the same Python on another interpreter of the run; the residual gain leaves it out. "
                }
                @if intervals { "Whiskers are 95\u{a0}% intervals, often narrower than the mark. " }
                @else { "No whiskers, since there are no intervals yet. " }
                (more)
            }
        }
    }
}

/// Each kind of step with its mark, and the names of the steps of that kind.
fn legend(ladders: &[Ladder<'_>]) -> Markup {
    let mut kinds: BTreeMap<Kind, Vec<&Rung<'_>>> = BTreeMap::new();
    let all = ladders.iter().flat_map(|ladder| &ladder.rungs);
    for rung in all.filter(|rung| !rung.ratios.is_empty()) {
        let own = kinds.entry(rung.kind).or_default();
        if !own.iter().any(|other| other.name == rung.name) {
            own.push(rung);
        }
    }
    html! {
        @for rungs in kinds.values() { li {
            span.muted { (rungs[0].kind()) ": " }
            @for rung in rungs { (marked(rung.look(), rung.name)) " " }
        } }
    }
}

/// The rungs of a pair in their order: the smaller steps by gain, then the ports.
fn ladder<'a>(one: &'a PairAnalysis<'_>, matrix: &'a Matrix<'_>) -> Ladder<'a> {
    let case = one.summary.headline();
    let variants = case.into_iter().flat_map(|case| &case.variants);
    let mut rungs: Vec<Rung<'_>> = (variants.filter(|variant| variant.state != State::Deselected))
        .map(rung)
        .chain(runtimes(one, matrix))
        .collect();
    rungs.sort_by(|a, b| {
        let key = |rung: &Rung<'_>| (rung.kind >= Kind::Port, rung.ratios.is_empty());
        let gain = |rung: &Rung<'_>| rung.gain().unwrap_or_default();
        key(a).cmp(&key(b)).then(gain(a).total_cmp(&gain(b)))
    });
    Ladder {
        pair: &one.pair.name,
        profile: one.pair.profile,
        rungs,
        residual: residual_of(one),
    }
}

fn rung(variant: &VariantSummary) -> Rung<'_> {
    Rung {
        name: &variant.name,
        kind: variant.kind,
        ratios: match &variant.modes {
            Some(modes) => modes.each().map(|mode| mode.ratio).into(),
            None => variant.ratio.into_iter().collect(),
        },
        without: match variant.state {
            State::Skipped(_) => "skipped",
            State::Failed(_) => "failed",
            _ => "not measured",
        },
    }
}

/// Plain Python on the other interpreters of the run.
fn runtimes<'a>(one: &PairAnalysis<'_>, matrix: &'a Matrix<'_>) -> Vec<Rung<'a>> {
    let Some(row) = matrix.row(&one.pair.name) else {
        return Vec::new();
    };
    let others = row
        .spots
        .iter()
        .zip(&matrix.columns)
        .filter_map(|(spot, column)| {
            let other = spot
                .seen
                .filter(|other| !std::ptr::eq(other.record, one.record))?;
            Some(Rung {
                name: &column.label,
                kind: Kind::Baseline,
                ratios: vec![since(one, other)?],
                without: "",
            })
        });
    others.collect()
}

fn residual_of<'a>(one: &'a PairAnalysis<'_>) -> Option<Residual<'a>> {
    let (residual, case) = (one.residual()?, one.summary.headline()?);
    let variant = |name: &str| case.variant(name);
    let port = variant(&residual.port.name)?;
    let step = residual.step.as_ref().and_then(|step| variant(&step.name));
    let speeds = |variant: &VariantSummary| variant.speeds().into_iter();
    Some(Residual {
        port: &port.name,
        step: step.map(|step| step.name.as_str()),
        ends: (
            step.and_then(|step| speeds(step).reduce(f64::max)).unwrap_or(1.0),
            speeds(port).reduce(f64::min)?,
        ),
        gain: words(residual, case),
    })
}

/// The port's gain beyond the best step, and its interval; for bimodal launches the range of gains.
pub(crate) fn words(residual: &verdict::Residual, case: &CaseSummary) -> (String, Option<String>) {
    let ratio = |value| Ratio(value).to_string();
    match residual.speeds(case) {
        Some((low, high)) => (range_of(&ratio(low), &ratio(high)), None),
        None => {
            let interval = range(residual.gain, ratio).unwrap_or_else(|| "no interval".into());
            (ratio(residual.gain.value), Some(interval))
        }
    }
}

/// The chart of a pair in words, for readers who cannot see it.
fn label(ladder: &Ladder<'_>) -> String {
    let ratios = |rung: &Rung<'_>| {
        let ratios = rung.ratios.iter().map(|ratio| Ratio(ratio.value).to_string());
        ratios.collect::<Vec<_>>().join(" or ")
    };
    let measured = ladder.rungs.iter().filter(|rung| !rung.ratios.is_empty());
    let steps: Vec<String> = measured
        .map(|rung| format!("{} {}", rung.name, ratios(rung)))
        .collect();
    format!(
        "From Python at 1× to the port on a logarithmic axis, with 95 % intervals: {}.{} The table has the numbers.",
        steps.join(", "),
        ladder
            .residual
            .as_ref()
            .map_or(String::new(), |residual| format!(" {}.", beyond(residual)))
    )
}

/// The residual gain in a clause.
fn beyond(residual: &Residual<'_>) -> String {
    match residual.step {
        Some(step) => format!("{} gains {} beyond {step}", residual.port, residual.gain.0),
        None => format!(
            "{} gains {}, and no step is faster than Python",
            residual.port, residual.gain.0
        ),
    }
}

/// The chart of all pairs in words, for readers who cannot see it.
fn label_of_all(ladders: &[Ladder<'_>]) -> String {
    let mut known: Vec<(&str, &Residual<'_>)> = ladders
        .iter()
        .filter_map(|ladder| Some((ladder.pair, ladder.residual.as_ref()?)))
        .collect();
    let left = |residual: &Residual<'_>| residual.ends.1 / residual.ends.0;
    known.sort_by(|a, b| left(b.1).total_cmp(&left(a.1)));
    let named = |(pair, residual): &(&str, &Residual<'_>)| format!("{pair}, where {}", beyond(residual));
    let ends = match known.as_slice() {
        [first, .., last] => format!(
            " The port gains most beyond the best step on {}; least on {}.",
            named(first),
            named(last)
        ),
        [only] => format!(" On {}.", named(only)),
        [] => String::new(),
    };
    format!(
        "From Python at 1× over each smaller step to the port on a logarithmic axis, with 95 % intervals, for {}.{ends} All \
         numbers are in the table below.",
        count(
            ladders.iter().filter(|ladder| ladder.has_ratios()).count(),
            "pair"
        )
    )
}
