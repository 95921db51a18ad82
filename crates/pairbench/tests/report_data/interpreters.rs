//! A made-up run with several interpreters: releases, a build without a GIL, another implementation, a missing one.

use super::{Extent, realistic};
use pairbench::diagnose::scaling::{Point, VariantScaling};
use pairbench::hosts::Fault;
use pairbench::hosts::interpreter::Interpreter;
use pairbench::measure::Comparison;
use pairbench::record::*;
use pairbench::registry::{Side, Variant};

/// A further interpreter: its version, and its time relative to the first one.
pub struct Other {
    pub version: &'static str,
    /// PyPy's own version.
    pub pypy: Option<&'static str>,
    pub free_threaded: bool,
    pub slower: f64,
}

pub const fn cpython(version: &'static str, slower: f64) -> Other {
    Other {
        version,
        pypy: None,
        free_threaded: false,
        slower,
    }
}

/// The record with these interpreters in the same launches.
pub fn with(mut record: Record, others: &[Other]) -> Record {
    let further = others.iter().map(|other| Further {
        interpreter: interpreter(&record.interpreter, other),
        native: match other.pypy {
            None => NativeModule::Ready { seconds: 9.8 },
            Some(_) => NativeModule::Unavailable {
                reason: NO_EXTENSION.into(),
            },
        },
        pairs: record.pairs.iter().map(|pair| measured(pair, other)).collect(),
    });
    record.further = further.collect();
    record
}

const NO_EXTENSION: &str = "PyO3 builds no extension for this version; name a newer one";

fn interpreter(first: &Interpreter, other: &Other) -> Interpreter {
    let letter = if other.free_threaded { "t" } else { "" };
    let name = if other.pypy.is_some() { "pypy" } else { "python" };
    Interpreter {
        executable: format!("/opt/{}{letter}/bin/{name}3", other.version),
        version: other.version.into(),
        implementation: if other.pypy.is_some() { "PyPy" } else { "CPython" }.into(),
        release: other.pypy.map(Into::into),
        free_threaded: Some(other.free_threaded),
        gil: Some(!other.free_threaded),
        virtual_env: false,
        ..first.clone()
    }
}

/// The pair as measured with the other interpreter, in the same launches next to the same Rust.
fn measured(pair: &PairRecord, other: &Other) -> PairRecord {
    let mut pair = pair.clone();
    pair.sources = RecordedSources::default();
    let sides: Vec<(String, Side)> = pair.variants.iter().map(|v| (v.name.clone(), v.side)).collect();
    let is_python = |own: &Comparison| {
        sides
            .iter()
            .any(|(name, side)| *name == own.variant && *side == Side::Python)
    };
    for launch in &mut pair.launches {
        launch.comparisons.retain(|own| own.variant != Variant::EMBEDDED);
        let wobble = 1.0 + 0.004 * (f64::from(launch.index % 3) - 1.0);
        for own in &mut launch.comparisons {
            let slow = |ns: &mut u64| *ns = (*ns as f64 * other.slower * wobble) as u64;
            own.baseline_samples.ns.iter_mut().for_each(slow);
            if is_python(own) {
                own.variant_samples.ns.iter_mut().for_each(slow);
            }
        }
    }
    if other.pypy.is_some() {
        for variant in pair
            .variants
            .iter_mut()
            .filter(|variant| variant.name == "native")
        {
            variant.state = VariantState::Skipped {
                reason: NO_EXTENSION.into(),
            };
        }
        for launch in &mut pair.launches {
            launch.comparisons.retain(|own| own.variant != "native");
        }
    }
    pair
}

/// Four pairs with five interpreters: one pair fails with the oldest, the newest warns of another, PyPy has no extension,
/// and a sixth interpreter is missing.
pub fn several(extent: Extent) -> Record {
    let mut record = realistic(extent);
    record
        .pairs
        .retain(|pair| !matches!(pair.name.as_str(), "binary_trees" | "json_events"));
    record.interpreter.free_threaded = Some(false);
    let free = Other {
        free_threaded: true,
        ..cpython("3.13.1", 1.21)
    };
    let pypy = Other {
        pypy: Some("7.3.20"),
        ..cpython("3.11.13", 0.09)
    };
    let mut record = with(
        record,
        &[cpython("3.9.18", 1.31), cpython("3.13.1", 0.88), free, pypy],
    );
    fails_to_start(&mut record.further[0].pairs[2]);
    record.further[1].pairs[3].deprecations.push(deprecation());
    record.pairs[2].diagnoses.scaling = scaling([1.0, 1.02, 1.05]);
    record.further[2].pairs[2].diagnoses.scaling = scaling([1.0, 0.54, 0.52]);
    record.lacking = vec![MissingInterpreter {
        asked: "/opt/3.14.0/bin/python3".into(),
        reason: "no Python interpreter at /opt/3.14.0/bin/python3".into(),
        named: true,
    }];
    record.oldest_rust = Some(OldestRust {
        version: "1.89".into(),
        checked: Checked::Compiles {
            rustc: "rustc 1.89.0 (29483883e 2025-08-04)".into(),
        },
    });
    record
}

fn fails_to_start(pair: &mut PairRecord) {
    let fault = Fault::Exception {
        name: "AttributeError".into(),
        message: "module 'random' has no attribute 'binomialvariate'".into(),
        traceback: "Traceback (most recent call last):\n  File \"monte_carlo.py\", line 7".into(),
    };
    pair.launches.clear();
    pair.verification = Verification {
        passed: false,
        failures: vec![VerifyFailure {
            variant: Variant::BASELINE.into(),
            size: Some(4_000),
            fault: fault.clone(),
        }],
        ..pair.verification.clone()
    };
    pair.variants[0].state = VariantState::Failed { fault };
}

fn deprecation() -> Deprecation {
    Deprecation {
        category: "DeprecationWarning".into(),
        message: "'count' is passed as positional argument, which goes in 3.15".into(),
        removed_in: Some("3.15".into()),
        file: "parallel/word_count.py".into(),
        line: 12,
        source: "words = re.split(PATTERN, text, 0)".into(),
        variant: "python".into(),
    }
}

/// Threads with one to three workers, and Python next to them.
fn scaling(threads: [f64; 3]) -> Vec<VariantScaling> {
    let times = |variant: &str, times: [f64; 3]| VariantScaling {
        variant: variant.into(),
        points: (1..=3)
            .zip(times)
            .map(|(workers, time)| Point {
                workers,
                seconds: (0..7)
                    .map(|k| 0.028 * time * (1.0 + 0.01 * f64::from(k - 3)))
                    .collect(),
            })
            .collect(),
    };
    vec![times(Variant::BASELINE, [1.0; 3]), times("threads", threads)]
}
