//! All rows of a comparison together: the allowances for the machine's state and for their number.

use super::pair::{Basis, ChangeResult, PairChange};
use crate::estimate::{Family, Shift, State};

/// The rows of a comparison, by what they are relative to: a state of the machine moves the ratio to the reference
/// differently from the ratio to the baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Families {
    pub by_baseline: Family,
    pub by_reference: Family,
    /// The fewest launches of any row, in the run that has fewer of them.
    pub fewest: u32,
}

impl Families {
    /// The rows of an interpreter, from their changes when judged alone, among all rows of the comparison. Pairs with a
    /// changed file show nothing about the machine's state.
    pub(super) fn of(alone: &[PairChange], among: usize, in_step: bool) -> Self {
        let own: Vec<(Shift, Basis, bool)> = alone.iter().flat_map(rows).collect();
        let family = |by: Basis| {
            let unchanged = own.iter().filter(|(_, basis, changed)| *basis == by && !changed);
            let shifts: Vec<Shift> = unchanged.map(|(shift, ..)| *shift).collect();
            Family::new(among, State::of(&shifts, in_step), in_step)
        };
        let launches = own.iter().map(|(shift, ..)| shift.then.min(shift.now));
        Families {
            by_baseline: family(Basis::Baseline),
            by_reference: family(Basis::Reference),
            fewest: launches.min().unwrap_or(0),
        }
    }

    /// The rows with this basis.
    pub(super) fn by(&self, basis: Basis) -> Family {
        match basis {
            Basis::Baseline => self.by_baseline,
            Basis::Reference => self.by_reference,
        }
    }
}

/// How many rows these pairs have.
pub(super) fn count<'a>(pairs: impl Iterator<Item = &'a PairChange>) -> usize {
    pairs.flat_map(rows).count()
}

/// The rows of a pair that have an interval, and whether the pair's files changed.
fn rows(pair: &PairChange) -> impl Iterator<Item = (Shift, Basis, bool)> {
    let changed = pair.python_changed || pair.rust_changed;
    let variants = pair.cases.iter().flat_map(|case| &case.variants);
    variants.filter_map(move |variant| match variant.result {
        ChangeResult::Compared(change, basis) => {
            change.shift.interval.map(|_| (change.shift, basis, changed))
        }
        _ => None,
    })
}
