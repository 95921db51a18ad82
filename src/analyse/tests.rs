//! Every kind of warning both ways: raised where it should be, silent where not, and silent just below its threshold.

use super::*;
use crate::hosts::Fault;
use crate::measure::{Failure, First, Launch};
use crate::record::{
    Conditions, Embedding, NativeModule, Severity, Status, Throttled, VariantState, WarningKind,
};
use crate::record::{VerifyFailure, fixture};
use std::collections::HashSet;

const LAUNCHES: u32 = 12;

/// A launch's waver, alike on both sides of zero and in no order: up to half a percent.
fn waver(index: u32) -> f64 {
    const STEPS: [f64; 12] = [1.0, -3.0, 4.0, -1.0, 3.0, -5.0, 5.0, 2.0, -4.0, -2.0, 0.5, -0.5];
    0.001 * STEPS[index as usize % 12]
}

/// Sets the ratio of each launch to a factor of what the fixture has: 20 for Rust.
fn shape(record: &mut Record, factor: impl Fn(u32) -> f64) {
    for launch in &mut record.pairs[0].launches {
        let factor = factor(launch.index) * waver(launch.index).exp();
        set_ratio(launch, "rust", 20.0 * factor);
    }
}

fn set_ratio(launch: &mut Launch, variant: &str, ratio: f64) {
    let own = launch
        .comparisons
        .iter_mut()
        .find(|c| c.variant == variant)
        .unwrap();
    // 10 µs a call on the baseline's side; a thousand calls, so that rounding to nanoseconds is nothing.
    own.baseline_samples.calls = 1000;
    own.variant_samples.calls = 1000;
    own.baseline_samples.ns.fill(10_000_000);
    own.variant_samples.ns.fill((10_000_000.0 / ratio) as u64);
}

/// A run with which nothing is wrong: twelve launches, two null pairs, a machine at rest.
fn sound() -> Record {
    let mut record = fixture::steady();
    let launch = record.pairs[0].launches[0].clone();
    let launches = (0..LAUNCHES).map(|index| {
        let mut launch = Launch {
            index,
            started_s: f64::from(index) * 10.0,
            ..launch.clone()
        };
        // Alternating in pairs, so that it goes with nothing else that alternates.
        let first = if index / 2 % 2 == 0 {
            First::Baseline
        } else {
            First::Variant
        };
        launch.comparisons.iter_mut().for_each(|c| c.set_up_first = first);
        set_ratio(&mut launch, "embedded", 1.0 * waver(index).exp());
        launch
    });
    record.pairs[0].launches = launches.collect();
    shape(&mut record, |_| 1.0);
    record.settings.launches = LAUNCHES;
    record.nulls = ["python", "rust"].map(|side| null(&record, side)).into();
    record.machine.conditions = Conditions {
        governors: vec!["performance".into()],
        turbo: Some(false),
        mhz_start: Some(2000.0),
        mhz_end: Some(2000.0),
        mhz_most: Some(4000.0),
        on_battery: Some(false),
        cpu_limit: Some(2.0),
        throttled_start: Some(Throttled {
            periods: 7,
            seconds: 1.0,
        }),
        throttled_end: Some(Throttled {
            periods: 7,
            seconds: 1.0,
        }),
        clock_source: Some("tsc".into()),
        clock_step_ns: Some(20),
    };
    record
}

fn null(record: &Record, side: &str) -> PairRecord {
    let mut null = record.pairs[0].clone();
    null.name = format!("null_{side}");
    null.baseline = side.into();
    null.null_of = Some("steady".into());
    null.variants.truncate(1);
    null.variants[0].name = side.into();
    null.variants.push(crate::record::VariantRecord {
        name: "null".into(),
        ..null.variants[0].clone()
    });
    for launch in &mut null.launches {
        launch.comparisons.retain(|c| c.variant == "rust");
        launch.comparisons[0].variant = "null".into();
        set_ratio(launch, "null", waver(launch.index).exp());
    }
    null
}

type Change = fn(&mut Record);

/// A kind, how to bring it about, and how to come close without doing so.
const BOTH_WAYS: &[(WarningKind, Change, Change)] = &[
    (
        WarningKind::FailedPair,
        |r| {
            r.pairs[0].verification.passed = false;
            r.pairs[0].verification.failures.push(VerifyFailure {
                variant: "rust".into(),
                size: None,
                fault: Fault::Hang { limit_s: 1 },
            });
        },
        |r| r.pairs[0].verification.compared = 0,
    ),
    (
        WarningKind::FailedVariant,
        |r| {
            let fault = Fault::Hang { limit_s: 1 };
            r.pairs[0].variants[1].state = VariantState::Failed { fault: fault.clone() };
            r.pairs[0].launches[4].failures.push(Failure {
                variant: "rust".into(),
                fault,
            });
        },
        |r| r.pairs[0].variants[1].state = VariantState::Deselected,
    ),
    (
        WarningKind::NullPairOff,
        |r| {
            r.nulls[1]
                .launches
                .iter_mut()
                .for_each(|l| set_ratio(l, "null", 1.05 * waver(l.index).exp()))
        },
        |r| {
            r.nulls[1]
                .launches
                .iter_mut()
                .for_each(|l| set_ratio(l, "null", 1.0005 * waver(l.index).exp()))
        },
    ),
    (
        WarningKind::Unfinished,
        |r| r.status = Status::OutOfTime,
        |r| r.settings.budget_s = Some(1),
    ),
    (
        WarningKind::NoInterval,
        |r| r.pairs[0].launches.truncate(2),
        |r| r.pairs[0].launches.truncate(3),
    ),
    (
        WarningKind::DebugBuild,
        |r| r.build.opt_level = "1".into(),
        |r| r.build.rustflags = "-C target-cpu=native".into(),
    ),
    (
        WarningKind::UnoptimisedInterpreter,
        |r| r.interpreter.optimized = Some(false),
        |r| r.interpreter.optimized = None,
    ),
    (
        WarningKind::FewLaunches,
        |r| r.pairs[0].launches.truncate(5),
        |r| r.pairs[0].launches.truncate(6),
    ),
    (
        WarningKind::Quick,
        |r| r.settings.quick = true,
        |r| r.settings.sample_size = 10,
    ),
    (
        WarningKind::IntervalWiderThanEffect,
        |r| shape(r, |i| (15.0 * waver(i)).exp() * 1.02 / 20.0),
        // Narrow enough about 1: that the sides are equal is a finding.
        |r| shape(r, |_| 1.0 / 20.0),
    ),
    (
        WarningKind::WideInterval,
        |r| shape(r, |i| (60.0 * waver(i)).exp()),
        |r| shape(r, |i| (20.0 * waver(i)).exp()),
    ),
    (
        WarningKind::LoadFromOthers,
        |r| r.pairs[0].launches.iter_mut().for_each(|l| l.others = Some(0.8)),
        // One launch among many, and a load at the start that the launches then did not meet.
        |r| {
            r.pairs[0].launches[3].others = Some(1.0);
            r.machine.load_start = Some([2.0, 2.0, 2.0]);
        },
    ),
    (
        WarningKind::StolenTime,
        |r| r.pairs[0].launches.iter_mut().for_each(|l| l.stolen = Some(0.2)),
        |r| r.pairs[0].launches.iter_mut().for_each(|l| l.stolen = Some(0.01)),
    ),
    (
        WarningKind::Throttled,
        |r| {
            r.machine.conditions.throttled_end = Some(Throttled {
                periods: 30,
                seconds: 2.5,
            })
        },
        |r| {
            r.machine.conditions.throttled_end = Some(Throttled {
                periods: 8,
                seconds: 1.01,
            })
        },
    ),
    (
        WarningKind::Battery,
        |r| r.machine.conditions.on_battery = Some(true),
        |r| r.machine.conditions.on_battery = None,
    ),
    (
        WarningKind::FrequencyScaling,
        |r| r.machine.conditions.governors.push("schedutil".into()),
        |r| r.machine.conditions.governors.clear(),
    ),
    (
        WarningKind::SamplesTooShort,
        |r| {
            for launch in &mut r.pairs[0].launches {
                launch.comparisons[1].variant_samples.ns.fill(19_000);
                launch.comparisons[1].baseline_samples.ns.fill(190_000);
            }
        },
        |r| {
            for launch in &mut r.pairs[0].launches {
                launch.comparisons[1].variant_samples.ns.fill(21_000);
                launch.comparisons[1].baseline_samples.ns.fill(210_000);
            }
        },
    ),
    (
        WarningKind::DriftingLaunches,
        |r| shape(r, |i| 1.0 + 0.01 * f64::from(i)),
        |r| shape(r, |i| 1.0 + 0.000_3 * f64::from(i)),
    ),
    (
        WarningKind::TwoKinds,
        |r| shape(r, |i| if [0, 3, 4, 9, 10].contains(&i) { 1.15 } else { 1.0 }),
        // Two of twelve are not a kind.
        |r| shape(r, |i| if [3, 9].contains(&i) { 1.15 } else { 1.0 }),
    ),
    (
        WarningKind::OutlyingLaunches,
        |r| shape(r, |i| if i == 4 { 1.5 } else { 1.0 }),
        |r| shape(r, |i| if i == 4 { 1.01 } else { 1.0 }),
    ),
    (
        WarningKind::Turbo,
        |r| r.machine.conditions.turbo = Some(true),
        |r| r.machine.conditions.turbo = None,
    ),
    (
        WarningKind::EmbeddedDisagrees,
        |r| {
            r.pairs[0]
                .launches
                .iter_mut()
                .for_each(|l| set_ratio(l, "embedded", 0.8 * waver(l.index).exp()))
        },
        |r| {
            r.pairs[0]
                .launches
                .iter_mut()
                .for_each(|l| set_ratio(l, "embedded", 0.96 * waver(l.index).exp()))
        },
    ),
    (
        WarningKind::NoNullPair,
        |r| r.nulls.iter_mut().for_each(|null| null.launches.truncate(2)),
        // One is enough; and the first version had none.
        |r| r.nulls.truncate(1),
    ),
    (
        WarningKind::NoNative,
        |r| {
            r.native = NativeModule::Unavailable {
                reason: "no compiler\nmore".into(),
            }
        },
        |r| r.native = NativeModule::Ready { seconds: 3.0 },
    ),
    (
        WarningKind::Skipped,
        |r| {
            r.pairs[0].variants[1].state = VariantState::Skipped {
                reason: "no module numpy; install: pip".into(),
            }
        },
        |r| r.pairs[0].variants[1].state = VariantState::Deselected,
    ),
    (
        WarningKind::NotEmbedded,
        |r| {
            r.embedding = Embedding::Off {
                reason: "another version".into(),
            }
        },
        |r| {
            r.embedding = Embedding::On {
                version: "3.9".into(),
            }
        },
    ),
    (
        WarningKind::DirtyCheckout,
        |r| r.build.revision = Some("abc-dirty".into()),
        |r| r.build.revision = None,
    ),
];

/// The same for kinds that two records make.
const COMPARED: &[(WarningKind, Change, Change)] = &[
    (
        WarningKind::DifferentMachine,
        |r| r.machine.cpu = "Another CPU".into(),
        |r| r.machine.load_start = None,
    ),
    (
        WarningKind::DifferentCompiler,
        |r| r.build.opt_level = "2".into(),
        |r| r.build.revision = Some("def5678".into()),
    ),
    (
        WarningKind::DifferentInterpreter,
        |r| r.interpreter.version = "3.12.0".into(),
        |r| r.interpreter.packages.push(("numpy".into(), "2".into())),
    ),
    (
        WarningKind::DifferentSettings,
        |r| r.settings.sample_size = 99,
        |r| r.settings.launches = 99,
    ),
];

fn has(found: &[Warning], kind: WarningKind) -> bool {
    found.iter().any(|warning| warning.kind == kind)
}

#[test]
fn a_sound_run_raises_nothing() {
    assert_eq!(warnings(&sound()), []);
    assert_eq!(differences(&sound(), &sound()), []);
}

#[test]
fn every_kind_is_raised_where_it_should_be_and_silent_where_not() {
    for (kind, raise, spare) in BOTH_WAYS {
        let (mut bad, mut good) = (sound(), sound());
        raise(&mut bad);
        spare(&mut good);
        let found = warnings(&bad);
        assert!(has(&found, *kind), "{kind:?} is not raised: {found:#?}");
        assert!(!has(&warnings(&good), *kind), "{kind:?} is raised without cause");
    }
    for (kind, raise, spare) in COMPARED {
        let (mut bad, mut good) = (sound(), sound());
        raise(&mut bad);
        spare(&mut good);
        let kinds: Vec<WarningKind> = differences(&bad, &sound()).iter().map(|w| w.kind).collect();
        assert_eq!(kinds, [*kind]);
        assert_eq!(differences(&good, &sound()), [], "{kind:?}");
    }
}

#[test]
fn no_kind_is_left_untested() {
    let tested: HashSet<WarningKind> = BOTH_WAYS.iter().chain(COMPARED).map(|row| row.0).collect();
    assert_eq!(tested, WarningKind::ALL.iter().copied().collect());
}

#[test]
fn every_finding_has_words_a_figure_and_a_remedy() {
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
        }
    }
}

#[test]
fn methodology_lists_every_kind() {
    let page = include_str!("../../METHODOLOGY.md");
    for kind in WarningKind::ALL {
        assert!(
            page.contains(&format!("| `{}` |", kind.slug())),
            "{}",
            kind.slug()
        );
    }
}

#[test]
fn what_casts_doubt_is_said_first() {
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
fn two_kinds_by_set_up_order_are_a_note() {
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
        "6 launches at 20.0×, 6 at 20.3×, by which side was set up first"
    );
}

#[test]
fn an_old_record_is_judged_by_what_it_knows() {
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
fn a_case_that_does_not_stand_for_the_pair_is_named_by_its_size() {
    let mut record = sound();
    let mut other = record.pairs[0].launches[..4].to_vec();
    other.iter_mut().for_each(|launch| launch.size = 99);
    record.pairs[0].launches.extend(other);
    let found = warnings(&record);
    assert_eq!(found[0].about[0].to_string(), "steady at 99");
}
