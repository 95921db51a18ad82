//! The argument as a chart: how concentrated a pair's time is, what the extension and the port gained, and the ceiling
//! of an extension by Amdahl's law.

use super::labels::{Box2, Segment, place};
use super::palette::{Ink, look};
use super::{Anchor, Canvas, LogAxis, tick_label};
use crate::estimate::{Estimate, Share};

#[derive(Debug, Clone)]
pub(crate) struct Spot {
    /// Its number in the table, drawn next to its mark.
    pub number: usize,
    /// The hottest function's own share of the time: the position of the port's mark.
    pub share: Share,
    /// The share that the extension replaces: the position of its mark.
    pub replaced: Share,
    /// What the extension gained.
    pub native: Option<Estimate>,
    /// The port's variant, and what it gained.
    pub port: Option<(String, Estimate)>,
}

/// The chart for wide and for narrow pages.
pub(crate) struct ArgumentChart {
    /// About 700 units wide.
    pub wide: String,
    /// About 340 units wide.
    pub narrow: String,
    /// Whether the marks have numbers; with too many pairs these would only cover each other.
    pub numbered: bool,
}

/// Above this many pairs there are no numbers.
const MOST_NUMBERS: usize = 40;

const RADIUS: f64 = 4.0;
const LETTER: f64 = 12.0;

struct Layout {
    width: f64,
    height: f64,
    plot_x: (f64, f64),
    plot_y: (f64, f64),
    x_ticks: &'static [u32],
    x_title: &'static str,
}

const WIDE: Layout = Layout {
    width: 700.0,
    height: 560.0,
    plot_x: (46.0, 640.0),
    plot_y: (510.0, 26.0),
    x_ticks: &[0, 20, 40, 60, 80, 90, 95, 99, 100],
    x_title: "share of Python's time in the hottest function",
};

const NARROW: Layout = Layout {
    width: 340.0,
    height: 420.0,
    plot_x: (40.0, 304.0),
    plot_y: (370.0, 26.0),
    x_ticks: &[0, 40, 70, 90, 98, 100],
    x_title: "share of the time in the hottest function",
};

/// Draws the pairs; `None` if there is nothing to draw.
pub(crate) fn draw(spots: &[Spot], worth: f64, label: &str) -> Option<ArgumentChart> {
    let ends = |e: Estimate| {
        [
            e.value,
            e.interval.map_or(e.value, |i| i.0),
            e.interval.map_or(e.value, |i| i.1),
        ]
    };
    let gains = spots.iter().flat_map(|spot| {
        let port = spot.port.as_ref().map(|(_, ratio)| *ratio);
        spot.native.into_iter().chain(port).flat_map(ends)
    });
    let gains: Vec<f64> = gains.collect();
    if gains.is_empty() {
        return None;
    }
    let numbered = spots.len() <= MOST_NUMBERS;
    let draw = |layout: &Layout| {
        let all = gains.iter().copied().chain([1.0, worth]);
        let axis = LogAxis::fit(all, 0.05, 4.0, layout.plot_y)?;
        Some(Canvas::svg(layout.width, layout.height, label, |canvas| {
            frame(canvas, layout, &axis, worth);
            ceiling(canvas, layout, &axis);
            for spot in spots {
                draw_spot(canvas, layout, &axis, spot);
            }
            if numbered {
                numbers(canvas, layout, &axis, spots);
            }
        }))
    };
    Some(ArgumentChart {
        wide: draw(&WIDE)?,
        narrow: draw(&NARROW)?,
        numbered,
    })
}

impl Layout {
    /// The position of a share. The axis is scaled by the square root of the rest, `1 − √(1 − share)`: on a linear one
    /// all hot loops, which are between 95 % and 100 %, would cover each other.
    fn x(&self, part: f64) -> f64 {
        let place = 1.0 - (1.0 - part.clamp(0.0, 1.0)).sqrt();
        self.plot_x.0 + place * (self.plot_x.1 - self.plot_x.0)
    }
}

/// Grid, titles, the line of Python at 1×, and the line above which a gain is worth it.
fn frame(canvas: &Canvas<'_>, layout: &Layout, axis: &LogAxis, worth: f64) {
    let ((left, right), (bottom, top)) = (layout.plot_x, layout.plot_y);
    for tick in axis.ticks(8) {
        let y = axis.at(tick);
        canvas.line((left, y), (right, y), Ink::GRID, 0.8);
        let text = format!("{}×", tick_label(tick));
        canvas.text((left - 6.0, y), &text, LETTER, Anchor::End, Ink::MUTED, false);
    }
    for tick in layout.x_ticks {
        let x = layout.x(f64::from(*tick) / 100.0);
        canvas.line((x, bottom), (x, top), Ink::GRID, 0.8);
        let text = format!("{tick} %");
        canvas.text(
            (x, bottom + 14.0),
            &text,
            LETTER,
            Anchor::Middle,
            Ink::MUTED,
            false,
        );
    }
    canvas.line((left, axis.at(1.0)), (right, axis.at(1.0)), Ink::BASELINE, 1.6);
    canvas.dashes((left, axis.at(worth)), right, Ink::BASELINE, 1.0);
    let middle = f64::midpoint(left, right);
    canvas.text(
        (middle, bottom + 34.0),
        layout.x_title,
        LETTER,
        Anchor::Middle,
        Ink::MUTED,
        false,
    );
    canvas.text(
        (2.0, top - 14.0),
        "times as fast as Python",
        LETTER,
        Anchor::Start,
        Ink::MUTED,
        false,
    );
}

/// `1 ÷ (1 − share)`, until it leaves the plot.
fn ceiling(canvas: &Canvas<'_>, layout: &Layout, axis: &LogAxis) {
    const STEPS: u32 = 400;
    // Equally spaced on the axis, not in shares.
    let parts = (0..STEPS).map(|step| 1.0 - (1.0 - f64::from(step) / f64::from(STEPS)).powi(2));
    let gain = |part: f64| 1.0 / (1.0 - part);
    let inside = parts.take_while(|part| axis.shows(gain(*part)));
    canvas.path(
        inside.map(|part| (layout.x(part), axis.at(gain(part)))),
        Ink::MUTED,
        2.0,
    );
}

/// Both marks with their intervals, and the line between them.
fn draw_spot(canvas: &Canvas<'_>, layout: &Layout, axis: &LogAxis, spot: &Spot) {
    let marks = marks(layout, axis, spot);
    if let [native, port] = marks.as_slice() {
        canvas.line(*native, *port, Ink::MUTED, 1.0);
    }
    let native = spot.native.map(|ratio| ("native", spot.replaced, ratio));
    let port = spot
        .port
        .as_ref()
        .map(|(name, ratio)| (name.as_str(), spot.share, *ratio));
    for (name, share, ratio) in native.into_iter().chain(port) {
        let look = look(name);
        let (x, y) = (layout.x(share.value), axis.at(ratio.value));
        canvas.line((layout.x(share.low), y), (layout.x(share.high), y), look.ink, 1.3);
        if let Some((low, high)) = ratio.interval {
            canvas.line((x, axis.at(low)), (x, axis.at(high)), look.ink, 1.3);
        }
        canvas.mark((x, y), look, RADIUS);
    }
}

/// The positions of a pair's marks, the extension's first.
fn marks(layout: &Layout, axis: &LogAxis, spot: &Spot) -> Vec<(f64, f64)> {
    let native = spot
        .native
        .map(|ratio| (layout.x(spot.replaced.value), axis.at(ratio.value)));
    let port = spot
        .port
        .as_ref()
        .map(|(_, ratio)| (layout.x(spot.share.value), axis.at(ratio.value)));
    native.into_iter().chain(port).collect()
}

/// The number of each pair near its mark, the port's if there is one, with a thin line to it if it is further away.
fn numbers(canvas: &Canvas<'_>, layout: &Layout, axis: &LogAxis, spots: &[Spot]) {
    let all: Vec<Vec<(f64, f64)>> = spots.iter().map(|spot| marks(layout, axis, spot)).collect();
    let anchors: Vec<((f64, f64), f64)> = (spots.iter().zip(&all))
        .filter_map(|(spot, marks)| Some((*marks.last()?, 7.6 * spot.number.to_string().len() as f64 + 5.0)))
        .collect();
    let numbered = spots.iter().zip(&all).filter(|(_, marks)| !marks.is_empty());
    let around = |(x, y): &(f64, f64)| Box2::around((*x, *y), 2.0 * RADIUS + 2.0, 2.0 * RADIUS + 2.0);
    let taken: Vec<Box2> = all.iter().flatten().map(around).collect();
    let lines: Vec<Segment> = (all.iter())
        .filter_map(|marks| match marks.as_slice() {
            [native, port] => Some((*native, *port)),
            _ => None,
        })
        .chain(spots.iter().zip(&all).flat_map(|(spot, marks)| {
            let across = spot.port.is_some().then_some(spot.share);
            let whisker = marks.last().zip(across);
            whisker.map(|((_, y), share)| ((layout.x(share.low), *y), (layout.x(share.high), *y)))
        }))
        .collect();
    let whole = Box2 {
        left: layout.plot_x.0 + 1.0,
        right: layout.width,
        top: layout.plot_y.1 - 6.0,
        bottom: layout.plot_y.0 - 1.0,
    };
    let places = place(&anchors, LETTER + 1.0, &taken, &lines, whole);
    for (((spot, _), place), (mark, _)) in numbered.zip(places).zip(&anchors) {
        let (dx, dy) = (place.0 - mark.0, place.1 - mark.1);
        let distance = dx.hypot(dy);
        if distance > 16.0 {
            let part = |from: f64| (mark.0 + dx * from / distance, mark.1 + dy * from / distance);
            canvas.line(part(RADIUS + 1.0), part(distance - 8.0), Ink::MUTED, 0.6);
        }
        canvas.text(
            place,
            &spot.number.to_string(),
            LETTER,
            Anchor::Middle,
            Ink::TEXT,
            true,
        );
    }
}
