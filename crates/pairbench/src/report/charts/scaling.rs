//! Speed-up against the number of workers, both on linear axes, with the line that dividing work cannot exceed.

use super::labels::kept_apart;
use super::palette::{Ink, look};
use super::{Anchor, Canvas, tick_label};
use crate::analyse::scaling::{Curve, CurvePoint};
use crate::text::cut;
use unicode_width::UnicodeWidthStr;

const HEIGHT: f64 = 300.0;
const PLOT_X: (f64, f64) = (44.0, 326.0);
const PLOT_Y: (f64, f64) = (250.0, 12.0);
/// The left edge of the names, the width of a letter, and the most letters of a name.
const NAME_X: f64 = PLOT_X.1 + 19.0;
const LETTER: f64 = 7.2;
const MOST_LETTERS: usize = 24;
/// The least distance between labels at the ends of lines.
const LABEL_STEP: f64 = 14.0;
/// A larger speed-up is an error of the clock, and would leave no room for the others.
const ABSURD: f64 = 1e4;

/// A curve to draw.
pub(crate) struct Drawn<'a> {
    pub(crate) curve: &'a Curve,
    /// What it is called; the look is that of its variant.
    pub(crate) name: String,
    /// Whether its line is dashed, as for the curves of a second interpreter.
    pub(crate) dashed: bool,
}

/// Draws the curves on a machine with this many cores; `None` if there is nothing to draw.
pub(crate) fn draw(curves: &[Drawn<'_>], cores: u32, label: &str) -> Option<String> {
    let lines: Vec<Line<'_>> = curves.iter().filter_map(Line::of).collect();
    let all = || lines.iter().flat_map(|line| &line.points);
    let most = all().map(|point| point.workers).max().filter(|most| *most > 1)?;
    let top = all()
        .map(|point| point.speed_up.value)
        .fold(f64::from(most.min(cores)), f64::max)
        * 1.06;
    let plane = Plane { most, top };
    let longest = lines.iter().map(|line| line.name.width()).max().unwrap_or(0);
    let width = NAME_X + LETTER * longest.max(10) as f64;
    let svg = Canvas::svg(width, HEIGHT, label, |canvas| {
        plane.past(canvas, cores);
        plane.grid(canvas);
        plane.ideal(canvas, cores);
        for line in &lines {
            plane.line(canvas, line);
        }
        for (line, place) in plane.labels(&lines) {
            canvas.mark((PLOT_X.1 + 10.0, place), look(line.variant), 3.5);
            canvas.text((NAME_X, place), &line.name, 12.5, Anchor::Start, Ink::TEXT, false);
        }
    });
    Some(svg)
}

/// One variant, with the points that can be drawn.
struct Line<'a> {
    variant: &'a str,
    name: String,
    dashed: bool,
    points: Vec<CurvePoint>,
}

impl<'a> Line<'a> {
    fn of(drawn: &Drawn<'a>) -> Option<Self> {
        let sound = |point: &&CurvePoint| (0.0..ABSURD).contains(&point.speed_up.value);
        let points: Vec<_> = drawn.curve.points.iter().filter(sound).copied().collect();
        (!points.is_empty()).then(|| Line {
            variant: &drawn.curve.variant,
            name: cut(&drawn.name, MOST_LETTERS),
            dashed: drawn.dashed,
            points,
        })
    }
}

/// Maps workers and speed-ups to positions.
struct Plane {
    most: u32,
    top: f64,
}

impl Plane {
    fn x(&self, workers: f64) -> f64 {
        PLOT_X.0 + (workers - 0.9) / (f64::from(self.most) - 0.8) * (PLOT_X.1 - PLOT_X.0)
    }

    fn y(&self, speed_up: f64) -> f64 {
        PLOT_Y.0 - (speed_up / self.top).clamp(0.0, 1.0) * (PLOT_Y.0 - PLOT_Y.1)
    }

    /// The area with more workers than cores.
    fn past(&self, canvas: &Canvas<'_>, cores: u32) {
        if self.most <= cores {
            return;
        }
        let begin = self.x(f64::from(cores) + 0.5);
        canvas.rect((begin, PLOT_Y.1), (PLOT_X.1, PLOT_Y.0), Ink::GRID, 0.45);
        let middle = f64::midpoint(begin, PLOT_X.1);
        canvas.text(
            (middle, PLOT_Y.1 + 9.0),
            "past the cores",
            11.5,
            Anchor::Middle,
            Ink::MUTED,
            false,
        );
    }

    fn grid(&self, canvas: &Canvas<'_>) {
        let step = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0];
        let step = step
            .into_iter()
            .find(|step| self.top / step <= 6.0)
            .unwrap_or(self.top);
        let mut tick = 0.0;
        while tick <= self.top {
            let y = self.y(tick);
            canvas.line((PLOT_X.0, y), (PLOT_X.1, y), Ink::GRID, 0.8);
            let text = format!("{}×", tick_label(tick).replace("0e0", "0"));
            canvas.text((PLOT_X.0 - 5.0, y), &text, 12.5, Anchor::End, Ink::MUTED, false);
            tick += step;
        }
        let every = self.most.div_ceil(12).max(1);
        for workers in (1..=self.most).step_by(every as usize) {
            let x = self.x(f64::from(workers));
            let text = workers.to_string();
            canvas.text(
                (x, PLOT_Y.0 + 13.0),
                &text,
                12.5,
                Anchor::Middle,
                Ink::MUTED,
                false,
            );
        }
        let middle = f64::midpoint(PLOT_X.0, PLOT_X.1);
        canvas.text(
            (middle, PLOT_Y.0 + 30.0),
            "workers",
            12.5,
            Anchor::Middle,
            Ink::MUTED,
            false,
        );
    }

    /// The ideal: a speed-up as large as the number of workers, up to the cores.
    fn ideal(&self, canvas: &Canvas<'_>, cores: u32) {
        let bend = self.most.min(cores).max(1);
        let corners = [1, bend, self.most]
            .map(|workers| (self.x(f64::from(workers)), self.y(f64::from(workers.min(bend)))));
        canvas.path(corners, Ink::MUTED, 1.0);
    }

    fn line(&self, canvas: &Canvas<'_>, line: &Line<'_>) {
        let look = look(line.variant);
        let place = |workers: u32, value: f64| (self.x(f64::from(workers)), self.y(value));
        let places = line.points.iter().map(|p| place(p.workers, p.speed_up.value));
        match line.dashed {
            true => canvas.dashed_path(places, look.ink, 1.6),
            false => canvas.path(places, look.ink, 1.6),
        }
        for point in &line.points {
            let speed_up = point.speed_up;
            if let Some((low, high)) = speed_up.interval {
                canvas.line(
                    place(point.workers, low),
                    place(point.workers, high),
                    look.ink,
                    1.6,
                );
            }
            canvas.mark(place(point.workers, speed_up.value), look, 4.0);
        }
    }

    /// The positions of the names: at the height of their line's end, moved until none covers another.
    fn labels<'a>(&self, lines: &'a [Line<'a>]) -> Vec<(&'a Line<'a>, f64)> {
        let end = |line: &'a Line<'a>| Some((line, self.y(line.points.last()?.speed_up.value)));
        kept_apart(lines.iter().filter_map(end).collect(), LABEL_STEP, PLOT_Y.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Middle;

    fn curve(variant: &str, speed_ups: &[f64]) -> Curve {
        let middle = |value| Middle {
            value,
            interval: None,
        };
        let point = |(at, value): (usize, &f64)| CurvePoint {
            workers: at as u32 + 1,
            seconds: middle(1.0),
            speed_up: middle(*value),
        };
        Curve {
            variant: variant.into(),
            points: speed_ups.iter().enumerate().map(point).collect(),
            rises: true,
            shares: None,
        }
    }

    fn drawn(curve: &Curve) -> Drawn<'_> {
        Drawn {
            curve,
            name: curve.variant.clone(),
            dashed: false,
        }
    }

    #[test]
    fn lines_names_and_the_step_past_the_cores_are_drawn() {
        let (threads, rayon) = (
            curve("threads", &[1.0, 1.0, 0.9]),
            curve("rayon", &[1.0, 1.9, 1.8]),
        );
        let svg = draw(&[drawn(&threads), drawn(&rayon)], 2, "Speed-up.").unwrap();
        for text in [">threads<", ">rayon<", "past the cores", ">workers<", ">2×<"] {
            assert!(svg.replace('\n', "").contains(text), "{text}: {svg}");
        }
        assert!(!draw(&[drawn(&rayon)], 4, "").unwrap().contains("past the cores"));
    }

    #[test]
    fn one_number_of_workers_is_no_curve() {
        assert_eq!(draw(&[], 2, ""), None);
        assert_eq!(draw(&[drawn(&curve("rayon", &[1.0]))], 2, ""), None);
        let odd = curve("rayon", &[f64::NAN, f64::INFINITY]);
        assert_eq!(draw(&[drawn(&odd)], 2, ""), None);
    }

    #[test]
    fn a_second_interpreter_is_dashed_and_long_names_are_whole() {
        let curves = ["subinterpreters", "threads"].map(|name| curve(name, &[1.0, 1.9]));
        let whole = draw(&curves.each_ref().map(drawn), 2, "").unwrap();
        let mut second = curves.each_ref().map(drawn);
        for line in &mut second {
            line.name.push_str(", no GIL");
            line.dashed = true;
        }
        let dashed = draw(&second, 2, "").unwrap();
        assert!(
            dashed.replace('\n', "").contains(">subinterpreters, no GIL<"),
            "{dashed}"
        );
        let segments = |svg: &str| svg.matches("<polyline").count();
        assert!(segments(&dashed) > segments(&whole), "{dashed}");
    }

    #[test]
    fn names_keep_apart_and_inside() {
        let curves: Vec<Curve> = ["a", "b", "c", "d"].map(|name| curve(name, &[1.0, 0.01])).into();
        let lines: Vec<Line<'_>> = curves
            .iter()
            .map(drawn)
            .filter_map(|one| Line::of(&one))
            .collect();
        let plane = Plane { most: 2, top: 2.0 };
        let places: Vec<f64> = plane.labels(&lines).into_iter().map(|(_, place)| place).collect();
        assert!(places.windows(2).all(|two| two[1] - two[0] >= LABEL_STEP - 1e-9));
        assert!(places.iter().all(|place| *place <= PLOT_Y.0));
    }
}
