//! Speed-up over the number of workers, and what limits it.

use super::{in_time, middle};
use crate::analyse::PairAnalysis;
use crate::analyse::matrix::Matrix;
use crate::analyse::scaling::{Curve, CurvePoint, Shares, curves, gil, reaches_past};
use crate::analyse::sites::identity;
use crate::record::{PairRecord, Record};
use crate::report::charts::scaling;
use crate::report::page::{heading, or_dash, percent, range_of, variant_name};
use crate::text::count;
use maud::{Markup, PreEscaped, html};

/// The curves of a parallel or concurrent pair; nothing if they were not measured. If there are curves both with and
/// without a GIL on the same machine, they are side by side.
pub(crate) fn section(one: &PairAnalysis<'_>, matrix: &Matrix<'_>) -> Markup {
    let cores = one.record.machine.cores;
    let curves = curves(one.pair, cores);
    if curves.is_empty() {
        return html! {};
    }
    let past = reaches_past(&curves, cores);
    let other = other_gil(one, matrix);
    html! {
        section aria-labelledby="scaling" {
            (heading("scaling", html! { "With more workers" small { " on " (count(cores as usize, "core")) } }))
            p.hint {
                "Speed-up: a variant's time with one worker ÷ its time with several, each relative to Python's time in the same "
                "process. The thin line is the ideal"
                @if past { ", which ends at the number of cores; one step past it is shaded" }
                ". One process for each number of workers: the small print covers the samples in it, not the differences "
                "between processes."
            }
            @match other {
                None => (of_interpreter(&curves, one.record, None)),
                Some((record, pair)) => div.split.even {
                    div { (of_interpreter(&curves, one.record, Some(&one.record.interpreter.label()))) }
                    div { (of_interpreter(&self::curves(pair, cores), record, Some(&record.interpreter.label()))) }
                },
            }
        }
    }
}

/// The pair on the same machine with an interpreter that differs in having a GIL, of the nearest version.
fn other_gil<'a>(one: &PairAnalysis<'_>, matrix: &'a Matrix<'_>) -> Option<(&'a Record, &'a PairRecord)> {
    let free = |record: &Record| record.interpreter.free_threaded == Some(true);
    let seen = matrix
        .row(&one.pair.name)?
        .spots
        .iter()
        .filter_map(|spot| spot.seen.as_ref());
    let others = seen.filter(|seen| {
        let here = identity(&seen.record.machine) == identity(&one.record.machine);
        let of_one = seen.record.interpreter.implementation == one.record.interpreter.implementation;
        here && of_one && free(seen.record) != free(one.record) && !curves(seen.pair, 1).is_empty()
    });
    let distance = |record: &Record| {
        let [(a, b), (c, d)] = [record, one.record].map(|record| record.interpreter.language());
        (a.abs_diff(c), b.abs_diff(d))
    };
    let nearest = others.min_by_key(|seen| distance(seen.record))?;
    Some((nearest.record, nearest.pair))
}

/// The curves with one interpreter, which is named if there is another next to it.
fn of_interpreter(curves: &[Curve], record: &Record, name: Option<&str>) -> Markup {
    let cores = record.machine.cores;
    let drawn: Vec<&Curve> = curves.iter().filter(|curve| curve.rises).collect();
    let names: Vec<&str> = drawn.iter().map(|curve| curve.variant.as_str()).collect();
    let with = name.map(|name| format!(" with {name}")).unwrap_or_default();
    let label = format!(
        "Speed-up against the number of workers for {}{with}; the table has the numbers.",
        names.join(", ")
    );
    html! {
        @if let Some(name) = name { h3 { (name) } }
        @if let Some(text) = gil(curves, record) { p { (text) } }
        div.split[name.is_none()].even[name.is_none()] {
            @if let Some(svg) = scaling::draw(&drawn, cores, &label) { figure.panel { (PreEscaped(svg)) } }
            (table(curves, cores))
        }
        (law(&drawn, cores))
    }
}

fn table(curves: &[Curve], cores: u32) -> Markup {
    let mut workers: Vec<u32> = curves.iter().flat_map(|c| &c.points).map(|p| p.workers).collect();
    workers.sort_unstable();
    workers.dedup();
    html! {
        div.scroll role="region" aria-label="Speed-up by the number of workers" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Workers" }
                    @for workers in &workers { th.number scope="col" {
                        (workers) @if *workers > cores { " " span.muted { "past the cores" } }
                    } }
                } }
                tbody { @for curve in curves { tr {
                    th scope="row" {
                        (variant_name(&curve.variant))
                        @if !curve.rises { " " span.muted { "for reference" } }
                    }
                    @for workers in &workers { td.number {
                        (or_dash(curve.points.iter().find(|point| point.workers == *workers), cell))
                    } }
                } } }
            }
        }
    }
}

fn cell(point: &CurvePoint) -> Markup {
    html! {
        (middle(point.speed_up, |value| format!("{value:.2}×")))
        span.range.strong { (in_time(point.seconds.value)) }
    }
}

/// The fitted shares, if there are any.
fn law(curves: &[&Curve], cores: u32) -> Markup {
    let fitted: Vec<(&str, Shares, usize)> = curves
        .iter()
        .filter_map(|curve| {
            let beyond = curve.points.iter().filter(|point| point.workers > 1).count();
            Some((curve.variant.as_str(), curve.shares?, beyond))
        })
        .collect();
    let exact = fitted.iter().any(|(_, _, beyond)| *beyond <= 2);
    html! {
        @if !fitted.is_empty() {
            div.scroll role="region" aria-label="Fitted shares" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Variant" }
                        th.number scope="col" { "Serial share σ" }
                        th.number scope="col" { "Each further worker κ" }
                        th.number scope="col" { "Law misses by" }
                    } }
                    tbody { @for (variant, shares, beyond) in &fitted { tr {
                        th scope="row" { (variant_name(variant)) }
                        td.number {
                            span.value { (percent(shares.law.serial)) }
                            span.range { (range_of(&percent(shares.serial.0), &percent(shares.serial.1))) }
                        }
                        td.number {
                            span.value { (percent(shares.law.contention)) }
                            span.range { (range_of(&percent(shares.contention.0), &percent(shares.contention.1))) }
                        }
                        td.number { @match beyond > &2 {
                            true => { (percent(shares.law.misfit)) },
                            false => span.none { "not testable" },
                        } }
                    } } }
                }
            }
            p.hint {
                "Gunther's law: the share σ of one worker's time is not divided, and each further worker adds κ. "
                @if exact {
                    "Three numbers of workers determine both and leave nothing to test the law with"
                    @if cores == 2 { "; on two cores only the step past them separates κ from σ" }
                    ". "
                }
                "Small print: the range of the shares when the samples are resampled."
            }
        }
    }
}
