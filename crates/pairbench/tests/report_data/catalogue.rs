//! A made-up record of a catalogue of 23 pairs with results of the diagnosers: wins, pairs without a gain, and one on the
//! threshold.

use super::{Extent, Plan, pair, python_source, record, rust_source};
use pairbench::diagnose::build::BuildTimes;
use pairbench::diagnose::memory::{Collections, Counts, Resident, VariantMemory};
use pairbench::diagnose::profile::{CallProfile, FunctionShare};
use pairbench::diagnose::turnaround::StartUp;
use pairbench::record::{PairRecord, Record};
use pairbench::registry::{Profile, Side};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A pair in a line: name, profile, what it does, unit, milliseconds of the baseline, variants with their ratios, the
/// hottest function with its share, and for `native` the function that it replaces with its share.
struct Row(
    &'static str,
    Profile,
    &'static str,
    &'static str,
    f64,
    &'static [(&'static str, f64)],
    Option<(&'static str, f64)>,
    Option<(&'static str, f64)>,
);

const ROWS: &[Row] = {
    use Profile::{Concurrent, Flat, HotLoop, LibraryBound, Parallel};
    &[
        Row(
            "binary_trees",
            Flat,
            "Many small binary trees: built, walked, dropped",
            "depth",
            22.0,
            &[("native", 0.84), ("rust", 21.4)],
            Some(("check", 0.36)),
            Some(("check", 0.38)),
        ),
        Row(
            "checksum",
            HotLoop,
            "Adler-32 of a buffer, byte by byte",
            "bytes",
            19.0,
            &[("zlib", 390.0), ("native", 64.0), ("rust", 66.0)],
            Some(("adler", 0.996)),
            Some(("adler", 0.996)),
        ),
        Row(
            "compression",
            LibraryBound,
            "Deflates and inflates log lines",
            "lines",
            17.0,
            &[("rust", 1.08)],
            Some(("python", 0.97)),
            None,
        ),
        Row(
            "echo",
            Concurrent,
            "Lines echoed over many loopback connections",
            "requests",
            26.0,
            &[("threads", 0.61), ("rust", 1.62), ("tokio", 2.71)],
            Some(("asyncio.selector_events:_SelectorSocketTransport.write", 0.31)),
            None,
        ),
        Row(
            "edit_distance",
            HotLoop,
            "Levenshtein distances between many words",
            "words",
            18.0,
            &[("native", 96.0), ("rust", 118.0)],
            Some(("distance", 0.991)),
            Some(("distance", 0.991)),
        ),
        Row(
            "event_simulation",
            Flat,
            "A discrete-event simulation of a queueing network",
            "events",
            24.0,
            &[("native", 1.19), ("rust", 26.0)],
            Some(("Station.arrive", 0.22)),
            Some(("Station.arrive", 0.24)),
        ),
        Row(
            "hashing",
            LibraryBound,
            "SHA-256 of many records",
            "records",
            15.0,
            &[("rust", 0.93)],
            Some(("python", 0.93)),
            None,
        ),
        Row(
            "image_filter",
            Parallel,
            "A Gaussian blur by rows",
            "pixels a side",
            29.0,
            &[
                ("numpy", 24.0),
                ("threads", 0.96),
                ("processes", 1.71),
                ("native", 61.0),
                ("rust", 71.0),
                ("rayon", 133.0),
            ],
            Some(("blur_row", 0.986)),
            Some(("blur_row", 0.986)),
        ),
        Row(
            "interpreter",
            Flat,
            "A tokenizer and a tree-walking interpreter",
            "statements",
            21.0,
            &[("native", 1.27), ("rust", 33.0)],
            Some(("evaluate", 0.29)),
            Some(("tokens", 0.21)),
        ),
        Row(
            "inverted_index",
            Flat,
            "An index of documents, built and queried",
            "documents",
            23.0,
            &[("native", 1.42), ("rust", 4.9)],
            Some(("tokenize", 0.33)),
            Some(("tokenize", 0.33)),
        ),
        Row(
            "json_events",
            Flat,
            "JSON lines parsed, validated, grouped, serialised",
            "events",
            14.0,
            &[("native", 1.31), ("rust", 4.7)],
            Some(("json.decoder:JSONDecoder.decode", 0.41)),
            Some(("json.decoder:JSONDecoder.decode", 0.41)),
        ),
        Row(
            "mandelbrot",
            HotLoop,
            "Escape times over a square window",
            "pixels a side",
            25.0,
            &[("numpy", 9.2), ("native", 71.0), ("rust", 81.0), ("rayon", 152.0)],
            Some(("escape", 0.988)),
            Some(("escape", 0.988)),
        ),
        Row(
            "matrix_product",
            HotLoop,
            "A product of dense matrices",
            "rows",
            27.0,
            &[("numpy", 940.0), ("native", 48.0), ("rust", 112.0)],
            Some(("product", 0.996)),
            Some(("product", 0.996)),
        ),
        Row(
            "merge_sort",
            Parallel,
            "Chunks sorted and merged",
            "numbers",
            20.0,
            &[
                ("threads", 0.9),
                ("processes", 0.42),
                ("rust", 2.03),
                ("rayon", 3.6),
            ],
            Some(("python", 0.82)),
            None,
        ),
        Row(
            "monte_carlo",
            Parallel,
            "An option priced by simulated paths",
            "paths",
            28.0,
            &[
                ("threads", 0.97),
                ("processes", 1.83),
                ("native", 112.0),
                ("rust", 163.0),
                ("rayon", 301.0),
            ],
            Some(("chunk", 0.993)),
            Some(("chunk", 0.993)),
        ),
        Row(
            "n_body",
            HotLoop,
            "Planets under gravity, step by step",
            "steps",
            24.0,
            &[("numpy", 0.38), ("native", 88.0), ("rust", 104.0)],
            Some(("advance", 0.99)),
            Some(("advance", 0.99)),
        ),
        Row(
            "parallel_search",
            Parallel,
            "Primes sought in ranges",
            "ranges",
            22.0,
            &[
                ("threads", 0.98),
                ("processes", 1.79),
                ("rust", 41.0),
                ("rayon", 78.0),
            ],
            Some(("is_prime", 0.88)),
            None,
        ),
        Row(
            "pipeline",
            Concurrent,
            "Stages that hand on items through bounded queues",
            "items",
            18.0,
            &[("threads", 0.44), ("rust", 12.0), ("tokio", 7.3)],
            Some(("asyncio.queues:Queue.get", 0.27)),
            None,
        ),
        Row(
            "regex_scan",
            LibraryBound,
            "Fields matched in log lines",
            "lines",
            16.0,
            &[("rust", 6.9)],
            Some(("re:Pattern.finditer", 0.74)),
            None,
        ),
        Row(
            "sort_records",
            LibraryBound,
            "Records sorted by three keys",
            "records",
            19.0,
            &[("rust", 2.9)],
            Some(("python", 0.9)),
            None,
        ),
        Row(
            "timers",
            Concurrent,
            "Ten thousand tasks that sleep and wake",
            "tasks",
            30.0,
            &[("rust", 8.1), ("tokio", 11.0)],
            None,
            None,
        ),
        Row(
            "web_handler",
            LibraryBound,
            "Requests routed, validated, answered from SQLite",
            "requests",
            24.0,
            &[("rust", 1.71)],
            Some(("sqlite3:Connection.execute", 0.52)),
            None,
        ),
        Row(
            "word_count",
            Parallel,
            "Words of documents counted, map and reduce",
            "documents",
            21.0,
            &[
                ("threads", 0.93),
                ("processes", 0.32),
                ("rust", 6.4),
                ("rayon", 10.9),
            ],
            Some(("count", 0.63)),
            None,
        ),
    ]
};

/// 23 pairs like a run over a whole catalogue, with profiles, allocations, starts and builds.
pub fn catalogue(extent: Extent) -> Record {
    let mut rng = StdRng::seed_from_u64(23);
    let pairs: Vec<PairRecord> = ROWS.iter().map(|row| made(row, extent, &mut rng)).collect();
    let incremental = pairs
        .iter()
        .map(|pair| (pair.name.clone(), rng.random_range(5.0..9.0)));
    let build = BuildTimes {
        package: "pairs".into(),
        pairs: pairs.len() as u32,
        clean_s: 96.0,
        incremental_s: incremental.collect(),
        packages: 214,
    };
    let mut record = record(pairs, extent.launches);
    record.diagnoses.build = Some(build);
    record
}

fn made(row: &Row, extent: Extent, rng: &mut StdRng) -> PairRecord {
    let Row(name, profile, about, unit, baseline_ms, variants, hottest, replaced) = row;
    let side = |name: &str| match name {
        "rust" | "rayon" | "tokio" => Side::Rust,
        _ => Side::Python,
    };
    let variants: Vec<_> = variants
        .iter()
        .map(|&(name, ratio)| (name, side(name), ratio))
        .collect();
    let plan = Plan {
        name,
        profile: *profile,
        about,
        unit,
        sizes: &[1_000, 4_000, 16_000],
        baseline_ms: *baseline_ms,
        variants: &variants,
        rust: docs(name) + &rust_source(name, 60),
        python: python_source(name, 50),
    };
    let mut made = pair(&plan, extent, rng);
    if let Some(hottest) = hottest {
        made.diagnoses.profiles.push(call_profile(*hottest, *replaced));
    }
    if *profile == Profile::Flat {
        made.diagnoses.memory = vec![memory("python", 48_210, rng), memory("rust", 9_130, rng)];
    }
    let mut times = |middle: f64| (0..5).map(|_| middle * rng.random_range(0.9..1.1)).collect();
    made.diagnoses.start_up = Some(StartUp {
        interpreter: times(0.012),
        import: times(0.021),
        python_first_call: times(baseline_ms * 1.3e-3),
        process: times(0.001),
        rust_first_call: times(baseline_ms * 1e-4),
    });
    made
}

fn call_profile((hottest, own): (&str, f64), replaced: Option<(&str, f64)>) -> CallProfile {
    let function = |name: &str, own: f64, total: f64| FunctionShare {
        name: name.into(),
        line: 12,
        own,
        total,
        ..FunctionShare::default()
    };
    let total = replaced
        .filter(|(name, _)| *name == hottest)
        .map_or(own, |(_, total)| total);
    let mut functions = vec![function(hottest, own, total)];
    if let Some((name, total)) = replaced.filter(|(name, _)| *name != hottest) {
        functions.push(function(name, total.min(1.0 - own), total));
    }
    CallProfile {
        variant: "python".into(),
        calls: 40,
        ticks: 1_020,
        freeing: None,
        seconds: 1.02,
        functions,
        replaced: replaced.map(|(name, _)| name.into()),
    }
}

fn memory(variant: &str, allocations: u64, rng: &mut StdRng) -> VariantMemory {
    let counts = Some(Counts {
        allocations: allocations + rng.random_range(0..4_000),
        reallocations: allocations / 20,
        bytes: allocations * 71,
        peak: 1 << 20,
    });
    let python = variant == "python";
    VariantMemory {
        variant: variant.into(),
        counts,
        again: counts,
        uncounted: None,
        children: Some(0),
        resident: Some(Resident {
            before: 22 << 20,
            ready: 24 << 20,
            peak: 31 << 20,
        }),
        collections: python.then_some(Collections {
            number: 3.5,
            seconds: 0.0007,
            call_seconds: 0.012,
        }),
    }
}

fn docs(name: &str) -> String {
    format!(
        "//! What `{name}` shows, in a line.\n//!\n//! Who meets it: nightly jobs, services, and readers of \
         *a book* about it. Time goes into\n//! ``the loop`` and not into `a <b>tag</b>`.\n//!\n//! It does not show what a \
         disk costs.\n\n"
    )
}
