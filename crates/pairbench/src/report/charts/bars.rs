//! Amounts of several variants as bars on one logarithmic axis.

use super::palette::{Ink, look};
use super::{Anchor, Canvas, LogAxis, tick_label};
use crate::text::cut;

const WIDTH: f64 = 400.0;
const ROW: f64 = 24.0;
const TOP: f64 = 6.0;
const PLOT_X: (f64, f64) = (112.0, 322.0);

pub(crate) struct Bar<'a> {
    pub variant: &'a str,
    /// The amount; a bar of less than 1 has no length.
    pub amount: f64,
    /// The amount as text, drawn at the bar's end.
    pub text: String,
}

/// Draws the bars, from 1 to the right; `None` if none has a length.
pub(crate) fn draw(bars: &[Bar<'_>], label: &str) -> Option<String> {
    if bars.iter().all(|bar| bar.amount < 1.0) {
        return None;
    }
    let amounts = bars.iter().map(|bar| bar.amount.max(1.0));
    let axis = LogAxis::fit(amounts.chain([1.0]), 0.0, 10.0, PLOT_X)?;
    let bottom = TOP + ROW * bars.len() as f64;
    let svg = Canvas::svg(WIDTH, bottom + 22.0, label, |canvas| {
        for tick in axis.ticks(4) {
            let x = axis.at(tick);
            canvas.line((x, TOP), (x, bottom), Ink::GRID, 0.8);
            let text = tick_label(tick);
            canvas.text((x, bottom + 12.0), &text, 12.5, Anchor::Middle, Ink::MUTED, false);
        }
        for (row, bar) in bars.iter().enumerate() {
            let y = TOP + ROW * (row as f64 + 0.5);
            let end = axis.at(bar.amount.max(1.0));
            let start = axis.at(1.0);
            let name = cut(bar.variant, 16);
            canvas.text((start - 8.0, y), &name, 13.0, Anchor::End, Ink::TEXT, false);
            canvas.rect((start, y - 6.0), (end, y + 6.0), look(bar.variant).ink, 1.0);
            canvas.text((end + 6.0, y), &bar.text, 12.5, Anchor::Start, Ink::TEXT, false);
        }
    });
    Some(svg)
}

/// A share of the time as a dark bar, the share with all that it calls as a pale one, and the interval of the first as
/// a line. The numbers next to it are the same, so screen readers treat it as decoration.
pub(crate) fn share_bar(own: f64, total: f64, interval: Option<(f64, f64)>) -> String {
    const SIZE: (f64, f64) = (240.0, 16.0);
    let (width, height) = SIZE;
    let at = |part: f64| part.clamp(0.0, 1.0) * width;
    Canvas::svg(width, height, "", |canvas| {
        canvas.rect((0.0, 3.0), (width, 13.0), Ink::GRID, 0.5);
        canvas.rect((0.0, 3.0), (at(total), 13.0), Ink::BASELINE, 0.3);
        canvas.rect((0.0, 3.0), (at(own), 13.0), Ink::BASELINE, 0.9);
        if let Some((low, high)) = interval {
            canvas.line((at(low), 8.0), (at(high), 8.0), Ink::TEXT, 1.5);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(variant: &str, amount: f64) -> Bar<'_> {
        Bar {
            variant,
            amount,
            text: format!("{amount}"),
        }
    }

    #[test]
    fn every_variant_has_its_row_whatever_its_amount() {
        let svg = draw(
            &[bar("python", 1e6), bar("<rust>", 0.0), bar("odd", f64::NAN)],
            "Amounts.",
        )
        .unwrap();
        for text in ["python", "&lt;rust&gt;", "odd", "1000000"] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
        assert!(!svg.contains("NaN\" "), "{svg}");
    }

    #[test]
    fn without_a_length_nothing_is_drawn() {
        assert!(draw(&[bar("python", 0.0)], "").is_none());
        assert!(draw(&[], "").is_none());
    }
}
