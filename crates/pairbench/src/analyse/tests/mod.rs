//! Every kind of warning both ways: raised where it should be, silent where not, and silent just below its threshold.

mod kinds;
mod sides;
mod sound;

use super::*;
use crate::measure::First;
use crate::record::{Conditions, Severity, Shard, WarningKind};
use kinds::{BOTH_WAYS, COMPARED, TOGETHER};
use sound::{deviation, set_ratio, shape, sound};
use std::collections::HashSet;

fn warnings(record: &Record) -> Vec<Warning> {
    Analysis::of(record).warnings()
}

fn has(found: &[Warning], kind: WarningKind) -> bool {
    found.iter().any(|warning| warning.kind == kind)
}

#[test]
fn a_sound_run_raises_nothing() {
    assert_eq!(warnings(&sound()), []);
    assert_eq!(differences(&sound(), &sound()), []);
}

/// What differs from a sound run, including its only interpreter.
fn compared(run: &Record) -> Vec<Warning> {
    let mut all = differences(run, &sound());
    all.extend(interpreter_differs(&run.interpreter, &sound().interpreter));
    all
}

#[test]
fn every_kind_is_raised_where_it_should_be_and_silent_where_not() {
    for (kind, raise, near_miss) in BOTH_WAYS {
        let (mut bad, mut good) = (sound(), sound());
        raise(&mut bad);
        near_miss(&mut good);
        let found = warnings(&bad);
        assert!(has(&found, *kind), "{kind:?} is not raised: {found:#?}");
        assert!(!has(&warnings(&good), *kind), "{kind:?} is raised without cause");
    }
    for (kind, raise, near_miss) in COMPARED {
        let (mut bad, mut good) = (sound(), sound());
        raise(&mut bad);
        near_miss(&mut good);
        let kinds: Vec<WarningKind> = compared(&bad).iter().map(|w| w.kind).collect();
        assert_eq!(kinds, [*kind]);
        assert_eq!(compared(&good), [], "{kind:?}");
    }
}

#[test]
fn parts_of_a_run_that_are_alike_raise_nothing() {
    let parts = || {
        let part = |part| {
            let mut record = sound();
            record.settings.shard = Some(Shard { part, of: 2 });
            record
        };
        [1, 2].map(part).to_vec()
    };
    assert_eq!(sites::warnings(&sites::sites(&parts())), []);
    for (kind, raise, near_miss) in TOGETHER {
        let (mut bad, mut good) = (parts(), parts());
        raise(&mut bad);
        near_miss(&mut good);
        let found = sites::warnings(&sites::sites(&bad));
        let kinds: Vec<WarningKind> = found.iter().map(|warning| warning.kind).collect();
        assert_eq!(kinds, [*kind]);
        assert_eq!(sites::warnings(&sites::sites(&good)), [], "{kind:?}");
    }
}

#[test]
fn no_kind_is_left_untested() {
    let alone = BOTH_WAYS
        .iter()
        .chain(sides::SIDES)
        .chain(COMPARED)
        .map(|row| row.0);
    let tested: HashSet<WarningKind> = alone.chain(TOGETHER.iter().map(|row| row.0)).collect();
    assert_eq!(tested, WarningKind::ALL.iter().copied().collect());
}

#[test]
fn every_warning_has_a_text_a_figure_and_a_remedy() {
    for (kind, raise, _) in BOTH_WAYS {
        let mut record = sound();
        raise(&mut record);
        for warning in warnings(&record) {
            let whole = [&warning.text, &warning.figure, &warning.remedy];
            assert!(
                whole
                    .iter()
                    .all(|text| !text.is_empty() && !text.ends_with(['.', ':', ' '])),
                "{kind:?}: {warning:?}"
            );
            // A colon and the figure follow.
            assert!(!warning.text.contains(':'), "{warning:?}");
        }
    }
}

#[test]
fn doubts_come_first() {
    let mut record = sound();
    record.build.revision = Some("abc-dirty".into());
    record.settings.quick = true;
    record.pairs[0].launches.truncate(4);
    record.interpreter.optimized = Some(false);
    let found = warnings(&record);
    assert!(found.is_sorted_by_key(|warning| (warning.severity, warning.kind)));
    let kinds: Vec<WarningKind> = found.iter().map(|warning| warning.kind).collect();
    use WarningKind::*;
    assert_eq!(kinds, [UnoptimisedInterpreter, FewLaunches, Quick, DirtyCheckout]);
}

#[test]
fn modes_by_set_up_order_are_a_note() {
    let mut record = sound();
    let first: Vec<bool> = (record.pairs[0].launches.iter())
        .map(|l| l.comparisons[1].set_up_first == First::Baseline)
        .collect();
    shape(&mut record, |i| if first[i as usize] { 1.02 } else { 1.0 });
    let found = warnings(&record);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].kind, found[0].severity),
        (WarningKind::TwoKinds, Severity::Note)
    );
    assert_eq!(
        found[0].figure,
        "20.0× in 6 of 12 launches, 20.4× in 6, by which side was set up first"
    );
}

/// What verdicts and tables know about bimodal launches: both speeds, how often each occurred, and the launches.
#[test]
fn bimodal_launches_have_two_speeds_with_their_shares() {
    let mut record = sound();
    let fast = [0, 3, 4, 9];
    shape(&mut record, |i| if fast.contains(&i) { 1.5 } else { 1.0 });
    let analysis = Analysis::of(&record);
    let case = analysis.pairs[0].summary.headline().unwrap();
    let rust = case.variant("rust").unwrap();
    let modes = rust.modes.as_ref().unwrap();
    assert_eq!(
        rust.display_ratio().unwrap(),
        "20.0× in 8 of 12 launches, 30.0× in 4"
    );
    assert_eq!(modes.display_time(), "100 µs in 8 of 12 launches, 66.6 µs in 4");
    assert_eq!(modes.upper_share(), 4.0 / 12.0);
    assert!((0..12).all(|launch| modes.is_upper(launch) == Some(fast.contains(&launch))));
    assert_eq!(modes.is_upper(12), None);
    // Each mode has an interval over its own launches; the interval over all contains no launch.
    let [lower, upper] = modes.each().map(|mode| mode.ratio.interval.unwrap());
    assert!(lower.1 < 20.5 && upper.0 > 29.0, "{lower:?} {upper:?}");
    assert_eq!(modes.covering(rust.ratio.unwrap()), None);
    let wide = crate::estimate::Estimate {
        interval: Some((19.0, 31.0)),
        ..rust.ratio.unwrap()
    };
    assert_eq!(modes.covering(wide), Some(wide));
    assert_eq!(case.baseline.modes, None);
    shape(&mut record, |_| 1.0);
    let analysis = Analysis::of(&record);
    let rust = analysis.pairs[0].summary.headline().unwrap().variant("rust");
    assert_eq!(rust.unwrap().modes, None);
}

/// What correlates with the modes need not be their cause, and if nothing does, no cause is known.
#[test]
fn a_warning_about_two_speeds_names_no_cause_that_the_record_does_not_show() {
    let orders: [fn(u32) -> bool; 3] = [|i| [0, 3, 4, 9, 10].contains(&i), |i| i < 5, |i| i / 2 % 2 == 0];
    for upper in orders {
        let mut record = sound();
        shape(&mut record, |i| if upper(i) { 1.5 } else { 1.0 });
        let found = warnings(&record);
        let warning = found
            .iter()
            .find(|one| one.kind == WarningKind::TwoKinds)
            .unwrap();
        let text = format!("{} {} {}", warning.text, warning.figure, warning.remedy);
        for guess in ["hash", "memory", "changed its state", "cause"] {
            assert!(!text.contains(guess), "{text}");
        }
    }
}

/// Launches of a parallel port in which other processes used its cores do not count if enough other launches do.
#[test]
fn disturbed_launches_of_a_parallel_port_are_left_out() {
    let ratio = |kept: fn(u32) -> bool| {
        let mut record = sound();
        shape(&mut record, |i| if [0, 4, 8].contains(&i) { 1.0 } else { 0.5 });
        kinds::on_two_cores(&mut record, |i| ![0, 4, 8].contains(&i));
        record.pairs[0].launches.retain(|launch| kept(launch.index));
        let analysis = Analysis::of(&record);
        let rust = analysis.pairs[0]
            .summary
            .headline()
            .unwrap()
            .variant("rust")
            .unwrap();
        let found = warnings(&record);
        let found = found
            .into_iter()
            .find(|one| one.kind == WarningKind::CoresTaken)
            .unwrap();
        (
            rust.ratio.unwrap().value,
            rust.launches,
            found.is_warning(),
            found.figure,
        )
    };
    let (value, launches, warns, figure) = ratio(|_| true);
    assert!(
        (value / 20.0 - 1.0).abs() < 0.05 && launches == 3 && !warns,
        "{value} {launches}"
    );
    assert_eq!(figure, "9 of 12 launches");
    // Two undisturbed launches are too few for an interval.
    let (value, launches, warns, figure) = ratio(|i| i > 0);
    assert!(value < 15.0 && launches == 11 && warns, "{value} {launches}");
    assert_eq!(figure, "9 of 11 launches");
}

#[test]
fn an_old_record_is_judged_by_what_it_contains() {
    let mut record = sound();
    record.schema = 1;
    record.nulls.clear();
    record.machine.conditions = Conditions::default();
    record.pairs[0]
        .launches
        .iter_mut()
        .for_each(|l| (l.others, l.stolen) = (None, None));
    assert_eq!(warnings(&record), []);
    record.machine.load_start = Some([1.5, 0.0, 0.0]);
    record.machine.governor = Some("powersave".into());
    let found = warnings(&record);
    assert_eq!(found[0].figure, "load 1.50 on 2 cores");
    assert!(has(&found, WarningKind::FrequencyScaling));
}

#[test]
fn a_null_pair_needs_no_effect() {
    let mut record = sound();
    for launch in &mut record.nulls[0].launches {
        set_ratio(launch, "null", (15.0 * deviation(launch.index)).exp());
    }
    let null = &record.nulls[0];
    assert_eq!(PairAnalysis::alone(&record, null).warnings(), []);
}

#[test]
fn a_case_other_than_the_headline_is_named_by_its_size() {
    let mut record = sound();
    let mut other = record.pairs[0].launches[..4].to_vec();
    other.iter_mut().for_each(|launch| launch.size = 99);
    record.pairs[0].launches.extend(other);
    let found = warnings(&record);
    assert_eq!(found[0].about[0].to_string(), "steady at 99");
}
