//! Made-up records for the tests of reports: like those of a real run, without running anything.
#![allow(dead_code)] // not every test uses all of it

pub mod catalogue;
pub mod interpreters;
pub mod pages;

use pairbench::hosts::Fault;
use pairbench::measure::{Comparison, First, Launch, Series};
use pairbench::record::*;
use pairbench::registry::{Case, Profile, Side, Tolerance, Variant};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A pair of a made-up record.
pub struct Plan<'a> {
    pub name: &'a str,
    pub profile: Profile,
    pub about: &'a str,
    pub unit: &'a str,
    /// Sizes; the second is the default if there is one.
    pub sizes: &'a [u64],
    /// Milliseconds of a baseline call at the default size.
    pub baseline_ms: f64,
    pub variants: &'a [(&'a str, Side, f64)],
    pub rust: String,
    pub python: String,
}

/// Launches, and sample pairs per launch.
#[derive(Clone, Copy)]
pub struct Extent {
    pub launches: u32,
    pub sample_pairs: usize,
    /// Whether all sizes are measured.
    pub all_sizes: bool,
}

pub fn pair(plan: &Plan<'_>, extent: Extent, rng: &mut StdRng) -> PairRecord {
    let default = plan.sizes[plan.sizes.len().min(2) - 1];
    let sizes = plan
        .sizes
        .iter()
        .copied()
        .filter(|size| extent.all_sizes || *size == default);
    let mut launches = Vec::new();
    for size in sizes {
        let scale = (size as f64 / default as f64).powf(1.1);
        for index in 0..extent.launches {
            launches.push(launch(
                plan,
                index,
                size,
                plan.baseline_ms * 1e6 * scale,
                extent.sample_pairs,
                rng,
            ));
        }
    }
    PairRecord {
        name: plan.name.into(),
        profile: plan.profile,
        about: plan.about.into(),
        unit: plan.unit.into(),
        many_calls: false,
        tolerance: Tolerance::default(),
        baseline: Variant::BASELINE.into(),
        null_of: None,
        floors: Vec::new(),
        cases: plan
            .sizes
            .iter()
            .map(|&size| Case {
                size,
                default: size == default,
            })
            .collect(),
        sources: RecordedSources {
            rust_path: format!(
                "workloads/{}/{}.rs",
                plan.profile.slug().replace('-', "_"),
                plan.name
            ),
            rust: plan.rust.clone(),
            python_path: format!(
                "python/{}/{}.py",
                plan.profile.slug().replace('-', "_"),
                plan.name
            ),
            python: plan.python.clone(),
        },
        variants: std::iter::once(&(Variant::BASELINE, Side::Python, 1.0))
            .chain(plan.variants)
            .map(|(name, side, _)| VariantRecord {
                name: name.to_string(),
                side: *side,
                declared: None,
                state: VariantState::Active,
            })
            .collect(),
        libraries: Vec::new(),
        deprecations: Vec::new(),
        altered: Vec::new(),
        unoptimised: Vec::new(),
        forecast: None,
        dug: None,
        verification: Verification {
            passed: true,
            compared: (plan.variants.len() + 1) as u32 * plan.sizes.len() as u32,
            seconds: 0.8,
            failures: Vec::new(),
            calls: Vec::new(),
        },
        launches,
        diagnoses: Default::default(),
    }
}

fn launch(
    plan: &Plan<'_>,
    index: u32,
    size: u64,
    base_ns: f64,
    sample_pairs: usize,
    rng: &mut StdRng,
) -> Launch {
    let mut noise = |sd: f64| {
        let sum: f64 = (0..12).map(|_| rng.random::<f64>()).sum();
        ((sum - 6.0) * sd).exp()
    };
    let machine = noise(0.03);
    let series = |ns: f64, n: usize, noise: &mut dyn FnMut(f64) -> f64| {
        let calls = (2e7 / ns).clamp(1.0, 1e6) as u64;
        let sample = |_| {
            let outlier = if noise(1.0) > 5.0 { 1.3 } else { 1.0 };
            (ns * calls as f64 * noise(0.015) * outlier) as u64
        };
        Series {
            calls,
            ns: (0..n).map(sample).collect(),
            ..Series::default()
        }
    };
    let embedded = [(Variant::EMBEDDED, Side::Python, 0.81)];
    let mut comparisons = vec![Comparison {
        variant: Variant::BASELINE.into(),
        set_up_first: First::Baseline,
        setup_ns: 0,
        baseline_samples: Series::default(),
        variant_samples: series(base_ns * machine, sample_pairs, &mut noise),
        order: String::new(),
        retaken: 0,
    }];
    for (name, _, ratio) in plan.variants.iter().chain(&embedded) {
        let placement = noise(0.02);
        comparisons.push(Comparison {
            variant: name.to_string(),
            set_up_first: if index.is_multiple_of(2) {
                First::Baseline
            } else {
                First::Variant
            },
            setup_ns: if *name == "processes" {
                (41e6 * noise(0.1)) as u64
            } else {
                (120e3 * noise(0.2)) as u64
            },
            baseline_samples: series(base_ns * machine, sample_pairs, &mut noise),
            variant_samples: series(base_ns * machine * placement / ratio, sample_pairs, &mut noise),
            order: "bvvb".repeat(sample_pairs / 4),
            retaken: 0,
        });
    }
    Launch {
        index,
        size,
        started_s: f64::from(index) * 8.0,
        wall_s: 2.2,
        timed_s: 1.9,
        order_seed: u64::from(index),
        hash_seed: index,
        comparisons,
        failures: Vec::new(),
        others: Some(0.02),
        stolen: Some(0.0),
    }
}

pub fn record(pairs: Vec<PairRecord>, launches: u32) -> Record {
    Record {
        schema: SCHEMA,
        id: "20260314T091500Z-k3vd".into(),
        started: "2026-03-14T09:15:00Z".into(),
        status: Status::Complete,
        settings: Settings {
            arguments: vec!["--cases".into(), "all".into()],
            seed: 1,
            order_seed: 4_170_112_893,
            launches,
            precision: None,
            sample_size: 20,
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
            revision: Some("8c3535d".into()),
            rustc: "rustc 1.95.0 (2026-04-14)".into(),
            target: "x86_64-unknown-linux-gnu".into(),
            profile: "release".into(),
            opt_level: "3".into(),
            debug_assertions: false,
            rustflags: String::new(),
            executable: String::new(),
        },
        machine: Machine {
            name: "build-1".into(),
            os: "Debian GNU/Linux 12".into(),
            cpu: "AMD EPYC 7B13".into(),
            cores: 2,
            memory_bytes: Some(8 << 30),
            governor: None,
            load_start: Some([0.31, 0.4, 0.42]),
            load_end: Some([1.63, 1.2, 0.8]),
            conditions: Conditions::default(),
        },
        interpreter: Interpreter {
            executable: "/usr/bin/python3.11".into(),
            version: "3.11.7".into(),
            implementation: "CPython".into(),
            compiler: "GCC 12.2.0".into(),
            config_args: "'--enable-shared' '--prefix=/usr' '--enable-optimizations' '--with-lto'".into(),
            cflags: "-Wsign-compare -DNDEBUG -g -fwrapv -O3 -Wall".into(),
            optimized: Some(true),
            loads_libpython: Some(false),
            gil: None,
            virtual_env: true,
            packages: vec![("numpy".into(), "2.2.1".into())],
            perf_counter_ns: Some(1),
            ..Interpreter::default()
        },
        embedding: Embedding::On {
            version: "3.11.7 (main) [GCC 12.2.0]".into(),
        },
        native: NativeModule::Ready { seconds: 21.4 },
        phases: [("extension module", 21.4), ("verify", 4.8), ("measure", 140.0)]
            .map(|(name, seconds)| Phase {
                name: name.into(),
                seconds,
            })
            .into(),
        pairs,
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

/// Name, profile, about, unit, milliseconds of the baseline, variants with their ratios.
type Row = (
    &'static str,
    Profile,
    &'static str,
    &'static str,
    f64,
    &'static [(&'static str, Side, f64)],
);

/// Six pairs like those of a real run, and a seventh that fails.
pub fn realistic(extent: Extent) -> Record {
    use Side::{Python, Rust};
    let mut rng = StdRng::seed_from_u64(7);
    let source = |stem: &str| (rust_source(stem, 60), python_source(stem, 50));
    let plans: [Row; 6] = [
        (
            "binary_trees",
            Profile::Flat,
            "Builds, walks and drops many small trees",
            "depth",
            22.0,
            &[("native", Python, 0.84), ("rust", Rust, 31.0)],
        ),
        (
            "edit_distance",
            Profile::HotLoop,
            "Levenshtein distances between many words",
            "words",
            18.0,
            &[("native", Python, 96.0), ("rust", Rust, 118.0)],
        ),
        (
            "json_events",
            Profile::Flat,
            "Parses JSON lines, validates, groups, aggregates and serialises",
            "events",
            14.0,
            &[("native", Python, 1.31), ("rust", Rust, 4.7)],
        ),
        (
            "mandelbrot",
            Profile::HotLoop,
            "Counts iterations of the Mandelbrot set on a grid",
            "pixels a side",
            25.0,
            &[
                ("numpy", Python, 9.2),
                ("native", Python, 78.0),
                ("rust", Rust, 81.0),
                ("rayon", Rust, 152.0),
            ],
        ),
        (
            "monte_carlo",
            Profile::Parallel,
            "Prices an option by simulated paths",
            "paths",
            28.0,
            &[
                ("threads", Python, 0.97),
                ("processes", Python, 1.83),
                ("native", Python, 112.0),
                ("rust", Rust, 163.0),
                ("rayon", Rust, 301.0),
            ],
        ),
        (
            "word_count",
            Profile::Parallel,
            "Counts words over documents, map and reduce",
            "documents",
            21.0,
            &[
                ("threads", Python, 0.93),
                ("processes", Python, 0.32),
                ("rust", Rust, 6.4),
                ("rayon", Rust, 10.9),
            ],
        ),
    ];
    let pairs = plans.map(|(name, profile, about, unit, baseline_ms, variants)| {
        let (rust, python) = source(name);
        let sizes = &[1_000, 4_000, 16_000];
        pair(
            &Plan {
                name,
                profile,
                about,
                unit,
                sizes,
                baseline_ms,
                variants,
                rust,
                python,
            },
            extent,
            &mut rng,
        )
    });
    record(pairs.into(), extent.launches)
}

/// This many pairs, with six variants and two sources of 80 lines each.
pub fn large(pairs: usize, extent: Extent) -> Record {
    let mut rng = StdRng::seed_from_u64(11);
    let (rust, python) = (rust_source("work", 80), python_source("work", 80));
    let made = (0..pairs).map(|i| {
        let speed = 10f64.powf(rng.random_range(-0.4..2.4));
        let variants = [
            ("numpy", Side::Python, speed * 0.2),
            ("threads", Side::Python, 0.98),
            ("native", Side::Python, speed * 0.8),
            ("rust", Side::Rust, speed),
            ("rayon", Side::Rust, speed * 1.7),
        ];
        let name = format!("pair_{i:04}");
        let plan = Plan {
            name: &name,
            profile: Profile::ALL[i % 5],
            about: "One of many",
            unit: "items",
            sizes: &[1_000],
            baseline_ms: 20.0,
            variants: &variants,
            rust: rust.clone(),
            python: python.clone(),
        };
        pair(&plan, extent, &mut rng)
    });
    record(made.collect(), extent.launches)
}

/// A pair that disagrees and one whose Python raises; every text in them tries to break out of the page.
pub fn hostile() -> Vec<PairRecord> {
    const NASTY: &str =
        "</script></style></pre></title>\"'><img src=x onerror=alert(1)><script>alert(2)</script>&amp;";
    let mut rng = StdRng::seed_from_u64(3);
    let plan = |name| Plan {
        name,
        profile: Profile::Concurrent,
        about: NASTY,
        unit: NASTY,
        sizes: &[10, 20],
        baseline_ms: 1.0,
        variants: &[(NASTY, Side::Rust, 2.0), ("rust", Side::Rust, 3.0)],
        rust: format!("// {NASTY}\nfn f() {{ \"{NASTY}\" }} /* {NASTY}"),
        python: format!("# {NASTY}\ndef f(): return '''{NASTY}"),
    };
    let extent = Extent {
        launches: 3,
        sample_pairs: 4,
        all_sizes: true,
    };
    let fault = Fault::Disagrees {
        message: NASTY.into(),
        answers: NASTY.into(),
        floats: false,
    };
    let raised = Fault::Exception {
        name: NASTY.into(),
        message: NASTY.into(),
        traceback: NASTY.into(),
    };
    let mut disagrees = pair(&plan("../../<b>disagrees"), extent, &mut rng);
    disagrees.verification.passed = false;
    disagrees.verification.failures.push(VerifyFailure {
        variant: NASTY.into(),
        size: Some(20),
        fault: fault.clone(),
    });
    disagrees.variants[1].state = VariantState::Failed { fault };
    disagrees.launches.clear();
    let mut raises = pair(&plan("raises"), extent, &mut rng);
    raises.variants[1].state = VariantState::Skipped { reason: NASTY.into() };
    raises.variants[2].state = VariantState::Failed { fault: raised };
    vec![disagrees, raises]
}

fn rust_source(name: &str, lines: usize) -> String {
    let mut text = format!(
        "//! The Rust side of `{name}`.\n\nuse pairbench::registry::prelude::*;\n\n/// What is measured.\n\
         pub fn pair() -> Pair {{\n    Pair::new(Profile::HotLoop, \"about {name}\")\n        .rust(\"rust\", rust)\n}}\n\n\
         fn rust(input: &[u64]) -> u64 {{\n    let mut total = 0u64; // wraps\n"
    );
    let already = text.lines().count();
    for i in already..lines - 2 {
        text.push_str(&format!(
            "    total = total.wrapping_mul(0x9E37_79B9).wrapping_add(input[{i}] ^ 'x' as u64);\n"
        ));
    }
    text + "    total\n}\n"
}

fn python_source(name: &str, lines: usize) -> String {
    let mut text = format!(
        "\"\"\"The Python side of {name}.\"\"\"\n\nfrom __future__ import annotations\n\n\n\
         def python(values: list[int]) -> int:\n    total = 0  # wraps\n"
    );
    for i in text.lines().count()..lines - 1 {
        text.push_str(&format!(
            "    total = (total * 0x9E37_79B9 + (values[{i}] ^ ord(f\"x\"))) & 0xFFFF_FFFF\n"
        ));
    }
    text + "    return total\n"
}

/// Makes these launches of a variant a quarter faster than the others.
pub fn quicken(pair: &mut PairRecord, variant: &str, launches: &[u32]) {
    let own = pair
        .launches
        .iter_mut()
        .filter(|launch| launches.contains(&launch.index));
    for comparison in own.flat_map(|launch| &mut launch.comparisons) {
        if comparison.variant == variant {
            let faster = |ns: &mut u64| *ns = (*ns as f64 / 1.25) as u64;
            comparison.variant_samples.ns.iter_mut().for_each(faster);
        }
    }
}
