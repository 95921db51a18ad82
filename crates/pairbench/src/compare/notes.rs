//! Notes on a comparison: data first, text last.

use super::{Basis, ChangeResult, Changes, PairChange};
use crate::record::Warning;
use std::fmt;

/// One note on a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Something besides the code differs.
    Difference(Warning),
    /// Pairs whose Python side changed, so that a change of their ratios may be the baseline's.
    PythonChanged(Vec<String>),
    /// Pairs whose Python side changed, and whose variants are therefore compared by the harness's reference.
    PythonByReference(Vec<String>),
    /// Pairs whose Rust side changed.
    RustChanged(Vec<String>),
    /// Pairs that only the later record has.
    New(Vec<String>),
    /// Pairs that only the earlier record has.
    Gone(Vec<String>),
    /// The records have no pair in common.
    NothingInCommon,
    /// The baseline itself is not compared.
    BaselineNotCompared,
}

/// The most names in a note; the rest is counted.
const MOST_NAMES: usize = 8;

impl Note {
    /// Whether it casts doubt on the verdicts.
    pub fn is_warning(&self) -> bool {
        matches!(
            self,
            Note::Difference(_) | Note::PythonChanged(_) | Note::NothingInCommon
        )
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Difference(Warning { text, figure, remedy, .. }) => write!(f, "{text}: {figure}. Next: {remedy}."),
            Note::PythonChanged(pairs) => write!(
                f,
                "The Python side of {} changed: a change of these ratios may come from the baseline, not from the variant.",
                names(pairs)
            ),
            Note::PythonByReference(pairs) => write!(
                f,
                "The Python side of {} changed: their variants are compared by the harness's reference work, not by their \
                 ratios, so that a change of the baseline does not count as theirs.",
                names(pairs)
            ),
            Note::RustChanged(pairs) => write!(f, "The Rust side of {} changed.", names(pairs)),
            Note::New(pairs) => write!(f, "New, so not compared: {}.", names(pairs)),
            Note::Gone(pairs) => write!(f, "Missing from the later record, or not selected: {}.", names(pairs)),
            Note::NothingInCommon => f.write_str("The two records have no pair in common."),
            Note::BaselineNotCompared => f.write_str(
                "The baseline itself is compared only where both records measured it beside the harness's reference \
                 work: absolute times change with the machine.",
            ),
        }
    }
}

fn names(names: &[String]) -> String {
    match names.len().checked_sub(MOST_NAMES) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..MOST_NAMES].join(", ")),
    }
}

impl Changes {
    /// All notes, warnings first.
    pub fn notes(&self) -> Vec<Note> {
        let named = |is: fn(&PairChange) -> bool| -> Vec<String> {
            let pairs = self.pairs.iter().filter(|pair| is(pair));
            pairs.map(|pair| pair.name.clone()).collect()
        };
        type Of = fn(Vec<String>) -> Note;
        let lists: [(Of, Vec<String>); 5] = [
            (
                Note::PythonChanged,
                named(|pair| pair.python_changed && !by_reference(pair)),
            ),
            (
                Note::PythonByReference,
                named(|pair| pair.python_changed && by_reference(pair)),
            ),
            (Note::RustChanged, named(|pair| pair.rust_changed)),
            (Note::New, self.new.clone()),
            (Note::Gone, self.gone.clone()),
        ];
        let mut notes: Vec<Note> = self.differences.iter().cloned().map(Note::Difference).collect();
        if self.pairs.is_empty() {
            notes.push(Note::NothingInCommon);
        }
        let lists = lists.into_iter().filter(|(_, pairs)| !pairs.is_empty());
        notes.extend(lists.map(|(note, pairs)| note(pairs)));
        if self.baseline_not_compared {
            notes.push(Note::BaselineNotCompared);
        }
        notes
    }
}

/// Whether the pair has changes, all of them relative to the reference.
fn by_reference(pair: &PairChange) -> bool {
    let variants = pair.cases.iter().flat_map(|case| &case.variants);
    let mut bases = variants.filter_map(|variant| match variant.result {
        ChangeResult::Compared(_, basis) => Some(basis),
        _ => None,
    });
    let any = bases.clone().next().is_some();
    any && bases.all(|basis| basis == Basis::Reference)
}

#[cfg(test)]
mod tests {
    use super::super::{Named, changes};
    use super::*;
    use crate::analyse::Analysis;
    use crate::record::{Record, fixture::steady};

    #[test]
    fn changed_files_are_noted_and_unchanged_ones_are_not() {
        fn notes(earlier: &Record, later: &Record) -> Vec<Note> {
            let (earlier, later) = (Analysis::of(earlier), Analysis::of(later));
            let named = |analysis| Named { analysis, name: None };
            changes(named(&earlier), named(&later), None).notes()
        }
        assert_eq!(notes(&steady(), &steady()), [Note::BaselineNotCompared]);
        let mut other = steady();
        other.pairs[0].sources.python.push('\n');
        other.pairs[0].sources.rust.push('\n');
        let steady_pairs = || vec!["steady".to_string()];
        assert_eq!(
            notes(&steady(), &other),
            [
                Note::PythonChanged(steady_pairs()),
                Note::RustChanged(steady_pairs()),
                Note::BaselineNotCompared
            ]
        );
        other.pairs.clear();
        let notes = notes(&steady(), &other);
        assert_eq!(notes, [Note::NothingInCommon, Note::Gone(steady_pairs())]);
        assert!(notes[0].is_warning() && !notes[1].is_warning());
    }

    #[test]
    fn long_lists_are_cut() {
        let many: Vec<String> = (0..11).map(|i| format!("p{i}")).collect();
        assert!(Note::New(many).to_string().ends_with("p7 and 3 more."));
    }
}
