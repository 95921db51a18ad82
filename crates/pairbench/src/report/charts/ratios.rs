//! The ratio chart of the index.

use super::palette::{Ink, look};
use super::{Anchor, Canvas, LogAxis, tick_label};
use crate::estimate::{Estimate, Ratio};
use crate::report::page::range;
use crate::report::summary::{PairSummary, State, VariantSummary};
use crate::text::cut;

/// Up to this many pairs every variant has its own line; above, the variants of a pair share one.
const LINE_PER_VARIANT: usize = 12;

/// Above this many pairs only the extremes are drawn: half of them with the largest ratios, half with the smallest. The
/// table has all pairs.
pub(crate) const MOST_PAIRS: usize = 60;

/// The chart for wide and for narrow pages, and what it leaves out.
pub(crate) struct RatioChart {
    /// About 780 units wide.
    pub wide: String,
    /// About 340 units wide.
    pub narrow: String,
    /// How many pairs with ratios are not drawn.
    pub left_out: usize,
    /// Whether the variants of a pair share a line, so that the reader needs a legend.
    pub needs_legend: bool,
}

/// Positions and sizes.
struct Layout {
    width: f64,
    /// Whether a pair's name has its own line, as on a narrow page.
    heading_line: bool,
    variant_end: f64,
    plot: (f64, f64),
    row: f64,
    gap: f64,
    name_length: usize,
    ticks: usize,
    /// Right end of the values, and of the intervals if there is room for them.
    value_end: f64,
    range_end: Option<f64>,
}

const WIDE: Layout = Layout {
    width: 780.0,
    heading_line: false,
    variant_end: 206.0,
    plot: (220.0, 620.0),
    row: 16.0,
    gap: 8.0,
    name_length: 18,
    ticks: 8,
    value_end: 676.0,
    range_end: Some(780.0),
};

const NARROW: Layout = Layout {
    width: 340.0,
    heading_line: true,
    variant_end: 66.0,
    plot: (76.0, 282.0),
    row: 18.0,
    gap: 6.0,
    name_length: 40,
    ticks: 5,
    value_end: 340.0,
    range_end: None,
};

const TOP: f64 = 24.0;
const BOTTOM: f64 = 24.0;

/// Draws the headline ratios of the pairs; `None` if there are none yet.
pub(crate) fn draw(pairs: &[&PairSummary]) -> Option<RatioChart> {
    let mut shown: Vec<&PairSummary> = pairs
        .iter()
        .copied()
        .filter(|pair| pair.best().is_some())
        .collect();
    let all = shown.len();
    if all > MOST_PAIRS {
        let best = |pair: &PairSummary| pair.best().map_or(0.0, |(_, estimate)| estimate.value);
        shown.sort_by(|a, b| best(b).total_cmp(&best(a)));
        shown.drain(MOST_PAIRS / 2..all - MOST_PAIRS / 2);
    }
    let ends = |e: Estimate| [Some(e.value), e.interval.map(|i| i.0), e.interval.map(|i| i.1)];
    let values: Vec<f64> = variants(&shown)
        .filter_map(|v| v.ratio)
        .flat_map(ends)
        .flatten()
        .chain([1.0])
        .collect();
    if shown.is_empty() {
        return None;
    }
    let label = label(&shown);
    let compact = shown.len() > LINE_PER_VARIANT;
    let draw = |layout: &Layout| {
        let axis = LogAxis::fit(values.iter().copied(), 0.04, 1.5, layout.plot);
        axis.map_or_else(String::new, |axis| chart(&shown, layout, &axis, compact, &label))
    };
    Some(RatioChart {
        wide: draw(&WIDE),
        narrow: draw(&NARROW),
        left_out: all - shown.len(),
        needs_legend: compact,
    })
}

fn variants<'a>(pairs: &'a [&PairSummary]) -> impl Iterator<Item = &'a VariantSummary> {
    pairs
        .iter()
        .filter_map(|pair| pair.headline())
        .flat_map(|case| &case.variants)
}

/// The finding in words, for readers who cannot see the chart.
fn label(pairs: &[&PairSummary]) -> String {
    let mut best: Vec<_> = pairs.iter().filter_map(|p| Some((&p.name, p.best()?))).collect();
    best.sort_by(|a, b| b.1.1.value.total_cmp(&a.1.1.value));
    let named = |(name, (variant, ratio)): &(&String, (&VariantSummary, Estimate))| {
        format!("{name}, {} with {}", Ratio(ratio.value), variant.name)
    };
    let ends = match (best.first(), best.last()) {
        (Some(first), Some(last)) if best.len() > 1 => {
            format!(
                "The largest gain is on {}; the smallest best ratio on {}.",
                named(first),
                named(last)
            )
        }
        (Some(only), _) => format!("The best ratio is that of {}.", named(only)),
        _ => String::new(),
    };
    format!(
        "How many times faster than Python each variant is, on a logarithmic axis, with 95 % intervals, for {} {}. \
         {ends} All numbers are in the table below.",
        pairs.len(),
        if pairs.len() == 1 { "pair" } else { "pairs" }
    )
}

/// Variants that have a line: all but the deselected ones.
fn lines(pair: &PairSummary) -> Vec<&VariantSummary> {
    let all = pair.headline().into_iter().flat_map(|case| &case.variants);
    all.filter(|v| v.state != State::Deselected).collect()
}

fn chart(pairs: &[&PairSummary], layout: &Layout, axis: &LogAxis, compact: bool, label: &str) -> String {
    let heading = if layout.heading_line { layout.row } else { 0.0 };
    let rows = |pair: &PairSummary| if compact { 1 } else { lines(pair).len() };
    let gap = if compact && !layout.heading_line {
        0.0
    } else {
        layout.gap
    };
    let height_of = |pair: &PairSummary| heading + rows(pair) as f64 * layout.row + gap;
    let body: f64 = pairs.iter().map(|pair| height_of(pair)).sum();
    let bottom = TOP + body;
    Canvas::svg(layout.width, bottom + BOTTOM, label, |canvas| {
        frame(canvas, layout, axis, bottom);
        let mut y = TOP;
        let mut last = None;
        for pair in pairs {
            // Between pairs, or between profiles if there are many pairs.
            let begins = last
                .replace(pair.profile)
                .is_some_and(|profile| profile != pair.profile);
            if !compact || begins {
                canvas.line((0.0, y), (layout.width, y), Ink::GRID, 0.6);
            }
            let first = y + heading + gap / 2.0 + layout.row / 2.0;
            let name = cut(&pair.name, layout.name_length);
            let name_y = if layout.heading_line {
                first - layout.row
            } else {
                first
            };
            canvas.text((0.0, name_y), &name, 12.5, Anchor::Start, Ink::TEXT, true);
            for (i, variant) in lines(pair).into_iter().enumerate() {
                let row_y = if compact {
                    first
                } else {
                    first + i as f64 * layout.row
                };
                if !compact {
                    let name = cut(&variant.name, 10);
                    canvas.text(
                        (layout.variant_end, row_y),
                        &name,
                        12.0,
                        Anchor::End,
                        Ink::TEXT,
                        false,
                    );
                }
                draw_variant(canvas, layout, axis, variant, row_y, compact);
            }
            if compact && let Some((_, best)) = pair.best() {
                value(canvas, layout, best, first);
            }
            y += height_of(pair);
        }
    })
}

/// Grid, the reference line at 1×, and the words next to it.
fn frame(canvas: &Canvas<'_>, layout: &Layout, axis: &LogAxis, bottom: f64) {
    for tick in axis.ticks(layout.ticks) {
        let x = axis.at(tick);
        canvas.line((x, TOP), (x, bottom), Ink::GRID, 0.8);
        let text = format!("{}×", tick_label(tick));
        canvas.text((x, bottom + 13.0), &text, 12.0, Anchor::Middle, Ink::MUTED, false);
    }
    let one = axis.at(1.0);
    canvas.line((one, TOP - 6.0), (one, bottom + 4.0), Ink::BASELINE, 1.6);
    let y = TOP - 14.0;
    canvas.text((one - 5.0, y), "◂ slower", 12.0, Anchor::End, Ink::MUTED, false);
    canvas.text(
        (one + 5.0, y),
        "faster than Python ▸",
        12.0,
        Anchor::Start,
        Ink::MUTED,
        false,
    );
}

fn draw_variant(
    canvas: &Canvas<'_>,
    layout: &Layout,
    axis: &LogAxis,
    variant: &VariantSummary,
    y: f64,
    compact: bool,
) {
    let Some(ratio) = variant.ratio else {
        if !compact {
            let why = match variant.state {
                State::Skipped(_) => "skipped",
                State::Failed(_) => "failed",
                _ => "not measured",
            };
            canvas.text((layout.width, y), why, 12.0, Anchor::End, Ink::MUTED, false);
        }
        return;
    };
    let look = look(&variant.name);
    let x = axis.at(ratio.value);
    if !compact {
        let one = axis.at(1.0);
        canvas.rect((one.min(x), y - 1.1), (one.max(x), y + 1.1), look.ink, 0.3);
        value(canvas, layout, ratio, y);
    }
    // The ends are taller than the mark, so that even a narrower interval is visible.
    if let Some((low, high)) = ratio.interval {
        let (low, high) = (axis.at(low), axis.at(high));
        canvas.line((low, y), (high, y), look.ink, 1.8);
        for end in [low, high] {
            canvas.line((end, y - 6.5), (end, y + 6.5), look.ink, 1.3);
        }
    }
    canvas.mark((x, y), look, 3.5);
}

fn value(canvas: &Canvas<'_>, layout: &Layout, ratio: Estimate, y: f64) {
    let text = Ratio(ratio.value).to_string();
    let place = (layout.value_end, y);
    canvas.text(place, &text, 12.0, Anchor::End, Ink::TEXT, true);
    if let Some(end) = layout.range_end {
        let interval = range(ratio, |v| Ratio(v).to_string());
        let text = interval.unwrap_or_else(|| "no interval".into());
        canvas.text((end, y), &text, 11.5, Anchor::End, Ink::MUTED, false);
    }
}
