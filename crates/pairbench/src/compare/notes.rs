//! What a reader of a comparison must know: data first, text last.

use super::{Basis, Changes, PairChange, Told};
use crate::record::Warning;
use std::fmt;

/// One thing to know of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Something besides the code differs.
    Difference(Warning),
    /// Pairs whose Python file changed, so that a change of their ratios may be the baseline's.
    PythonChanged(Vec<String>),
    /// Pairs whose Python file changed, and whose variants are therefore compared by the harness's reference.
    PythonApart(Vec<String>),
    /// Pairs whose Rust file changed.
    RustChanged(Vec<String>),
    /// Pairs that only the later record has.
    New(Vec<String>),
    /// Pairs that only the earlier record has.
    Gone(Vec<String>),
    /// The records have no pair in common.
    NothingInCommon,
    /// The baseline itself is not compared.
    BaselineUntold,
}

/// At most so many names stand in a note.
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
                "The Python file changed of {}: a change of these ratios may be the baseline's, not the variant's.",
                names(pairs)
            ),
            Note::PythonApart(pairs) => write!(
                f,
                "The Python file changed of {}: their variants are compared by the harness's reference work, not by \
                 their ratios, so that the baseline's change is not theirs.",
                names(pairs)
            ),
            Note::RustChanged(pairs) => write!(f, "The Rust file changed of {}.", names(pairs)),
            Note::New(pairs) => write!(f, "New, and so not compared: {}.", names(pairs)),
            Note::Gone(pairs) => write!(f, "Gone, or not chosen this time: {}.", names(pairs)),
            Note::NothingInCommon => f.write_str("The two records have no pair in common."),
            Note::BaselineUntold => f.write_str(
                "The baseline itself is not compared where a record does not have it beside the harness's reference \
                 work: absolute times move with the machine.",
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
    /// What to know, warnings first.
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
                Note::PythonApart,
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
        let told = lists.into_iter().filter(|(_, pairs)| !pairs.is_empty());
        notes.extend(told.map(|(note, pairs)| note(pairs)));
        if self.baseline_untold {
            notes.push(Note::BaselineUntold);
        }
        notes
    }
}

/// Whether the pair has changes to tell, and every one is relative to the reference.
fn by_reference(pair: &PairChange) -> bool {
    let variants = pair.cases.iter().flat_map(|case| &case.variants);
    let mut bases = variants.filter_map(|variant| match variant.told {
        Told::Change(_, basis) => Some(basis),
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
    fn changed_files_are_told_and_unchanged_ones_are_not() {
        fn notes(then: &Record, now: &Record) -> Vec<Note> {
            let (then, now) = (Analysis::of(then), Analysis::of(now));
            let named = |analysis| Named { analysis, name: None };
            changes(named(&then), named(&now), None).notes()
        }
        assert_eq!(notes(&steady(), &steady()), [Note::BaselineUntold]);
        let mut other = steady();
        other.pairs[0].sources.python.push('\n');
        other.pairs[0].sources.rust.push('\n');
        let steady_pairs = || vec!["steady".to_string()];
        assert_eq!(
            notes(&steady(), &other),
            [
                Note::PythonChanged(steady_pairs()),
                Note::RustChanged(steady_pairs()),
                Note::BaselineUntold
            ]
        );
        other.pairs.clear();
        let told = notes(&steady(), &other);
        assert_eq!(told, [Note::NothingInCommon, Note::Gone(steady_pairs())]);
        assert!(told[0].is_warning() && !told[1].is_warning());
    }

    #[test]
    fn long_lists_are_cut() {
        let many: Vec<String> = (0..11).map(|i| format!("p{i}")).collect();
        assert!(Note::New(many).to_string().ends_with("p7 and 3 more."));
    }
}
