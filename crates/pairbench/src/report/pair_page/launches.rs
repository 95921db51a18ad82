//! The samples of each launch: a chart for each variant, and a table of all numbers.

use super::super::charts::launches::{LaunchBox, Scale, panel};
use super::super::page::{heading, range_of, variant_name};
use super::super::summary::{self, CaseSummary, Modes};
use crate::analyse::PairAnalysis;
use crate::analyse::launches::{Distribution, LaunchFigures};
use crate::analyse::shape::goes_with;
use crate::estimate::{Estimate, Ratio, Time};
use crate::registry::Variant;
use crate::text::count;
use maud::{Markup, PreEscaped, html};

/// The launches of one variant as the charts and the table show them.
struct Strip<'a> {
    variant: &'a str,
    scale: Scale,
    boxes: Vec<LaunchBox>,
    estimate: Option<Estimate>,
    modes: Option<&'a Modes>,
}

fn strips<'a>(one: &'a PairAnalysis<'_>, case: &'a CaseSummary) -> Vec<Strip<'a>> {
    let boxes = |of: &dyn Fn(&LaunchFigures) -> Option<Distribution>| {
        let launches = one.launches_of(case.size);
        let drawn = launches.filter_map(|launch| {
            Some(LaunchBox {
                index: launch.index,
                samples: of(launch)?,
            })
        });
        drawn.collect()
    };
    let mut all = Vec::new();
    if let Some(time) = case.baseline.time {
        all.push(Strip {
            variant: &one.pair.baseline,
            scale: Scale::for_time(time.value),
            boxes: boxes(&|launch| launch.baseline),
            estimate: Some(time),
            modes: None,
        });
    }
    let compared = (case.variants.iter()).filter_map(|v| Some((v.name.as_str(), v.ratio?, v.modes.as_ref())));
    let embedded = case
        .embedded
        .and_then(|e| e.tax)
        .map(|tax| (Variant::EMBEDDED, summary::inverse(tax), None));
    for (variant, ratio, modes) in compared.chain(embedded) {
        all.push(Strip {
            variant,
            scale: Scale::Ratio,
            boxes: boxes(&|launch| launch.comparison(variant)?.ratios),
            // A value between two modes is a speed that no launch had.
            estimate: match modes {
                Some(modes) => modes.covering(ratio),
                None => Some(ratio),
            },
            modes,
        });
    }
    all
}

/// The section; nothing for a case without any estimate.
pub(crate) fn section(one: &PairAnalysis<'_>, case: &CaseSummary) -> Markup {
    let strips = strips(one, case);
    if strips.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="launches" {
            (heading("launches", "Samples by launch"))
            p.hint {
                "One mark per launch, which is a fresh process: the median; the box is the middle half of its samples, the line "
                "runs from 10\u{a0}% to 90\u{a0}%. The horizontal line is the estimate, the shaded band its 95\u{a0}% interval; dashed lines are the two speeds of bimodal launches. Every panel "
                "has its own logarithmic axis. Launches often differ by more than the boxes are tall, which is why the interval is over launches."
            }
            div.panels {
                @for strip in &strips { (strip_panel(strip)) }
            }
            details {
                summary { "The numbers in these charts" }
                (launch_table(&strips))
            }
        }
    }
}

fn strip_panel(strip: &Strip<'_>) -> Markup {
    let number = |v: f64| print(strip.scale, v);
    let modes = strip.modes.map(|modes| {
        let both = modes.display_ratio();
        format!("Two modes, ▼ and ▲: {both}, {}.", goes_with(modes.cause))
    });
    let modes = modes.as_deref();
    let label = {
        let medians = || strip.boxes.iter().map(|b| b.samples.median);
        let (low, high) = medians().fold((f64::INFINITY, 0f64), |(l, h), v| (l.min(v), h.max(v)));
        format!(
            "{} over {}: medians from {} to {}{}",
            strip.variant,
            count(strip.boxes.len(), "launch"),
            number(low),
            number(high),
            match (modes, strip.estimate) {
                (Some(modes), _) => format!(". {modes}"),
                (None, Some(estimate)) => format!(", estimate {}.", number(estimate.value)),
                (None, None) => ".".into(),
            }
        )
    };
    let what = match strip.scale {
        Scale::Ratio => "ratio".to_string(),
        Scale::Seconds(_, unit) => format!("time in {unit}"),
    };
    html! {
        @if let Some(svg) = panel(strip.variant, strip.scale, &strip.boxes, strip.estimate, strip.modes, &label) {
            figure.panel {
                figcaption {
                    (variant_name(strip.variant)) " " span.muted { (what) }
                    @if let Some(e) = strip.estimate.filter(|_| modes.is_none()) { span.figure { (number(e.value)) } }
                }
                (PreEscaped(svg))
                @if let Some(modes) = modes { p.modes { (modes) } }
            }
        }
    }
}

fn print(scale: Scale, value: f64) -> String {
    match scale {
        Scale::Ratio => Ratio(value).to_string(),
        Scale::Seconds(..) => Time(value).to_string(),
    }
}

fn launch_table(strips: &[Strip<'_>]) -> Markup {
    let mut indices: Vec<u32> = strips.iter().flat_map(|s| &s.boxes).map(|b| b.index).collect();
    indices.sort_unstable();
    indices.dedup();
    html! {
        div.scroll role="region" aria-label="Samples by launch" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Launch" }
                    @for strip in strips { th.number scope="col" { (variant_name(strip.variant)) } }
                } }
                tbody { @for index in indices { tr {
                    th scope="row" { (u64::from(index) + 1) }
                    @for strip in strips { td.number { @if let Some(b) = strip.boxes.iter().find(|b| b.index == index) {
                        span.value { (print(strip.scale, b.samples.median)) }
                        span.range { (range_of(&print(strip.scale, b.samples.lower), &print(strip.scale, b.samples.upper))) }
                        span.range { (range_of(&print(strip.scale, b.samples.low), &print(strip.scale, b.samples.high))) }
                        @if let Some(is_upper) = strip.modes.and_then(|modes| modes.is_upper(index)) {
                            span.range.strong { (if is_upper { "upper mode" } else { "lower mode" }) }
                        }
                    } } }
                } } }
            }
        }
        p.hint { "The median; below it the middle half, then 10\u{a0}% to 90\u{a0}%." }
    }
}
