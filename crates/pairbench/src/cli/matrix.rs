//! The table of pairs by interpreter, within 80 columns; split into several blocks if there are too many interpreters.

use crate::analyse::Analysis;
use crate::analyse::matrix::{Cell, Column, Matrix, MeanProgress, Row};
use crate::estimate::Ratio;
use crate::record::{Checked, Deprecation};
use crate::terminal::paint;
use crate::text::{count, name_cell, right, wrap_to};
use std::fmt::Write as _;

const WIDTH: usize = 80;

/// Width of the pairs' names.
const NAME: usize = 16;

/// Maximum width of a column's label.
const MOST_HEAD: usize = 16;

/// Maximum number of remarks below the matrix; the report has all.
const MOST_REMARKS: usize = 12;

/// The matrix of a run; empty if there is only one interpreter.
pub(super) fn matrix(analyses: &[Analysis<'_>], colors: bool) -> String {
    let matrix = Matrix::of(analyses);
    let mut text = String::new();
    if !matrix.has_several() {
        return text;
    }
    let _ = writeln!(text, "\nevery Python: python ÷ port");
    let means = matrix.mean_progress();
    for block in blocks(&matrix.columns) {
        write_block(&mut text, &matrix, &means, &block, colors);
    }
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    let remarks = remarks(&matrix);
    for remark in remarks.iter().take(MOST_REMARKS) {
        for line in wrap_to(3, remark, "  ") {
            let _ = writeln!(text, "{line}");
        }
    }
    if remarks.len() > MOST_REMARKS {
        let more = remarks.len() - MOST_REMARKS;
        let _ = writeln!(text, "  and {more} more in the report");
    }
    text
}

/// A column's label in two lines: implementation and rest, or nothing and the whole; a long path is cut to its end.
fn head(column: &Column<'_>) -> (String, String) {
    match (column.interpreter(), column.label.split_once(' ')) {
        (Some(_), Some((implementation, rest))) => (implementation.into(), rest.into()),
        _ => {
            let length = column.label.chars().count();
            let name = match length > MOST_HEAD {
                true => column.label.chars().skip(length - MOST_HEAD + 1).collect(),
                false => column.label.clone(),
            };
            let cut = if length > MOST_HEAD { "…" } else { "" };
            (String::new(), format!("{cut}{name}"))
        }
    }
}

/// Width of a column, the gap before it included.
fn width(column: &Column<'_>) -> usize {
    let (above, below) = head(column);
    2 + above
        .chars()
        .count()
        .max(below.chars().count())
        .clamp(8, MOST_HEAD)
}

/// Columns in blocks, each with as many as fit side by side.
fn blocks(columns: &[Column<'_>]) -> Vec<Vec<usize>> {
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    let mut used = WIDTH;
    for (at, column) in columns.iter().enumerate() {
        let wide = width(column);
        if used + wide > WIDTH || blocks.is_empty() {
            blocks.push(Vec::new());
            used = NAME;
        }
        used += wide;
        blocks.last_mut().expect("one at least").push(at);
    }
    blocks
}

fn write_block(
    text: &mut String,
    matrix: &Matrix<'_>,
    means: &[Vec<MeanProgress>],
    block: &[usize],
    colors: bool,
) {
    let heads: Vec<_> = block.iter().map(|at| head(&matrix.columns[*at])).collect();
    let widths: Vec<usize> = block.iter().map(|at| width(&matrix.columns[*at])).collect();
    let line = |name: &str, cells: Vec<String>| {
        let cells = cells.iter().zip(&widths);
        let cells: String = cells
            .map(|(cell, wide)| format!("  {}", right(cell, wide - 2)))
            .collect();
        name_cell(name, NAME) + &cells
    };
    let above = heads.iter().map(|(above, _)| above.clone()).collect();
    let below = heads.iter().map(|(_, below)| below.clone()).collect();
    let _ = writeln!(text, "{}\n{}", line("", above).trim_end(), line("pair", below));
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    for row in &matrix.rows {
        let cells = block.iter().map(|at| short(&row.spots[*at].cell)).collect();
        let line = line(row.pair, cells);
        let bad = block
            .iter()
            .any(|at| matches!(row.spots[*at].cell, Cell::Failed { .. }));
        let _ = writeln!(text, "{}", paint(colors && bad, "31", &line));
    }
    let progress: Vec<String> = block
        .iter()
        .map(|at| {
            means[*at]
                .last()
                .map_or_else(String::new, |mean| Ratio(mean.value).to_string())
        })
        .collect();
    if progress.iter().any(|mean| !mean.is_empty()) {
        let _ = writeln!(text, "{}", line("oldest ÷ this", progress).trim_end());
    }
}

/// A cell in eight characters.
fn short(cell: &Cell) -> String {
    match (cell, cell.ratio()) {
        (Cell::Warning { .. }, Some(ratio)) => format!("{} !", Ratio(ratio.value)),
        (Cell::Ratio(ratio), _) => Ratio(ratio.value).to_string(),
        _ => cell.word().into(),
    }
}

/// What the words in the cells mean, most important first, each once.
fn remarks(matrix: &Matrix<'_>) -> Vec<String> {
    let mut failed = Vec::new();
    let mut warned = Vec::new();
    let mut others: Vec<(String, Vec<String>)> = Vec::new();
    for (row, at) in places(matrix) {
        let (spot, label) = (&row.spots[at], &matrix.columns[at].label);
        match &spot.cell {
            Cell::Failed { variant, fault, .. } => {
                failed.push(format!("failed: {} {variant} with {label}: {fault}", row.pair));
            }
            Cell::Warning { deprecations, .. } => {
                let warnings = deprecations.iter();
                warned.extend(warnings.map(|one| format!("! {} with {label}: {}", row.pair, warning(one))));
            }
            Cell::Skipped { reason } | Cell::Missing { reason } => {
                gather(
                    &mut others,
                    format!("{}: {label}: {reason}", spot.cell.word()),
                    row.pair,
                );
            }
            Cell::Ratio(_) => {}
        }
        for note in &spot.notes {
            let what = format!("{} skipped with {label}: {}", note.variant, note.reason);
            gather(&mut others, what, row.pair);
        }
    }
    let all = matrix.rows.len();
    let others = others.into_iter().map(|(what, pairs)| match pairs.len() {
        n if n == all && all > 1 => what,
        1 => format!("{what} ({})", pairs[0]),
        n => format!("{what} ({})", count(n, "pair")),
    });
    failed
        .into_iter()
        .chain(warned)
        .chain(others)
        .chain(rust(matrix))
        .collect()
}

/// Every cell of the matrix, pair by pair.
fn places<'a, 'b>(matrix: &'b Matrix<'a>) -> impl Iterator<Item = (&'b Row<'a>, usize)> {
    let columns = matrix.columns.len();
    matrix
        .rows
        .iter()
        .flat_map(move |row| (0..columns).map(move |at| (row, at)))
}

fn gather(all: &mut Vec<(String, Vec<String>)>, what: String, pair: &str) {
    match all.iter_mut().find(|(known, _)| *known == what) {
        Some((_, pairs)) => pairs.push(pair.into()),
        None => all.push((what, vec![pair.into()])),
    }
}

fn warning(one: &Deprecation) -> String {
    let goes = one
        .removed_in
        .as_ref()
        .map(|release| format!(", removed in {release}"));
    let goes = goes.unwrap_or_default();
    format!(
        "{}{goes}: {} ({}:{})",
        one.category, one.message, one.file, one.line
    )
}

fn rust(matrix: &Matrix<'_>) -> Option<String> {
    let oldest = matrix.oldest_rust?;
    let compiles = match &oldest.checked {
        Checked::Compiles { .. } => "and compiles with it".to_string(),
        Checked::Fails { error, .. } => format!("and does NOT compile with it: {error}"),
        Checked::Unchecked { reason } => format!("not tried: {reason}"),
    };
    Some(format!("Rust's side needs Rust {}, {compiles}", oldest.version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::{analyses, read};
    use crate::hosts::Fault;
    use crate::record::{Further, MissingInterpreter, Record, VerifyFailure, fixture, views};

    fn matrix(record: &Record, colors: bool) -> String {
        let records = std::slice::from_ref(record);
        let views = views(records);
        super::matrix(&analyses(&views, &read(records)), colors)
    }

    /// The steady record with this many more releases.
    fn with(further: u32) -> Record {
        let mut record = fixture::steady();
        for (index, launch) in record.pairs[0].launches.iter_mut().enumerate() {
            launch.order_seed = index as u64;
        }
        for minor in 0..further {
            let mut interpreter = record.interpreter.clone();
            interpreter.version = format!("3.{}.0", 12 + minor);
            record.further.push(Further {
                interpreter,
                native: record.native.clone(),
                pairs: record.pairs.clone(),
            });
        }
        record
    }

    #[test]
    fn one_interpreter_has_no_matrix() {
        assert_eq!(matrix(&with(0), false), "");
    }

    #[test]
    fn many_interpreters_are_split_into_blocks_of_eighty_columns() {
        let text = matrix(&with(8), false);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert_eq!(text.matches("steady").count(), 2, "{text}");
        assert_eq!(text.matches("20.0×").count(), 9, "{text}");
        // All releases but the oldest have a mean progress; nothing was faster.
        assert_eq!(text.matches("1.00×").count(), 8, "{text}");
    }

    #[test]
    fn a_cell_without_a_ratio_is_a_word_with_its_reason() {
        let mut record = with(1);
        record.lacking = vec![MissingInterpreter {
            asked: "python3.99".into(),
            reason: "it is not on PATH".into(),
            named: true,
        }];
        let pair = &mut record.further[0].pairs[0];
        pair.verification.passed = false;
        pair.verification.failures.push(VerifyFailure {
            variant: "python".into(),
            size: None,
            fault: Fault::Hang { limit_s: 9 },
        });
        let text = matrix(&record, false);
        let row = text.lines().find(|line| line.starts_with("steady")).unwrap();
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(words, ["steady", "20.0×", "failed", "missing"], "{text}");
        assert!(
            text.contains("failed: steady python with CPython 3.12.0"),
            "{text}"
        );
        assert!(text.contains("missing: python3.99: it is not on PATH"), "{text}");
    }
}
