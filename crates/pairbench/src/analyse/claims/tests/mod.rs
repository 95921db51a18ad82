//! Each claim for, against, open and untested, with made-up ratios.

mod beyond;
mod releases;

use super::*;
use crate::analyse::{PairAnalysis, analyses, read};
use crate::diagnose::build::BuildTimes;
use crate::diagnose::load::{LaunchLoad, Paced, PartLoad, RequestCpu, VariantLoad};
use crate::diagnose::memory::{Counts, VariantMemory};
use crate::diagnose::profile::{CallProfile, FunctionShare};
use crate::documents;
use crate::hosts::Fault;
use crate::record::{PairRecord, Record, VariantRecord, VariantState, fixture};
use crate::registry::{Profile, Side};

/// A variant, its ratio, and how far launches spread around it.
type Row = (&'static str, f64, f64);

/// A pair of eight launches.
fn pair(name: &str, profile: Profile, rows: &[Row]) -> PairRecord {
    let mut pair = fixture::steady().pairs.remove(0);
    (pair.name, pair.profile) = (name.into(), profile);
    let (launch, rust) = (pair.launches[0].clone(), pair.variants[1].clone());
    let side = |name: &str| match name {
        "rust" | "rayon" | "tokio" => Side::Rust,
        _ => Side::Python,
    };
    pair.variants.truncate(1);
    pair.variants.extend(rows.iter().map(|(name, ..)| VariantRecord {
        name: (*name).into(),
        side: side(name),
        ..rust.clone()
    }));
    pair.launches = (0..8)
        .map(|index| {
            let mut launch = launch.clone();
            launch.index = index;
            let model = launch.comparisons[1].clone();
            launch.comparisons.truncate(1);
            for (name, ratio, spread) in rows {
                let mut own = model.clone();
                own.variant = (*name).into();
                let wobble = (f64::from(index) / 3.5 - 1.0) * spread;
                let baseline = own.baseline_samples.ns[0] as f64 / own.baseline_samples.calls as f64;
                own.variant_samples.calls = 1_000;
                own.variant_samples
                    .ns
                    .fill((1e3 * baseline / (ratio * wobble.exp())) as u64);
                launch.comparisons.push(own);
            }
            launch
        })
        .collect();
    pair
}

fn of(record: &Record) -> Vec<Claim> {
    among(std::slice::from_ref(record))
}

/// The claims for the last of the records, given all of them.
fn among(records: &[Record]) -> Vec<Claim> {
    let own = analyses(records, &read(records));
    let pairs: Vec<&PairAnalysis<'_>> = own.last().unwrap().pairs.iter().collect();
    claims(&pairs, &Matrix::of(&own))
}

fn with(pairs: Vec<PairRecord>) -> Record {
    Record {
        pairs,
        ..fixture::steady()
    }
}

/// One pair for each list of rows, all of one profile.
fn record(profile: Profile, pairs: &[&[Row]]) -> Record {
    let made = pairs
        .iter()
        .enumerate()
        .map(|(at, rows)| pair(&format!("p{at}"), profile, rows));
    with(made.collect())
}

#[track_caller]
fn check(record: &Record, number: usize, result: ClaimResult) -> Claim {
    let claim = of(record).remove(number - 1);
    assert_eq!(
        (usize::from(claim.number), claim.result),
        (number, result),
        "{claim:#?}"
    );
    claim
}

fn texts(claim: &Claim) -> String {
    let lines: Vec<String> = (claim.evidence.iter())
        .map(|line| {
            let items = line
                .items
                .iter()
                .map(|item| format!("{} {}", item.pair, item.figure));
            format!("{}: {}", line.text, items.collect::<Vec<_>>().join("; "))
        })
        .collect();
    lines.join("\n")
}

const FAST: &[Row] = &[("rust", 20.0, 0.01)];
const SLOW: &[Row] = &[("rust", 1.1, 0.01)];
const WIDE: &[Row] = &[("rust", 2.0, 0.3)];

#[test]
fn eight_claims_in_order() {
    let all = of(&fixture::steady());
    let numbers: Vec<u8> = all.iter().map(|claim| claim.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    // One pair cannot represent a kind of program.
    assert!(all.iter().all(|claim| claim.result == ClaimResult::NotTested));
    assert!(
        all.iter()
            .all(|claim| !claim.question.is_empty() && !claim.evidence.is_empty())
    );
    assert_eq!(texts(&all[6]), "No pair of this kind was measured: ");
    for nothing in [with(Vec::new()), record(Profile::Flat, &[])] {
        assert!(
            of(&nothing)
                .iter()
                .all(|claim| claim.result == ClaimResult::NotTested)
        );
    }
}

#[test]
fn three_quarters_of_all_tested_pairs_decide() {
    let ceiling = |pairs: &[&[Row]], result| check(&record(Profile::HotLoop, pairs), 1, result);
    let claim = ceiling(&[FAST, FAST, FAST, SLOW], ClaimResult::Holds);
    let text = texts(&claim);
    assert!(text.contains("By profile, above 2×: hot loop 3 of 4"), "{text}");
    assert!(
        text.contains("3 of 4 gain more than 2× on one core: p0 20"),
        "{text}"
    );
    assert!(text.contains("1 of 4 gain less than 2×: p3 1.1"), "{text}");
    ceiling(&[FAST, SLOW, SLOW, SLOW], ClaimResult::Fails);
    ceiling(&[FAST, FAST, SLOW, SLOW], ClaimResult::Mixed);
    // Open pairs count among those tested, on neither side.
    ceiling(&[FAST, FAST, FAST, WIDE], ClaimResult::Holds);
    let claim = ceiling(&[FAST, FAST, FAST, WIDE, WIDE], ClaimResult::Mixed);
    assert!(texts(&claim).contains("2 of 5 straddle 2×: p3"), "{claim:?}");
    ceiling(&[FAST, FAST, WIDE], ClaimResult::NotTested);
}

#[test]
fn failed_pairs_and_void_runs_are_not_tested() {
    let mut one = record(Profile::HotLoop, &[FAST, FAST, FAST, SLOW]);
    one.pairs[3].variants[0].state = VariantState::Failed {
        fault: Fault::Hang { limit_s: 9 },
    };
    assert!(texts(&check(&one, 1, ClaimResult::Holds)).contains("3 of 3"));
    one.build.opt_level = "0".into();
    one.build.debug_assertions = true;
    one.build.profile = "debug".into();
    check(&one, 1, ClaimResult::NotTested);
}

#[test]
fn parallel_gains_beside_those_on_one_core() {
    // 40 ÷ 1 beside 20; 40 ÷ 4 beside 20; 40 ÷ 2 beside 20.
    let further: &[Row] = &[
        ("threads", 0.9, 0.01),
        ("rust", 20.0, 0.01),
        ("rayon", 40.0, 0.01),
    ];
    let less: &[Row] = &[
        ("processes", 4.0, 0.01),
        ("rust", 20.0, 0.01),
        ("rayon", 40.0, 0.01),
    ];
    let equal: &[Row] = &[
        ("processes", 2.0, 0.05),
        ("rust", 20.0, 0.05),
        ("tokio", 40.0, 0.05),
    ];
    let parallel = |profile, pairs: &[&[Row]], result| check(&record(profile, pairs), 2, result);
    let claim = parallel(
        Profile::Parallel,
        &[further, further, further, less],
        ClaimResult::Holds,
    );
    let text = texts(&claim);
    assert!(
        text.contains("40.0× in parallel (rayon ÷ python), 20.0× on one core"),
        "{text}"
    );
    assert!(text.contains("10.0× in parallel (rayon ÷ processes)"), "{text}");
    parallel(
        Profile::Concurrent,
        &[less, less, less, equal],
        ClaimResult::Fails,
    );
    parallel(
        Profile::Concurrent,
        &[further, equal, equal],
        ClaimResult::NotTested,
    );
    parallel(
        Profile::Concurrent,
        &[further, less, equal, less],
        ClaimResult::Mixed,
    );
    // Cores that only cost time stay unused on both sides; such a pair shows nothing.
    let alone: &[Row] = &[("threads", 0.9, 0.01), ("rust", 20.0, 0.01), ("rayon", 9.0, 0.01)];
    let claim = parallel(
        Profile::Parallel,
        &[further, further, further, alone],
        ClaimResult::Holds,
    );
    let text = texts(&claim);
    assert!(
        text.contains(
            "1 of 4 show no clear difference: p3 20.0× in parallel (rust ÷ python), 20.0× on one core"
        ),
        "{text}"
    );
    parallel(
        Profile::HotLoop,
        &[further, further, further],
        ClaimResult::NotTested,
    );
}

#[test]
fn extensions_on_hot_loops_and_on_flat_pairs() {
    let fixes: &[Row] = &[("native", 15.0, 0.01), ("rust", 20.0, 0.01)];
    let helps_little: &[Row] = &[("native", 3.0, 0.01), ("rust", 20.0, 0.01)];
    let on_the_threshold: &[Row] = &[("native", 8.0, 0.4), ("rust", 20.0, 0.01)];
    let mut hot = record(Profile::HotLoop, &[fixes, fixes, fixes, FAST]);
    hot.pairs[0].diagnoses.profiles.push(profile(0.97));
    hot.pairs[1].diagnoses.profiles.push(profile(0.91));
    let text = texts(&check(&hot, 3, ClaimResult::Holds));
    assert!(
        text.contains("3 of 3 are fixed by the extension: p0 15.0× of 20.0×"),
        "{text}"
    );
    assert!(
        text.contains("The hottest function of 2 pairs takes 91 % to 97 % of the time"),
        "{text}"
    );
    assert!(
        text.contains("Not tested, because a figure is missing: p3"),
        "{text}"
    );
    let all_short = [helps_little; 3];
    check(&record(Profile::HotLoop, &all_short), 3, ClaimResult::Fails);
    check(
        &record(Profile::HotLoop, &[fixes, helps_little, fixes, on_the_threshold]),
        3,
        ClaimResult::Mixed,
    );

    let mut flat = record(Profile::Flat, &all_short);
    let memory = |variant: &str, allocations| VariantMemory {
        variant: variant.into(),
        counts: Some(Counts {
            allocations,
            reallocations: 0,
            bytes: 1,
            peak: 1,
        }),
        again: None,
        uncounted: None,
        children: None,
        resident: None,
        collections: None,
    };
    flat.pairs[0].diagnoses.memory = vec![memory("python", 900), memory("rust", 30)];
    flat.pairs[1].diagnoses.memory = vec![memory("python", 900)];
    let text = texts(&check(&flat, 4, ClaimResult::Holds));
    assert!(
        text.contains("Allocations per call, Python and Rust: p0 900, 30"),
        "{text}"
    );
    assert!(!text.contains("p1 900"), "{text}");
    check(
        &record(Profile::Flat, &[fixes, fixes, fixes]),
        4,
        ClaimResult::Fails,
    );
    check(
        &record(Profile::Flat, &[fixes, helps_little, on_the_threshold, fixes]),
        4,
        ClaimResult::Mixed,
    );
    check(&record(Profile::HotLoop, &all_short), 4, ClaimResult::NotTested);
}

fn profile(own: f64) -> CallProfile {
    CallProfile {
        variant: "python".into(),
        calls: 9,
        ticks: 1_000,
        freeing: None,
        seconds: 1.0,
        functions: vec![FunctionShare {
            name: "f".into(),
            line: 1,
            own,
            total: own,
            ..FunctionShare::default()
        }],
        replaced: None,
    }
}

#[test]
fn library_bound_pairs_are_for_it_when_rust_gains_little() {
    let bound = |pairs: &[&[Row]], result| check(&record(Profile::LibraryBound, pairs), 7, result);
    bound(&[SLOW, SLOW, SLOW, FAST], ClaimResult::Holds);
    bound(&[FAST, FAST, FAST, SLOW], ClaimResult::Fails);
    bound(&[FAST, SLOW, WIDE, SLOW], ClaimResult::Mixed);
    let mut one = record(Profile::LibraryBound, &[SLOW, SLOW, SLOW]);
    one.pairs[2].name = "web_handler".into();
    let claim = check(&one, 7, ClaimResult::Holds);
    assert_eq!(claim.evidence[0].items[0].pair, "web_handler");
}

#[test]
fn servers_under_load_show_the_parts_of_the_answer() {
    let mut one = record(Profile::Service, &[FAST]);
    assert_eq!(
        texts(&of(&one)[6]).matches("Lines and dependencies").count(),
        1,
        "without load only what every record has"
    );
    let load = |variant: &str, most: f64, server: f64| {
        let cpu = Some(RequestCpu {
            server,
            beside: Some(3e-4),
            client: 1e-5,
        });
        let launch = LaunchLoad {
            most,
            cpu,
            parts: vec![PartLoad {
                part: "one row".into(),
                connections: None,
                most: 3.0 * most,
                cpu,
            }],
            paced: vec![Paced {
                rate: 100.0,
                requests: 1_100,
                quantiles: vec![(0.99, server * 10.0)],
            }],
            ..LaunchLoad::default()
        };
        VariantLoad {
            variant: variant.into(),
            launches: vec![launch; 6],
            forecast: None,
        }
    };
    one.pairs[0].diagnoses.load = vec![load("python", 1_000.0, 7e-4), load("rust", 4_000.0, 1e-4)];
    one.diagnoses.build = Some(BuildTimes {
        package: "pairs".into(),
        pairs: 1,
        clean_s: 60.0,
        incremental_s: vec![("library_api".into(), 2.0)],
        packages: 30,
    });
    let found = texts(&of(&one)[6]);
    for text in [
        "30 %, 75 %",
        "one row 4.00×",
        "1.00, 0.40",
        "7.00 ms, 1.00 ms",
        "2.00 s and 1.00 min",
    ] {
        assert!(found.contains(text), "{text}: {found}");
    }
}

#[test]
fn the_page_has_every_claim_and_the_rule() {
    let section = documents::section("claims.md", "The rules");
    for claim in of(&fixture::steady()) {
        assert!(section.contains(&format!("\n| {} | ", claim.number)), "{claim:?}");
    }
    for result in [
        ClaimResult::Holds,
        ClaimResult::Fails,
        ClaimResult::Mixed,
        ClaimResult::NotTested,
    ] {
        assert!(section.contains(&format!("**{result}**")), "{result}");
    }
    assert_eq!(
        (SHARE, FEWEST),
        (0.75, 3),
        "three quarters and three pairs, as on the page"
    );
}
