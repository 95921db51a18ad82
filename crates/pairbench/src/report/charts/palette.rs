//! The colours and marks of variants, and how colours reach the page.
//!
//! plotters writes colours as RGB, but a page has two themes. So charts are drawn in sentinel colours, one for each
//! [`Ink`], and [`themed`] turns them into classes, whose colours are in the style sheet.

use crate::registry::Kind;
pub(crate) use crate::registry::known::Shape;
use crate::registry::known::{self, OTHER_INK};
use plotters::style::RGBColor;
use std::fmt::Write;

/// A colour by its meaning. The style sheet has `.fN` (fill) and `.sN` (stroke) for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ink(u8);

impl Ink {
    /// Text.
    pub(crate) const TEXT: Ink = Ink(0);
    /// Less important text, and axes.
    pub(crate) const MUTED: Ink = Ink(1);
    /// Grid lines.
    pub(crate) const GRID: Ink = Ink(2);
    /// The baseline and its reference line.
    pub(crate) const BASELINE: Ink = Ink(3);

    /// Its sentinel colour.
    pub(crate) fn rgb(self) -> RGBColor {
        RGBColor(0xFE, 0xED, self.0)
    }
}

/// The look of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub ink: Ink,
    pub shape: Shape,
}

/// The look of a variant by its name alone. A variant that only one pair has counts as a library, which it usually is;
/// if its kind is known, use [`look_as`].
pub(crate) fn look(variant: &str) -> Look {
    look_as(
        variant,
        known::find(variant).map_or(Kind::Library, |known| known.kind),
    )
}

/// The look of a variant, the same in every chart: the mark is that of its kind. Hues are Okabe and Ito's, which
/// colour-blind people can distinguish; the style sheet darkens some of them on white.
pub(crate) fn look_as(variant: &str, kind: Kind) -> Look {
    Look {
        ink: Ink(known::find(variant).map_or(OTHER_INK, |known| known.ink)),
        shape: kind.shape(),
    }
}

/// Turns plotters' SVG into one for a page: sentinels become classes, attributes that all elements share are left to
/// the style sheet, and only the view box sets the size. Without a label the chart is decoration.
pub(crate) fn themed(svg: &str, label: &str) -> String {
    let body = svg.split_once('>').map_or("", |(_, body)| body);
    let view_box = svg
        .split_once("viewBox=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |x| x.0);
    let mut page = String::with_capacity(body.len());
    page.push_str("<svg viewBox=\"");
    page.push_str(view_box);
    match label {
        "" => page.push_str("\" aria-hidden=\"true\">"),
        label => {
            page.push_str("\" role=\"img\" aria-label=\"");
            page.push_str(&maud::html! { (label) }.into_string());
            page.push_str("\">");
        }
    }
    let mut rest = body;
    // Text is escaped, so every quote ends an attribute.
    while let Some(at) = rest.find("=\"") {
        let (before, value) = (&rest[..at], &rest[at + 2..]);
        let name_at = before.rfind([' ', '\n', '<']).map_or(0, |space| space + 1);
        let (name, end) = (&before[name_at..], value.find('"').unwrap_or(value.len()));
        let text = &value[..end];
        rest = value.get(end + 1..).unwrap_or("");
        let sentinel = text
            .strip_prefix("#FEED")
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        match (name, text, sentinel) {
            (_, _, Some(ink)) => {
                page.push_str(&before[..name_at]);
                let kind = if name == "fill" { "f" } else { "s" };
                // Writing to a string cannot fail.
                let _ = write!(page, "class=\"{kind}{ink}\"");
            }
            ("opacity", "1", _) | ("stroke", "none", _) | ("font-family", _, _) => {
                page.push_str(before[..name_at].trim_end_matches(' '));
            }
            _ => {
                page.push_str(before);
                page.push_str("=\"");
                page.push_str(text.trim_end());
                page.push('"');
            }
        }
    }
    page.push_str(rest);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentinels_become_classes_and_the_size_is_removed() {
        let svg = "<svg width=\"9\" height=\"9\" viewBox=\"0 0 9 9\" xmlns=\"http://www.w3.org/2000/svg\">\n\
            <rect x=\"1\" opacity=\"1\" fill=\"#FEED09\" stroke=\"none\"/>\n\
            <line opacity=\"0.5\" stroke=\"#FEED02\" x1=\"2\"/>\n<text>\na=&quot;#FEED01&quot;\n</text>\n</svg>\n";
        let page = themed(svg, "a < \"b\"");
        assert_eq!(
            page,
            "<svg viewBox=\"0 0 9 9\" role=\"img\" aria-label=\"a &lt; &quot;b&quot;\">\n\
            <rect x=\"1\" class=\"f9\"/>\n\
            <line opacity=\"0.5\" class=\"s2\" x1=\"2\"/>\n<text>\na=&quot;#FEED01&quot;\n</text>\n</svg>\n"
        );
    }
}
