//! Time against the size of the case, or another figure against another number, both on logarithmic axes.

use super::labels::kept_apart;
use super::palette::{Ink, look};
use super::{Anchor, Canvas, LogAxis, tick_label};
use crate::estimate::{Estimate, Time};
use crate::text::cut;

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 300.0;
const PLOT_X: (f64, f64) = (58.0, 330.0);
const PLOT_Y: (f64, f64) = (262.0, 12.0);
/// The least distance between labels at the ends of lines.
const LABEL_STEP: f64 = 14.0;

/// One variant's figures by size.
pub(crate) struct Line {
    pub variant: String,
    /// Size and seconds per call or another figure, by size.
    pub points: Vec<(u64, Estimate)>,
}

/// Draws the lines, with figures of the vertical axis as `short` makes them; `None` if there is nothing to draw.
pub(crate) fn draw(lines: &[Line], unit: &str, label: &str, short: impl Fn(f64) -> String) -> Option<String> {
    let points = || lines.iter().flat_map(|line| &line.points);
    let x = LogAxis::fit(points().map(|p| p.0 as f64), 0.03, 1.1, PLOT_X)?;
    let y = LogAxis::fit(points().map(|p| p.1.value), 0.05, 2.0, PLOT_Y)?;
    let svg = Canvas::svg(WIDTH, HEIGHT, label, |canvas| {
        for tick in y.ticks(6) {
            let line = y.at(tick);
            canvas.line((PLOT_X.0, line), (PLOT_X.1, line), Ink::GRID, 0.8);
            canvas.text(
                (PLOT_X.0 - 5.0, line),
                &short(tick),
                12.5,
                Anchor::End,
                Ink::MUTED,
                false,
            );
        }
        let mut sizes: Vec<u64> = points().map(|p| p.0).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let mut last = f64::NEG_INFINITY;
        for size in sizes {
            let place = x.at(size as f64);
            canvas.line((place, PLOT_Y.0), (place, PLOT_Y.1), Ink::GRID, 0.8);
            let text = tick_label(size as f64);
            let half = text.len() as f64 * 3.8;
            if place - half > last {
                canvas.text(
                    (place, PLOT_Y.0 + 13.0),
                    &text,
                    12.5,
                    Anchor::Middle,
                    Ink::MUTED,
                    false,
                );
                last = place + half;
            }
        }
        let middle = (PLOT_X.0 + PLOT_X.1) / 2.0;
        let name = cut(unit, 40);
        canvas.text(
            (middle, PLOT_Y.0 + 29.0),
            &name,
            12.5,
            Anchor::Middle,
            Ink::MUTED,
            false,
        );
        for line in lines {
            draw_line(canvas, line, &x, &y);
        }
        for (line, place) in label_places(lines, &y) {
            let look = look(&line.variant);
            canvas.mark((PLOT_X.1 + 10.0, place), look, 3.5);
            let name = cut(&line.variant, 10);
            canvas.text(
                (PLOT_X.1 + 19.0, place),
                &name,
                12.5,
                Anchor::Start,
                Ink::TEXT,
                false,
            );
        }
    });
    Some(svg)
}

fn draw_line(canvas: &Canvas<'_>, line: &Line, x: &LogAxis, y: &LogAxis) {
    let look = look(&line.variant);
    let place = |(size, time): &(u64, Estimate)| (x.at(*size as f64), y.at(time.value));
    canvas.path(line.points.iter().map(place), look.ink, 1.6);
    for point in &line.points {
        let (px, py) = place(point);
        if let Some((low, high)) = point.1.interval {
            canvas.line((px, y.at(low)), (px, y.at(high)), look.ink, 1.6);
        }
        canvas.mark((px, py), look, 4.0);
    }
}

/// The positions of the labels: at the height of their line's end, moved up or down until none covers another.
fn label_places<'a>(lines: &'a [Line], y: &LogAxis) -> Vec<(&'a Line, f64)> {
    let end = |line: &'a Line| Some((line, y.at(line.points.last()?.1.value)));
    kept_apart(lines.iter().filter_map(end).collect(), LABEL_STEP, PLOT_Y.0)
}

/// A round time without trailing zeros: `20 ms`.
pub(crate) fn short_time(seconds: f64) -> String {
    let text = Time(seconds).to_string();
    match text.split_once(' ') {
        Some((number, unit)) if number.contains('.') => {
            format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_apart_and_inside() {
        let line = |value: f64| Line {
            variant: "rust".into(),
            points: vec![(
                1,
                Estimate {
                    value,
                    interval: None,
                    launches: 1,
                },
            )],
        };
        let lines: Vec<_> = [1.0, 1.01, 1.02, 1.03, 50.0].map(line).into();
        let y = LogAxis::fit([1.0, 100.0], 0.0, 2.0, PLOT_Y).unwrap();
        let places: Vec<f64> = label_places(&lines, &y).into_iter().map(|p| p.1).collect();
        assert!(
            places.windows(2).all(|w| w[1] - w[0] >= LABEL_STEP - 1e-9),
            "{places:?}"
        );
        assert!(places.iter().all(|p| *p <= PLOT_Y.0));
    }

    #[test]
    fn times_on_the_axis_are_short() {
        assert_eq!(short_time(0.02), "20 ms");
        assert_eq!(short_time(2e-6), "2 µs");
    }
}
