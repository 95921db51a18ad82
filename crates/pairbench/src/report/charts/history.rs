//! A variant's ratio over many runs: one small panel per variant, so that a change of a few percent shows.

use super::palette::{Ink, look};
use super::{Anchor, Canvas, LogAxis, tick_label, units};
use crate::estimate::Estimate;
use maud::html;

const WIDTH: f64 = 290.0;
const HEIGHT: f64 = 170.0;
const PLOT_X: (f64, f64) = (46.0, 284.0);
const PLOT_Y: (f64, f64) = (142.0, 8.0);

/// One run in a panel.
pub(crate) struct Point {
    /// Index of the run in the history, from 0.
    pub run: usize,
    /// The variant's ratio in it.
    pub ratio: Estimate,
    /// The tooltip.
    pub title: String,
}

/// The runs that all panels of a pair share, in the order of their start.
pub(crate) struct Runs {
    /// The day of each.
    pub days: Vec<String>,
    /// Which of them had a different environment from the one before.
    pub breaks: Vec<usize>,
}

/// Draws one variant's history; `None` if there is nothing to draw.
pub(crate) fn panel(variant: &str, runs: &Runs, points: &[Point], label: &str) -> Option<String> {
    let ends = |ratio: Estimate| ratio.interval.map_or([ratio.value; 2], |(low, high)| [low, high]);
    let y = LogAxis::fit(
        points.iter().flat_map(|point| ends(point.ratio)),
        0.06,
        1.05,
        PLOT_Y,
    )?;
    let step = (PLOT_X.1 - PLOT_X.0) / runs.days.len().max(1) as f64;
    let x = |run: usize| PLOT_X.0 + (run as f64 + 0.5) * step;
    let look = look(variant);
    let svg = Canvas::svg(WIDTH, HEIGHT, label, |canvas| {
        for tick in y.ticks(5) {
            let line = y.at(tick);
            canvas.line((PLOT_X.0, line), (PLOT_X.1, line), Ink::GRID, 0.8);
            let place = (PLOT_X.0 - 5.0, line);
            canvas.text(place, &tick_label(tick), 12.0, Anchor::End, Ink::MUTED, false);
        }
        for run in &runs.breaks {
            let place = PLOT_X.0 + *run as f64 * step;
            dashes(canvas, place);
        }
        for stretch in points.chunk_by(|a, b| !runs.breaks.iter().any(|at| (a.run + 1..=b.run).contains(at)))
        {
            let line = stretch
                .iter()
                .map(|point| (x(point.run), y.at(point.ratio.value)));
            canvas.path(line, look.ink, 1.0);
        }
        for point in points {
            let [low, high] = ends(point.ratio);
            canvas.line(
                (x(point.run), y.at(low)),
                (x(point.run), y.at(high)),
                look.ink,
                1.4,
            );
            let radius = (step * 0.3).clamp(1.2, 4.0);
            canvas.mark((x(point.run), y.at(point.ratio.value)), look, radius);
        }
        days(canvas, &runs.days);
    });
    let hits = points
        .iter()
        .map(|point| (x(point.run) - step / 2.0, step, point.title.as_str()));
    Some(hovering(svg, hits))
}

/// A dashed line from top to bottom.
fn dashes(canvas: &Canvas<'_>, x: f64) {
    const DASH: f64 = 4.0;
    let mut top = PLOT_Y.1;
    while top < PLOT_Y.0 {
        canvas.line((x, top), (x, (top + DASH).min(PLOT_Y.0)), Ink::MUTED, 1.0);
        top += 2.0 * DASH;
    }
}

/// The first and the last day below the axis.
fn days(canvas: &Canvas<'_>, days: &[String]) {
    let place = PLOT_Y.0 + 14.0;
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        canvas.text((PLOT_X.0, place), first, 12.0, Anchor::Start, Ink::MUTED, false);
        if first != last {
            canvas.text((PLOT_X.1, place), last, 12.0, Anchor::End, Ink::MUTED, false);
        }
    }
}

/// Adds an invisible strip with a title over each point, since plotters has no titles.
fn hovering<'t>(svg: String, hits: impl Iterator<Item = (f64, f64, &'t str)>) -> String {
    let (top, height) = (units(PLOT_Y.1), units(PLOT_Y.0 - PLOT_Y.1));
    let strips = html! {
        @for (left, width, title) in hits {
            rect x=(units(left)) y=(top) width=(units(width)) height=(height) fill="transparent" { title { (title) } }
        }
    };
    match svg.rfind("</svg>") {
        Some(end) => format!("{}{}{}", &svg[..end], strips.into_string(), &svg[end..]),
        None => svg,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(run: usize, value: f64, title: &str) -> Point {
        let interval = Some((value * 0.9, value * 1.1));
        let ratio = Estimate {
            value,
            interval,
            launches: 10,
        };
        Point {
            run,
            ratio,
            title: title.into(),
        }
    }

    #[test]
    fn a_panel_has_a_mark_and_a_title_for_each_run() {
        let runs = Runs {
            days: ["2026-01-01", "2026-01-02", "2026-01-03"].map(Into::into).into(),
            breaks: vec![2],
        };
        let points = [
            point(0, 10.0, "a"),
            point(1, 11.0, "b & <c>"),
            point(2, 30.0, "d"),
        ];
        let svg = panel("rust", &runs, &points, "label").unwrap();
        assert_eq!(svg.matches("<circle").count(), 3);
        assert_eq!(svg.matches("<title>").count(), 3);
        assert!(svg.contains("<title>b &amp; &lt;c&gt;</title>") && svg.trim_end().ends_with("</svg>"));
        // The line stops where the environment changed: it joins the first two runs and not the third.
        let lines = svg
            .lines()
            .filter(|line| line.contains("class=\"s9\" stroke-width=\"10\""));
        let points = lines.filter_map(|line| Some(line.split_once("points=\"")?.1.split(' ').count()));
        assert_eq!(points.max(), Some(2), "{svg}");
        assert!(panel("rust", &runs, &[], "label").is_none());
    }
}
