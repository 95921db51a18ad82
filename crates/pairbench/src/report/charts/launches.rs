//! The distribution of samples by launch: one small panel per variant.

use super::palette::{Ink, Look, Shape, look};
use super::{Anchor, Canvas, LogAxis, tick_label};
use crate::analyse::launches::Distribution;
use crate::analyse::summary::Modes;
use crate::estimate::Estimate;

const WIDTH: f64 = 290.0;
const HEIGHT: f64 = 170.0;
const PLOT_X: (f64, f64) = (46.0, 284.0);
const PLOT_Y: (f64, f64) = (142.0, 8.0);

/// The samples of one launch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LaunchBox {
    pub index: u32,
    /// How they are distributed.
    pub samples: Distribution,
}

/// The mark of a launch: if launches are bimodal, an up or down triangle in the variant's colour.
fn look_of(modes: Option<&Modes>, index: u32, usual: Look) -> Look {
    let shape = match modes.and_then(|modes| modes.is_upper(index)) {
        Some(true) => Shape::Up,
        Some(false) => Shape::Down,
        None => usual.shape,
    };
    Look { shape, ..usual }
}

/// The unit of the panel's vertical axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    /// Ratios.
    Ratio,
    /// Seconds, shown in a unit of this many seconds with this name.
    Seconds(f64, &'static str),
}

impl Scale {
    /// Seconds in the unit that suits the value.
    pub(crate) fn for_time(seconds: f64) -> Scale {
        let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs")];
        let (unit, name) = units
            .into_iter()
            .find(|(unit, _)| seconds >= *unit)
            .unwrap_or((1e-9, "ns"));
        Scale::Seconds(unit, name)
    }

    fn factor(self) -> f64 {
        match self {
            Scale::Ratio => 1.0,
            Scale::Seconds(unit, _) => 1.0 / unit,
        }
    }
}

/// Draws one variant's launches; `None` if there is nothing to draw.
pub(crate) fn panel(
    variant: &str,
    scale: Scale,
    boxes: &[LaunchBox],
    estimate: Option<Estimate>,
    modes: Option<&Modes>,
    label: &str,
) -> Option<String> {
    let factor = scale.factor();
    let interval = estimate.and_then(|e| e.interval);
    let values = boxes.iter().flat_map(|b| [b.samples.low, b.samples.high]);
    let all = values
        .chain(estimate.map(|e| e.value))
        .chain(interval.map(|i| i.0))
        .chain(interval.map(|i| i.1));
    let y = LogAxis::fit(all.map(|v| v * factor), 0.06, 1.02, PLOT_Y)?;
    let at = |v: f64| y.at(v * factor);
    let look = look(variant);
    let step = (PLOT_X.1 - PLOT_X.0) / boxes.len().max(1) as f64;
    let x = |i: usize| PLOT_X.0 + (i as f64 + 0.5) * step;
    let half = (step * 0.3).min(7.0);
    let svg = Canvas::svg(WIDTH, HEIGHT, label, |canvas| {
        for tick in y.ticks(5) {
            let line = y.at(tick);
            canvas.line((PLOT_X.0, line), (PLOT_X.1, line), Ink::GRID, 0.8);
            canvas.text(
                (PLOT_X.0 - 5.0, line),
                &tick_label(tick),
                12.0,
                Anchor::End,
                Ink::MUTED,
                false,
            );
        }
        if let Some((low, high)) = interval {
            canvas.rect((PLOT_X.0, at(high)), (PLOT_X.1, at(low)), look.ink, 0.16);
        }
        if let Some(estimate) = estimate {
            let line = at(estimate.value);
            canvas.line((PLOT_X.0, line), (PLOT_X.1, line), look.ink, 1.0);
        }
        for mode in modes.iter().flat_map(|modes| modes.each()) {
            let line = at(mode.ratio.value);
            canvas.dashes((PLOT_X.0, line), PLOT_X.1, Ink::TEXT, 1.0);
        }
        for (i, b) in boxes.iter().enumerate() {
            let x = x(i);
            let look = look_of(modes, b.index, look);
            canvas.line((x, at(b.samples.low)), (x, at(b.samples.high)), look.ink, 1.0);
            canvas.rect(
                (x - half, at(b.samples.upper)),
                (x + half, at(b.samples.lower)),
                look.ink,
                0.4,
            );
            canvas.mark((x, at(b.samples.median)), look, (half * 0.75).clamp(1.2, 4.0));
        }
        let every = boxes.len().div_ceil(12).max(1);
        for (i, b) in boxes.iter().enumerate().step_by(every) {
            let number = (u64::from(b.index) + 1).to_string();
            canvas.text(
                (x(i), PLOT_Y.0 + 14.0),
                &number,
                12.0,
                Anchor::Middle,
                Ink::MUTED,
                false,
            );
        }
    });
    Some(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_launch_is_drawn() {
        let samples = Distribution::of([1.0, 2.0, 3.0, 4.0, 5.0].into_iter()).unwrap();
        let drawn = |boxes: &[LaunchBox]| panel("rust", Scale::Ratio, boxes, None, None, "x");
        assert!(drawn(&[]).is_none());
        assert!(
            drawn(&[LaunchBox { index: 3, samples }])
                .unwrap()
                .contains("<circle")
        );
    }

    #[test]
    fn the_unit_suits_the_value() {
        assert_eq!(Scale::for_time(0.02), Scale::Seconds(1e-3, "ms"));
        assert_eq!(Scale::for_time(3.0), Scale::Seconds(1.0, "s"));
        assert_eq!(Scale::for_time(2e-10), Scale::Seconds(1e-9, "ns"));
    }
}
