//! What changed between two records: the table of the terminal, within 80 columns, and Markdown.

use crate::compare::{CaseChange, Changes, Counts, PairChange, VariantChange};
use crate::estimate::{Change, Estimate, Outcome};
use crate::export::escape;
use crate::terminal::paint;
use crate::text::{count, cut, left, name_cell, percent, right, width, wrap_to};
use std::fmt::Write as _;

const WIDTH: usize = 80;

/// Pairs, variants, changes with their intervals, the smallest changes that could have been shown, and verdicts.
pub(super) fn table(changes: &Changes, colors: bool) -> String {
    let with = changes.interpreter.as_ref();
    let with = with.map_or(String::new(), |name| format!("with {name}:\n"));
    let mut text = format!(
        "\n{with}then: {}, {}, {}\nnow:  {}, {}, {}\n",
        changes.earlier,
        changes.earlier.started,
        changes.earlier.project_at,
        changes.later,
        changes.later.started,
        changes.later.project_at
    );
    let _ = writeln!(
        text,
        "\n{}{}{} verdict",
        start("pair", "variant"),
        left("now ÷ then [95 %]", 20),
        right("smallest", 11)
    );
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    for pair in &changes.pairs {
        let mut name = pair.name.clone();
        for case in &pair.cases {
            if pair.cases.len() > 1 {
                name = format!("{} {}", pair.name, case.size);
            }
            for variant in &case.variants {
                let _ = writeln!(text, "{}", row(&name, variant, changes.interest, colors));
                name.clear();
            }
        }
    }
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    let _ = writeln!(text, "{}", changes.counts());
    for line in wrap_to(4, &explanation(changes), "") {
        let _ = writeln!(text, "{line}");
    }
    for note in changes.notes() {
        let tag = if note.is_warning() { "warning: " } else { "" };
        for line in wrap_to(4, &format!("{tag}{note}"), "") {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn row(name: &str, variant: &VariantChange, interest: f64, colors: bool) -> String {
    let start = start(name, &variant.name);
    let Some(change) = variant.change() else {
        let why = variant.why().unwrap_or_default();
        return format!("{start}{}", cut(&why, WIDTH - width(&start)));
    };
    let outcome = change.outcome(interest);
    let style = match outcome {
        Outcome::Faster => "32",
        Outcome::Slower => "1;31",
        Outcome::TooNoisy => "33",
        Outcome::NoDifference => "0",
    };
    let figures = left(&change.shift.as_estimate().display_ratio(), 24);
    let outcome = paint(colors, style, &outcome.to_string());
    format!("{start}{figures}{} {outcome}", right(&smallest(&change), 7))
}

/// The smallest change that a row could have shown.
fn smallest(change: &Change) -> String {
    change.smallest().map_or("–".into(), percent)
}

/// What the columns mean; empty if they have no content.
fn explanation(changes: &Changes) -> String {
    let shown = changes.counts().total();
    if shown == 0 {
        return String::new();
    }
    let rows = count(changes.families.by_baseline.rows.max(shown), "row");
    let of_all = match changes.interpreter {
        Some(_) => " of all interpreters",
        None => "",
    };
    format!(
        "Above 1× a variant is faster now. The interval is the row's own; verdicts are corrected for {rows}{of_all}, \
         and \"smallest\" is the smallest change that would have counted.",
    )
}

/// The first two columns.
fn start(name: &str, variant: &str) -> String {
    format!("{} {} ", name_cell(name, 16), name_cell(variant, 11))
}

/// The same as Markdown, for a comment on a pull request.
pub(super) fn markdown(changes: &Changes) -> String {
    let mut text = format!(
        "### {} against {}{}\n\n{} against {}: {}. {}\n\n",
        escape(&changes.later.to_string()),
        escape(&changes.earlier.to_string()),
        escape(&changes.with_interpreter()),
        escape(&changes.later.project_at),
        escape(&changes.earlier.project_at),
        changes.counts(),
        explanation(changes)
    );
    text.push_str(
        "| pair | variant | then | now | now ÷ then [95 %] | smallest | verdict |\n|---|---|--:|--:|--:|--:|---|\n",
    );
    for (pair, case, variant) in rows(changes) {
        let name = match pair.cases.len() {
            1 => pair.name.clone(),
            _ => format!("{} at {}", pair.name, case.size),
        };
        let ratio = |ratio: Option<Estimate>| ratio.map_or("–".into(), |ratio| ratio.display_ratio());
        let (figures, smallest, verdict) = match variant.change() {
            Some(change) => {
                let outcome = change.outcome(changes.interest);
                let words = match outcome {
                    Outcome::Faster | Outcome::Slower => format!("**{outcome}**"),
                    _ => outcome.to_string(),
                };
                (
                    change.shift.as_estimate().display_ratio(),
                    smallest(&change),
                    words,
                )
            }
            None => ("–".into(), "–".into(), escape(&variant.why().unwrap_or_default())),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {figures} | {smallest} | {verdict} |",
            escape(&name),
            escape(&variant.name),
            ratio(variant.earlier),
            ratio(variant.later)
        );
    }
    text.push('\n');
    for note in changes.notes() {
        let tag = if note.is_warning() { "**Warning:** " } else { "" };
        let _ = writeln!(text, "- {tag}{}", escape(&note.to_string()));
    }
    text
}

fn rows(changes: &Changes) -> impl Iterator<Item = (&PairChange, &CaseChange, &VariantChange)> {
    changes.pairs.iter().flat_map(|pair| {
        let cases = pair.cases.iter();
        cases.flat_map(move |case| case.variants.iter().map(move |variant| (pair, case, variant)))
    })
}

/// Every two of several records, as after runs that should not differ: how often a change was claimed, and where. Each
/// two have changes with every interpreter.
pub(super) fn every(all: &[Vec<Changes>], records: usize) -> String {
    let mut counts = Counts::default();
    let mut by_variant: Vec<(String, Counts)> = Vec::new();
    for changes in all.iter().flatten() {
        counts += changes.counts();
        for (pair, case, variant, outcome) in changes.compared() {
            let size = if pair.cases.len() > 1 {
                format!(" {}", case.size)
            } else {
                String::new()
            };
            let with = changes.with_interpreter();
            let name = format!("{}{size}/{}{with}", pair.name, variant.name);
            let own = Counts::of([outcome]);
            match by_variant.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += own,
                None => by_variant.push((name, own)),
            }
        }
    }
    let mut text = format!(
        "every two of {records} records; comparisons of runs: {}\n\n",
        all.len()
    );
    let line = |name: &str, cells: [String; 4]| {
        let cells = cells
            .iter()
            .zip([8, 8, 11, 10])
            .map(|(cell, wide)| right(cell, wide));
        name_cell(name, 32) + &cells.collect::<String>()
    };
    let heads = ["faster", "slower", "no diff.", "too noisy"].map(String::from);
    let _ = writeln!(text, "{}", line("pair/variant", heads));
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    for (name, own) in &by_variant {
        let cells = [own.faster, own.slower, own.no_difference, own.too_noisy];
        let _ = writeln!(text, "{}", line(name, cells.map(|n| n.to_string())));
    }
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    let _ = writeln!(text, "{counts}");
    if counts.total() > 0 {
        let share = 100.0 * counts.changed() as f64 / counts.total() as f64;
        let _ = writeln!(
            text,
            "called faster or slower: {share:.1} % of rows, and any row in {} of {} comparisons; all of these are false alarms \
             if nothing changed between the runs",
            all.iter()
                .filter(|two| two.iter().any(|changes| changes.counts().changed() > 0))
                .count(),
            all.len()
        );
    }
    let changed: usize = all
        .iter()
        .flat_map(|two| &two[0].pairs)
        .filter(|pair| pair.python_changed || pair.rust_changed)
        .count();
    let differ = all
        .iter()
        .filter(|two| two.iter().any(|changes| !changes.differences.is_empty()))
        .count();
    if changed + differ > 0 {
        let _ = writeln!(
            text,
            "warning: something did change: sources of pairs in {changed} places, the environment between {differ} runs"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::Analysis;
    use crate::compare::{Named, changes};
    use crate::record::fixture::steady;
    use crate::record::{Record, VariantState};

    fn compare(then: &Record, now: &Record) -> Changes {
        changes(
            Named {
                analyses: &[Analysis::of(then)],
                name: Some("main"),
            },
            Named {
                analyses: &[Analysis::of(now)],
                name: None,
            },
            None,
        )
        .remove(0)
    }

    fn slower() -> Record {
        let mut record = steady();
        record.id = "20260102T000000Z-efgh".into();
        for launch in &mut record.pairs[0].launches {
            launch.comparisons[1]
                .variant_samples
                .ns
                .iter_mut()
                .for_each(|ns| *ns *= 2);
        }
        record
    }

    #[test]
    fn a_row_has_the_change_and_the_verdict() {
        let table = table(&compare(&steady(), &slower()), false);
        let row = table.lines().find(|line| line.starts_with("steady")).unwrap();
        assert_eq!(
            row,
            "steady           rust        0.500× [0.493, 0.507]     2.4 % slower"
        );
        assert!(
            table.contains("then: main (20260101T000000Z-abcd), 2026-01-01T00:00:00Z"),
            "{table}"
        );
        assert!(table.contains("slower 1, no difference shown 0"), "{table}");
    }

    #[test]
    fn no_row_is_wider_than_a_terminal() {
        let mut now = slower();
        now.pairs[0].name = "a_pair_whose_name_goes_on_and_on".into();
        let mut then = now.clone();
        now.pairs[0].variants[1].state = VariantState::Skipped {
            reason: "it needs a module that nobody has ever heard of, and more".into(),
        };
        for (a, b) in [(&then, &then), (&then, &now)] {
            let table = table(&compare(a, b), false);
            let rows = table.lines().filter(|line| line.starts_with("a_pair"));
            assert!(
                rows.clone().count() > 0 && rows.clone().all(|row| row.chars().count() <= WIDTH),
                "{table}"
            );
        }
        then.pairs.clear();
        assert!(table(&compare(&then, &now), false).contains("no pair in common"));
    }

    #[test]
    fn text_from_a_record_is_not_markup() {
        let mut now = slower();
        now.pairs[0].variants[1].state = VariantState::Skipped {
            reason: "a | b\n<b>*c*".into(),
        };
        let text = markdown(&compare(&steady(), &now));
        let row = text.lines().find(|line| line.contains("skipped")).unwrap();
        assert_eq!(
            row,
            "| steady | rust | 20.00× [20.00, 20.00] | – | – | – | skipped now: a \\| b &lt;b>\\*c\\* |"
        );
        assert!(markdown(&compare(&steady(), &slower())).contains("| **slower** |"));
    }

    #[test]
    fn every_two_records_are_counted() {
        let (a, b) = (steady(), slower());
        let text = every(&[vec![compare(&a, &b)], vec![compare(&a, &a)]], 2);
        assert!(
            text.contains("faster 0, slower 1, no difference shown 1, too noisy to tell 0 of 2"),
            "{text}"
        );
        assert!(text.contains("50.0 %"), "{text}");
    }
}
