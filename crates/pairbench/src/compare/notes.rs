//! Notes on a comparison: data first, text last.

use super::{Basis, ChangeResult, Changes, PairChange};
use crate::estimate::{SMALLEST_CLAIM, State};
use crate::record::Warning;
use crate::text::{count, percent};
use std::fmt;

/// One note on a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// Something besides the code differs.
    Difference(Warning),
    /// Pairs whose Python side changed, so that a change of their ratios may come from the baseline.
    PythonChanged(Vec<String>),
    /// Pairs whose Python side changed, and whose variants are therefore compared relative to the harness's reference.
    PythonByReference(Vec<String>),
    /// Pairs whose Rust side changed.
    RustChanged(Vec<String>),
    /// Interpreters that only the later run has.
    NewInterpreters(Vec<String>),
    /// Interpreters that only the earlier run has.
    GoneInterpreters(Vec<String>),
    /// Pairs that only the later record has.
    New(Vec<String>),
    /// Pairs that only the earlier record has.
    Gone(Vec<String>),
    /// The records have no pair in common.
    NothingInCommon,
    /// The baseline itself is not compared.
    BaselineNotCompared,
    /// The rows with this basis moved together.
    MovedTogether(Basis, State),
    /// The allowance for the machine's state.
    State(Basis, State),
    /// Each launch of one run was taken beside one of the other.
    InStep,
    /// Too few launches for ranks to show a change among this many rows.
    FewLaunches {
        /// The fewest launches of any row.
        launches: u32,
        /// How many launches ranks need.
        enough: u32,
        /// How many rows are compared.
        rows: usize,
    },
}

/// At most this many names are listed in a note; the rest are counted.
const MOST_NAMES: usize = 8;

impl Note {
    /// Whether it casts doubt on the verdicts.
    pub fn is_warning(&self) -> bool {
        matches!(
            self,
            Note::Difference(_) | Note::PythonChanged(_) | Note::NothingInCommon | Note::MovedTogether(..)
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
            Note::NewInterpreters(all) => {
                write!(f, "Not compared, because only the later run has them: {}.", names(all))
            }
            Note::GoneInterpreters(all) => {
                write!(f, "Not compared, because only the earlier run has them: {}.", names(all))
            }
            Note::New(pairs) => write!(f, "New, so not compared: {}.", names(pairs)),
            Note::Gone(pairs) => write!(f, "Missing from the later record, or not selected: {}.", names(pairs)),
            Note::NothingInCommon => f.write_str("The two records have no pair in common."),
            Note::BaselineNotCompared => f.write_str(
                "The baseline itself is compared only where both records measured it beside the harness's reference \
                 work: absolute times change with the machine.",
            ),
            Note::MovedTogether(basis, state) => {
                write!(
                    f,
                    "{} moved together, to {:.3}×, their median. ",
                    which(*basis, state.rows),
                    state.common
                )?;
                f.write_str(match state.is_plausible() {
                    true => "Changes are relative to that, because a state of the machine moves all rows alike; so does a change of \
                             what all have in common. Another run distinguishes the two.",
                    false => "That is more than a state of the machine does, so it counts as a change of each row.",
                })
            }
            Note::State(basis, State { rows: 0, deviation, .. }) => write!(
                f,
                "Too few unchanged rows {} to estimate how far the machine's state moves a row between runs: a standard deviation \
                 of ±{} is assumed.",
                relative_to(*basis),
                percent(*deviation)
            ),
            Note::State(basis, State { rows, deviation: 0.0, .. }) => write!(
                f,
                "{} moved no further between the runs than their launches explain.",
                which(*basis, *rows)
            ),
            Note::State(basis, state) => write!(
                f,
                "{} moved by ±{} between the runs, one standard deviation, beyond what their launches explain. Intervals \
                 allow for that: it may be the machine's state.",
                which(*basis, state.rows),
                percent(state.deviation)
            ),
            Note::InStep => f.write_str(
                "Each launch of one revision was taken beside one of the other, with the same seeds: the machine's state is not \
                 between them.",
            ),
            Note::FewLaunches { launches, enough, rows } => write!(
                f,
                "Too few launches to show a change among {} by ranks alone: {launches}, and {enough} in each run are enough. \
                 With fewer, verdicts assume normally distributed launches.",
                count(*rows, "row")
            ),
        }
    }
}

/// Rows whose files did not change, and what they are relative to.
fn which(basis: Basis, rows: usize) -> String {
    format!("The {rows} unchanged rows {}", relative_to(basis))
}

fn relative_to(basis: Basis) -> &'static str {
    match basis {
        Basis::Baseline => "relative to the baseline",
        Basis::Reference => "relative to the reference",
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
        let lists: [(Of, Vec<String>); 7] = [
            (Note::NewInterpreters, self.new_interpreters.clone()),
            (Note::GoneInterpreters, self.gone_interpreters.clone()),
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
        notes.extend(self.about_rows());
        notes.sort_by_key(|note| !note.is_warning());
        notes
    }
}

impl Changes {
    /// The allowances for the machine's state and for the number of rows.
    fn about_rows(&self) -> Vec<Note> {
        let families = &self.families;
        let bases = self.pairs.iter().flat_map(bases).collect::<Vec<_>>();
        let states = [
            (Basis::Baseline, families.by_baseline.state),
            (Basis::Reference, families.by_reference.state),
        ];
        let states = states.into_iter().filter(|(basis, _)| bases.contains(basis));
        let moved = |state: &State| state.common.ln().abs() > SMALLEST_CLAIM;
        let together = states.clone().filter(|(_, state)| moved(state));
        let mut notes: Vec<Note> = together
            .map(|(basis, state)| Note::MovedTogether(basis, state))
            .collect();
        notes.extend(states.map(|(basis, state)| Note::State(basis, state)));
        if families.by_baseline.in_step {
            notes.retain(|note| !matches!(note, Note::State(_, State { rows: 0, .. })));
            notes.insert(0, Note::InStep);
        }
        let (rows, enough) = (families.by_baseline.rows, families.by_baseline.launches());
        if rows > 0 && families.fewest < enough {
            notes.push(Note::FewLaunches {
                launches: families.fewest,
                enough,
                rows,
            });
        }
        notes
    }
}

/// What the changes of the pair are relative to.
fn bases(pair: &PairChange) -> impl Iterator<Item = Basis> + Clone {
    let variants = pair.cases.iter().flat_map(|case| &case.variants);
    variants.filter_map(|variant| match variant.result {
        ChangeResult::Compared(_, basis) => Some(basis),
        _ => None,
    })
}

/// Whether the pair has changes, all of them relative to the reference.
fn by_reference(pair: &PairChange) -> bool {
    let mut bases = bases(pair);
    bases.clone().next().is_some() && bases.all(|basis| basis == Basis::Reference)
}

#[cfg(test)]
mod tests {
    use super::super::{Named, changes};
    use super::*;
    use crate::analyse::Analysis;
    use crate::record::{Record, fixture::steady};
    use std::slice;

    #[test]
    fn changed_files_are_noted_and_unchanged_ones_are_not() {
        fn notes(earlier: &Record, later: &Record) -> Vec<Note> {
            let (earlier, later) = (Analysis::of(earlier), Analysis::of(later));
            let named = |analysis| Named {
                analyses: slice::from_ref(analysis),
                name: None,
            };
            changes(named(&earlier), named(&later), None)[0].notes()
        }
        let of_code = |notes: Vec<Note>| -> Vec<Note> {
            let about_rows = |note: &Note| matches!(note, Note::State(..) | Note::FewLaunches { .. });
            notes.into_iter().filter(|note| !about_rows(note)).collect()
        };
        assert_eq!(of_code(notes(&steady(), &steady())), [Note::BaselineNotCompared]);
        let mut other = steady();
        other.pairs[0].sources.python.push('\n');
        other.pairs[0].sources.rust.push('\n');
        let steady_pairs = || vec!["steady".to_string()];
        assert_eq!(
            of_code(notes(&steady(), &other)),
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

    /// The fixture has three launches; rank sums of one row need four, and one row cannot show a state.
    #[test]
    fn what_is_assumed_is_noted() {
        let (record, same) = (steady(), steady());
        let (earlier, later) = (Analysis::of(&record), Analysis::of(&same));
        let named = |analysis| Named {
            analyses: slice::from_ref(analysis),
            name: None,
        };
        let notes = changes(named(&earlier), named(&later), None)[0].notes();
        let has = |words: &str| notes.iter().any(|note| note.to_string().contains(words));
        assert!(has("Too few unchanged rows") && has("±0.70 %"), "{notes:?}");
        assert!(
            has("among 1 row by ranks alone: 3, and 4 in each run"),
            "{notes:?}"
        );
    }

    #[test]
    fn long_lists_are_cut() {
        let many: Vec<String> = (0..11).map(|i| format!("p{i}")).collect();
        assert!(Note::New(many).to_string().ends_with("p7 and 3 more."));
    }
}
