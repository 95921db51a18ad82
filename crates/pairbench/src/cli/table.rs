//! The table at the end, within 80 columns.

use crate::analyse::Analysis;
use crate::analyse::summary::{CaseSummary, PairSummary, Reached, State, VariantSummary, timed_share};
use crate::analyse::verdict::{Call, Verdict, doubt};
use crate::estimate::{Estimate, Ratio, Time};
use crate::record::{Record, Status};
use crate::registry::{Side, Variant};
use crate::terminal::{paint, rough};
use crate::text::{cut, left, name_cell, right, width, wrap_to};
use std::fmt::Write as _;
use std::path::Path;

const WIDTH: usize = 80;

/// Pairs, variants, times and ratios with their intervals, and below each pair its verdict.
pub(super) fn table(record: &Record, analysis: &Analysis<'_>, colors: bool) -> String {
    let mut text = String::new();
    if record.interpreters() + record.lacking.len() > 1 {
        let label = record.interpreter.label();
        let _ = writeln!(text, "\nwith {label}, the first interpreter; all of them below:");
    }
    let wide = name_width(analysis);
    let start = start(wide, "pair", "variant", "time");
    let _ = writeln!(text, "\n{start}python ÷ variant [95 %]");
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    for one in &analysis.pairs {
        let pair = &one.summary;
        let mut cases: Vec<&CaseSummary> = pair.measured_cases().collect();
        if cases.is_empty() {
            cases.extend(pair.headline());
        }
        let several = cases.len() > 1;
        if cases.is_empty() {
            let _ = writeln!(text, "{} not measured", name_cell(&pair.name, wide));
        }
        for (at, case) in cases.iter().enumerate() {
            let name = match (at, several) {
                (_, true) => format!("{} {}", pair.name, case.size),
                (0, false) => pair.name.clone(),
                _ => String::new(),
            };
            case_rows(&mut text, wide, &name, case, colors);
        }
        failures(&mut text, pair, colors);
        verdict_lines(&mut text, one.verdict(), colors);
        if let Some(outcome) = one.outcome() {
            let _ = writeln!(text, "  → {outcome}");
        }
    }
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    means(&mut text, analysis);
    nulls(&mut text, analysis);
    text
}

/// The verdict with its reason; for a pair that failed or waits, the lines above already have it.
fn verdict_lines(text: &mut String, verdict: &Verdict, colors: bool) {
    const MOST: usize = 5;
    if verdict.repeats_state() {
        return;
    }
    let because = if verdict.call() == Call::Inconclusive {
        ", because"
    } else {
        ":"
    };
    let next = verdict
        .next()
        .map(|next| format!(". Next: {next}"))
        .unwrap_or_default();
    let doubts: Vec<&str> = verdict.own_doubts().into_iter().map(doubt).collect();
    let doubts = match doubts.is_empty() {
        true => String::new(),
        false => format!(". In doubt: {}", doubts.join(", ")),
    };
    let sentence = format!("{}{because} {}{next}{doubts}", verdict.call(), verdict.reason());
    for line in wrap_to(MOST, &sentence.replace('`', ""), "  → ") {
        let _ = writeln!(text, "{}", paint(colors, "36", &line));
    }
}

/// The ratios that the run measured for equal sides.
fn nulls(text: &mut String, analysis: &Analysis<'_>) {
    for null in analysis.nulls.iter().map(|null| &null.summary) {
        let label = format!("{}, true ratio 1", null.name);
        let outcome = match null.null_ratio() {
            Some(ratio) => ratio.display_ratio(),
            None => "not measured".into(),
        };
        let _ = writeln!(text, "{} {outcome}", left(&label, 42));
    }
}

fn case_rows(text: &mut String, wide: usize, name: &str, case: &CaseSummary, colors: bool) {
    row(text, wide, name, &case.baseline, "", colors);
    for variant in &case.variants {
        if variant.state != State::Deselected {
            row(text, wide, "", variant, &outcome(variant), colors);
        }
    }
    if let Some(tax) = case.embedded.as_ref().and_then(|embedded| embedded.tax) {
        let time = case
            .embedded
            .as_ref()
            .and_then(|e| e.time)
            .map(|t| Time(t.value).to_string());
        let time = time.unwrap_or_default();
        let start = start(wide, "", "  embedded", &time);
        let _ = writeln!(text, "{start}tax {}", tax.display_ratio());
    }
}

fn row(text: &mut String, wide: usize, name: &str, variant: &VariantSummary, outcome: &str, colors: bool) {
    let shown = |time: Option<Estimate>| time.map_or_else(String::new, |time| Time(time.value).to_string());
    let is_port = variant.side == Side::Rust && variant.name != Variant::BASELINE;
    let mut line = |names: (&str, &str), time: Option<Estimate>, outcome: &str| {
        let start = start(wide, names.0, names.1, &shown(time));
        let outcome = cut(outcome, WIDTH - width(&start));
        let outcome = paint(colors && is_port && variant.ratio.is_some(), "1", &outcome);
        let _ = writeln!(text, "{}", format!("{start}{outcome}").trim_end());
    };
    match &variant.modes {
        None => line((name, &variant.name), variant.time, outcome),
        // A line for each speed.
        Some(modes) => {
            let names = [(name, variant.name.as_str()), ("", "")];
            for ((names, mode), share) in names.into_iter().zip(modes.each()).zip(modes.shares()) {
                line(names, mode.time, &format!("{} {share}", Ratio(mode.ratio.value)));
            }
        }
    }
    if let Some(threads) = variant.several_threads() {
        let start = self::start(wide, "", "  threads", "");
        let _ = writeln!(text, "{start}{threads:.1} in use");
    }
}

/// The first three columns.
fn start(wide: usize, name: &str, variant: &str, time: &str) -> String {
    format!(
        "{} {} {}   ",
        name_cell(name, wide),
        name_cell(variant, 11),
        right(time, 11)
    )
}

/// As wide as the longest name of a pair, as far as the ratios leave room.
fn name_width(analysis: &Analysis<'_>) -> usize {
    let names = analysis.pairs.iter().map(|one| width(&one.pair.name));
    names.max().unwrap_or_default().clamp(16, 24)
}

fn outcome(variant: &VariantSummary) -> String {
    match (&variant.state, variant.ratio) {
        (State::Skipped(reason), _) => format!("skipped: {reason}"),
        (State::Failed(fault), _) => format!("FAILED: {fault}"),
        (_, Some(ratio)) => ratio.display_ratio().to_string(),
        _ => "not measured".into(),
    }
}

fn failures(text: &mut String, pair: &PairSummary, colors: bool) {
    for failure in pair.failures.iter().take(3) {
        let who = if failure.variant.is_empty() {
            pair.name.clone()
        } else {
            failure.variant.clone()
        };
        let line = cut(&format!("  {who}: {}", failure.fault), WIDTH);
        let _ = writeln!(text, "{}", paint(colors, "31", &line));
    }
}

/// Shown only with the pairs themselves: a mean over unlike pairs is not a finding by itself.
fn means(text: &mut String, analysis: &Analysis<'_>) {
    for mean in analysis.geometric_means() {
        if mean.pairs > 1 && mean.variant != Variant::EMBEDDED {
            let start = format!("{} {}", left("geometric mean", 16), left(&mean.variant, 11));
            let comma = if mean.port.is_some() { "" } else { "," };
            let _ = writeln!(text, "{start}  {}{comma} {}", Ratio(mean.value), mean.beside());
        }
    }
}

/// How the run ended, and where to read on.
pub(super) fn closing(
    record: &Record,
    reached: Option<Reached>,
    report: Option<&Path>,
    path: &Path,
) -> String {
    let mut text = String::new();
    let seconds = record.run_seconds();
    if let Some(share) = timed_share(record) {
        let _ = writeln!(
            text,
            "\n{} after the build, {:.0} % of it in warm-up and timed calls",
            rough(seconds),
            share * 100.0
        );
    }
    match record.status {
        Status::Interrupted => {
            text.push_str("stopped early: the figures rest on fewer launches than requested\n")
        }
        Status::OutOfTime | Status::Running | Status::Complete => {}
    }
    if let Some(ended) = ended(record, reached) {
        let _ = writeln!(text, "{ended}");
    }
    if let [_, resumed @ ..] = record.sessions.as_slice()
        && !resumed.is_empty()
    {
        let _ = writeln!(text, "the run was resumed {}", times(resumed.len()));
    }
    if let Some(report) = report {
        let _ = writeln!(text, "report: {}", report.display());
    }
    let _ = writeln!(text, "record: {}", path.display());
    text
}

fn times(number: usize) -> String {
    match number {
        1 => "once".into(),
        2 => "twice".into(),
        _ => format!("{number} times"),
    }
}

/// Whether the run ended because the ratios were precise enough or because its time was over.
fn ended(record: &Record, reached: Option<Reached>) -> Option<String> {
    let budget = record.settings.budget_s.map(|budget| rough(budget as f64));
    let Some(reached) = reached else {
        let spent = record.status == Status::OutOfTime;
        let budget = budget.filter(|_| spent)?;
        return Some(format!(
            "the budget of {budget} was spent before all launches were done (--budget, --launches)"
        ));
    };
    let Reached {
        target,
        narrow,
        ratios,
        ..
    } = reached;
    if ratios == 0 {
        return None;
    }
    let within = format!(
        "{narrow} of {ratios} ratios are within {target}{}",
        reached.and_few()
    );
    match (record.status, &budget) {
        (Status::Complete, _) if narrow == ratios => Some(format!("every ratio is within {target}")),
        (Status::OutOfTime, Some(budget)) => Some(format!(
            "the budget of {budget} is spent: {within}; more time narrows the others (--budget)"
        )),
        _ => Some(within),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::Fault;
    use crate::measure::Launch;
    use crate::record::{VariantRecord, VariantState, fixture};

    #[test]
    fn a_verdict_is_below_its_pair() {
        let record = fixture::steady();
        let text = table(&record, &Analysis::of(&record), false);
        let lines: Vec<&str> = text.lines().collect();
        let rust = lines.iter().position(|line| line.contains(" rust ")).unwrap();
        // The embedded interpreter's row is between.
        assert!(
            lines[rust + 2].starts_with("  → port it: Rust gains 20.0"),
            "{text}"
        );
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").contains("In doubt: few launches"), "{text}");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn several_threads_are_shown_below_the_time() {
        let mut record = fixture::steady();
        for own in record.pairs[0]
            .launches
            .iter_mut()
            .flat_map(|launch| &mut launch.comparisons)
        {
            for (series, threads) in [(&mut own.baseline_samples, 100), (&mut own.variant_samples, 190)] {
                let wall: u64 = series.ns.iter().sum();
                series.cpu_ns = Some(wall * threads / 100);
            }
        }
        let text = table(&record, &Analysis::of(&record), false);
        let lines: Vec<&str> = text.lines().collect();
        let threads: Vec<usize> = (0..lines.len())
            .filter(|at| lines[*at].contains("threads  "))
            .collect();
        assert_eq!(threads.len(), 1, "{text}");
        assert!(
            lines[threads[0]].ends_with("1.9 in use") && lines[threads[0] - 1].contains(" rust "),
            "{text}"
        );
    }

    #[test]
    fn bimodal_launches_have_a_line_for_each_speed() {
        let mut record = fixture::steady();
        let launches = &mut record.pairs[0].launches;
        *launches = (0..10)
            .map(|index| Launch {
                index,
                ..launches[0].clone()
            })
            .collect();
        for launch in launches
            .iter_mut()
            .filter(|launch| [2, 3, 7].contains(&launch.index))
        {
            launch.comparisons[1].variant_samples.ns.fill(7 * 250);
        }
        let text = table(&record, &Analysis::of(&record), false);
        let lines: Vec<&str> = text.lines().collect();
        let rust = lines.iter().position(|line| line.contains(" rust ")).unwrap();
        for (line, (time, speed)) in lines[rust..]
            .iter()
            .zip([("500 ns", "20.0× in 7 of 10 launches"), ("250 ns", "40.0× in 3")])
        {
            assert!(line.ends_with(speed) && line.contains(time), "{text}");
        }
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn a_mean_is_shown_with_that_of_the_port_on_the_same_pairs() {
        let mut record = fixture::steady();
        let native = VariantRecord {
            name: "native".into(),
            ..record.pairs[0].variants[0].clone()
        };
        for launch in &mut record.pairs[0].launches {
            let mut own = launch.comparisons[1].clone();
            own.variant = "native".into();
            own.variant_samples.ns.iter_mut().for_each(|ns| *ns *= 2);
            launch.comparisons.push(own);
        }
        let (pair, mut without) = (record.pairs[0].clone(), fixture::steady().pairs.remove(0));
        without
            .launches
            .iter_mut()
            .for_each(|launch| launch.comparisons[1].baseline_samples.ns.fill(3_000_000));
        record.pairs[0].variants.push(native.clone());
        record.pairs.push(pair);
        record.pairs[1].variants.push(native);
        record.pairs.push(without);
        let text = table(&record, &Analysis::of(&record), false);
        let means: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("geometric"))
            .collect();
        assert!(
            means
                .iter()
                .any(|line| line.ends_with("10.0× where rust is 20.0× (the same 2 pairs)")),
            "{text}"
        );
        assert!(
            means
                .iter()
                .any(|line| line.contains("rust") && line.ends_with(", 3 pairs")),
            "{text}"
        );
        assert!(means.iter().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn a_pair_that_failed_is_not_inconclusive_as_well() {
        let mut record = fixture::steady();
        let fault = Fault::Hang { limit_s: 9 };
        record.pairs[0].variants[0].state = VariantState::Failed { fault };
        let text = table(&record, &Analysis::of(&record), false);
        assert!(text.contains("FAILED") || text.contains("9 s"), "{text}");
        assert!(!text.contains("inconclusive"), "{text}");
    }
}
