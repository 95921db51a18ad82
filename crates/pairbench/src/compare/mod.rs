//! Comparison of two records: how each pair and variant changed from the earlier to the later one. Records in, figures
//! out; nothing is printed here.
//!
//! A variant's *ratio to the baseline* is compared, because the machine's state cancels within sample pairs. The
//! baseline itself is compared only if it was sampled beside the harness's reference work; absolute times change with
//! the machine and are never compared.

mod fail_if;
mod families;
mod history;
mod interpreters;
mod notes;
mod pair;

pub(crate) use fail_if::{FailIf, interest, offences};
pub(crate) use families::Families;
pub use history::History;
pub(crate) use history::{HistoryRun, MachineId, Seen};
pub(crate) use interpreters::differences;
pub(crate) use notes::Note;
pub(crate) use pair::{Basis, CaseChange, ChangeResult, PairChange, VariantChange};

use crate::analyse::{self, Analysis, PairAnalysis, interpreter_differs};
use crate::estimate::{Family, INTEREST, Outcome};
use crate::hosts::interpreter::labels;
use crate::record::{Record, Warning};
use interpreters::Matched;
use std::fmt;

/// What changed from one record to another, with one interpreter.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Changes {
    /// The earlier record.
    pub earlier: RunName,
    /// The later one.
    pub later: RunName,
    /// The interpreter, if either run has several.
    pub interpreter: Option<String>,
    /// The smallest change that matters, as a share. An interval that is wider and shows no change is *too noisy to tell*.
    pub interest: f64,
    /// The allowances for the machine's state and for the number of rows, counted over all interpreters.
    pub families: Families,
    /// What differs between the two besides the code, and may explain different figures. Differences shared by all
    /// interpreters are listed only with the first.
    pub differences: Vec<Warning>,
    /// Interpreters that only the later run has; listed only with the first interpreter that is compared.
    pub new_interpreters: Vec<String>,
    /// Interpreters that only the earlier run has; listed only with the first interpreter that is compared.
    pub gone_interpreters: Vec<String>,
    /// The pairs that both have, sorted by name.
    pub pairs: Vec<PairChange>,
    /// Pairs that only the later record has.
    pub new: Vec<String>,
    /// Pairs that only the earlier record has: removed, or not selected this time.
    pub gone: Vec<String>,
    /// Whether the baseline itself could not be compared in some pair, because a record has no reference beside it.
    pub baseline_not_compared: bool,
}

/// Identifies the run of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunName {
    /// [`Record::id`].
    pub id: String,
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// The name under which it was saved as a baseline, if it was read by that name.
    pub name: Option<String>,
    /// Its project, and the project's revision if that is known.
    pub project_at: String,
}

impl RunName {
    /// The name of this record; `name` is that of the baseline, if it was read as one.
    pub(crate) fn of(record: &Record, name: Option<&str>) -> Self {
        RunName {
            id: record.id.clone(),
            started: record.started.clone(),
            name: name.map(Into::into),
            project_at: record.project_at(),
        }
    }
}

impl fmt::Display for RunName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} ({})", self.id),
            None => f.write_str(&self.id),
        }
    }
}

/// A run and the name by which it was read.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Its analyses, one for each interpreter; at least one.
    pub analyses: &'a [Analysis<'a>],
    /// Name of the baseline, if it was read by that name.
    pub name: Option<&'a str>,
}

/// Compares two runs: each interpreter of the later one with the same one of the earlier, in the order of the later; at least
/// one. `interest` is the smallest change that matters, as a share; by default [`INTEREST`].
///
/// The rows of all interpreters are one family: each is judged among all of them. The machine's state is estimated for
/// each interpreter, because a new build of one moves all its rows alike.
pub fn changes(earlier: Named<'_>, later: Named<'_>, interest: Option<f64>) -> Vec<Changes> {
    let [then, now] =
        [earlier, later].map(|run| Vec::from_iter(run.analyses.iter().map(|one| &one.record.interpreter)));
    let (matched, names) = (Matched::of(&then, &now), labels(&now));
    let several = then.len() > 1 || now.len() > 1;
    let in_step = are_in_step(earlier.analyses[0].record, later.analyses[0].record);
    let both = matched.both.iter();
    let both: Vec<Both<'_>> = both
        .map(|(then, now)| Both::of(&earlier.analyses[*then], &later.analyses[*now]))
        .collect();
    let alone: Vec<_> = both
        .iter()
        .map(|two| two.changes(&|_| Family::alone(in_step)))
        .collect();
    let rows = families::count(alone.iter().flatten());
    let of_two = |(two, alone): (&Both<'_>, &Vec<PairChange>)| {
        let families = Families::of(alone, rows, in_step);
        let pairs = two.changes(&|basis| families.by(basis));
        let [before, after] = [two.earlier.record, two.later.record];
        Changes {
            earlier: RunName::of(before, earlier.name),
            later: RunName::of(after, later.name),
            interpreter: several.then(|| names[two.later.interpreter].clone()),
            interest: interest.unwrap_or(INTEREST),
            families,
            differences: Vec::from_iter(interpreter_differs(&after.interpreter, &before.interpreter)),
            new_interpreters: Vec::new(),
            gone_interpreters: Vec::new(),
            baseline_not_compared: pairs.iter().any(|pair| pair.baseline_not_compared),
            pairs,
            new: missing(two.later, two.earlier),
            gone: missing(two.earlier, two.later),
        }
    };
    let mut all: Vec<Changes> = both.iter().zip(&alone).map(of_two).collect();
    let (first, two) = (&mut all[0], &both[0]);
    let shared = analyse::differences(two.later.record, two.earlier.record);
    first.differences.splice(0..0, shared);
    (first.new_interpreters, first.gone_interpreters) = (matched.new, matched.gone);
    all
}

/// An interpreter in two runs.
struct Both<'a> {
    earlier: &'a Analysis<'a>,
    later: &'a Analysis<'a>,
    /// The pairs that both have, sorted by name.
    pairs: Vec<(&'a PairAnalysis<'a>, &'a PairAnalysis<'a>)>,
}

impl<'a> Both<'a> {
    fn of(earlier: &'a Analysis<'a>, later: &'a Analysis<'a>) -> Self {
        let before = |after: &'a PairAnalysis<'a>| Some((earlier.pair(&after.pair.name)?, after));
        let mut pairs: Vec<_> = later.pairs.iter().filter_map(before).collect();
        pairs.sort_by_key(|(_, after)| &after.pair.name);
        Both {
            earlier,
            later,
            pairs,
        }
    }

    /// How the pairs changed, judged among the rows that `among` returns.
    fn changes(&self, among: &dyn Fn(Basis) -> Family) -> Vec<PairChange> {
        let pairs = self.pairs.iter();
        pairs
            .map(|(before, after)| pair::change(before, after, among))
            .collect()
    }
}

/// The pairs of one run that the other does not have.
fn missing(run: &Analysis<'_>, other: &Analysis<'_>) -> Vec<String> {
    let names = run.pairs.iter().map(|one| &one.pair.name);
    names.filter(|name| other.pair(name).is_none()).cloned().collect()
}

/// Whether each launch of the later record was taken beside one of the earlier.
fn are_in_step(earlier: &Record, later: &Record) -> bool {
    let other = later.settings.against.as_ref();
    other.is_some_and(|other| other.record == earlier.id)
}

/// How many comparisons had each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// [`Outcome::Faster`].
    pub faster: usize,
    /// [`Outcome::Slower`].
    pub slower: usize,
    /// [`Outcome::NoDifference`].
    pub no_difference: usize,
    /// [`Outcome::TooNoisy`].
    pub too_noisy: usize,
}

impl Counts {
    /// Counts outcomes.
    pub fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let mut counts = Counts::default();
        for outcome in outcomes {
            *match outcome {
                Outcome::Faster => &mut counts.faster,
                Outcome::Slower => &mut counts.slower,
                Outcome::NoDifference => &mut counts.no_difference,
                Outcome::TooNoisy => &mut counts.too_noisy,
            } += 1;
        }
        counts
    }

    /// All comparisons.
    pub fn total(&self) -> usize {
        self.faster + self.slower + self.no_difference + self.too_noisy
    }

    /// Those that show a change.
    pub fn changed(&self) -> usize {
        self.faster + self.slower
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.faster += other.faster;
        self.slower += other.slower;
        self.no_difference += other.no_difference;
        self.too_noisy += other.too_noisy;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            faster,
            slower,
            no_difference,
            too_noisy,
        } = self;
        let total = self.total();
        write!(
            f,
            "faster {faster}, slower {slower}, no difference shown {no_difference}, too noisy to tell {too_noisy} of {total}"
        )
    }
}

impl Changes {
    /// ` with ` and the interpreter, if either run has several.
    pub(crate) fn with_interpreter(&self) -> String {
        let name = self.interpreter.as_ref();
        name.map_or(String::new(), |name| format!(" with {name}"))
    }

    /// Every comparison that has a figure: pair, case, variant and outcome.
    pub fn compared(&self) -> impl Iterator<Item = (&PairChange, &CaseChange, &VariantChange, Outcome)> {
        let rows = self.pairs.iter().flat_map(|pair| {
            let cases = pair.cases.iter();
            cases.flat_map(move |case| case.variants.iter().map(move |variant| (pair, case, variant)))
        });
        rows.filter_map(|(pair, case, variant)| {
            Some((pair, case, variant, variant.change()?.outcome(self.interest)))
        })
    }

    /// How many comparisons had each outcome.
    pub fn counts(&self) -> Counts {
        Counts::of(self.compared().map(|(.., outcome)| outcome))
    }
}

#[cfg(test)]
mod tests;
