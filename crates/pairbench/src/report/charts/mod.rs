//! Charts as inline SVG. Each module draws one; this file has what they share: a canvas in design units on top of
//! plotters' SVG backend, logarithmic axes and their ticks.

pub(crate) mod argument;
pub(crate) mod bars;
pub(crate) mod gains;
pub(crate) mod history;
pub(crate) mod interpreters;
mod labels;
pub(crate) mod ladder;
pub(crate) mod launches;
pub(crate) mod palette;
pub(crate) mod scaling;
pub(crate) mod sizes;

use palette::{Ink, Look, Shape};
use plotters::coord::Shift;
use plotters::coord::combinators::{IntoLogRange, LogCoord};
use plotters::coord::ranged1d::Ranged;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// plotters places everything at whole units; with ten of them per design unit, narrow whiskers stay narrow.
const SCALE: f64 = 10.0;

fn units(value: f64) -> i32 {
    // Clamped, so that an extreme value of a record is only drawn outside of the view box.
    (value * SCALE).round().clamp(-1e6, 1e6) as i32
}

fn at(x: f64, y: f64) -> (i32, i32) {
    (units(x), units(y))
}

/// How a text is aligned at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// Its start is there.
    Start,
    /// Its middle is there.
    Middle,
    /// Its end is there.
    End,
}

/// A surface to draw on, in design units: 1 is about a CSS pixel at the chart's natural width.
pub(crate) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl<'a> Canvas<'a> {
    /// An SVG of the given size, with `label` as its accessible name.
    pub(crate) fn svg(width: f64, height: f64, label: &str, draw: impl FnOnce(&Canvas<'_>)) -> String {
        let mut buffer = String::new();
        let size = (units(width) as u32, units(height) as u32);
        let area = SVGBackend::with_string(&mut buffer, size).into_drawing_area();
        let canvas = Canvas { area };
        draw(&canvas);
        drop(canvas);
        palette::themed(&buffer, label)
    }

    fn draw<E>(&self, element: E)
    where
        for<'e> &'e E: plotters::element::PointCollection<'e, (i32, i32)>,
        E: plotters::element::Drawable<SVGBackend<'a>>,
    {
        // Writing to a string cannot fail.
        let _ = self.area.draw(&element);
    }

    pub(crate) fn line(&self, from: (f64, f64), to: (f64, f64), ink: Ink, width: f64) {
        let style = ink.rgb().stroke_width(units(width) as u32);
        self.draw(PathElement::new([at(from.0, from.1), at(to.0, to.1)], style));
    }

    /// A dashed line to the right.
    pub(crate) fn dashes(&self, from: (f64, f64), to_x: f64, ink: Ink, width: f64) {
        const DASH: f64 = 5.0;
        let mut x = from.0;
        while x < to_x {
            self.line((x, from.1), ((x + DASH).min(to_x), from.1), ink, width);
            x += 2.0 * DASH;
        }
    }

    /// A line through several points.
    pub(crate) fn path(&self, points: impl IntoIterator<Item = (f64, f64)>, ink: Ink, width: f64) {
        let points: Vec<_> = points.into_iter().map(|(x, y)| at(x, y)).collect();
        self.draw(PathElement::new(
            points,
            ink.rgb().stroke_width(units(width) as u32),
        ));
    }

    /// A dashed line through several points.
    pub(crate) fn dashed_path(&self, points: impl IntoIterator<Item = (f64, f64)>, ink: Ink, width: f64) {
        let points: Vec<_> = points.into_iter().map(|(x, y)| at(x, y)).collect();
        let style = ink.rgb().stroke_width(units(width) as u32);
        self.draw(DashedPathElement::new(points, units(6.0), units(4.0), style));
    }

    pub(crate) fn rect(&self, from: (f64, f64), to: (f64, f64), ink: Ink, opacity: f64) {
        self.draw(Rectangle::new(
            [at(from.0, from.1), at(to.0, to.1)],
            ink.rgb().mix(opacity).filled(),
        ));
    }

    /// A text, vertically centred at `y`.
    pub(crate) fn text(
        &self,
        (x, y): (f64, f64),
        text: &str,
        size: f64,
        anchor: Anchor,
        ink: Ink,
        bold: bool,
    ) {
        let h = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // The backend divides the size by 1.24.
        let font = FontDesc::new(
            FontFamily::SansSerif,
            size * SCALE * 1.24,
            if bold { FontStyle::Bold } else { FontStyle::Normal },
        );
        let colour = ink.rgb();
        let style = TextStyle::from(font)
            .color(&colour)
            .pos(Pos::new(h, VPos::Center));
        self.draw(Text::new(text.to_string(), at(x, y), style));
    }

    /// A variant's mark.
    pub(crate) fn mark(&self, (x, y): (f64, f64), look: Look, radius: f64) {
        let r = radius;
        let polygon = |points: &[(f64, f64)]| {
            let points: Vec<_> = points.iter().map(|(dx, dy)| at(x + dx * r, y + dy * r)).collect();
            self.draw(Polygon::new(points, look.ink.rgb().filled()));
        };
        match look.shape {
            Shape::Circle => self.draw(Circle::new(at(x, y), units(r), look.ink.rgb().filled())),
            Shape::Square => polygon(&[(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)]),
            Shape::Diamond => polygon(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
            Shape::Up => polygon(&[(0.0, -1.1), (1.15, 0.9), (-1.15, 0.9)]),
            Shape::Down => polygon(&[(0.0, 1.1), (1.15, -0.9), (-1.15, -0.9)]),
            Shape::Right => polygon(&[(1.1, 0.0), (-0.9, 1.15), (-0.9, -1.15)]),
            Shape::Bar => polygon(&[(-0.4, -1.1), (0.4, -1.1), (0.4, 1.1), (-0.4, 1.1)]),
            Shape::Plus => {
                let (a, b) = (0.4, 1.2);
                polygon(&[
                    (-a, -b),
                    (a, -b),
                    (a, -a),
                    (b, -a),
                    (b, a),
                    (a, a),
                    (a, b),
                    (-a, b),
                    (-a, a),
                    (-b, a),
                    (-b, -a),
                    (-a, -a),
                ]);
            }
        }
    }
}

/// A logarithmic axis from values to design units.
pub(crate) struct LogAxis {
    coord: LogCoord<f64>,
    range: (f64, f64),
    place: (f64, f64),
}

impl LogAxis {
    /// An axis that shows all values, with room at both ends: `room` times their span, and at least enough to set the
    /// ends a factor of `least` apart. Values that no axis can show are left out; `None` if none remains.
    pub(crate) fn fit(
        values: impl IntoIterator<Item = f64>,
        room: f64,
        least: f64,
        place: (f64, f64),
    ) -> Option<LogAxis> {
        let shown = values.into_iter().filter(|v| (1e-200..1e200).contains(v));
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for log in shown.map(f64::ln) {
            (low, high) = (low.min(log), high.max(log));
        }
        if low > high {
            return None;
        }
        let span = (high - low) * (1.0 + 2.0 * room);
        let (middle, half) = ((low + high) / 2.0, span.max(least.ln()) / 2.0);
        let range = ((middle - half).exp(), (middle + half).exp());
        let coord = (range.0..range.1).log_scale().into();
        Some(LogAxis { coord, range, place })
    }

    /// The position of a value; one outside of the axis is moved to the nearer end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let value = match value.is_nan() {
            true => self.range.0,
            false => value.clamp(self.range.0, self.range.1),
        };
        f64::from(self.coord.map(&value, at(self.place.0, self.place.1))) / SCALE
    }

    /// Whether the value is inside the axis.
    pub(crate) fn shows(&self, value: f64) -> bool {
        (self.range.0..=self.range.1).contains(&value)
    }

    /// At most `most` round values inside the axis, spread as evenly as round values allow.
    pub(crate) fn ticks(&self, most: usize) -> Vec<f64> {
        const STEPS: [&[u32]; 4] = [&[10, 15, 20, 30, 40, 50, 70], &[10, 20, 50], &[10, 30], &[10]];
        let (low, high) = self.range;
        let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
        for steps in STEPS {
            let all = decades
                .clone()
                .flat_map(|d| steps.iter().map(move |s| decimal(i64::from(*s), d - 1)));
            let ticks: Vec<f64> = all.filter(|v| self.shows(*v)).collect();
            match ticks.len() {
                0..=2 => return linear_ticks(low, high, most),
                n if n <= most => return ticks,
                _ => {}
            }
        }
        let every = (high / low).log10() as usize / most + 1;
        decades
            .step_by(every)
            .map(|d| decimal(1, d))
            .filter(|v| self.shows(*v))
            .collect()
    }
}

/// Round values at equal distances, for an axis so short that it is practically linear.
fn linear_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let exponent = ((high - low) / most as f64).log10().floor() as i32;
    for (step, exponent) in [
        (1, exponent),
        (2, exponent),
        (5, exponent),
        (1, exponent + 1),
        (2, exponent + 1),
    ] {
        let size = decimal(step, exponent);
        let (first, last) = ((low / size).ceil() as i64, (high / size).floor() as i64);
        if last.saturating_sub(first) < most as i64 {
            return (first..=last)
                .map(|n| decimal(n.saturating_mul(step), exponent))
                .collect();
        }
    }
    Vec::new()
}

/// `digits` times ten to `exponent` as the nearest float, so that it prints with few digits.
fn decimal(digits: i64, exponent: i32) -> f64 {
    format!("{digits}e{exponent}").parse().unwrap_or(f64::NAN)
}

/// A tick as text.
pub(crate) fn tick_label(value: f64) -> String {
    match value {
        v if (1e-4..1e6).contains(&v) => format!("{v}"),
        v => format!("{v:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(low: f64, high: f64) -> LogAxis {
        LogAxis::fit([low, high], 0.0, 1.0001, (0.0, 100.0)).unwrap()
    }

    #[test]
    fn ticks_are_round_few_and_inside() {
        let labels = |low, high| {
            axis(low, high)
                .ticks(6)
                .into_iter()
                .map(tick_label)
                .collect::<Vec<_>>()
        };
        assert_eq!(labels(0.29, 310.0), ["1", "10", "100"]);
        assert_eq!(labels(0.5, 310.0), ["1", "3", "10", "30", "100", "300"]);
        assert_eq!(labels(0.9, 11.0), ["1", "2", "5", "10"]);
        assert_eq!(labels(20.1, 20.9), ["20.2", "20.4", "20.6", "20.8"]);
        assert_eq!(labels(1e-9, 1e9).len(), 4);
        for (low, high) in [(1.0, 1.0), (1e-100, 1e100), (3.0, 3.1), (0.7, 1.4), (99.0, 101.0)] {
            let axis = axis(low, high);
            let ticks = axis.ticks(6);
            assert!((1..=6).contains(&ticks.len()), "{low} {high} {ticks:?}");
            assert!(ticks.iter().all(|t| axis.shows(*t)), "{ticks:?}");
        }
    }

    #[test]
    fn an_axis_accepts_any_value() {
        assert!(LogAxis::fit([f64::NAN, -1.0, 0.0, f64::INFINITY], 0.1, 2.0, (0.0, 1.0)).is_none());
        let axis = axis(1.0, 100.0);
        assert_eq!(axis.at(10.0), 50.0);
        assert_eq!(
            (axis.at(f64::NAN), axis.at(-1.0), axis.at(f64::INFINITY)),
            (0.0, 0.0, 100.0)
        );
    }
}
