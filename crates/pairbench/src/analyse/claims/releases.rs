//! The claim about releases, of Python and of Rust.

use super::tally::{Tally, Vote};
use super::{Claim, ClaimResult, Evidence, study};
use crate::analyse::PairAnalysis;
use crate::analyse::matrix::{Cell, Column, Matrix, Row, Spot, are_built_alike, is_release_of_one, release};
use crate::analyse::sites::identity;
use crate::estimate::{Estimate, INTEREST, Outcome, between_runs};
use crate::record::{Checked, OldestRust, Record};
use crate::text::{count, percent};

/// 5: Python's point releases keep breaking and shifting things; Rust's do not.
pub(super) fn point_releases(matrix: &Matrix<'_>) -> Claim {
    let mut tally = Tally::default();
    let mut counted = Counted::default();
    for row in &matrix.rows {
        let found = Found::of(row, &matrix.columns);
        counted.add(&found);
        if let Some((vote, figure)) = found.vote() {
            tally.add(vote, row.profile, row.pair, figure);
        }
    }
    let interest = percent(INTEREST);
    let mut evidence = tally.evidence(|vote| match vote {
        Vote::For => "broke, use something that will be removed, or shifted".into(),
        Vote::Against => format!("stay within ±{interest} and break nowhere"),
        Vote::Open => "break nowhere, and are too noisy to show whether they shift".into(),
    });
    evidence.extend((tally.tested() > 0).then(|| counted.evidence()));
    evidence.push(interpreters(&matrix.columns));
    evidence.extend(matrix.oldest_rust.map(rust));
    evidence.push(study::releases());
    Claim {
        number: 5,
        text: "Python's point releases keep breaking and shifting things; Rust's do not",
        question: "Pairs with several releases of one implementation on one machine: does one of them fail, does Python warn of a \
                removal, does its time change by more than 5 %? And does the Rust side compile with the oldest compiler that \
                it declares?",
        result: result(tally.result(), matrix.oldest_rust),
        evidence,
    }
}

/// The second half of the claim can only weaken the result: that Rust compiles once more does not prove that it always will.
fn result(python: ClaimResult, rust: Option<&OldestRust>) -> ClaimResult {
    match (python, rust.map(|rust| &rust.checked)) {
        (ClaimResult::Holds, Some(Checked::Fails { .. })) => ClaimResult::Mixed,
        _ => python,
    }
}

/// What releases did to a pair.
#[derive(Debug, Default)]
struct Found {
    /// Whether several releases have an outcome.
    several: bool,
    /// Failures with one release but not with another, in words.
    broken: Vec<String>,
    /// What Python warned of.
    announced: Vec<String>,
    /// By how much Python's time, or else the ratio, changed, and from which release to which.
    shifts: Vec<(Vote, String)>,
}

impl Found {
    fn of(row: &Row<'_>, columns: &[Column<'_>]) -> Self {
        let mut found = Found::default();
        for (from, to) in releases(row, columns) {
            found.several = true;
            found.breaks((&row.spots[from], &columns[from]), (&row.spots[to], &columns[to]));
            found.shifts.extend(between(row, columns, from, to));
        }
        for progress in row.progress(columns).into_iter().filter(|one| one.alike) {
            let estimate = progress.estimate;
            let figure = words(estimate, &columns[progress.from], &columns[progress.to]);
            found.shifts.push((shifted(estimate), figure));
        }
        let warned = row.spots.iter().zip(columns);
        let warned = warned.filter_map(|(spot, column)| announcement(&spot.cell, &column.label));
        found.announced = warned.collect();
        found.broken.sort();
        found.broken.dedup();
        found
    }

    /// Notes which release fails, if only one of the two does.
    fn breaks(&mut self, earlier: (&Spot<'_>, &Column<'_>), later: (&Spot<'_>, &Column<'_>)) {
        let failed = |spot: &Spot<'_>| matches!(spot.cell, Cell::Failed { .. });
        if failed(earlier.0) == failed(later.0) {
            return;
        }
        let (spot, column) = if failed(earlier.0) { earlier } else { later };
        if let Cell::Failed { variant, fault, .. } = &spot.cell {
            let what = format!("{variant} {fault} with {}", column.label);
            self.broken.push(what.trim().to_string());
        }
    }

    /// The pair's vote and its reason; `None` if no two releases can be compared.
    fn vote(self) -> Option<(Vote, String)> {
        if !self.several {
            return None;
        }
        let of = |wanted: Vote| self.shifts.iter().find(|(vote, _)| *vote == wanted);
        let first = self.broken.first().or(self.announced.first());
        match (first, of(Vote::For), of(Vote::Open), of(Vote::Against)) {
            (Some(failure), ..) => Some((Vote::For, failure.clone())),
            (None, Some(shift), ..) | (None, None, Some(shift), _) | (None, None, None, Some(shift)) => {
                Some(shift.clone())
            }
            (None, None, None, None) => None,
        }
    }
}

/// How many pairs broke, use something that will be removed, or shifted. A pair may count in several.
#[derive(Debug, Default)]
struct Counted {
    broken: usize,
    announced: usize,
    shifted: usize,
}

impl Counted {
    fn add(&mut self, found: &Found) {
        if found.several {
            self.broken += usize::from(!found.broken.is_empty());
            self.announced += usize::from(!found.announced.is_empty());
            self.shifted += usize::from(found.shifts.iter().any(|(vote, _)| *vote == Vote::For));
        }
    }

    fn evidence(&self) -> Evidence {
        Evidence::of(format!(
            "A release fails where another does not: {}; Python warns of a removal: {}; Python's time shifted, for better or \
             worse: {}",
            count(self.broken, "pair"),
            count(self.announced, "pair"),
            count(self.shifted, "pair")
        ))
    }
}

/// The columns, older and newer, of two releases of one implementation on one machine that both have an outcome.
fn releases(row: &Row<'_>, columns: &[Column<'_>]) -> Vec<(usize, usize)> {
    let has_outcome = |at: usize| {
        let cell = &row.spots[at].cell;
        matches!(cell, Cell::Ratio(_) | Cell::Warning { .. } | Cell::Failed { .. })
    };
    let is_step = |from: usize, to: usize| {
        let (earlier, later) = (columns[from].interpreter()?, columns[to].interpreter()?);
        let here = identity(columns[from].machine) == identity(columns[to].machine);
        (here && is_release_of_one(earlier, later) && release(earlier) < release(later)).then_some((from, to))
    };
    let all = (0..columns.len()).flat_map(|from| (0..columns.len()).map(move |to| (from, to)));
    all.filter(|(from, to)| has_outcome(*from) && has_outcome(*to))
        .filter_map(|(from, to)| is_step(from, to))
        .collect()
}

/// How the ratio changed between two runs that differ only in the interpreter. Interpreters of one run are compared
/// within its launches instead.
fn between(row: &Row<'_>, columns: &[Column<'_>], from: usize, to: usize) -> Option<(Vote, String)> {
    let (earlier, later) = (row.spots[from].seen.as_ref()?, row.spots[to].seen.as_ref()?);
    let alike = are_built_alike(columns[from].interpreter()?, columns[to].interpreter()?);
    if earlier.record.id == later.record.id || !alike || !is_otherwise_alike(later.record, earlier.record) {
        return None;
    }
    let shift = between_runs(&logs(earlier)?, &logs(later)?)?;
    let vote = match shift.outcome(INTEREST) {
        Outcome::Faster | Outcome::Slower => Vote::For,
        Outcome::NoDifference => Vote::Against,
        Outcome::TooNoisy => Vote::Open,
    };
    let versions = format!("{} to {}", columns[from].label, columns[to].label);
    Some((
        vote,
        format!("ratio {}, {versions}", shift.as_estimate().display_ratio()),
    ))
}

/// The log-ratios of the port, by launch; `None` if the pair has no ratio.
fn logs(seen: &PairAnalysis<'_>) -> Option<Vec<f64>> {
    let port = seen.port().filter(|port| port.ratio.is_some())?;
    let size = seen.summary.headline()?.size;
    Some(seen.log_ratios(size, &port.name))
}

/// Whether the Rust side and its input are the same in both.
fn is_otherwise_alike(later: &Record, earlier: &Record) -> bool {
    let build = |record: &Record| {
        let build = &record.build;
        (
            build.rustc.clone(),
            build.target.clone(),
            build.opt_level.clone(),
            build.rustflags.clone(),
        )
    };
    build(later) == build(earlier) && later.settings.seed == earlier.settings.seed
}

/// Whether Python's time changed by more than [`INTEREST`]: the whole interval has to lie outside it, or inside.
fn shifted(progress: Estimate) -> Vote {
    let (most, least) = (1.0 + INTEREST, 1.0 / (1.0 + INTEREST));
    match progress.interval {
        Some((low, high)) if low > most || high < least => Vote::For,
        Some((low, high)) if low >= least && high <= most => Vote::Against,
        _ => Vote::Open,
    }
}

fn words(progress: Estimate, earlier: &Column<'_>, later: &Column<'_>) -> String {
    let (old, new) = (&earlier.label, &later.label);
    format!("{} as fast, {old} to {new}", progress.display_ratio())
}

/// The first warning that Python gave.
fn announcement(cell: &Cell, label: &str) -> Option<String> {
    let Cell::Warning { deprecations, .. } = cell else {
        return None;
    };
    let first = deprecations.first()?;
    let gone = first
        .removed_in
        .as_ref()
        .map(|release| format!(", removed in {release}"));
    Some(format!(
        "{} with {label}{}: {}",
        first.category,
        gone.unwrap_or_default(),
        first.message
    ))
}

fn interpreters(columns: &[Column<'_>]) -> Evidence {
    let labels: Vec<&str> = columns
        .iter()
        .filter(|column| column.interpreter().is_some())
        .map(|column| column.label.as_str())
        .collect();
    Evidence::of(match labels.as_slice() {
        [] => "No interpreter was measured".to_string(),
        [one] => format!("One interpreter was measured, {one}; the claim needs several"),
        several => format!("Interpreters: {}", several.join(", ")),
    })
}

fn rust(OldestRust { version, checked }: &OldestRust) -> Evidence {
    Evidence::of(match checked {
        Checked::Compiles { rustc } => {
            format!(
                "The Rust sides need Rust {version} and compile with it ({rustc}); whether their speed shifts is not tested"
            )
        }
        Checked::Fails { rustc, error } => {
            format!("The Rust sides declare Rust {version} and do not compile with it ({rustc}): {error}")
        }
        Checked::Unchecked { reason } => {
            format!("The Rust sides need Rust {version}; compiling them with it was not tried: {reason}")
        }
    })
}
