//! How servers do under load, and what a request costs.

use super::{in_time, middle};
use crate::analyse::PairAnalysis;
use crate::diagnose::load::{LaunchLoad, VariantLoad};
use crate::estimate::Middle;
use crate::hosts::limits::Bytes;
use crate::report::page::{heading, or_dash, variant_name};
use crate::text::{count, thousands};
use maud::{Markup, html};

/// Two tables; nothing if there was no load.
pub(crate) fn section(one: &PairAnalysis<'_>) -> Markup {
    let all = &one.pair.diagnoses.load;
    let Some(launches) = all.first().map(|load| load.launches.len()) else {
        return html! {};
    };
    html! {
        section aria-labelledby="load" {
            (heading("load", "Under load"))
            (costs(all))
            (latencies(all))
            p.hint {
                "Medians over " (count(launches, "launch")) ", each with fresh servers; small print: 95\u{a0}% intervals. Above: a closed loop, in which each "
                "connection asks again when it has its answer. Below: requests at fixed times, at rates that are shares of what the "
                "slower side can do at most. A latency counts from the time at which the request was to be sent, so a server "
                "that falls behind is charged for all that had to wait; a quantile is left out where too few requests took longer."
            }
        }
    }
}

fn costs(all: &[VariantLoad]) -> Markup {
    html! {
        div.scroll role="region" aria-label="What a request costs" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Variant" } th.number scope="col" { "Requests a second, at most" }
                    th.number scope="col" { "CPU for each, of the server" } th.number scope="col" { "of what it uses" }
                    th.number scope="col" { "of the client" } th.number scope="col" { "Memory of the server" }
                    th.number scope="col" { "Cores for 1,000 a second" }
                } }
                tbody {
                    @for load in all {
                        tr {
                            th scope="row" { (variant_name(&load.variant)) }
                            (cell(over(load, |launch| Some(launch.most)), thousands))
                            (cell(over(load, |launch| Some(launch.cpu?.server)), in_time))
                            (cell(over(load, |launch| Some(launch.cpu?.beside)), in_time))
                            (cell(over(load, |launch| Some(launch.cpu?.client)), in_time))
                            (cell(over(load, |launch| Some(launch.memory? as f64)), |bytes| Bytes(bytes as u64).to_string()))
                            (cell(
                                over(load, |launch| launch.cpu.map(|cpu| 1000.0 * (cpu.server + cpu.beside))),
                                |cores| format!("{cores:.2}")
                            ))
                        }
                    }
                }
            }
        }
    }
}

fn latencies(all: &[VariantLoad]) -> Markup {
    const SHOWN: [(f64, &str); 3] = [(0.5, "50\u{a0}%"), (0.99, "99\u{a0}%"), (0.999, "99.9\u{a0}%")];
    let rates = all[0].launches.first().map_or(0, |launch| launch.paced.len());
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
                        @for load in all {
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

fn quantile(launch: &LaunchLoad, at: usize, p: f64) -> Option<f64> {
    let known = launch
        .paced
        .get(at)?
        .quantiles
        .iter()
        .find(|(known, _)| *known == p);
    known.map(|(_, seconds)| *seconds)
}

/// Over the launches, all of which have to know it.
fn over(load: &VariantLoad, of: impl Fn(&LaunchLoad) -> Option<f64>) -> Option<Middle> {
    let values: Option<Vec<f64>> = load.launches.iter().map(of).collect();
    Middle::of(&values?)
}

fn cell(value: Option<Middle>, shown: impl Fn(f64) -> String) -> Markup {
    html! { td.number { (or_dash(value, |value| middle(value, &shown))) } }
}
