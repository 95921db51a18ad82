//! The tables of docs/evidence/forecasts.md, as Markdown.

use super::extensions::Extension;
use super::gains::two_digits;
use super::model::{CLASSES, Gains};
use super::score::{self, Errors, Forecast, HELD};
use super::workloads::Workload;
use super::written::Written;
use pairbench::estimate::Middle;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The page, from the root of the repository.
pub const FILE: &str = "docs/evidence/forecasts.md";

const START: &str = "<!-- what the command prints -->\n";
const END: &str = "<!-- end of what the command prints -->\n";

/// The page with its tables replaced.
///
/// # Errors
///
/// If it does not mark their place.
pub fn put(page: &str, tables: &str) -> Result<String, String> {
    let place = || format!("{FILE} has no line `{}` and `{}`", START.trim(), END.trim());
    let (before, rest) = page.split_once(START).ok_or_else(place)?;
    let (_, after) = rest.split_once(END).ok_or_else(place)?;
    Ok(format!("{before}{START}\n{tables}\n{END}{after}"))
}

/// All tables. `shipped` are the gains in the source, if they can be read.
pub fn tables(workloads: &[Workload], shipped: Option<&Gains>) -> String {
    let left_out = score::leave_one_out(workloads);
    let mut text = errors(workloads, shipped, &left_out);
    text += "\n";
    text += &bands(&left_out);
    text += "\n";
    text += &answers(&left_out);
    text += "\n";
    text += &gains(workloads, shipped);
    text += "\n";
    text += &all(&left_out);
    text
}

fn errors(workloads: &[Workload], shipped: Option<&Gains>, left_out: &[Forecast<'_>]) -> String {
    let mut text = format!(
        "| forecasts by | workloads | median error | 80 % within | within ×2 | within ×{HELD} |\n|---|---:|---:|---:|---:|---:|\n"
    );
    let mut row = |name: &str, forecasts: &[Forecast<'_>]| {
        let Some(errors) = Errors::of(forecasts) else {
            return;
        };
        let Errors {
            count,
            median,
            most,
            within_two,
            held,
        } = errors;
        let (within_two, held) = (percent(within_two, count), percent(held, count));
        let _ = writeln!(
            text,
            "| {name} | {count} | ×{median:.2} | ×{most:.2} | {within_two} | {held} |"
        );
    };
    row("**gains fitted to all others**", left_out);
    let by = |gains: &Gains| -> Vec<Forecast<'_>> {
        workloads
            .iter()
            .map(|workload| score::by(gains, workload))
            .collect()
    };
    row("expected gains, nothing fitted", &by(&Gains::prior()));
    if let Some(shipped) = shipped {
        row("gains in the source, fitted to these and others", &by(shipped));
    }
    row(
        "gains fitted to the catalogue: the corpus",
        &score::transfer(workloads, false),
    );
    row(
        "gains fitted to the corpus: the catalogue",
        &score::transfer(workloads, true),
    );
    text
}

fn bands(forecasts: &[Forecast<'_>]) -> String {
    let mut text = String::from("| forecast | workloads | 80 % of measured ÷ forecast |\n|---|---:|---|\n");
    let mut from = 0.0;
    for band in score::bands(forecasts) {
        let size = match (from, band.below) {
            (0.0, below) => format!("below {below}×"),
            (from, below) if below.is_finite() => format!("{from}× to {below}×"),
            (from, _) => format!("{from}× and more"),
        };
        let _ = writeln!(
            text,
            "| {size} | {} | {:.2} to {:.2} |",
            band.count, band.low, band.high
        );
        from = band.below;
    }
    text
}

fn answers(forecasts: &[Forecast<'_>]) -> String {
    let mut text = String::from(
        "| Does the port gain more than | right | right where the forecast is a factor of 2 from the line |\n|---|---:|---:|\n",
    );
    for line in [2.0, 5.0, 10.0, 30.0] {
        let answers = score::answers(forecasts, line);
        let _ = writeln!(
            text,
            "| {line}× | {} of {}: {} | {} of {} |",
            answers.right,
            answers.all,
            percent(answers.right, answers.all),
            answers.clear_right,
            answers.clear
        );
    }
    text
}

fn gains(workloads: &[Workload], shipped: Option<&Gains>) -> String {
    let fitted = Gains::fit(&workloads.iter().collect::<Vec<_>>());
    let mut text =
        String::from("| class of work | expected | fitted | in the source |\n|---|---:|---:|---:|\n");
    for (at, class) in CLASSES.iter().enumerate() {
        let shipped = shipped.map_or("–".to_string(), |shipped| shipped.0[at].to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {} | {shipped} |",
            class.name.replace('_', " "),
            class.prior,
            two_digits(fitted.0[at])
        );
    }
    text
}

/// Every workload; the worst forecasts first.
fn all(forecasts: &[Forecast<'_>]) -> String {
    let mut ordered: Vec<&Forecast<'_>> = forecasts.iter().collect();
    ordered.sort_by(|a, b| b.factor().total_cmp(&a.factor()));
    let mut text = String::from(
        "| workload | of | forecast | measured | off by | held |\n|---|---|---:|---:|---:|---|\n",
    );
    for one in ordered {
        let set = if one.workload.catalogue {
            "catalogue"
        } else {
            "corpus"
        };
        let held = if one.held() { "yes" } else { "**no**" };
        let (forecast, measured) = (times(one.forecast), times(one.workload.ratio));
        let _ = writeln!(
            text,
            "| {} | {set} | {forecast} | {measured} | ×{:.2} | {held} |",
            one.workload.name,
            one.factor()
        );
    }
    text
}

/// The forecasts of extensions that replace one function; empty if there are none.
pub fn extensions(extensions: &[Extension]) -> String {
    let mut factors: Vec<f64> = extensions.iter().map(Extension::factor).collect();
    factors.sort_by(f64::total_cmp);
    let Some(median) = Middle::of(&factors) else {
        return String::new();
    };
    let within = |most: f64| factors.iter().filter(|factor| **factor <= most).count();
    let mut text = format!(
        "\nAn extension in the place of one function: median error ×{:.2}, {} of {} within ×1.5, {} within ×2.\n\n\
         | pair | function | forecast | measured | off by |\n|---|---|---:|---:|---:|\n",
        median.value,
        within(1.5),
        factors.len(),
        within(2.0)
    );
    for one in extensions {
        let (forecast, measured) = (times(one.forecast), times(one.measured));
        let _ = writeln!(
            text,
            "| {} | `{}` | {forecast} | {measured} | ×{:.2} |",
            one.name,
            one.function,
            one.factor()
        );
    }
    text
}

/// The forecasts that were written before their ports existed, scored as they were written; empty if there are none.
pub fn written(written: &[Written], ratios: &BTreeMap<&str, f64>) -> String {
    if written.is_empty() {
        return String::new();
    }
    let mut rows = String::new();
    let (mut measured, mut held, mut given, mut right) = (0, 0, 0, 0);
    for one in written {
        let (low, high) = one.port.band();
        let band = if high.is_finite() {
            format!("{} to {}", times(low), times(high))
        } else {
            format!("at least {}", times(low))
        };
        let Some(&ratio) = ratios.get(one.name.as_str()) else {
            let _ = writeln!(rows, "| {} | {band} | no port yet | | |", one.name);
            continue;
        };
        let (answers, right_ones) = one.port.answers(ratio);
        measured += 1;
        held += usize::from(one.port.held(ratio));
        given += answers;
        right += right_ones;
        let verdict = if one.port.held(ratio) { "yes" } else { "**no**" };
        let _ = writeln!(
            rows,
            "| {} | {band} | {} | {verdict} | {right_ones} of {answers} |",
            one.name,
            times(ratio)
        );
    }
    format!(
        "\nForecasts written before the port existed, as they were written: {held} of {measured} held, and {right} of \
         {given} answers to the lines of 2×, 5×, 10× and 30× were right, where one was given.\n\n\
         | workload | forecast | measured | held | answers right |\n|---|---|---:|---|---:|\n{rows}"
    )
}

/// A ratio with two digits, or whole.
pub fn times(ratio: f64) -> String {
    if ratio < 9.95 {
        format!("{ratio:.1}×")
    } else {
        format!("{ratio:.0}×")
    }
}

fn percent(part: usize, all: usize) -> String {
    format!("{:.0} %", 100.0 * part as f64 / all as f64)
}
