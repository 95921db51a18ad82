//! How one pair changed from one record to another.

use crate::analyse::PairAnalysis;
use crate::analyse::launches::LaunchFigures;
use crate::analyse::summary::{State, VariantSummary};
use crate::estimate::{Change, Estimate, Family};

/// How a pair that both records have changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PairChange {
    pub name: String,
    /// What the ratios are relative to, in the later record.
    pub baseline: String,
    /// Whether the text of the Python file changed: of the baseline, or of another Python variant.
    pub python_changed: bool,
    /// Whether the text of the Rust file changed.
    pub rust_changed: bool,
    /// The cases that either record measured, by size.
    pub cases: Vec<CaseChange>,
    /// Whether the baseline itself could not be compared, because a record has no reference beside it.
    pub baseline_not_compared: bool,
}

/// How one case changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CaseChange {
    pub size: u64,
    /// The baseline, if it can be compared, then the other variants.
    pub variants: Vec<VariantChange>,
}

/// How one variant changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VariantChange {
    pub name: String,
    /// Its ratio to the baseline in the earlier record; `None` for the baseline itself.
    pub earlier: Option<Estimate>,
    /// Its ratio in the later record.
    pub later: Option<Estimate>,
    /// The change, or why there is none.
    pub result: ChangeResult,
}

/// The change of a variant, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum ChangeResult {
    /// Both records have samples: above 1 it is faster in the later one.
    Compared(Change, Basis),
    /// Only the later record has the variant.
    New,
    /// Only the earlier record has it.
    Gone,
    /// At least one record has no figures for it. Its state in both.
    Unmeasured {
        /// In the earlier record.
        earlier: State,
        /// In the later one.
        later: State,
    },
}

/// What a change is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The pair's baseline: the change is one of the ratio.
    Baseline,
    /// The harness's reference work, which is sampled beside the baseline. Used for the baseline itself, and for all
    /// variants if the Python file changed: their ratios would change with the baseline.
    Reference,
}

impl VariantChange {
    /// The change, if there is one.
    pub fn change(&self) -> Option<Change> {
        match self.result {
            ChangeResult::Compared(change, _) => Some(change),
            _ => None,
        }
    }

    /// Why there is no change, if there is none: `new`, `failed now: …`.
    pub fn why(&self) -> Option<String> {
        match &self.result {
            ChangeResult::Compared(..) => None,
            ChangeResult::New => Some("new".into()),
            ChangeResult::Gone => Some("gone".into()),
            ChangeResult::Unmeasured {
                earlier,
                later: State::Measured,
            } => Some(state_words(earlier, "before")),
            ChangeResult::Unmeasured { later, .. } => Some(state_words(later, "now")),
        }
    }
}

fn state_words(state: &State, when: &str) -> String {
    match state {
        State::Measured => format!("measured {when}, but without a ratio"),
        State::Skipped(reason) => format!("skipped {when}: {reason}"),
        State::Failed(fault) => format!("failed {when}: {fault}"),
        State::Deselected => format!("left out {when}"),
        State::NotMeasured => format!("not measured {when}"),
    }
}

/// The rows among which a change is judged, by what it is relative to.
type Among<'a> = &'a dyn Fn(Basis) -> Family;

/// Compares a pair of two records.
pub(super) fn change(before: &PairAnalysis<'_>, after: &PairAnalysis<'_>, among: Among<'_>) -> PairChange {
    let (earlier, later) = (before.pair, after.pair);
    let python_changed = earlier.sources.python != later.sources.python;
    let measured = [before, after]
        .into_iter()
        .flat_map(|side| side.summary.measured_cases());
    let mut sizes: Vec<u64> = measured.map(|case| case.size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let cases: Vec<CaseChange> = sizes
        .into_iter()
        .map(|size| case(before, after, size, python_changed, among))
        .collect();
    let has_baseline = |case: &CaseChange| case.variants.iter().any(|v| v.name == later.baseline);
    PairChange {
        name: later.name.clone(),
        baseline: later.baseline.clone(),
        python_changed,
        rust_changed: earlier.sources.rust != later.sources.rust,
        baseline_not_compared: !cases.iter().all(has_baseline),
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

/// The seed and the logarithm of each launch that measured the variant; none if the figures are unreliable.
fn logs(side: &PairAnalysis<'_>, size: u64, name: &str, basis: Basis) -> Vec<(u64, f64)> {
    if state(side, size, name) != State::Measured {
        return Vec::new();
    }
    side.launches_of(size)
        .filter_map(|launch| Some((launch.order_seed, log(launch, name, &side.pair.baseline, basis)?)))
        .collect()
}

/// The logarithm of the variant's speed relative to its basis, in one launch.
fn log(launch: &LaunchFigures, variant: &str, baseline: &str, basis: Basis) -> Option<f64> {
    // reference ÷ variant = (reference ÷ baseline) × (baseline ÷ variant); each factor comes from sample pairs.
    let through = match basis {
        Basis::Reference if variant != baseline => launch.log_ratio(baseline)?,
        _ => 0.0,
    };
    Some(through + launch.log_ratio(variant)?)
}

fn case(
    before: &PairAnalysis<'_>,
    after: &PairAnalysis<'_>,
    size: u64,
    python_changed: bool,
    among: Among<'_>,
) -> CaseChange {
    let baseline = &after.pair.baseline;
    let names = after.pair.variants.iter().chain(&before.pair.variants);
    let mut variants: Vec<VariantChange> = Vec::new();
    for name in names.map(|variant| &variant.name) {
        if variants.iter().any(|known| known.name == *name) {
            continue;
        }
        let change = match name == baseline {
            true => baseline_change(before, after, size, among),
            false => variant_change(before, after, size, name, python_changed, among),
        };
        variants.extend(change);
    }
    CaseChange { size, variants }
}

/// The baseline's own change, if both records have it beside the reference.
fn baseline_change(
    before: &PairAnalysis<'_>,
    after: &PairAnalysis<'_>,
    size: u64,
    among: Among<'_>,
) -> Option<VariantChange> {
    let name = &after.pair.baseline;
    let change = between(before, after, size, name, Basis::Reference, among)?;
    Some(VariantChange {
        name: name.clone(),
        earlier: None,
        later: None,
        result: ChangeResult::Compared(change, Basis::Reference),
    })
}

/// The change of another variant; `None` if neither record was meant to measure it.
fn variant_change(
    before: &PairAnalysis<'_>,
    after: &PairAnalysis<'_>,
    size: u64,
    name: &str,
    python_changed: bool,
    among: Among<'_>,
) -> Option<VariantChange> {
    let (earlier, later) = (state(before, size, name), state(after, size, name));
    let declares = |side: &PairAnalysis<'_>| side.pair.variants.iter().any(|variant| variant.name == name);
    let not_selected = |state: &State| matches!(state, State::Deselected | State::NotMeasured);
    let result = match (declares(before), declares(after)) {
        (false, _) => ChangeResult::New,
        (_, false) => ChangeResult::Gone,
        _ if not_selected(&earlier) && not_selected(&later) => return None,
        _ => match change_of(before, after, size, name, python_changed, among) {
            Some((change, basis)) => ChangeResult::Compared(change, basis),
            None => ChangeResult::Unmeasured { earlier, later },
        },
    };
    let ratio = |side| variant(side, size, name).and_then(|variant| variant.ratio);
    Some(VariantChange {
        name: name.into(),
        earlier: ratio(before),
        later: ratio(after),
        result,
    })
}

fn change_of(
    before: &PairAnalysis<'_>,
    after: &PairAnalysis<'_>,
    size: u64,
    name: &str,
    python_changed: bool,
    among: Among<'_>,
) -> Option<(Change, Basis)> {
    let by_reference = python_changed
        .then(|| between(before, after, size, name, Basis::Reference, among))
        .flatten();
    match by_reference {
        Some(change) => Some((change, Basis::Reference)),
        None => Some((
            between(before, after, size, name, Basis::Baseline, among)?,
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
    among: Among<'_>,
) -> Option<Change> {
    let family = among(basis);
    let (mut then, mut now) = (logs(before, size, name, basis), logs(after, size, name, basis));
    if family.in_step {
        // Launches taken beside each other get the same index in both lists.
        let beside = |launch: &(u64, f64)| now.iter().find(|(seed, _)| *seed == launch.0).copied();
        (then, now) = then
            .iter()
            .filter_map(|launch| Some((*launch, beside(launch)?)))
            .unzip();
    }
    let values = |logs: &[(u64, f64)]| Vec::from_iter(logs.iter().map(|(_, log)| *log));
    family.change(&values(&then), &values(&now))
}

#[cfg(test)]
mod tests;
