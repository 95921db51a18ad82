//! The page of a forecast.

use super::charts::bars::share_bar;
use super::charts::gains::{self, Gain};
use super::page::{ASSETS, Page, heading, percent};
use super::{with_path, write as write_file};
use crate::analyse::PairAnalysis;
use crate::estimate::{Ratio, Time};
use crate::forecast::{Answer, Forecast, Port, Step, about, ends};
use maud::{Markup, PreEscaped, html};
use std::io;
use std::path::{Path, PathBuf};

const FILE: &str = "forecast.html";

/// Writes `forecast.html` and its style sheet, and returns the path of the page.
///
/// # Errors
///
/// When the folder or a file cannot be written; the error names it.
pub(crate) fn write(forecast: &Forecast, folder: &Path) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder).map_err(|error| with_path(folder, error))?;
    for (name, text) in ASSETS {
        write_file(&folder.join(name), text)?;
    }
    let path = folder.join(FILE);
    write_file(&path, &render(forecast))?;
    Ok(path)
}

fn render(forecast: &Forecast) -> String {
    let page = Page {
        title: &format!("Forecast: {}", forecast.workload),
        root: "",
        sorts: false,
        made: match forecast.time.cpu {
            Some(_) => " before any Rust was written, from samples of a process that was running.",
            None => {
                " before any Rust was written. The time is from fresh processes; where it goes is from samples."
            }
        },
        nav: html! { nav.crumbs aria-label="Place" { span.brand { "pairbench" } span { "forecast" } } },
        main: html! {
            h1 { "What would a port to Rust gain?" }
            p { code { (forecast.workload) } " on " (forecast.interpreter) ", forecast before any Rust was written" }
            (answers(forecast))
            (warnings(&forecast.warnings))
            (steps(forecast))
            div.columns { (time(forecast)) (limits(forecast)) }
            (trust(forecast))
        },
    };
    page.render()
}

fn answers(forecast: &Forecast) -> Markup {
    let port = &forecast.port;
    html! {
        p.lead { "A port gains " strong { (port.band()) } " " (port.conditions()) "." }
        ul.chips aria-label="Thresholds" {
            @for (threshold, answer) in port.answers() {
                @let class = match answer { Answer::Yes => "good", Answer::No => "bad", Answer::Unknown => "" };
                li class=(class) { "over " (threshold) "×: " strong { (answer.words()) } }
            }
        }
        @if let Some(first) = forecast.candidates.first() {
            p { "Before a port: " (first.step.label()) " in place of " code { (first.function) } " and all it calls would make the whole "
                strong { (about(first.gain)) } " as fast." }
        }
        p { "Now: " (forecast.time.sentence()) "." }
    }
}

fn warnings(all: &[String]) -> Markup {
    html! {
        @if !all.is_empty() {
            ul.notices { @for warning in all { li.warning { span.tag { "Warning" } ": " (warning) } } }
        }
    }
}

/// The forecast made for a pair before it had a port, next to the port's result; nothing without a forecast.
pub(crate) fn beside_outcome(one: &PairAnalysis<'_>) -> Markup {
    let (Some(forecast), Some(outcome)) = (&one.pair.forecast, one.outcome()) else {
        return html! {};
    };
    let mut rows: Vec<Gain<'_>> = of_port(&forecast.port).into_iter().collect();
    if let Some(ratio) = one.port().and_then(|port| port.ratio) {
        let (low, high) = ratio.interval.unwrap_or((ratio.value, ratio.value));
        rows.push(Gain {
            name: "measured",
            like: "rust",
            value: Some(ratio.value),
            low,
            high: Some(high),
            text: Ratio(ratio.value).to_string(),
        });
    }
    html! {
        section aria-labelledby="forecast" {
            (heading("forecast", "Forecast and outcome"))
            p { "Before there was a port: " (outcome) "." }
            (chart(&rows, &outcome, None))
        }
    }
}

fn chart(rows: &[Gain<'_>], label: &str, caption: Option<&str>) -> Markup {
    html! {
        @if let Some((wide, narrow)) = gains::draw(rows, label) {
            figure.ratios {
                div.wide { (PreEscaped(wide)) }
                div.narrow { (PreEscaped(narrow)) }
                @if let Some(caption) = caption { figcaption { (caption) } }
            }
        }
    }
}

fn of_port(port: &Port) -> Option<Gain<'_>> {
    let low = port.lower_end()?;
    Some(Gain {
        name: "a port of everything",
        like: "rust",
        value: None,
        low,
        high: port.high,
        text: ends(low, port.high),
    })
}

/// Smaller steps and the port on one axis, and what each step is.
fn steps(forecast: &Forecast) -> Markup {
    let steps = (forecast.candidates.iter().rev()).map(|one| Gain {
        name: &one.function,
        like: if one.step == Step::Extension {
            "native"
        } else {
            "numpy"
        },
        value: Some(one.gain),
        low: one.low,
        high: Some(one.high),
        text: ends(one.low, Some(one.high)),
    });
    let rows: Vec<Gain<'_>> = steps.chain(of_port(&forecast.port)).collect();
    let label = "How many times faster the whole would be after each step, on a logarithmic axis. The same numbers are below.";
    let caption =
        "How many times faster the whole would be: the bar is the band, and the line on the left is today.";
    html! {
        section aria-labelledby="steps" {
            (heading("steps", "From a small step to a port"))
            (chart(&rows, label, Some(caption)))
            @if forecast.candidates.is_empty() {
                p { "No single function takes enough of the time for a step before a port." }
            } @else {
                div.scroll { table {
                    thead { tr {
                        th scope="col" { "In place of, with all it calls" } th.number scope="col" { "Gain" }
                        th.number scope="col" { "At most" } th scope="col" { "The smallest step that may do" }
                    } }
                    tbody { @for one in &forecast.candidates { tr {
                        th scope="row" { code { (one.function) } }
                        td.number { span.value { (about(one.gain)) } span.range { (ends(one.low, Some(one.high))) } }
                        td.number { (about(one.ceiling)) }
                        td { (one.sentence()) }
                    } } }
                } }
            }
        }
    }
}

fn time(forecast: &Forecast) -> Markup {
    let rows = forecast.time.worth_seeing().map(|one| {
        html! { tr {
            th scope="row" { code { (one.name) } }
            td.bar { (PreEscaped(share_bar(one.own, one.total, None))) }
            td.number { (percent(one.own)) } td.number { (percent(one.total)) }
        } }
    });
    html! {
        section aria-labelledby="profile" {
            (heading("profile", "Where the time goes now"))
            (shares("Function", &["Own", "With its calls"], rows))
        }
    }
}

fn limits(forecast: &Forecast) -> Markup {
    let rows = forecast.port.limits.iter().map(|one| {
        html! { tr {
            th scope="row" { (one.what) }
            td.bar { (PreEscaped(share_bar(one.share, one.share, None))) }
            td.number { (percent(one.share)) }
        } }
    });
    html! {
        section aria-labelledby="limits" {
            (heading("limits", "What would limit the port"))
            (shares("In the port", &["Of its time"], rows))
            @if forecast.time.waits > 0.0 {
                p { "It waits for " (percent(forecast.time.waits)) " of its " (Time(forecast.time.seconds)) ", in any language." }
            }
        }
    }
}

/// A table of parts of a time, each with its bar.
fn shares(of: &str, columns: &[&str], rows: impl Iterator<Item = Markup>) -> Markup {
    html! {
        div.scroll { table {
            thead { tr {
                th scope="col" { (of) } th.bar scope="col" { span.unseen { "Chart" } }
                @for column in columns { th.number scope="col" { (column) } }
            } }
            tbody { @for row in rows { (row) } }
        } }
    }
}

fn trust(forecast: &Forecast) -> Markup {
    html! {
        section aria-labelledby="trust" {
            (heading("trust", "How far to trust it"))
            ul { @for reason in forecast.reasons() { li { (reason) } } }
            p {
                "Measured ports of work most like this: "
                @for (at, one) in forecast.nearest.iter().enumerate() {
                    @if at > 0 { ", " } (one.name) " " (Ratio(one.ratio))
                }
                "."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::Analysis;
    use crate::record::fixture;

    #[test]
    fn a_kept_forecast_is_shown_beside_the_outcome() {
        let mut record = fixture::steady();
        let page = |record: &crate::record::Record| {
            let figures = crate::analyse::read(std::slice::from_ref(record));
            let analysis = Analysis::with(record, 0, &figures[0]);
            beside_outcome(&analysis.pairs[0]).into_string()
        };
        assert_eq!(page(&record), "");
        let kept = r#"{"workload": "shop:total", "interpreter": "CPython 3.11.7", "candidates": [], "shares": {}, "nearest": [],
            "time": {"seconds": 1.0, "low": null, "high": null, "launches": 1, "waits": 0.0, "functions": []},
            "port": {"low": 4.0, "high": 12.0, "over": {"2": "yes"}, "limits": [], "vectorisable": false},
            "resolution": "symbols", "samples": 300, "warnings": [], "trust": []}"#;
        record.pairs[0].forecast = Some(serde_json::from_str(kept).unwrap());
        let text = page(&record);
        for part in [
            "Before there was a port: forecast 4.0–12×; measured 20.0×, above it.",
            "a port of everything",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
}
