//! The argument at the top of the index: a chart of how concentrated each pair's time is and what the extension and the
//! port gained, its numbers as a table, and the pairs that it cannot show.

use super::charts::Canvas;
use super::charts::argument::{Spot, draw};
use super::charts::palette::Ink;
use super::page::{heading, or_dash, pair_file, percent, range, share_range, variant_name};
use crate::analyse::PairAnalysis;
use crate::analyse::summary::VariantSummary;
use crate::analyse::verdict::{Lines, port};
use crate::estimate::{Ceiling, Estimate, Ratio};
use crate::registry::{Kind, Variant};
use crate::text::count;
use maud::{Markup, PreEscaped, html};

/// A pair that the chart shows.
struct Shown<'a> {
    one: &'a PairAnalysis<'a>,
    spot: Spot,
    /// Threads that the extension used, if several.
    threads: Option<f64>,
}

/// The section; if there is not a profile, how to get one.
pub(crate) fn section(chosen: &[&PairAnalysis<'_>]) -> Markup {
    let shown = shown(chosen);
    let lines = Lines::default();
    let spots: Vec<Spot> = shown.iter().map(|one| one.spot.clone()).collect();
    let label = label(&shown);
    html! {
        section aria-labelledby="argument" {
            (heading("argument", "One hot loop, or a flat profile?"))
            @match draw(&spots, lines.worth, &label) {
                None => p.empty {
                    "No pair has both a measured profile and a ratio, so there is no chart of what an extension can reach. "
                    code { "cargo bench -- --diagnose profile" } " measures profiles."
                },
                Some(chart) => {
                    div.argument {
                        figure {
                            (legend(&shown))
                            div.wide { (PreEscaped(chart.wide)) }
                            div.narrow { (PreEscaped(chart.narrow)) }
                            figcaption {
                                "Left to right, stretched towards 100\u{a0}%: the share of Python's time that its hottest function takes by "
                                "itself, sampled. Bottom to top, logarithmic: the gain. The extension's mark is at the share that it replaces. "
                                "Below the curve is about what Amdahl's law allows an extension on one thread, if the replaced part costs nothing any "
                                "more; one on several threads can be above it. Dashed line: "
                                (lines.worth) "×, the gain from which verdicts call a step worth it. Whiskers are 95\u{a0}% intervals."
                            }
                        }
                        @if chart.numbered { (table(&shown)) } @else {
                            details { summary { "The numbers in this chart" } (table(&shown)) }
                        }
                    }
                }
            }
            (left_out(chosen, &shown))
        }
    }
}

/// The pairs with a profile and a ratio, numbered from the flattest to the most concentrated one.
fn shown<'a>(chosen: &'a [&'a PairAnalysis<'a>]) -> Vec<Shown<'a>> {
    let mut all: Vec<Shown<'a>> = chosen.iter().filter_map(|one| spot(one)).collect();
    all.sort_by(|a, b| a.spot.share.value.total_cmp(&b.spot.share.value));
    for (at, one) in all.iter_mut().enumerate() {
        one.spot.number = at + 1;
    }
    all
}

fn spot<'a>(one: &'a PairAnalysis<'a>) -> Option<Shown<'a>> {
    let profile = one.pair.diagnoses.profile(Variant::BASELINE)?;
    let share = profile.concentration()?;
    let case = one.summary.headline()?;
    let extension = |v: &&VariantSummary| v.kind == Kind::Extension;
    let native = case.variants.iter().find(extension);
    let threads = native.and_then(VariantSummary::several_threads);
    let native = native.and_then(|variant| variant.ratio);
    let port = port(case).and_then(|variant| Some((variant.name.clone(), variant.ratio?)));
    (native.is_some() || port.is_some()).then(|| Shown {
        one,
        threads,
        spot: Spot {
            number: 0,
            share,
            replaced: profile.portable().unwrap_or(share),
            native,
            port,
        },
    })
}

fn legend(shown: &[Shown<'_>]) -> Markup {
    let curve = Canvas::svg(22.0, 14.0, "", |canvas| {
        canvas.path(
            [(1.0, 12.0), (10.0, 10.0), (16.0, 7.0), (21.0, 1.0)],
            Ink::MUTED,
            2.0,
        );
    });
    let has_native = shown.iter().any(|one| one.spot.native.is_some());
    html! {
        ul.legend {
            @if has_native { li { (variant_name("native")) " the extension" } }
            li { (variant_name("rust")) " the port, on one core" }
            li { span.variant.long { (PreEscaped(curve)) "ceiling of one extension" } }
        }
    }
}

/// The finding in words, for readers who cannot see the chart.
fn label(shown: &[Shown<'_>]) -> String {
    let below = |one: &&Shown<'_>| one.spot.share.high < 1.0 / 3.0;
    let flat = shown.iter().filter(below).count();
    let ends = match (shown.first(), shown.last()) {
        (Some(first), Some(last)) if shown.len() > 1 => format!(
            " The flattest is {} with {} in its hottest function, the most concentrated {} with {}.",
            first.one.pair.name,
            percent(first.spot.share.value),
            last.one.pair.name,
            percent(last.spot.share.value)
        ),
        _ => String::new(),
    };
    format!(
        "What the extension and the port gained on {}, against the share of Python's time in the hottest function, with the \
         ceiling of Amdahl's law.{ends} For {flat} of them the whole interval of the share is below a third. All numbers are in the table.",
        count(shown.len(), "pair")
    )
}

fn table(shown: &[Shown<'_>]) -> Markup {
    html! {
        div.scroll role="region" aria-label="The numbers in this chart" tabindex="0" {
            table.key {
                thead { tr {
                    th.number scope="col" { "No." } th scope="col" { "Pair" }
                    th.number scope="col" { "Hottest" } th.number scope="col" { "Ceiling" }
                    th.number scope="col" { "Extension" } th.number scope="col" { "Port" }
                } }
                tbody { @for one in shown { (row(one)) } }
            }
        }
    }
}

fn row(one: &Shown<'_>) -> Markup {
    let spot = &one.spot;
    html! { tr {
        td.number { (spot.number) }
        th scope="row" { a href=(pair_file(&one.one.pair.name)) { (one.one.pair.name) } }
        td.number { (percent(spot.share.value)) span.range { (share_range(spot.share)) } }
        td.number {
            (or_dash(spot.native, |_| ceiling(spot.replaced.ceiling())))
            @if let Some(threads) = one.threads { span.range { "no bound for " (format!("{threads:.1}")) " threads" } }
        }
        td.number { (gain(spot.native)) }
        td.number { (gain(spot.port.as_ref().map(|(_, ratio)| *ratio))) }
    } }
}

fn gain(ratio: Option<Estimate>) -> Markup {
    html! {
        @match ratio {
            Some(ratio) => {
                (Ratio(ratio.value))
                @if let Some(range) = range(ratio, |v| Ratio(v).to_string()) { span.range { (range) } }
            }
            None => span.none { "–" },
        }
    }
}

fn ceiling(ceiling: Ceiling) -> Markup {
    let show = |value: f64| match value.is_finite() {
        true => Ratio(value).to_string(),
        false => "∞".into(),
    };
    // A unit that both ends share is printed once, as in all intervals.
    let low = show(ceiling.low);
    html! { (show(ceiling.value)) span.range { (low.trim_end_matches('×')) " – " (show(ceiling.high)) } }
}

/// The pairs that the chart does not show, and why.
fn left_out(chosen: &[&PairAnalysis<'_>], shown: &[Shown<'_>]) -> Markup {
    let is_shown = |one: &&PairAnalysis<'_>| shown.iter().any(|other| std::ptr::eq(other.one, *one));
    let others: Vec<&PairAnalysis<'_>> = chosen.iter().copied().filter(|one| !is_shown(one)).collect();
    let has_profile = |one: &&PairAnalysis<'_>| {
        let profile = one.pair.diagnoses.profile(Variant::BASELINE);
        profile.is_some_and(|profile| profile.concentration().is_some())
    };
    let (profiled, bare): (Vec<&PairAnalysis<'_>>, Vec<&PairAnalysis<'_>>) =
        others.into_iter().partition(has_profile);
    html! {
        @if !shown.is_empty() {
            @for (why, pairs) in [("a measured profile", bare), ("a ratio", profiled)] {
                @if !pairs.is_empty() {
                    p.hint {
                        "Not in the chart, for lack of " (why) ": "
                        @for (at, one) in pairs.iter().enumerate() {
                            @if at > 0 { ", " }
                            a href=(pair_file(&one.pair.name)) { (one.pair.name) }
                        }
                        "."
                    }
                }
            }
        }
    }
}
