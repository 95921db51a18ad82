//! Comparison of two records: how each pair and variant changed from the earlier to the later one. Records in, figures
//! out; nothing is printed here.
//!
//! What is compared is a variant's *ratio to the baseline*, because the state of the machine cancels within sample
//! pairs. The baseline itself is compared only where it was sampled beside the harness's reference work; an absolute time
//! changes with the machine and is never compared.

mod fail_if;
mod families;
mod history;
mod interpreters;
mod notes;
mod pair;

pub(crate) use fail_if::{FailIf, offences};
pub(crate) use families::Families;
pub use history::History;
pub(crate) use history::{HistoryRun, MachineId};
pub(crate) use interpreters::same_interpreters;
pub(crate) use notes::Note;
pub(crate) use pair::{Basis, CaseChange, ChangeResult, PairChange, VariantChange};

use crate::analyse::{Analysis, differences};
use crate::estimate::{Family, INTEREST, Outcome};
use crate::record::{Record, Warning};
use std::fmt;

/// What changed from one record to another.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Changes {
    /// The earlier record.
    pub earlier: RunName,
    /// The later one.
    pub later: RunName,
    /// The smallest change that matters, as a share. An interval that is wider and shows no change is *too noisy to tell*.
    pub interest: f64,
    /// What is allowed for the machine's state and for the number of rows.
    pub families: Families,
    /// What differs between the two besides the code, and may explain different figures.
    pub differences: Vec<Warning>,
    /// The pairs that both have, sorted by name.
    pub pairs: Vec<PairChange>,
    /// Pairs that only the later record has.
    pub new: Vec<String>,
    /// Pairs that only the earlier record has: removed, or not selected this time.
    pub gone: Vec<String>,
    /// Whether the baseline itself could not be compared in some pair, because a record has no reference beside it.
    pub baseline_not_compared: bool,
}

/// Which run a record is of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunName {
    /// [`Record::id`].
    pub id: String,
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// The name under which it was saved as a baseline, if it was read by that name.
    pub name: Option<String>,
    /// Its project, and the revision of that, where it is known.
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

/// The analysis of a record and the name by which it was read.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The analysis.
    pub analysis: &'a Analysis<'a>,
    /// Name of the baseline, if it was read by that name.
    pub name: Option<&'a str>,
}

/// Compares two records. `interest` is the smallest change that matters, as a share; by default [`INTEREST`].
pub fn changes(earlier: Named<'_>, later: Named<'_>, interest: Option<f64>) -> Changes {
    let mut both = Vec::new();
    let mut new = Vec::new();
    for pair in &later.analysis.pairs {
        match earlier.analysis.pair(&pair.pair.name) {
            Some(before) => both.push((before, pair)),
            None => new.push(pair.pair.name.clone()),
        }
    }
    let among = |among: &dyn Fn(Basis) -> Family| -> Vec<PairChange> {
        both.iter()
            .map(|(before, after)| pair::change(before, after, among))
            .collect()
    };
    let in_step = are_in_step(earlier.analysis.record, later.analysis.record);
    let families = Families::of(&among(&|_| Family::alone(in_step)), in_step);
    let mut pairs = among(&|basis| families.by(basis));
    pairs.sort_by(|a, b| a.name.cmp(&b.name));
    let gone = earlier
        .analysis
        .pairs
        .iter()
        .filter(|pair| later.analysis.pair(&pair.pair.name).is_none())
        .map(|pair| pair.pair.name.clone())
        .collect();
    Changes {
        earlier: RunName::of(earlier.analysis.record, earlier.name),
        later: RunName::of(later.analysis.record, later.name),
        interest: interest.unwrap_or(INTEREST),
        families,
        differences: differences(later.analysis.record, earlier.analysis.record),
        baseline_not_compared: pairs.iter().any(|pair| pair.baseline_not_compared),
        pairs,
        new,
        gone,
    }
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
mod tests {
    use super::*;
    use crate::record::fixture::steady;
    use crate::record::{Launch, OtherRevision};

    fn compare(earlier: &Record, later: &Record) -> Changes {
        let (earlier, later) = (Analysis::of(earlier), Analysis::of(later));
        let named = |analysis| Named { analysis, name: None };
        changes(named(&earlier), named(&later), None)
    }

    /// The fixture has the ratio 20; here its variant is `factor` times as fast.
    fn times_as_fast(factor: f64) -> Record {
        let mut record = steady();
        record.id = "20260102T000000Z-efgh".into();
        for launch in &mut record.pairs[0].launches {
            for ns in &mut launch.comparisons[1].variant_samples.ns {
                *ns = (*ns as f64 / factor).round() as u64;
            }
        }
        record
    }

    #[test]
    fn a_change_of_the_ratio_has_an_outcome() {
        for (factor, outcome) in [
            (1.25, Outcome::Faster),
            (1.0, Outcome::NoDifference),
            (0.8, Outcome::Slower),
        ] {
            let changes = compare(&steady(), &times_as_fast(factor));
            let rows: Vec<_> = changes.compared().collect();
            let [(pair, case, variant, found)] = rows[..] else {
                panic!("{rows:?}")
            };
            assert_eq!(
                (pair.name.as_str(), case.size, variant.name.as_str()),
                ("steady", 10, "rust")
            );
            assert_eq!(found, outcome);
            assert!((variant.change().unwrap().shift.value / factor - 1.0).abs() < 1e-3);
            assert_eq!(
                changes.counts().changed(),
                usize::from(outcome != Outcome::NoDifference)
            );
        }
    }

    /// Ten pairs, all of which became faster by this factor.
    fn ten(factor: f64) -> Record {
        let mut record = times_as_fast(factor);
        let pair = record.pairs.remove(0);
        record.pairs = (0..10).map(|_| pair.clone()).collect();
        for (at, pair) in record.pairs.iter_mut().enumerate() {
            pair.name = format!("pair {at}");
        }
        record
    }

    #[test]
    fn what_all_rows_have_in_common_is_a_state_of_the_machine() {
        let mut later = ten(1.03);
        let warns = |changes: &Changes| changes.notes().iter().filter(|note| note.is_warning()).count();
        assert_eq!(
            (
                compare(&ten(1.0), &later).counts().changed(),
                warns(&compare(&ten(1.0), &later))
            ),
            (0, 1)
        );
        later.pairs[3] = ten(1.03 * 1.2).pairs.remove(3);
        let changes = compare(&ten(1.0), &later);
        let changed: Vec<_> = changes
            .compared()
            .filter(|(.., outcome)| *outcome == Outcome::Faster)
            .collect();
        let [(pair, _, variant, _)] = changed[..] else {
            panic!("{changed:?}")
        };
        assert_eq!(pair.name, "pair 3");
        assert!((variant.change().unwrap().shift.value - 1.2).abs() < 0.001);
        // More than a state does, and the same where the files say that the code changed.
        assert_eq!(compare(&ten(1.0), &ten(1.2)).counts().faster, 10);
        for pair in &mut later.pairs {
            pair.sources.rust.push('\n');
        }
        assert_eq!(compare(&ten(1.0), &later).counts().faster, 10);
    }

    /// The state of each launch moves both of a pair by up to half: only what is taken beside each other is compared.
    #[test]
    fn in_step_launches_are_compared_with_those_beside_them() {
        let pair = |factor: f64| {
            let mut record = times_as_fast(factor);
            let launches = &mut record.pairs[0].launches;
            let base = launches[0].clone();
            *launches = (0..9)
                .map(|index| Launch {
                    index,
                    order_seed: 100 + u64::from(index),
                    ..base.clone()
                })
                .collect();
            for (at, launch) in launches.iter_mut().enumerate() {
                let state = 1.0 + at as f64 / 16.0 + factor / 1000.0;
                launch.comparisons[1]
                    .variant_samples
                    .ns
                    .iter_mut()
                    .for_each(|ns| *ns = (*ns as f64 * state).round() as u64);
            }
            record
        };
        let (earlier, mut later) = (pair(1.0), pair(1.1));
        let mut earlier = Record {
            id: "20260102T000000Z-then".into(),
            ..earlier
        };
        assert_eq!(compare(&earlier, &later).counts().too_noisy, 1);
        later.settings.against = Some(OtherRevision {
            name: "main".into(),
            commit: "abc1234".into(),
            record: earlier.id.clone(),
        });
        // In another order, and one that the other run has not.
        later.pairs[0].launches.reverse();
        later.pairs[0].launches[0].order_seed = 7;
        earlier.pairs[0].launches.rotate_left(2);
        let changes = compare(&earlier, &later);
        let (.., variant, outcome) = changes.compared().next().unwrap();
        let shift = variant.change().unwrap().shift;
        assert!((shift.value - 1.1).abs() < 0.002 && shift.now == 8, "{shift:?}");
        assert_eq!(outcome, Outcome::Faster);
        let notes = changes.notes();
        assert!(
            notes.contains(&Note::InStep) && !notes.iter().any(|note| matches!(note, Note::State(..))),
            "{notes:?}"
        );
    }

    #[test]
    fn a_slower_machine_changes_nothing() {
        let mut slow = steady();
        for comparison in slow.pairs[0].launches.iter_mut().flat_map(|l| &mut l.comparisons) {
            let series = [&mut comparison.baseline_samples, &mut comparison.variant_samples];
            series.into_iter().flat_map(|s| &mut s.ns).for_each(|ns| *ns *= 3);
        }
        let changes = compare(&steady(), &slow);
        assert_eq!(
            changes.counts().to_string(),
            "faster 0, slower 0, no difference shown 1, too noisy to tell 0 of 1"
        );
        assert!(
            changes.baseline_not_compared,
            "version 1 samples the baseline alone"
        );
    }

    #[test]
    fn pairs_of_one_record_are_new_or_gone() {
        let (mut earlier, mut later) = (steady(), steady());
        earlier.pairs[0].name = "old".into();
        later.pairs[0].name = "young".into();
        let changes = compare(&earlier, &later);
        assert_eq!(
            (changes.new, changes.gone),
            (vec!["young".to_string()], vec!["old".to_string()])
        );
        assert!(changes.pairs.is_empty());
    }

    #[test]
    fn null_pairs_are_not_compared() {
        let mut record = steady();
        record.nulls = record.pairs.clone();
        record.nulls[0].name = "null".into();
        let changes = compare(&steady(), &record);
        assert_eq!((changes.new.len(), changes.pairs.len()), (0, 1));
    }

    #[test]
    fn counts_add_up() {
        let mut counts = Counts::of([Outcome::Faster, Outcome::TooNoisy, Outcome::Slower]);
        counts += Counts::of([Outcome::NoDifference]);
        assert_eq!((counts.total(), counts.changed()), (4, 2));
    }
}
