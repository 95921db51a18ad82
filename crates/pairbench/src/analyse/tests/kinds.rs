//! Every kind both ways: what raises it, and what comes close without raising it.

use super::sound::{deviation, native, profiled, set_ratio, shape};
use crate::diagnose::memory::{Collections, Counts, VariantMemory};
use crate::hosts::Fault;
use crate::measure::Failure;
use crate::record::{
    Disturbance, Dug, Embedding, Happening, NativeModule, OpenFinding, Record, RoughCall, Status, Throttled,
    VariantState, VerifyFailure, WarningKind, fixture,
};
use crate::registry::{Case, Profile};

fn counted(first: u64, second: u64) -> VariantMemory {
    let counts = |allocations| {
        Some(Counts {
            allocations,
            reallocations: 0,
            bytes: 16 * allocations,
            peak: 16,
        })
    };
    VariantMemory {
        variant: "rust".into(),
        counts: counts(first),
        again: counts(second),
        ..VariantMemory::default()
    }
}

fn dug(open: usize) -> Dug {
    let finding = OpenFinding {
        variant: "rust".into(),
        kind: "gives another answer".into(),
        call: "fold(\"ß\")".into(),
        baseline: "\"ss\"".into(),
        other: "\"ß\"".into(),
        count: 3,
    };
    Dug {
        inputs: 1000,
        open: vec![finding; open],
        ..Dug::default()
    }
}

fn collecting(share: f64) -> VariantMemory {
    VariantMemory {
        variant: "python".into(),
        collections: Some(Collections {
            number: 2.5,
            seconds: share,
            call_seconds: 1.0,
        }),
        ..VariantMemory::default()
    }
}

/// The port uses two threads, and other processes use half a core in the disturbed launches.
pub fn on_two_cores(record: &mut Record, disturbed: fn(u32) -> bool) {
    for launch in &mut record.pairs[0].launches {
        launch.others = Some(if disturbed(launch.index) { 0.5 } else { 0.1 });
        let samples = &mut launch.comparisons[1].variant_samples;
        // The two threads share what other processes leave.
        let threads = if disturbed(launch.index) { 1 } else { 2 };
        samples.cpu_ns = Some(threads * samples.ns.iter().sum::<u64>());
    }
}

pub type Change = fn(&mut Record);

/// Adds verification calls of both sides on a small and a large case, in nanoseconds.
fn calls(record: &mut Record, python: [f64; 2], rust: [f64; 2]) {
    let pair = &mut record.pairs[0];
    let case = pair.cases[0];
    pair.cases.push(Case {
        size: 100 * case.size,
        default: false,
    });
    for (variant, ns) in [("python", python), ("rust", rust)] {
        pair.verification
            .calls
            .extend(pair.cases.iter().zip(ns).map(|(case, ns)| RoughCall {
                variant: variant.into(),
                size: case.size,
                seconds: ns * 1e-9,
            }));
    }
}

fn null_ratio(record: &mut Record, ratio: f64) {
    for launch in &mut record.nulls[1].launches {
        set_ratio(launch, "null", ratio * deviation(launch.index).exp());
    }
}

/// Changes the machine's state after six launches, for these variants.
fn states(record: &mut Record, variants: &[&str]) {
    let all = record.pairs.iter_mut().chain(&mut record.nulls);
    for launch in all.flat_map(|pair| &mut pair.launches) {
        let state = if launch.index < 6 { 1.0 } else { 1.02 };
        for variant in variants {
            if launch.comparison(variant).is_some() {
                set_ratio(launch, variant, state * deviation(launch.index).exp());
            }
        }
    }
}

/// A kind, a change that raises it, and one that comes close without raising it.
pub const BOTH_WAYS: &[(WarningKind, Change, Change)] = &[
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
        |r| null_ratio(r, 1.05),
        // Certainly not 1, but too close to it to matter.
        |r| null_ratio(r, 1.015),
    ),
    (
        WarningKind::NullPairSlightlyOff,
        |r| null_ratio(r, 1.015),
        |r| null_ratio(r, 1.0005),
    ),
    (
        WarningKind::Unfinished,
        |r| r.status = Status::OutOfTime,
        |r| {
            // Its time went into narrowing intervals.
            r.status = Status::OutOfTime;
            r.settings.precision = Some(0.02);
        },
    ),
    (
        WarningKind::TimeDoesNotGrow,
        |r| calls(r, [1e4, 1e6], [1.2, 1.3]),
        // A fixed cost.
        |r| calls(r, [1e4, 1e6], [3000.0, 3100.0]),
    ),
    (
        WarningKind::RatioChangesSide,
        |r| calls(r, [1e4, 1e6], [1e3, 1e7]),
        // Not clearly: other checks ran beside it.
        |r| calls(r, [1e4, 1e6], [1e3, 1.5e6]),
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
        WarningKind::OpenFindings,
        |r| r.pairs[0].dug = Some(dug(1)),
        |r| r.pairs[0].dug = Some(dug(0)),
    ),
    (
        WarningKind::UnoptimisedExtension,
        |r| r.pairs[0].unoptimised.push("shop._native".into()),
        |r| r.pairs[0].altered.clear(),
    ),
    (
        WarningKind::UnoptimisedInterpreter,
        |r| r.interpreter.optimized = Some(false),
        |r| r.interpreter.optimized = None,
    ),
    (
        WarningKind::AlteredInterpreter,
        |r| r.interpreter.altered.push("tracemalloc is on".into()),
        |r| r.interpreter.debug = None,
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
        |r| shape(r, |i| (15.0 * deviation(i)).exp() * 1.02 / 20.0),
        // Narrow enough around 1: that both sides are equal is a finding.
        |r| shape(r, |_| 1.0 / 20.0),
    ),
    (
        WarningKind::WideInterval,
        |r| shape(r, |i| (60.0 * deviation(i)).exp()),
        |r| shape(r, |i| (20.0 * deviation(i)).exp()),
    ),
    (
        WarningKind::LoadFromOthers,
        |r| r.pairs[0].launches.iter_mut().for_each(|l| l.others = Some(0.8)),
        // One launch among many, and a load at the start that was gone during the launches.
        |r| {
            r.pairs[0].launches[3].others = Some(1.0);
            r.machine.load_start = Some([2.0, 2.0, 2.0]);
        },
    ),
    (
        WarningKind::CoresTaken,
        |r| on_two_cores(r, |i| i > 1),
        |r| on_two_cores(r, |_| false),
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
        WarningKind::DependentLaunches,
        |r| states(r, &["rust", "null"]),
        // One ratio of three proves nothing.
        |r| states(r, &["rust"]),
    ),
    (
        WarningKind::TwoKinds,
        |r| shape(r, |i| if [0, 3, 4, 9, 10].contains(&i) { 1.15 } else { 1.0 }),
        // Two of twelve are not a mode.
        |r| shape(r, |i| if [3, 9].contains(&i) { 1.15 } else { 1.0 }),
    ),
    (
        WarningKind::ProfileContradicted,
        |r| profiled(r, Profile::Flat, &[("walk", 0.45, 0.45)], None),
        // Above two fifths, but not with its whole interval. Only a flat pair declares that there is no such function.
        |r| profiled(r, Profile::Flat, &[("walk", 0.42, 0.42)], None),
    ),
    (
        WarningKind::ReplacedNotHottest,
        |r| {
            let functions = [("build", 0.39, 0.5), ("walk", 0.3, 0.3)];
            profiled(r, Profile::Flat, &functions, Some("walk"));
        },
        // Less by itself, but more with what it calls.
        |r| {
            let functions = [("build", 0.39, 0.5), ("walk", 0.3, 0.38)];
            profiled(r, Profile::Flat, &functions, Some("walk"));
        },
    ),
    (
        WarningKind::GainAboveCeiling,
        |r| {
            profiled(r, Profile::HotLoop, &[("walk", 0.9, 0.95)], Some("walk"));
            native(r, 30.0);
        },
        // Exactly 20, but the share is known only to a percentage point: the ceiling may be 26.
        |r| {
            profiled(r, Profile::HotLoop, &[("walk", 0.9, 0.95)], Some("walk"));
            native(r, 25.0);
        },
    ),
    (
        WarningKind::OutlyingLaunches,
        |r| shape(r, |i| if i == 4 { 1.5 } else { 1.0 }),
        |r| shape(r, |i| if i == 4 { 1.01 } else { 1.0 }),
    ),
    (
        WarningKind::Disturbed,
        |r| {
            r.disturbances.push(Disturbance {
                at_s: 3.0,
                pair: "steady".into(),
                what: Happening::Slept { seconds: 60.0 },
            });
        },
        |r| r.phases[0].seconds = 1e4,
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
                .for_each(|l| set_ratio(l, "embedded", 0.8 * deviation(l.index).exp()))
        },
        |r| {
            r.pairs[0]
                .launches
                .iter_mut()
                .for_each(|l| set_ratio(l, "embedded", 0.96 * deviation(l.index).exp()))
        },
    ),
    (
        WarningKind::CollectorTime,
        |r| r.pairs[0].diagnoses.memory.push(collecting(0.11)),
        |r| r.pairs[0].diagnoses.memory.push(collecting(0.09)),
    ),
    (
        WarningKind::CountsWaver,
        |r| r.pairs[0].diagnoses.memory.push(counted(1000, 1011)),
        |r| r.pairs[0].diagnoses.memory.push(counted(1000, 1010)),
    ),
    (
        WarningKind::NoNullPair,
        |r| r.nulls.iter_mut().for_each(|null| null.launches.truncate(2)),
        // One is enough, and records of the first version have none.
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
        WarningKind::NotCounted,
        |r| {
            r.pairs[0].diagnoses.memory.push(VariantMemory {
                uncounted: Some("no compiler\nmore".into()),
                ..counted(0, 0)
            })
        },
        |r| r.pairs[0].diagnoses.memory.push(counted(0, 0)),
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
        WarningKind::Deprecated,
        |r| r.pairs[0].deprecations.push(fixture::deprecation()),
        // The null pair runs the code of a pair that has the warning itself.
        |r| r.nulls[0].deprecations.push(fixture::deprecation()),
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

/// The same for kinds that need two records.
pub const COMPARED: &[(WarningKind, Change, Change)] = &[
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

pub type ChangeParts = fn(&mut Vec<Record>);

/// The same for kinds that need two parts of a divided run.
pub const TOGETHER: &[(WarningKind, ChangeParts, ChangeParts)] = &[
    (
        WarningKind::PartsOfDifferentKinds,
        |parts| parts[1].machine.cpu = "Another CPU".into(),
        |parts| parts[1].machine.name = "another".into(),
    ),
    (
        WarningKind::PartsMissing,
        |parts| parts.truncate(1),
        |parts| parts[1].pairs.clear(),
    ),
];
