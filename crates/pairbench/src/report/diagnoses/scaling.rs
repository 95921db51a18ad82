//! Speed-up over the number of workers, and what limits it.

use super::{in_time, middle};
use crate::analyse::PairAnalysis;
use crate::analyse::matrix::Matrix;
use crate::analyse::scaling::{Curve, CurvePoint, Shares, curves, gil, reaches_past};
use crate::analyse::sites::identity;
use crate::record::Record;
use crate::registry::Kind;
use crate::report::charts::scaling::{self, Drawn};
use crate::report::page::{heading, or_dash, percent, range_of, variant_name};
use crate::text::count;
use maud::{Markup, PreEscaped, html};

/// The curves of a parallel or concurrent pair; nothing if they were not measured. If there are curves both with and
/// without a GIL on the same machine, they share the chart, and their tables are side by side.
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
                None => {
                    @if let Some(text) = gil(&curves, one.record) { p { (text) } }
                    div.split.even { (chart(&[(&curves, one)], cores)) (table(&curves, cores)) }
                    (law(&drawn(&curves), cores))
                },
                Some(other) => {
                    @let others = self::curves(other.pair, cores);
                    (chart(&[(&curves, one), (&others, other)], cores))
                    div.split.even { (of_interpreter(&curves, one)) (of_interpreter(&others, other)) }
                },
            }
        }
    }
}

/// Whether an interpreter ran without a GIL.
fn is_free(record: &Record) -> bool {
    record.interpreter.gil == Some(false)
}

/// The pair on the same machine with the interpreter of the nearest version that differs in having a GIL.
fn other_gil<'a>(one: &PairAnalysis<'_>, matrix: &'a Matrix<'_>) -> Option<&'a PairAnalysis<'a>> {
    let seen = matrix
        .row(&one.pair.name)?
        .spots
        .iter()
        .filter_map(|spot| spot.seen);
    let others = seen.filter(|seen| {
        let here = identity(&seen.record.machine) == identity(&one.record.machine);
        let of_one = seen.record.interpreter.implementation == one.record.interpreter.implementation;
        here && of_one && is_free(seen.record) != is_free(one.record) && !curves(seen.pair, 1).is_empty()
    });
    let distance = |record: &Record| {
        let [(a, b), (c, d)] = [record, one.record].map(|record| record.interpreter.language());
        (a.abs_diff(c), b.abs_diff(d))
    };
    others.min_by_key(|seen| distance(seen.record))
}

fn drawn(curves: &[Curve]) -> Vec<&Curve> {
    curves.iter().filter(|curve| curve.rises).collect()
}

/// The curves of one or two interpreters; Rust's curves differ only by noise, and are drawn for the first.
fn chart(all: &[(&Vec<Curve>, &PairAnalysis<'_>)], cores: u32) -> Markup {
    let mut lines: Vec<Drawn<'_>> = Vec::new();
    for (at, (curves, of)) in all.iter().enumerate() {
        for curve in drawn(curves) {
            let known = of.pair.variants.iter().find(|known| known.name == curve.variant);
            let is_rust = known.is_some_and(|known| matches!(known.kind(), Kind::Port | Kind::ParallelPort));
            if is_rust && at > 0 {
                continue;
            }
            let free = match all.len() > 1 && !is_rust && is_free(of.record) {
                true => ", no GIL",
                false => "",
            };
            lines.push(Drawn {
                curve,
                name: format!("{}{free}", curve.variant),
                dashed: !free.is_empty(),
            });
        }
    }
    let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
    let with = match all {
        [(_, one), (_, other)] => {
            let [one, other] = [one, other].map(|of| of.record.interpreter.label());
            format!(" with {one} and {other}")
        }
        _ => String::new(),
    };
    let label = format!(
        "Speed-up against the number of workers for {}{with}; the table has the numbers.",
        names.join(", ")
    );
    html! {
        @if let Some(svg) = scaling::draw(&lines, cores, &label) {
            figure.panel.one {
                (PreEscaped(svg))
                @if lines.iter().any(|line| line.dashed) { figcaption.muted { "Dashed: without a GIL." } }
            }
        }
    }
}

/// What the curves of one interpreter mean, if another is next to it.
fn of_interpreter(curves: &[Curve], of: &PairAnalysis<'_>) -> Markup {
    let cores = of.record.machine.cores;
    html! {
        div {
            h3 { (of.record.interpreter.label()) }
            @if let Some(text) = gil(curves, of.record) { p { (text) } }
            (table(curves, cores))
            (law(&drawn(curves), cores))
        }
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
