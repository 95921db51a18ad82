//! What all pages share: the frame, its Content-Security-Policy, and how estimates are printed.

use super::charts::Canvas;
use super::charts::palette::{Look, look};
use super::explained;
use super::summary::{Mode, VariantSummary};
use crate::estimate::{Estimate, Ratio, Share, Time};
use crate::text::short_hash;
use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
use std::cell::RefCell;

/// Files that the pages of a report share, next to the index: servers that block inline content, as Jenkins does, still
/// let a page load from its own server.
pub(crate) const ASSETS: [(&str, &str); 2] = [
    (STYLE, include_str!("assets/style.css")),
    (SORT, include_str!("assets/sort.js")),
];
const STYLE: &str = "pairbench.css";
const SORT: &str = "pairbench.js";

/// In some browsers `'self'` alone does not cover the files next to a page that is opened as a file.
const POLICY: &str = "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src data:; \
    base-uri 'none'; form-action 'none'";

/// The content of the meta element `generator`, which identifies a page of ours.
pub(crate) const GENERATOR: &str = concat!("pairbench ", env!("CARGO_PKG_VERSION"));

/// The start of that meta element, the same in every version.
pub(crate) const GENERATOR_MARK: &str = "<meta name=\"generator\" content=\"pairbench ";

const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
    %3Crect x='1' y='3' width='14' height='4' rx='1' fill='%23767e88'/%3E\
    %3Crect x='1' y='9' width='5' height='4' rx='1' fill='%23d55e00'/%3E%3C/svg%3E";

/// How pages made from records describe their origin.
pub(crate) const FROM_RECORDS: &str = " from records alone. Samples of a variant are taken right next to samples of the \
    baseline; intervals come from the spread over fresh processes.";

pub(crate) struct Page<'a> {
    /// The title of the browser's tab.
    pub title: &'a str,
    /// Relative path from its folder to that of the index: empty, or ending in a slash.
    pub root: &'a str,
    /// Whether it loads the script that sorts tables, the only script.
    pub sorts: bool,
    /// How it was made, after the name and version of pairbench.
    pub made: &'a str,
    /// Links before the main part; they depend on the folder of the page.
    pub nav: Markup,
    /// The main part, from its first heading.
    pub main: Markup,
}

impl Page<'_> {
    /// The whole document.
    pub(crate) fn render(self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="generator" content=(GENERATOR);
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    title { (self.title) }
                    link rel="icon" href=(PreEscaped(ICON));
                    link rel="stylesheet" href={ (self.root) (STYLE) };
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    (self.nav)
                    main #main tabindex="-1" { (self.main) }
                    footer { p {
                        "Made by pairbench " (env!("CARGO_PKG_VERSION")) (self.made)
                    } }
                    @if self.sorts { script src={ (self.root) (SORT) } {} }
                }
            }
        };
        page.into_string()
    }
}

/// The file of a pair's page below the output folder. Names are `[a-z0-9_]+`; any other name loses all other characters
/// and gets a hash, so that it stays distinct.
pub(crate) fn pair_file(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.is_empty() && name.len() <= 100 && name.chars().all(plain) {
        return format!("pairs/{name}.html");
    }
    let kept: String = name.chars().filter(|c| plain(*c)).take(40).collect();
    format!("pairs/{kept}-{}.html", short_hash(name))
}

/// The heading of a section, with a link to the document that explains it.
pub(crate) fn heading(id: &str, text: impl Render) -> Markup {
    html! {
        h2 id=(id) {
            (text)
            @if let Some(document) = explained::document(id) { " " (explained::link("explained", document)) }
        }
    }
}

/// A variant's name with its mark in the charts.
pub(crate) fn variant_name(name: &str) -> Markup {
    marked(look(name), name)
}

/// A name behind a mark of the charts.
pub(crate) fn marked(look: Look, name: &str) -> Markup {
    thread_local! {
        /// Pages have hundreds of the same few marks, so each is drawn once per thread.
        static MARKS: RefCell<Vec<(Look, String)>> = const { RefCell::new(Vec::new()) };
    }
    MARKS.with_borrow_mut(|marks| {
        let known = marks.iter().position(|(known, _)| *known == look);
        let at = known.unwrap_or_else(|| {
            let mark = Canvas::svg(14.0, 14.0, "", |canvas| canvas.mark((7.0, 7.0), look, 4.6));
            marks.push((look, mark));
            marks.len() - 1
        });
        html! { span.variant { (PreEscaped(&marks[at].1)) (name) } }
    })
}

/// A variant's ratio with its interval below. For bimodal launches: both ratios, and below them how often each occurred
/// and the interval of all launches if it contains both.
pub(crate) fn ratio_of(variant: &VariantSummary, all: Estimate) -> Markup {
    let both = both(variant, |mode| Some(Ratio(mode.ratio.value).to_string()));
    let covering = variant.modes.as_ref().and_then(|modes| modes.covering(all));
    let covering = covering.and_then(|all| range(all, |v| Ratio(v).to_string()));
    html! {
        (both.unwrap_or_else(|| ratio(all)))
        @if let Some(range) = covering { span.range { "all: " (range) } }
    }
}

/// The same for its time.
pub(crate) fn time_of(variant: &VariantSummary, all: Estimate) -> Markup {
    both(variant, |mode| Some(Time(mode.time?.value).to_string())).unwrap_or_else(|| time(all))
}

fn both(variant: &VariantSummary, print: impl Fn(Mode) -> Option<String>) -> Option<Markup> {
    let modes = variant.modes.as_ref()?;
    let (lower, upper) = (print(modes.lower)?, print(modes.upper)?);
    let [in_lower, in_upper] = modes.shares();
    Some(html! {
        span.value { (lower) } span.range { (in_lower) }
        span.value { (upper) } span.range { (in_upper) }
    })
}

/// A ratio with its interval below.
pub(crate) fn ratio(estimate: Estimate) -> Markup {
    figure(
        &Ratio(estimate.value).to_string(),
        range(estimate, |v| Ratio(v).to_string()),
    )
}

/// The threads that a variant used on average, if it used several.
pub(crate) fn threads(variant: &VariantSummary) -> Markup {
    html! {
        @if let Some(threads) = variant.several_threads() { span.range { "on " (format!("{threads:.1}")) " threads" } }
    }
}

/// A time with its interval below.
pub(crate) fn time(estimate: Estimate) -> Markup {
    figure(
        &Time(estimate.value).to_string(),
        range(estimate, |v| Time(v).to_string()),
    )
}

/// A value with its interval below.
pub(crate) fn figure(value: &str, range: Option<String>) -> Markup {
    html! {
        span.value { (value) }
        @match range {
            Some(range) => span.range { (range) },
            None => span.range { "no interval yet" },
        }
    }
}

/// The interval; a unit that both ends share is printed once.
pub(crate) fn range(estimate: Estimate, print: impl Fn(f64) -> String) -> Option<String> {
    let (low, high) = estimate.interval?;
    Some(range_of(&print(low), &print(high)))
}

/// The interval in parentheses, after a space; empty without one.
pub(crate) fn in_parentheses(estimate: Estimate, print: impl Fn(f64) -> String) -> String {
    range(estimate, print).map_or_else(String::new, |range| format!(" ({range})"))
}

/// The value as `show` renders it; a dash without one.
pub(crate) fn or_dash<T, R: Render>(value: Option<T>, show: impl FnOnce(T) -> R) -> Markup {
    html! {
        @match value {
            Some(value) => { (show(value)) },
            None => span.none { "–" },
        }
    }
}

/// A range between two printed values; a unit that both share is printed once.
pub(crate) fn range_of(low: &str, high: &str) -> String {
    let number = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len())
    };
    let (low_unit, high_unit) = (&low[number(low)..], &high[number(high)..]);
    match low_unit == high_unit {
        true => format!("{} – {high}", &low[..number(low)]),
        false => format!("{low} – {high}"),
    }
}

/// A share as a percentage with a non-breaking space.
pub(crate) fn percent(share: f64) -> String {
    crate::text::percent(share).replace(' ', "\u{a0}")
}

/// The interval of a share.
pub(crate) fn share_range(share: Share) -> String {
    range_of(&percent(share.low), &percent(share.high))
}

/// A number as the sorting script reads it; an empty one sorts last.
pub(crate) fn sort_value(value: Option<f64>) -> String {
    value
        .filter(|v| v.is_finite())
        .map(|v| format!("{v:e}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_the_folder() {
        assert_eq!(pair_file("word_count"), "pairs/word_count.html");
        for name in ["../../etc/passwd", "", "a/b", "A", "x\0y", "..", &"a".repeat(300)] {
            let file = pair_file(name);
            let stem = file
                .strip_prefix("pairs/")
                .unwrap()
                .strip_suffix(".html")
                .unwrap();
            assert!(
                stem.contains('-') && !stem.contains(['/', '.', '\\', '\0']),
                "{file}"
            );
        }
        assert_ne!(pair_file("a/b"), pair_file("a.b"));
    }

    #[test]
    fn an_interval_names_a_shared_unit_once() {
        let estimate = |low, high| Estimate {
            value: 1.0,
            interval: Some((low, high)),
            launches: 5,
        };
        let print = |v: f64| {
            if v < 1.0 {
                format!("{} ms", v * 1000.0)
            } else {
                format!("{v} s")
            }
        };
        assert_eq!(range(estimate(1.5, 2.5), print).unwrap(), "1.5 – 2.5 s");
        assert_eq!(range(estimate(0.5, 2.5), print).unwrap(), "500 ms – 2.5 s");
    }

    #[test]
    fn every_ink_has_its_colours() {
        let [(_, style), _] = ASSETS;
        for ink in 0..=12 {
            for class in [format!(".f{ink}{{"), format!(".s{ink}{{")] {
                assert!(style.contains(&class), "{class}");
            }
        }
    }
}
