//! What became of one pair.

use crate::analyse::PairAnalysis;
use crate::analyse::launches::LaunchFigures;
use crate::analyse::summary::{State, VariantSummary};
use crate::estimate::{Estimate, Shift, between_runs};

/// What became of one pair that both records have.
#[derive(Debug, Clone, PartialEq)]
pub struct PairChange {
    /// Its name.
    pub name: String,
    /// What the ratios are relative to, in the later record.
    pub baseline: String,
    /// Whether the text of the Python file changed: of the baseline, or of another Python variant.
    pub python_changed: bool,
    /// Whether the text of the Rust file changed.
    pub rust_changed: bool,
    /// The cases that either record measured, by size.
    pub cases: Vec<CaseChange>,
    /// Whether the baseline itself could not be compared, for want of a reference beside it.
    pub baseline_untold: bool,
}

/// What became of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseChange {
    /// Its size.
    pub size: u64,
    /// The baseline where it can be compared, then the other variants.
    pub variants: Vec<VariantChange>,
}

/// What became of one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantChange {
    /// Its name.
    pub name: String,
    /// Its ratio to the baseline in the earlier record; none of the baseline itself.
    pub then: Option<Estimate>,
    /// The same in the later one.
    pub now: Option<Estimate>,
    /// What can be told.
    pub told: Told,
}

/// What can be told of a variant.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Both records have samples: above 1 it is faster now.
    Change(Shift, Basis),
    /// Only the later record has the variant.
    New,
    /// Only the earlier record has it.
    Gone,
    /// At least one record has no figures of it: how it stands in both.
    Unmeasured {
        /// In the earlier record.
        then: State,
        /// In the later one.
        now: State,
    },
}

/// What a change is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The pair's baseline: the change is one of the ratio.
    Baseline,
    /// The harness's reference work, beside which the baseline is sampled. So for the baseline itself, and for all
    /// variants where the Python file changed, which would else pass the baseline's change on to them.
    Reference,
}

impl VariantChange {
    /// The change, where there is one.
    pub fn shift(&self) -> Option<Shift> {
        match self.told {
            Told::Change(shift, _) => Some(shift),
            _ => None,
        }
    }
}

impl VariantChange {
    /// Why there is no change to tell, where there is none: `new`, `failed now: …`.
    pub fn why(&self) -> Option<String> {
        match &self.told {
            Told::Change(..) => None,
            Told::New => Some("new".into()),
            Told::Gone => Some("gone".into()),
            Told::Unmeasured {
                then,
                now: State::Measured,
            } => Some(standing(then, "then")),
            Told::Unmeasured { now, .. } => Some(standing(now, "now")),
        }
    }
}

fn standing(state: &State, when: &str) -> String {
    match state {
        State::Measured => format!("measured {when}, but without a ratio"),
        State::Skipped(reason) => format!("skipped {when}: {reason}"),
        State::Failed(fault) => format!("failed {when}: {fault}"),
        State::Deselected => format!("left out {when}"),
        State::NotMeasured => format!("not measured {when}"),
    }
}

/// Compares a pair of two records.
pub(super) fn change(before: &PairAnalysis<'_>, after: &PairAnalysis<'_>) -> PairChange {
    let (then, now) = (before.pair, after.pair);
    let python_changed = then.sources.python != now.sources.python;
    let measured = [before, after]
        .into_iter()
        .flat_map(|side| side.summary.measured_cases());
    let mut sizes: Vec<u64> = measured.map(|case| case.size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let cases: Vec<CaseChange> = sizes
        .into_iter()
        .map(|size| case(before, after, size, python_changed))
        .collect();
    let has_baseline = |case: &CaseChange| case.variants.iter().any(|v| v.name == now.baseline);
    PairChange {
        name: now.name.clone(),
        baseline: now.baseline.clone(),
        python_changed,
        rust_changed: then.sources.rust != now.sources.rust,
        baseline_untold: !cases.iter().all(has_baseline),
        cases,
    }
}

fn variant<'a>(side: &'a PairAnalysis<'_>, size: u64, name: &str) -> Option<&'a VariantSummary> {
    let case = side.summary.cases.iter().find(|case| case.size == size);
    case?.variant(name)
}

fn state(side: &PairAnalysis<'_>, size: u64, name: &str) -> State {
    variant(side, size, name).map_or(State::NotMeasured, |variant| variant.state.clone())
}

/// One logarithm per launch that measured the variant; none where the record's figures must not be used.
fn logs(side: &PairAnalysis<'_>, size: u64, name: &str, basis: Basis) -> Vec<f64> {
    if state(side, size, name) != State::Measured {
        return Vec::new();
    }
    side.launches_of(size)
        .filter_map(|launch| log(launch, name, &side.pair.baseline, basis))
        .collect()
}

/// The logarithm of how many times as fast as its basis a variant was in a launch.
fn log(launch: &LaunchFigures, variant: &str, baseline: &str, basis: Basis) -> Option<f64> {
    // reference ÷ variant is reference ÷ baseline times baseline ÷ variant, and each is made of sample pairs.
    let through = match basis {
        Basis::Reference if variant != baseline => launch.log_ratio(baseline)?,
        _ => 0.0,
    };
    Some(through + launch.log_ratio(variant)?)
}

fn case(before: &PairAnalysis<'_>, after: &PairAnalysis<'_>, size: u64, python_changed: bool) -> CaseChange {
    let baseline = &after.pair.baseline;
    let names = after.pair.variants.iter().chain(&before.pair.variants);
    let mut variants: Vec<VariantChange> = Vec::new();
    for name in names.map(|variant| &variant.name) {
        if variants.iter().any(|known| known.name == *name) {
            continue;
        }
        let change = match name == baseline {
            true => baseline_change(before, after, size),
            false => variant_change(before, after, size, name, python_changed),
        };
        variants.extend(change);
    }
    CaseChange { size, variants }
}

/// The baseline's own change, where both records have it beside the reference.
fn baseline_change(before: &PairAnalysis<'_>, after: &PairAnalysis<'_>, size: u64) -> Option<VariantChange> {
    let name = &after.pair.baseline;
    let shift = between(before, after, size, name, Basis::Reference)?;
    Some(VariantChange {
        name: name.clone(),
        then: None,
        now: None,
        told: Told::Change(shift, Basis::Reference),
    })
}

/// The change of another variant; `None` where neither record was to measure it.
fn variant_change(
    before: &PairAnalysis<'_>,
    after: &PairAnalysis<'_>,
    size: u64,
    name: &str,
    python_changed: bool,
) -> Option<VariantChange> {
    let (then, now) = (state(before, size, name), state(after, size, name));
    let declares = |side: &PairAnalysis<'_>| side.pair.variants.iter().any(|variant| variant.name == name);
    let silent = |state: &State| matches!(state, State::Deselected | State::NotMeasured);
    let told = match (declares(before), declares(after)) {
        (false, _) => Told::New,
        (_, false) => Told::Gone,
        _ if silent(&then) && silent(&now) => return None,
        _ => match change_of(before, after, size, name, python_changed) {
            Some((shift, basis)) => Told::Change(shift, basis),
            None => Told::Unmeasured { then, now },
        },
    };
    let ratio = |side| variant(side, size, name).and_then(|variant| variant.ratio);
    Some(VariantChange {
        name: name.into(),
        then: ratio(before),
        now: ratio(after),
        told,
    })
}

fn change_of(
    before: &PairAnalysis<'_>,
    after: &PairAnalysis<'_>,
    size: u64,
    name: &str,
    python_changed: bool,
) -> Option<(Shift, Basis)> {
    let by_reference = python_changed
        .then(|| between(before, after, size, name, Basis::Reference))
        .flatten();
    match by_reference {
        Some(shift) => Some((shift, Basis::Reference)),
        None => Some((
            between(before, after, size, name, Basis::Baseline)?,
            Basis::Baseline,
        )),
    }
}

fn between(
    before: &PairAnalysis<'_>,
    after: &PairAnalysis<'_>,
    size: u64,
    name: &str,
    basis: Basis,
) -> Option<Shift> {
    between_runs(&logs(before, size, name, basis), &logs(after, size, name, basis))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Series;
    use crate::record::PairRecord;
    use crate::record::{VariantState, fixture};

    fn steady() -> PairRecord {
        fixture::steady().pairs.remove(0)
    }

    /// Compares two pairs, each in a record of its own.
    fn change(then: &PairRecord, now: &PairRecord) -> PairChange {
        let record = fixture::steady();
        super::change(
            &PairAnalysis::alone(&record, then),
            &PairAnalysis::alone(&record, now),
        )
    }

    fn told<'a>(change: &'a PairChange, name: &str) -> &'a Told {
        let variant = change.cases[0]
            .variants
            .iter()
            .find(|variant| variant.name == name);
        &variant.unwrap_or_else(|| panic!("{name} in {change:?}")).told
    }

    /// As from version 2 on: the baseline stands beside a reference of `reference_ns` a call.
    fn with_reference(mut pair: PairRecord, reference_ns: u64) -> PairRecord {
        for launch in &mut pair.launches {
            let samples = launch.comparisons[0].variant_samples.ns.len();
            launch.comparisons[0].baseline_samples = Series {
                calls: 1,
                ns: vec![reference_ns; samples],
            };
        }
        pair
    }

    #[test]
    fn the_baseline_is_compared_where_it_stands_beside_the_reference() {
        let change_of = |then: &PairRecord, now: &PairRecord| change(then, now);
        assert!(change_of(&steady(), &with_reference(steady(), 9_000)).baseline_untold);
        // The same calls beside a reference that takes twice as long: relative to it, Python is twice as fast.
        let change = change_of(
            &with_reference(steady(), 9_000),
            &with_reference(steady(), 18_000),
        );
        assert!(!change.baseline_untold);
        let Told::Change(shift, Basis::Reference) = told(&change, "python") else {
            panic!("{change:?}")
        };
        assert!((shift.value - 2.0).abs() < 1e-9);
        assert!(
            matches!(told(&change, "rust"), Told::Change(shift, Basis::Baseline) if (shift.value - 1.0).abs() < 1e-9)
        );
    }

    /// A baseline of half its time halves all ratios, and says nothing about the variants.
    #[test]
    fn a_changed_baseline_is_not_blamed_on_the_variants() {
        let then = with_reference(steady(), 9_000);
        let mut now = then.clone();
        now.sources.python.push_str("# faster\n");
        for launch in &mut now.launches {
            launch.comparisons[0]
                .variant_samples
                .ns
                .iter_mut()
                .for_each(|ns| *ns /= 2);
            launch.comparisons[1]
                .baseline_samples
                .ns
                .iter_mut()
                .for_each(|ns| *ns /= 2);
        }
        let change_told = change(&then, &now);
        assert!(change_told.python_changed && !change_told.rust_changed);
        assert!(
            matches!(told(&change_told, "python"), Told::Change(shift, _) if (shift.value - 2.0).abs() < 1e-9)
        );
        assert!(
            matches!(told(&change_told, "rust"), Told::Change(shift, Basis::Reference) if (shift.value - 1.0).abs() < 1e-9)
        );
        // Without a reference only the ratio is left, and it halves.
        for pair in [&then, &now] {
            assert_eq!(pair.launches.len(), 3);
        }
        let alone = |mut pair: PairRecord| {
            pair.launches
                .iter_mut()
                .for_each(|l| l.comparisons[0].baseline_samples = Series::default());
            pair
        };
        let change_told = change(&alone(then), &alone(now));
        assert!(
            matches!(told(&change_told, "rust"), Told::Change(shift, Basis::Baseline) if (shift.value - 0.5).abs() < 1e-9)
        );
    }

    #[test]
    fn what_failed_or_was_skipped_has_no_change() {
        let mut failed = steady();
        failed.variants[1].state = VariantState::Skipped {
            reason: "no module".into(),
        };
        let change_told = change(&steady(), &failed);
        assert_eq!(
            *told(&change_told, "rust"),
            Told::Unmeasured {
                then: State::Measured,
                now: State::Skipped("no module".into())
            }
        );
        let mut unverified = steady();
        unverified.verification.passed = false;
        assert!(matches!(
            told(&change(&steady(), &unverified), "rust"),
            Told::Unmeasured { .. }
        ));
        failed.variants[1].state = VariantState::Deselected;
        let change_told = change(&failed, &failed);
        assert!(change_told.cases[0].variants.is_empty());
    }

    #[test]
    fn variants_of_one_record_are_new_or_gone() {
        let mut without = steady();
        without.variants.remove(1);
        assert_eq!(*told(&change(&without, &steady()), "rust"), Told::New);
        assert_eq!(*told(&change(&steady(), &without), "rust"), Told::Gone);
    }

    #[test]
    fn a_case_of_one_record_is_told_as_such() {
        let mut other = steady();
        other.launches.iter_mut().for_each(|launch| launch.size = 99);
        let change = change(&steady(), &other);
        let sizes: Vec<u64> = change.cases.iter().map(|case| case.size).collect();
        assert_eq!(sizes, [10, 99]);
        assert_eq!(
            change.cases[1].variants[0].told,
            Told::Unmeasured {
                then: State::NotMeasured,
                now: State::Measured
            }
        );
    }
}
