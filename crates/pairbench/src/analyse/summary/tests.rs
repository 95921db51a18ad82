//! Figures of made-up records, checked by hand.

use super::*;
use crate::analyse::Analysis;
use crate::analyse::launches::pair_figures;
use crate::estimate::IntervalRule;
use crate::measure::Launch;
use crate::record::{PairRecord, VariantRecord, VariantState, fixture};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs()
}

/// Every sample pair of the fixture's `steady` has the same ratio, so any sound estimator must return it.
#[test]
fn figures_by_hand() {
    let record = fixture::steady();
    let summary = Analysis::of(&record);
    let case = summary.pairs[0].summary.headline().unwrap();
    let rust = case.variant("rust").unwrap();
    assert_eq!((case.size, case.launches, rust.launches), (10, 3, 3));
    assert!(near(rust.ratio.unwrap().value, 20.0));
    assert!(near(rust.time.unwrap().value, 500e-9), "{:?}", rust.time);
    // The baseline takes 10 µs beside Rust and 12 µs alone; there are more samples beside Rust.
    assert!(
        near(case.baseline.time.unwrap().value, 10e-6),
        "{:?}",
        case.baseline.time
    );
    assert_eq!(case.baseline.ratio, None);
    assert!(near(rust.setup.unwrap(), 2e-3));
    let tax = case.embedded.unwrap().tax.unwrap();
    assert!(near(tax.value, 1.25));
    assert!(
        tax.interval
            .is_none_or(|(low, high)| low <= 1.25 + 1e-9 && 1.25 - 1e-9 <= high)
    );
    // 3 launches of 2 s timed in 30 s of verify and measure; the build's 100 s do not count.
    assert!(near(timed_share(&record).unwrap(), 0.2));
    assert_eq!(summary.geometric_means().len(), 1);
    assert!(near(summary.geometric_means()[0].value, 20.0));
}

#[test]
fn a_null_pair_uses_the_baseline_that_it_names() {
    let mut record = fixture::steady();
    let mut null = record.pairs[0].clone();
    (null.name, null.baseline, null.null_of) = ("null_rust".into(), "rust".into(), Some("steady".into()));
    null.variants.remove(0);
    null.variants.push(VariantRecord {
        name: Variant::NULL.into(),
        ..null.variants[0].clone()
    });
    for launch in &mut null.launches {
        launch
            .comparisons
            .retain(|comparison| comparison.variant == "rust");
        launch.comparisons[0].variant = Variant::NULL.into();
    }
    record.nulls.push(null);
    let summary = Analysis::of(&record);
    let [null] = &summary.nulls[..] else { panic!() };
    // The same samples as those of the pair's own `rust`, now beside a baseline of that name.
    assert!(near(null.summary.null_ratio().unwrap().value, 20.0));
    let case = null.summary.headline().unwrap();
    assert_eq!((case.baseline.name.as_str(), case.variants.len()), ("rust", 1));
    assert!(near(case.baseline.time.unwrap().value, 10e-6));
    assert_eq!(summary.pairs.len(), 1);
}

#[test]
fn failed_variants_and_pairs_have_no_ratio() {
    let mut record = fixture::steady();
    record.pairs[0].variants[1].state = VariantState::Failed {
        fault: Fault::Hang { limit_s: 9 },
    };
    let summary = Analysis::of(&record);
    let rust = summary.pairs[0]
        .summary
        .headline()
        .unwrap()
        .variant("rust")
        .unwrap();
    assert_eq!((rust.ratio, rust.time, rust.setup), (None, None, None));
    assert_eq!(rust.state, State::Failed(Fault::Hang { limit_s: 9 }));
    assert!(summary.geometric_means().is_empty());
    assert_eq!(summary.pairs[0].summary.failures.len(), 1);

    let mut record = fixture::steady();
    record.pairs[0].verification.passed = false;
    let summary = Analysis::of(&record);
    let case = summary.pairs[0].summary.headline().unwrap();
    assert!(
        case.variants
            .iter()
            .chain([&case.baseline])
            .all(|v| v.ratio.is_none() && v.time.is_none())
    );
    assert_eq!(case.embedded, None);
    assert_eq!(summary.pairs[0].summary.gate, Gate::Pending);
}

#[test]
fn a_failure_in_a_launch_without_samples_is_the_variants_state() {
    let mut record = fixture::steady();
    for launch in &mut record.pairs[0].launches {
        launch.comparisons.retain(|c| c.variant != "rust");
        launch.failures.push(crate::measure::Failure {
            variant: "rust".into(),
            fault: Fault::Hang { limit_s: 9 },
        });
    }
    let summary = Analysis::of(&record);
    let rust = summary.pairs[0]
        .summary
        .headline()
        .unwrap()
        .variant("rust")
        .unwrap();
    assert_eq!(rust.state, State::Failed(Fault::Hang { limit_s: 9 }));
    assert_eq!(summary.pairs[0].summary.failures[2].stage, Stage::Launch(2));
}

#[test]
fn the_default_case_is_the_headline_once_it_is_measured() {
    let mut record = fixture::steady();
    let size = |pair: &PairRecord| {
        let summary = summarise_pair(pair, &pair_figures(pair, 2), IntervalRule::default());
        summary.headline().unwrap().size
    };
    let pair = &mut record.pairs[0];
    pair.cases.push(crate::registry::Case {
        size: 99,
        default: true,
    });
    pair.cases[0].default = false;
    assert_eq!(size(pair), 10);
    let mut launch = pair.launches[0].clone();
    launch.size = 99;
    pair.launches.push(launch);
    assert_eq!(size(pair), 99);
    pair.launches.clear();
    let summary = summarise_pair(pair, &pair_figures(pair, 2), IntervalRule::default());
    assert_eq!(summary.headline().unwrap().size, 99);
    assert_eq!(summary.headline().unwrap().baseline.state, State::NotMeasured);
}

#[test]
fn samples_of_zero_make_no_estimate() {
    let mut record = fixture::steady();
    for launch in &mut record.pairs[0].launches {
        launch.comparisons[1].variant_samples.ns.fill(0);
    }
    let summary = Analysis::of(&record);
    let rust = summary.pairs[0]
        .summary
        .headline()
        .unwrap()
        .variant("rust")
        .unwrap();
    assert_eq!(
        (rust.ratio, rust.time, &rust.state),
        (None, None, &State::NotMeasured)
    );
}

/// The pair on which the port gains most has no `native` here: a mean over all pairs would flatter the port.
#[test]
fn a_mean_is_shown_with_that_of_the_port_on_the_same_pairs() {
    let mut record = fixture::steady();
    let with_ratio = |name: &str, factor: u64, native: bool, port: &str| {
        let mut pair = record.pairs[0].clone();
        pair.name = name.into();
        for launch in &mut pair.launches {
            let rust = &mut launch.comparisons[1];
            rust.baseline_samples.ns.iter_mut().for_each(|ns| *ns *= factor);
            let mut own = fixture::steady().pairs[0].launches[0].comparisons[1].clone();
            own.variant = "native".into();
            rust.variant = port.into();
            launch.comparisons.extend(native.then_some(own));
        }
        pair.variants[1].name = port.into();
        let declared = VariantRecord {
            name: "native".into(),
            side: Side::Python,
            ..pair.variants[0].clone()
        };
        pair.variants.extend(native.then_some(declared));
        pair
    };
    let mut pairs = vec![
        with_ratio("a", 1, true, "rust"),
        with_ratio("b", 4, true, "rust"),
        with_ratio("c", 100, false, "rust"),
    ];
    pairs.push(with_ratio("d", 1, true, "other"));
    record.pairs = pairs;
    record.pairs[3].variants[1].state = VariantState::Deselected;
    let means = Analysis::of(&record).geometric_means();
    let of = |name: &str| means.iter().find(|mean| mean.variant == name).unwrap();
    let (native, rust) = (of("native"), of("rust"));
    let port = native.port.as_ref().unwrap();
    // The port gains 20 and 80 on pairs with `native`; the one without a ratio of the port is left out.
    assert!(near(native.value, 20.0) && near(port.value, 40.0), "{means:?}");
    assert_eq!(native.beside(), "where rust is 40.0× (the same 2 pairs)");
    assert!(near(rust.value, (20.0 * 80.0 * 2000.0_f64).cbrt()));
    assert_eq!((&rust.port, rust.beside()), (&None, "3 pairs".into()));
    // Without a port there is nothing to compare it with.
    record.pairs.drain(..3);
    let alone = &Analysis::of(&record).geometric_means()[0];
    assert_eq!((alone.pairs, &alone.port), (1, &None));
}

#[test]
fn a_narrow_interval_of_few_launches_is_counted_apart() {
    let with = |launches: u32| {
        let mut record = fixture::steady();
        record.settings.precision = Some(0.02);
        let pair = &mut record.pairs[0];
        let first = pair.launches[0].clone();
        pair.launches = (0..launches)
            .map(|index| Launch {
                index,
                ..first.clone()
            })
            .collect();
        let analysis = Analysis::of(&record);
        Reached::of_pairs(&record, analysis.pairs.iter().map(|one| &one.summary)).unwrap()
    };
    let (few, enough) = (with(7), with(8));
    assert_eq!((few.narrow, few.few, few.ratios), (0, 1, 1));
    assert_eq!(few.and_few(), ", and 1 more from fewer than 8 launches");
    assert_eq!((enough.narrow, enough.few, enough.and_few().as_str()), (1, 0, ""));
}
