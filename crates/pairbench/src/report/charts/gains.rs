//! What steps are forecast to gain, one below the other on a logarithmic axis.

use super::palette::{Ink, Look, look};
use super::{Anchor, Canvas, LogAxis, tick_label};
use crate::text::cut;

const ROW: f64 = 30.0;
const TOP: f64 = 8.0;

/// A step and its band.
pub(crate) struct Gain<'a> {
    pub name: &'a str,
    /// The variant whose colour and mark it has.
    pub like: &'a str,
    /// `None` if only a lower end is given.
    pub value: Option<f64>,
    pub low: f64,
    /// `None` if only a lower end is given.
    pub high: Option<f64>,
    /// The band as text.
    pub text: String,
}

/// The chart for wide and for narrow pages.
pub(crate) fn draw(gains: &[Gain<'_>], label: &str) -> Option<(String, String)> {
    let ends = gains.iter().flat_map(|gain| {
        // An open band is drawn as an arrow, which needs room.
        [
            Some(gain.low),
            gain.value,
            Some(gain.high.unwrap_or(3.0 * gain.low)),
        ]
    });
    let values: Vec<f64> = ends.flatten().chain([1.0]).collect();
    let wide = chart(gains, &values, 760.0, (300.0, 640.0), label)?;
    Some((wide, chart(gains, &values, 340.0, (10.0, 250.0), label)?))
}

fn chart(gains: &[Gain<'_>], values: &[f64], width: f64, plot: (f64, f64), label: &str) -> Option<String> {
    let axis = LogAxis::fit(values.iter().copied(), 0.03, 3.0, plot)?;
    // Without room beside the plot a name has a line of its own.
    let above = plot.0 < 100.0;
    let row = if above { 1.4 * ROW } else { ROW };
    let bottom = TOP + row * gains.len() as f64;
    Some(Canvas::svg(width, bottom + 22.0, label, |canvas| {
        for tick in axis.ticks(if above { 4 } else { 7 }) {
            let x = axis.at(tick);
            canvas.line((x, TOP), (x, bottom), Ink::GRID, 0.8);
            let text = format!("{}×", tick_label(tick));
            canvas.text((x, bottom + 12.0), &text, 12.0, Anchor::Middle, Ink::MUTED, false);
        }
        let one = axis.at(1.0);
        canvas.line((one, TOP), (one, bottom + 3.0), Ink::BASELINE, 1.6);
        for (at, gain) in gains.iter().enumerate() {
            let y = TOP + row * (at as f64 + if above { 0.72 } else { 0.5 });
            match above {
                true => {
                    let name = cut(gain.name, 44);
                    canvas.text((0.0, y - 17.0), &name, 12.5, Anchor::Start, Ink::TEXT, false);
                }
                false => {
                    let name = cut(gain.name, 42);
                    canvas.text((plot.0 - 12.0, y), &name, 12.5, Anchor::End, Ink::TEXT, false);
                }
            }
            band(canvas, &axis, gain, y, look(gain.like));
            canvas.text((width, y), &gain.text, 12.5, Anchor::End, Ink::TEXT, true);
        }
    }))
}

fn band(canvas: &Canvas<'_>, axis: &LogAxis, gain: &Gain<'_>, y: f64, look: Look) {
    let low = axis.at(gain.low);
    let high = axis.at(gain.high.unwrap_or(f64::INFINITY));
    canvas.rect((low, y - 4.5), (high, y + 4.5), look.ink, 0.35);
    canvas.line((low, y - 7.0), (low, y + 7.0), look.ink, 1.6);
    match (gain.value, gain.high) {
        (Some(value), _) => canvas.mark((axis.at(value), y), look, 4.0),
        // Open to the right.
        (None, None) => canvas.path(
            [(high - 6.0, y - 7.0), (high, y), (high - 6.0, y + 7.0)],
            look.ink,
            1.8,
        ),
        (None, Some(_)) => {}
    }
    if gain.high.is_some() {
        canvas.line((high, y - 7.0), (high, y + 7.0), look.ink, 1.6);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_without_an_upper_end_is_open() {
        let gain = |high| Gain {
            name: "a port",
            like: "rust",
            value: None,
            low: 20.0,
            high,
            text: high.map_or("open".into(), |high| format!("to {high}")),
        };
        let (wide, narrow) = draw(&[gain(None)], "Gains.").unwrap();
        assert!(wide.contains("polyline") && narrow.contains("polyline"), "{wide}");
        assert!(wide.contains("open"), "{wide}");
        let (closed, _) = draw(&[gain(Some(40.0))], "Gains.").unwrap();
        assert!(!closed.contains("NaN") && closed.contains("to 40"), "{closed}");
    }
}
