//! The ladder: from Python over each smaller step to the port, on one logarithmic axis.

#[cfg(test)]
mod tests;

use super::palette::{Ink, Look, look, look_as};
use super::{Anchor, Canvas, LogAxis, tick_label};
use crate::estimate::{Estimate, Ratio};
use crate::registry::{Kind, Profile};
use crate::report::page::{range, range_of};
use crate::text::cut;

/// Up to this many pairs every step has its own line; above, all steps of a pair share one.
const LINE_PER_STEP: usize = 8;

/// Above this many pairs only the extremes are drawn: half of them with the largest ratios, half with the smallest. The
/// table has all pairs.
pub(crate) const MOST_PAIRS: usize = 60;

/// A pair's steps from Python to its port.
#[derive(Debug, Clone)]
pub(crate) struct Ladder<'a> {
    pub pair: &'a str,
    pub profile: Profile,
    /// The smaller steps by their gain, then the ports by theirs.
    pub rungs: Vec<Rung<'a>>,
    pub residual: Option<Residual<'a>>,
}

/// A step, or a port.
#[derive(Debug, Clone)]
pub(crate) struct Rung<'a> {
    pub name: &'a str,
    /// The baseline's kind stands for plain Python on another interpreter.
    pub kind: Kind,
    /// Its ratio, or both ratios of bimodal launches; empty if it has none.
    pub ratios: Vec<Estimate>,
    /// Why it has none.
    pub without: &'static str,
}

/// What the port gains beyond the best step.
#[derive(Debug, Clone)]
pub(crate) struct Residual<'a> {
    pub port: &'a str,
    /// `None` if no step is faster than Python.
    pub step: Option<&'a str>,
    /// The ratio of the step, 1 without one, and that of the port.
    pub ends: (f64, f64),
    /// Port ÷ step, and its interval.
    pub gain: (String, Option<String>),
}

impl Rung<'_> {
    /// Its largest ratio.
    pub(crate) fn gain(&self) -> Option<f64> {
        self.ratios.iter().map(|ratio| ratio.value).reduce(f64::max)
    }

    pub(crate) fn look(&self) -> Look {
        match self.kind {
            Kind::Baseline => look(crate::registry::Variant::BASELINE),
            kind => look_as(self.name, kind),
        }
    }

    /// The kind in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self.kind {
            Kind::Baseline => "runtime",
            kind => kind.words(),
        }
    }
}

impl Ladder<'_> {
    /// The largest gain.
    fn best(&self) -> Option<f64> {
        self.rungs.iter().filter_map(Rung::gain).reduce(f64::max)
    }

    /// Whether there is anything to draw.
    pub(crate) fn has_ratios(&self) -> bool {
        self.best().is_some()
    }

    /// The gain, at each of its speeds, of the port that the residual is about.
    fn port(&self) -> String {
        let is_port = |rung: &&Rung<'_>| self.residual.as_ref().is_some_and(|one| one.port == rung.name);
        let ratios = self.rungs.iter().filter(is_port).flat_map(|rung| &rung.ratios);
        let shown: Vec<String> = ratios.map(|ratio| Ratio(ratio.value).to_string()).collect();
        match shown.as_slice() {
            [lower, upper] => range_of(lower, upper),
            others => others.concat(),
        }
    }
}

/// The chart for wide and for narrow pages, and what it leaves out.
pub(crate) struct LadderChart {
    /// About 780 units wide.
    pub wide: String,
    /// About 340 units wide.
    pub narrow: String,
    /// How many pairs with ratios are not drawn.
    pub left_out: usize,
    /// Whether the steps of a pair share a line, so that only their marks tell them apart.
    pub shares_lines: bool,
}

/// Positions and sizes.
struct Layout {
    width: f64,
    /// Whether there is only room for the names of steps, and a pair's name is above its line.
    narrow: bool,
    /// The horizontal range of the plot with a line per step, and with a line per pair.
    plots: [(f64, f64); 2],
    row: f64,
    ticks: usize,
}

const WIDE: Layout = Layout {
    width: 780.0,
    narrow: false,
    plots: [(232.0, 620.0), (128.0, 548.0)],
    row: 16.0,
    ticks: 8,
};

const NARROW: Layout = Layout {
    width: 340.0,
    narrow: true,
    plots: [(102.0, 284.0), (8.0, 332.0)],
    row: 18.0,
    ticks: 5,
};

/// On a wide page: where the names of kinds start, and where the values end, before their intervals.
const KIND: f64 = 122.0;
const VALUE_END: f64 = 676.0;
/// Where the ports' ratios end if each pair has one line.
const PORT_END: f64 = 618.0;

const TOP: f64 = 24.0;
const BOTTOM: f64 = 24.0;
const GAP: f64 = 6.0;

/// Draws the ladders; `None` if none has a ratio. The label names the chart.
pub(crate) fn draw(ladders: &[Ladder<'_>], label: &str) -> Option<LadderChart> {
    let mut shown: Vec<&Ladder<'_>> = ladders.iter().filter(|ladder| ladder.has_ratios()).collect();
    let all = shown.len();
    if all > MOST_PAIRS {
        let best = |ladder: &Ladder<'_>| ladder.best().unwrap_or_default();
        shown.sort_by(|a, b| best(b).total_cmp(&best(a)));
        shown.drain(MOST_PAIRS / 2..all - MOST_PAIRS / 2);
    }
    if shown.is_empty() {
        return None;
    }
    let shares_lines = shown.len() > LINE_PER_STEP;
    let draw = |layout: &Layout| match shares_lines {
        true => Chart::new(&shown, layout, layout.plots[1]).map(|chart| chart.of_pairs(label)),
        false => Chart::new(&shown, layout, layout.plots[0]).map(|chart| chart.of_steps(label)),
    };
    Some(LadderChart {
        wide: draw(&WIDE)?,
        narrow: draw(&NARROW)?,
        left_out: all - shown.len(),
        shares_lines,
    })
}

struct Chart<'a> {
    ladders: &'a [&'a Ladder<'a>],
    layout: &'a Layout,
    axis: LogAxis,
}

impl<'a> Chart<'a> {
    fn new(ladders: &'a [&'a Ladder<'a>], layout: &'a Layout, plot: (f64, f64)) -> Option<Self> {
        let ends = |e: &Estimate| [Some(e.value), e.interval.map(|i| i.0), e.interval.map(|i| i.1)];
        let rungs = ladders.iter().flat_map(|ladder| &ladder.rungs);
        let values = rungs.flat_map(|rung| &rung.ratios).flat_map(ends).flatten();
        Some(Chart {
            ladders,
            layout,
            axis: LogAxis::fit(values.chain([1.0]), 0.04, 1.5, plot)?,
        })
    }

    /// A line for each step, and one for the residual gain.
    fn of_steps(&self, label: &str) -> String {
        let heading = if self.ladders.len() > 1 {
            self.layout.row
        } else {
            0.0
        };
        let rows = |ladder: &Ladder<'_>| {
            let of_rungs = ladder.rungs.iter().map(|rung| rung.ratios.len().max(1));
            of_rungs.sum::<usize>() + usize::from(ladder.residual.is_some())
        };
        let height = |ladder: &Ladder<'_>| heading + rows(ladder) as f64 * self.layout.row + GAP;
        let bottom = TOP + self.ladders.iter().map(|ladder| height(ladder)).sum::<f64>();
        Canvas::svg(self.layout.width, bottom + BOTTOM, label, |canvas| {
            self.frame(canvas, bottom);
            let mut y = TOP;
            for ladder in self.ladders {
                let mut row = y + (GAP + self.layout.row) / 2.0;
                self.baseline(canvas, y + heading, y + height(ladder));
                if heading > 0.0 {
                    canvas.line((0.0, y), (self.layout.width, y), Ink::GRID, 0.6);
                    let name = cut(ladder.pair, 40);
                    canvas.text((0.0, row), &name, 12.5, Anchor::Start, Ink::TEXT, true);
                    row += heading;
                }
                for rung in &ladder.rungs {
                    row = self.rung(canvas, rung, row);
                }
                if let Some(residual) = &ladder.residual {
                    self.residual_line(canvas, residual, row);
                }
                y += height(ladder);
            }
        })
    }

    /// The lines of a step, one for each of its speeds; returns the place of the next one.
    fn rung(&self, canvas: &Canvas<'_>, rung: &Rung<'_>, mut y: f64) -> f64 {
        self.names(canvas, rung.name, rung.kind(), y);
        if rung.ratios.is_empty() {
            let place = (self.layout.width, y);
            canvas.text(place, rung.without, 12.0, Anchor::End, Ink::MUTED, false);
            return y + self.layout.row;
        }
        let (one, look) = (self.axis.at(1.0), rung.look());
        for ratio in &rung.ratios {
            let x = self.axis.at(ratio.value);
            canvas.rect((one.min(x), y - 1.1), (one.max(x), y + 1.1), look.ink, 0.3);
            self.point(canvas, ratio, look, y);
            let interval = range(*ratio, |value| Ratio(value).to_string());
            self.value(
                canvas,
                &Ratio(ratio.value).to_string(),
                Some(interval.as_deref().unwrap_or("no interval")),
                y,
            );
            y += self.layout.row;
        }
        y
    }

    fn residual_line(&self, canvas: &Canvas<'_>, residual: &Residual<'_>, y: f64) {
        let beyond = match residual.step {
            Some(step) => format!("beyond {}", cut(step, 12)),
            None => "no step is faster".into(),
        };
        self.names(canvas, "residual", &beyond, y);
        self.residual_bar(canvas, residual, y);
        let (value, interval) = &residual.gain;
        self.value(canvas, value, interval.as_deref(), y);
    }

    /// From the best step to the port; nothing if the step is faster.
    fn residual_bar(&self, canvas: &Canvas<'_>, residual: &Residual<'_>, y: f64) {
        let (step, port) = residual.ends;
        if port > step {
            let (from, to) = (self.axis.at(step), self.axis.at(port));
            canvas.rect((from, y - 4.0), (to, y + 4.0), look("rust").ink, 0.35);
        }
    }

    fn names(&self, canvas: &Canvas<'_>, name: &str, kind: &str, y: f64) {
        let most = if self.layout.narrow { 15 } else { 18 };
        canvas.text((0.0, y), &cut(name, most), 12.0, Anchor::Start, Ink::TEXT, false);
        if !self.layout.narrow {
            canvas.text((KIND, y), kind, 11.5, Anchor::Start, Ink::MUTED, false);
        }
    }

    fn value(&self, canvas: &Canvas<'_>, value: &str, interval: Option<&str>, y: f64) {
        let (at_end, interval) = ((self.layout.width, y), interval.filter(|_| !self.layout.narrow));
        let place = interval.map_or(at_end, |_| (VALUE_END, y));
        canvas.text(place, value, 12.0, Anchor::End, Ink::TEXT, true);
        if let Some(interval) = interval {
            canvas.text(at_end, interval, 11.5, Anchor::End, Ink::MUTED, false);
        }
    }

    /// A line for each pair.
    fn of_pairs(&self, label: &str) -> String {
        let height = if self.layout.narrow {
            2.0 * self.layout.row + GAP
        } else {
            20.0
        };
        let bottom = TOP + self.ladders.len() as f64 * height;
        Canvas::svg(self.layout.width, bottom + BOTTOM, label, |canvas| {
            self.frame(canvas, bottom);
            let heads = match self.layout.narrow {
                true => vec![(self.layout.width, "port, residual gain")],
                false => vec![(PORT_END, "port"), (self.layout.width, "beyond the best step")],
            };
            for (end, words) in heads {
                canvas.text((end, TOP - 14.0), words, 12.0, Anchor::End, Ink::MUTED, false);
            }
            for (at, ladder) in self.ladders.iter().enumerate() {
                let y = TOP + at as f64 * height;
                // On a narrow page between all pairs, otherwise between profiles.
                let new_profile = at > 0 && self.ladders[at - 1].profile != ladder.profile;
                if self.layout.narrow || new_profile {
                    canvas.line((0.0, y), (self.layout.width, y), Ink::GRID, 0.6);
                }
                let heading = if self.layout.narrow { self.layout.row } else { 0.0 };
                self.baseline(canvas, y + heading, y + height);
                self.pair(canvas, ladder, y, y + height - self.layout.row / 2.0 - 2.0);
            }
        })
    }

    /// A pair whose line is at `y` and whose top edge is at `top`.
    fn pair(&self, canvas: &Canvas<'_>, ladder: &Ladder<'_>, top: f64, y: f64) {
        let heading = if self.layout.narrow {
            top + self.layout.row / 2.0 + 2.0
        } else {
            y
        };
        let name = cut(ladder.pair, 18);
        canvas.text((0.0, heading), &name, 12.5, Anchor::Start, Ink::TEXT, true);
        let ratios = || ladder.rungs.iter().flat_map(|rung| &rung.ratios);
        let ends = ratios()
            .map(|ratio| self.axis.at(ratio.value))
            .chain([self.axis.at(1.0)]);
        let (left, right) = ends.fold((f64::INFINITY, 0.0_f64), |(l, r), x| (l.min(x), r.max(x)));
        canvas.rect((left, y - 0.6), (right, y + 0.6), Ink::MUTED, 0.4);
        if let Some(residual) = &ladder.residual {
            self.residual_bar(canvas, residual, y);
        }
        for rung in &ladder.rungs {
            for ratio in &rung.ratios {
                self.point(canvas, ratio, rung.look(), y);
            }
        }
        let Some(residual) = &ladder.residual else { return };
        let (port, gain) = (ladder.port(), &residual.gain.0);
        if self.layout.narrow {
            let text = match residual.step {
                Some(_) => format!("{port}, {gain}"),
                None => port,
            };
            let place = (self.layout.width, heading);
            canvas.text(place, &text, 12.0, Anchor::End, Ink::TEXT, false);
        } else {
            canvas.text((PORT_END, y), &port, 12.0, Anchor::End, Ink::TEXT, false);
            self.value(canvas, gain, residual.gain.1.as_deref(), y);
        }
    }

    /// A mark with its interval, whose ends are taller than the mark, so that even a narrower interval is visible.
    fn point(&self, canvas: &Canvas<'_>, ratio: &Estimate, look: Look, y: f64) {
        if let Some((low, high)) = ratio.interval {
            let (low, high) = (self.axis.at(low), self.axis.at(high));
            canvas.line((low, y), (high, y), look.ink, 1.8);
            for end in [low, high] {
                canvas.line((end, y - 6.5), (end, y + 6.5), look.ink, 1.3);
            }
        }
        canvas.mark((self.axis.at(ratio.value), y), look, 3.5);
    }

    /// The reference line at 1×, which the names of pairs interrupt.
    fn baseline(&self, canvas: &Canvas<'_>, from: f64, to: f64) {
        let one = self.axis.at(1.0);
        canvas.line((one, from), (one, to), Ink::BASELINE, 1.6);
    }

    /// Grid, and the words next to the reference line.
    fn frame(&self, canvas: &Canvas<'_>, bottom: f64) {
        for tick in self.axis.ticks(self.layout.ticks) {
            let x = self.axis.at(tick);
            canvas.line((x, TOP), (x, bottom), Ink::GRID, 0.8);
            let text = format!("{}×", tick_label(tick));
            canvas.text((x, bottom + 13.0), &text, 12.0, Anchor::Middle, Ink::MUTED, false);
        }
        let (one, y) = (self.axis.at(1.0), TOP - 14.0);
        for (x, anchor, words) in [
            (one - 5.0, Anchor::End, "◂ slower"),
            (one + 5.0, Anchor::Start, "faster than Python ▸"),
        ] {
            canvas.text((x, y), words, 12.0, anchor, Ink::MUTED, false);
        }
    }
}
