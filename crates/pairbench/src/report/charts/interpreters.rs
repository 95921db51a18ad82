//! Ratios by interpreter: all pairs as lines over the interpreters, and one pair with its intervals.

use super::labels::kept_apart;
use super::palette::{Ink, look};
use super::{Anchor, Canvas, LogAxis, tick_label};
use crate::analyse::matrix::{Cell, Column, Matrix, Row};
use crate::analyse::sites::identity;
use crate::estimate::{Estimate, Ratio};
use crate::report::page::range;
use crate::text::cut;

/// Above this many pairs only the extremes are drawn, half of them the largest and half the smallest.
const MOST_PAIRS: usize = 40;

/// The least distance between labels at the ends of lines.
const LABEL_STEP: f64 = 13.5;

/// The chart for wide and for narrow pages.
pub(crate) struct Lines {
    /// About 780 units wide.
    pub wide: String,
    /// About 340 units wide.
    pub narrow: String,
    /// How many pairs with ratios are not drawn.
    pub left_out: usize,
}

/// Positions and sizes.
struct Layout {
    width: f64,
    plot: (f64, f64),
    name_length: usize,
    /// The number of rows for the interpreters' names, which alternate so that none covers its neighbour.
    label_rows: usize,
}

const TOP: f64 = 10.0;

/// One pair over the interpreters; `None` for those without a ratio.
struct Line<'a> {
    pair: &'a str,
    ratios: Vec<Option<f64>>,
}

impl Line<'_> {
    fn last(&self) -> Option<f64> {
        self.ratios.iter().rev().flatten().copied().next()
    }
}

/// Draws the ports' ratios over the interpreters that were measured; `None` if no pair has two.
pub(crate) fn all(matrix: &Matrix<'_>) -> Option<Lines> {
    let shown: Vec<usize> = (0..matrix.columns.len())
        .filter(|at| matrix.columns[*at].interpreter().is_some())
        .collect();
    let ratios = |row: &Row<'_>| -> Vec<Option<f64>> {
        let cell = |at: &usize| row.spots[*at].cell.ratio();
        let sound = |ratio: Estimate| Some(ratio.value).filter(|value| *value > 0.0 && value.is_finite());
        shown.iter().map(|at| cell(at).and_then(sound)).collect()
    };
    let mut lines: Vec<Line<'_>> = matrix
        .rows
        .iter()
        .map(|row| Line {
            pair: row.pair,
            ratios: ratios(row),
        })
        .filter(|line| line.ratios.iter().flatten().count() > 1)
        .collect();
    let all = lines.len();
    if all > MOST_PAIRS {
        let last = |line: &Line<'_>| line.last().unwrap_or_default();
        lines.sort_by(|a, b| last(b).total_cmp(&last(a)));
        lines.drain(MOST_PAIRS / 2..all - MOST_PAIRS / 2);
    }
    let columns: Vec<&Column<'_>> = shown.iter().map(|at| &matrix.columns[*at]).collect();
    let label = format!(
        "Python's time ÷ the port's on a logarithmic axis, over {} interpreters, a line for each of {} pairs. All numbers are \
         in the table above.",
        columns.len(),
        lines.len()
    );
    let many = columns.len() > 5;
    let wide = Layout {
        width: 780.0,
        plot: (60.0, 630.0),
        name_length: 18,
        label_rows: 1 + usize::from(columns.len() > 8),
    };
    let narrow = Layout {
        width: 340.0,
        plot: (40.0, 236.0),
        name_length: 14,
        label_rows: if many { 3 } else { 2 },
    };
    Some(Lines {
        wide: draw(&lines, &columns, &wide, &label)?,
        narrow: draw(&lines, &columns, &narrow, &label)?,
        left_out: all - lines.len(),
    })
}

fn draw(lines: &[Line<'_>], columns: &[&Column<'_>], layout: &Layout, label: &str) -> Option<String> {
    let body = (lines.len() as f64 * LABEL_STEP).clamp(150.0, 560.0);
    let bottom = TOP + body;
    let values = lines.iter().flat_map(|line| &line.ratios).flatten().copied();
    let axis = LogAxis::fit(values.chain([1.0]), 0.03, 1.5, (bottom, TOP))?;
    let step = (layout.plot.1 - layout.plot.0) / columns.len() as f64;
    let x = |at: usize| layout.plot.0 + step * (at as f64 + 0.5);
    let height = bottom + 12.0 + 26.0 * layout.label_rows as f64;
    let svg = Canvas::svg(layout.width, height, label, |canvas| {
        frame(canvas, layout, &axis);
        for (at, column) in columns.iter().enumerate() {
            let y = bottom + 12.0 + 26.0 * (at % layout.label_rows) as f64;
            name(canvas, (x(at), y), &column.label);
            canvas.line((x(at), TOP), (x(at), y - 8.0), Ink::GRID, 0.8);
        }
        for line in lines {
            path(canvas, line, columns, &axis, x);
        }
        let ends = lines
            .iter()
            .filter_map(|line| Some((line, axis.at(line.last()?))));
        for (line, y) in kept_apart(ends.collect(), LABEL_STEP, bottom) {
            let place = (layout.plot.1 + 8.0, y);
            let text = cut(line.pair, layout.name_length);
            canvas.text(place, &text, 11.5, Anchor::Start, Ink::TEXT, false);
            if let Some((at, ratio)) = (line.ratios.iter().enumerate())
                .filter_map(|(at, ratio)| Some((at, (*ratio)?)))
                .next_back()
            {
                let from = (x(at) + 5.0, axis.at(ratio));
                canvas.line(from, (layout.plot.1 + 5.0, y), Ink::GRID, 0.8);
            }
        }
    });
    Some(svg)
}

fn frame(canvas: &Canvas<'_>, layout: &Layout, axis: &LogAxis) {
    for tick in axis.ticks(8) {
        let y = axis.at(tick);
        canvas.line((layout.plot.0, y), (layout.plot.1, y), Ink::GRID, 0.8);
        let text = format!("{}×", tick_label(tick));
        let place = (layout.plot.0 - 5.0, y);
        canvas.text(place, &text, 12.0, Anchor::End, Ink::MUTED, false);
    }
    let one = axis.at(1.0);
    canvas.line((layout.plot.0, one), (layout.plot.1, one), Ink::BASELINE, 1.6);
}

/// An interpreter's name in two lines: the implementation, and the rest.
fn name(canvas: &Canvas<'_>, (x, y): (f64, f64), label: &str) {
    let (implementation, version) = label.split_once(' ').unwrap_or(("", label));
    let version = cut(version, 14);
    canvas.text((x, y), implementation, 10.0, Anchor::Middle, Ink::MUTED, false);
    canvas.text((x, y + 12.0), &version, 11.5, Anchor::Middle, Ink::TEXT, false);
}

/// A pair's marks, connected between neighbours on the same machine.
fn path(
    canvas: &Canvas<'_>,
    line: &Line<'_>,
    columns: &[&Column<'_>],
    axis: &LogAxis,
    x: impl Fn(usize) -> f64,
) {
    let look = look("rust");
    for at in 1..columns.len() {
        let here = identity(columns[at - 1].machine) == identity(columns[at].machine);
        if let (true, Some(from), Some(to)) = (here, line.ratios[at - 1], line.ratios[at]) {
            let ends = [(x(at - 1), axis.at(from)), (x(at), axis.at(to))];
            canvas.path(ends, look.ink, 1.2);
        }
    }
    for (at, ratio) in line.ratios.iter().enumerate() {
        if let Some(ratio) = ratio {
            canvas.mark((x(at), axis.at(*ratio)), look, 3.0);
        }
    }
}

const ROW: f64 = 24.0;
const WIDTH: f64 = 560.0;
const PLOT_X: (f64, f64) = (140.0, 400.0);

/// Draws the ratio of one pair's port by interpreter, with intervals; `None` if there are fewer than two.
pub(crate) fn one(row: &Row<'_>, columns: &[Column<'_>]) -> Option<String> {
    let cells: Vec<(&Column<'_>, &Cell)> = columns
        .iter()
        .zip(row.spots.iter().map(|spot| &spot.cell))
        .filter(|(column, _)| column.interpreter().is_some())
        .collect();
    let ratios: Vec<Estimate> = cells.iter().filter_map(|(_, cell)| cell.ratio()).collect();
    if ratios.len() < 2 {
        return None;
    }
    let ends = |ratio: &Estimate| {
        let (low, high) = ratio.interval.unwrap_or((ratio.value, ratio.value));
        [ratio.value, low, high]
    };
    let axis = LogAxis::fit(ratios.iter().flat_map(ends), 0.06, 1.3, PLOT_X)?;
    let bottom = 6.0 + ROW * cells.len() as f64;
    let label = format!(
        "The port's ratio of {} by interpreter on a logarithmic axis, with 95 % intervals; the table has the numbers.",
        row.pair
    );
    let svg = Canvas::svg(WIDTH, bottom + 22.0, &label, |canvas| {
        for tick in axis.ticks(6) {
            let x = axis.at(tick);
            canvas.line((x, 6.0), (x, bottom), Ink::GRID, 0.8);
            let text = format!("{}×", tick_label(tick));
            canvas.text((x, bottom + 12.0), &text, 12.5, Anchor::Middle, Ink::MUTED, false);
        }
        for (at, (column, cell)) in cells.iter().enumerate() {
            let y = 6.0 + ROW * (at as f64 + 0.5);
            let text = cut(&column.label, 22);
            canvas.text((PLOT_X.0 - 10.0, y), &text, 12.5, Anchor::End, Ink::TEXT, false);
            let place = (PLOT_X.1 + 12.0, y);
            match cell.ratio() {
                Some(ratio) => estimate(canvas, &axis, ratio, y),
                None => canvas.text(place, cell.word(), 12.5, Anchor::Start, Ink::MUTED, false),
            }
        }
    });
    Some(svg)
}

fn estimate(canvas: &Canvas<'_>, axis: &LogAxis, ratio: Estimate, y: f64) {
    let look = look("rust");
    if let Some((low, high)) = ratio.interval {
        let (low, high) = (axis.at(low), axis.at(high));
        canvas.line((low, y), (high, y), look.ink, 1.8);
        for end in [low, high] {
            canvas.line((end, y - 6.0), (end, y + 6.0), look.ink, 1.3);
        }
    }
    canvas.mark((axis.at(ratio.value), y), look, 3.8);
    let value = Ratio(ratio.value).to_string();
    let text = match range(ratio, |value| Ratio(value).to_string()) {
        Some(range) => format!("{value}  ({range})"),
        None => value,
    };
    canvas.text((PLOT_X.1 + 12.0, y), &text, 12.5, Anchor::Start, Ink::TEXT, false);
}
