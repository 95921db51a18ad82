//! Records for tests.

use super::*;
use crate::measure::{Comparison, First, Launch, Series};
use crate::registry::{Case, Profile, Side, Tolerance, Variant};

fn series(calls: u64, ns_per_call: u64, samples: usize) -> Series {
    Series {
        calls,
        ns: vec![ns_per_call * calls; samples],
        ..Series::default()
    }
}

fn comparison(variant: &str, baseline_ns: u64, variant_ns: u64) -> Comparison {
    let is_baseline = variant == Variant::BASELINE;
    Comparison {
        variant: variant.into(),
        set_up_first: First::Baseline,
        setup_ns: 2_000_000,
        baseline_samples: if is_baseline {
            Series::default()
        } else {
            series(3, baseline_ns, 8)
        },
        variant_samples: series(7, variant_ns, if is_baseline { 4 } else { 8 }),
        order: "bv".repeat(4),
        retaken: 0,
    }
}

/// One pair whose sample pairs all have the same ratio: Rust 20, embedded 0.8.
pub(crate) fn steady() -> Record {
    let launch = |index| Launch {
        index,
        size: 10,
        started_s: f64::from(index),
        wall_s: 3.0,
        timed_s: 2.0,
        order_seed: 1,
        hash_seed: 1,
        comparisons: vec![
            comparison(Variant::BASELINE, 0, 12_000),
            comparison("rust", 10_000, 500),
            comparison(Variant::EMBEDDED, 10_000, 12_500),
        ],
        failures: Vec::new(),
        others: Some(0.01),
        stolen: Some(0.0),
    };
    let variant = |name: &str, side| VariantRecord {
        name: name.into(),
        side,
        declared: None,
        state: VariantState::Active,
    };
    let pair = PairRecord {
        name: "steady".into(),
        profile: Profile::HotLoop,
        about: "adds".into(),
        unit: "numbers".into(),
        many_calls: false,
        tolerance: Tolerance::EXACT,
        baseline: Variant::BASELINE.into(),
        null_of: None,
        floors: Vec::new(),
        cases: vec![Case {
            size: 10,
            default: true,
        }],
        sources: RecordedSources {
            rust_path: "workloads/hot_loop/steady.rs".into(),
            rust: "fn rust() {}\n".into(),
            python_path: "python/hot_loop/steady.py".into(),
            python: "def python(): pass\n".into(),
        },
        variants: vec![variant("python", Side::Python), variant("rust", Side::Rust)],
        libraries: Vec::new(),
        deprecations: Vec::new(),
        altered: Vec::new(),
        unoptimised: Vec::new(),
        forecast: None,
        dug: None,
        verification: Verification {
            passed: true,
            compared: 3,
            seconds: 1.0,
            failures: Vec::new(),
            calls: Vec::new(),
        },
        launches: (0..3).map(launch).collect(),
        diagnoses: Default::default(),
    };
    Record {
        schema: SCHEMA,
        id: "20260101T000000Z-abcd".into(),
        started: "2026-01-01T00:00:00Z".into(),
        status: Status::Complete,
        settings: Settings {
            arguments: Vec::new(),
            seed: 1,
            order_seed: 2,
            launches: 3,
            precision: None,
            sample_size: 8,
            warm_up_ms: 100,
            measurement_ms: 400,
            timeout_s: 60,
            memory_limit: None,
            output_limit: None,
            budget_s: Some(300),
            inherit_environ: Vec::new(),
            quick: false,
            diagnosers: Vec::new(),
            diagnose_every: false,
            save_baseline: None,
            baseline: None,
            against: None,
            fail_if: Vec::new(),
            shard: None,
        },
        build: Build {
            pairbench: "0.1.0".into(),
            revision: Some("abc1234".into()),
            rustc: "rustc 1.95.0".into(),
            target: "x86_64-unknown-linux-gnu".into(),
            profile: "release".into(),
            opt_level: "3".into(),
            debug_assertions: false,
            rustflags: String::new(),
            executable: String::new(),
        },
        machine: Machine {
            name: "here".into(),
            os: "Linux 6.1".into(),
            cpu: "A CPU".into(),
            cores: 2,
            memory_bytes: Some(8 << 30),
            governor: None,
            load_start: Some([0.1, 0.2, 0.3]),
            load_end: Some([1.0, 0.5, 0.3]),
            conditions: Conditions::default(),
        },
        interpreter: Interpreter {
            executable: "/usr/bin/python3".into(),
            version: "3.11.7".into(),
            implementation: "CPython".into(),
            compiler: "GCC 12".into(),
            config_args: "'--enable-optimizations'".into(),
            cflags: "-O3".into(),
            optimized: Some(true),
            loads_libpython: Some(false),
            gil: None,
            virtual_env: false,
            packages: Vec::new(),
            perf_counter_ns: Some(1),
            ..Interpreter::default()
        },
        embedding: Embedding::On {
            version: "3.11.7".into(),
        },
        native: NativeModule::NotNeeded,
        phases: vec![
            Phase {
                name: Phase::BUILD.into(),
                seconds: 100.0,
            },
            Phase {
                name: "verify".into(),
                seconds: 10.0,
            },
            Phase {
                name: "measure".into(),
                seconds: 20.0,
            },
        ],
        pairs: vec![pair],
        nulls: Vec::new(),
        warnings: Vec::new(),
        sessions: Vec::new(),
        disturbances: Vec::new(),
        diagnoses: Default::default(),
        further: Vec::new(),
        lacking: Vec::new(),
        oldest_rust: None,
        project: None,
    }
}

/// A warning as Python 3.12 raises it.
pub fn deprecation() -> Deprecation {
    Deprecation {
        category: "DeprecationWarning".into(),
        message: "ast.Num is deprecated and will be removed in Python 3.14; use ast.Constant instead".into(),
        removed_in: Some("3.14".into()),
        file: "python/hot_loop/steady.py".into(),
        line: 7,
        source: "return ast.Num(1)".into(),
        variant: "python".into(),
    }
}
