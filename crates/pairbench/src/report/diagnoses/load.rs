//! How servers do under load, and what a request costs.

use super::{in_time, middle};
use crate::analyse::PairAnalysis;
use crate::analyse::load::{Load, beside, cores, most, over, quantile};
use crate::diagnose::load::VariantLoad;
use crate::estimate::{Estimate, Middle};
use crate::forecast::Forecast;
use crate::hosts::limits::Bytes;
use crate::report::charts::sizes::{self, Line, short_time};
use crate::report::page::{heading, or_dash, percent, ratio, variant_name};
use crate::report::prose::spans;
use crate::text::{count, thousands};
use maud::{Markup, PreEscaped, html};

/// If the client uses more of its one thread than this, it may be what limits the requests per second.
const BUSY: f64 = 0.9;

/// What a request costs, each kind of request, and latency by rate; nothing if there was no load.
pub(crate) fn section(one: &PairAnalysis<'_>) -> Markup {
    let Some(load) = Load::of(&one.pair.diagnoses.load) else {
        return html! {};
    };
    html! {
        section aria-labelledby="load" {
            (heading("load", html! { "Under load" small { " " (count(load.baseline.launches.len(), "launch")) ", each with fresh servers" } }))
            @if let Some(text) = lead(load) { p { (spans(&text)) } }
            @if let Some(known) = &load.baseline.forecast { p { (forecast(load, known)) } }
            (costs(load))
            (parts(load))
            (curves(load))
            (latencies(load))
            p.hint {
                "Medians over the launches; small print: 95\u{a0}% intervals. Requests a second, at most: a closed loop, in which each "
                "connection asks again when it has its answer; the servers take turns. Latency: requests at fixed times, at rates that are shares of what the "
                "slower side can do at most. A latency counts from the time at which the request was to be sent, so a server "
                "that falls behind is charged for all that had to wait; a quantile is left out where too few requests took longer."
                @if let Some(busy) = load.client() {
                    " The client used at most " (percent(busy)) " of its one thread"
                    @if busy > BUSY { ", so the faster servers could do more than this shows" }
                    "."
                }
            }
        }
    }
}

/// The share of the CPU time that no language changes, then the cores that each server takes.
fn lead(load: Load<'_>) -> Option<String> {
    let with = |of: &dyn Fn(&VariantLoad) -> Option<String>| -> Option<String> {
        let all: Option<Vec<String>> = load
            .all
            .iter()
            .map(|load| Some(format!("{} with `{}`", of(load)?, load.variant)))
            .collect();
        Some(all?.join(", "))
    };
    let Some(shares) = with(&|load| Some(percent(beside(load, None)?.value))) else {
        let known = load
            .all
            .iter()
            .all(|load| load.launches.iter().all(|one| one.cpu.is_some()));
        return known.then(|| {
            "The CPU time of what the servers use (a database, say) is not known: it runs elsewhere.".into()
        });
    };
    let cores = with(&|load| Some(format!("{:.2}", cores(load)?.value)))?;
    Some(format!(
        "What the servers use (a database, say) takes this share of the CPU time of a request, which no language changes: {shares}. \
         Cores that 1,000 requests a second take: {cores}."
    ))
}

/// What was forecast before there was a port, next to the outcome.
fn forecast(load: Load<'_>, known: &Result<Forecast, String>) -> String {
    match known {
        Ok(forecast) => {
            let gain = load.ports().next().and_then(|port| load.gain(port, None));
            let text = forecast.outcome(gain.map(|gain| gain.value));
            format!(
                "From Python's server alone, watched while it was asked: {text}. It counts the time of the server's process, and not of what it uses."
            )
        }
        Err(why) => format!("There is no forecast from Python's server alone: {why}."),
    }
}

fn costs(load: Load<'_>) -> Markup {
    html! {
        div.scroll role="region" aria-label="What a request costs" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Variant" } th.number scope="col" { "Requests a second, at most" }
                    th.number scope="col" { "CPU for each, of the server" } th.number scope="col" { "of what it uses" }
                    th.number scope="col" { "of the client" } th.number scope="col" { "Peak memory of the server" }
                    th.number scope="col" { "Cores for 1,000 a second" }
                } }
                tbody {
                    @for load in load.all {
                        tr {
                            th scope="row" { (variant_name(&load.variant)) }
                            (cell(most(load, None), thousands))
                            (cell(over(load, |launch| Some(launch.cpu?.server)), in_time))
                            (cell(over(load, |launch| launch.cpu?.beside), in_time))
                            (cell(over(load, |launch| Some(launch.cpu?.client)), in_time))
                            (cell(over(load, |launch| Some(launch.memory? as f64)), |bytes| Bytes(bytes as u64).to_string()))
                            (cell(cores(load), |cores| format!("{cores:.2}")))
                        }
                    }
                }
            }
        }
    }
}

/// Each kind of request alone, and all kinds together over other numbers of connections.
fn parts(load: Load<'_>) -> Markup {
    html! {
        @for port in load.ports().filter(|_| load.parts().next().is_some()) {
            div.scroll role="region" aria-label="Each kind of request" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Asked alone" }
                        @for one in [load.baseline, port] { th.number scope="col" { (variant_name(&one.variant)) " a second" } }
                        th.number scope="col" { "Gain" }
                        @for one in [load.baseline, port] { th.number scope="col" { "CPU that is not the server's, " (variant_name(&one.variant)) } }
                    } }
                    tbody {
                        @for (name, _) in load.parts() {
                            tr {
                                th scope="row" { (name) }
                                @for one in [load.baseline, port] { (cell(most(one, Some(name)), thousands)) }
                                td.number { (or_dash(load.gain(port, Some(name)), ratio)) }
                                @for one in [load.baseline, port] { (cell(beside(one, Some(name)), percent)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Requests a second by connections, and latency by rate.
fn curves(load: Load<'_>) -> Markup {
    let estimate = |load: &VariantLoad, middle: Middle| Estimate {
        value: middle.value,
        interval: middle.interval,
        launches: load.launches.len() as u32,
    };
    let by_connections = load.all.iter().map(|one| {
        let points = load
            .parts()
            .filter_map(|(name, connections)| Some((connections?, estimate(one, most(one, Some(name))?))));
        Line {
            variant: one.variant.clone(),
            points: points.collect(),
        }
    });
    let by_rate = |p: f64| {
        load.all.iter().map(move |one| {
            let rates = 0..one
                .launches
                .iter()
                .map(|launch| launch.paced.len())
                .min()
                .unwrap_or(0);
            let points = rates.filter_map(|at| {
                let rate = over(one, |launch| Some(launch.paced.get(at)?.rate))?;
                let latency = over(one, |launch| quantile(launch, at, p))?;
                Some((rate.value.round() as u64, estimate(one, latency)))
            });
            Line {
                variant: one.variant.clone(),
                points: points.collect(),
            }
        })
    };
    let charts = [
        (
            by_connections.collect::<Vec<_>>(),
            "connections",
            "Requests a second, at most",
            thousands as fn(f64) -> String,
        ),
        (
            by_rate(0.5).collect(),
            "requests a second",
            "Latency: the median",
            short_time,
        ),
        (
            by_rate(0.99).collect(),
            "requests a second",
            "Latency: 99\u{a0}% are below",
            short_time,
        ),
    ];
    html! {
        div.split.even {
            @for (lines, unit, title, short) in charts {
                @let label = format!("{title}, by {unit}; the tables have the numbers.");
                @if let Some(svg) = sizes::draw(&lines, unit, &label, short) {
                    figure.sizes { (PreEscaped(svg)) figcaption { (title) ", by " (unit) "." } }
                }
            }
        }
    }
}

fn latencies(load: Load<'_>) -> Markup {
    const SHOWN: [(f64, &str); 3] = [(0.5, "50\u{a0}%"), (0.99, "99\u{a0}%"), (0.999, "99.9\u{a0}%")];
    let rates = load
        .baseline
        .launches
        .first()
        .map_or(0, |launch| launch.paced.len());
    html! {
        div.scroll role="region" aria-label="Latency by rate" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Requests a second" } th scope="col" { "Variant" }
                    @for (_, name) in SHOWN { th.number scope="col" { (name) } }
                    th.number scope="col" { "Longest" }
                } }
                tbody {
                    @for at in 0..rates {
                        @for load in load.all {
                            tr {
                                th scope="row" { (or_dash(over(load, |launch| Some(launch.paced.get(at)?.rate)), |rate| thousands(rate.value))) }
                                td { (variant_name(&load.variant)) }
                                @for p in SHOWN.map(|(p, _)| p).into_iter().chain([1.0]) {
                                    (cell(over(load, |launch| quantile(launch, at, p)), in_time))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(value: Option<Middle>, shown: impl Fn(f64) -> String) -> Markup {
    html! { td.number { (or_dash(value, |value| middle(value, &shown))) } }
}
