//! A sound run, and ways to change it.

use crate::diagnose::profile::{CallProfile, FunctionShare};
use crate::measure::{First, Launch};
use crate::record::{Conditions, PairRecord, Record, Throttled, VariantRecord, fixture};
use crate::registry::Profile;

pub const LAUNCHES: u32 = 12;

/// A launch's deviation, up to half a percent: symmetric, and in no particular order.
pub fn deviation(index: u32) -> f64 {
    const STEPS: [f64; 12] = [1.0, -3.0, 4.0, -1.0, 3.0, -5.0, 5.0, 2.0, -4.0, -2.0, 0.5, -0.5];
    0.001 * STEPS[index as usize % 12]
}

/// Multiplies the fixture's ratio, 20 for Rust, by a factor for each launch.
pub fn shape(record: &mut Record, factor: impl Fn(u32) -> f64) {
    for launch in &mut record.pairs[0].launches {
        let factor = factor(launch.index) * deviation(launch.index).exp();
        set_ratio(launch, "rust", 20.0 * factor);
    }
}

pub fn set_ratio(launch: &mut Launch, variant: &str, ratio: f64) {
    let own = launch
        .comparisons
        .iter_mut()
        .find(|c| c.variant == variant)
        .unwrap();
    // 2 ms per call of the baseline, so that rounding to nanoseconds does not matter.
    own.baseline_samples.calls = 5;
    own.variant_samples.calls = 5;
    own.baseline_samples.ns.fill(10_000_000);
    own.variant_samples.ns.fill((10_000_000.0 / ratio) as u64);
}

/// A sound run: twelve launches, two null pairs, an idle machine.
pub fn sound() -> Record {
    let mut record = fixture::steady();
    let launch = record.pairs[0].launches[0].clone();
    let launches = (0..LAUNCHES).map(|index| {
        let mut launch = Launch {
            index,
            started_s: f64::from(index) * 10.0,
            ..launch.clone()
        };
        // Alternates in pairs, unlike everything else that alternates.
        let first = if index / 2 % 2 == 0 {
            First::Baseline
        } else {
            First::Variant
        };
        launch.comparisons.iter_mut().for_each(|c| c.set_up_first = first);
        set_ratio(&mut launch, "embedded", 1.0 * deviation(index).exp());
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

pub fn null(record: &Record, side: &str) -> PairRecord {
    let mut null = record.pairs[0].clone();
    null.name = format!("null_{side}");
    null.baseline = side.into();
    null.null_of = Some("steady".into());
    null.variants.truncate(1);
    null.variants[0].name = side.into();
    null.variants.push(VariantRecord {
        name: "null".into(),
        ..null.variants[0].clone()
    });
    for launch in &mut null.launches {
        launch.comparisons.retain(|c| c.variant == "rust");
        launch.comparisons[0].variant = "null".into();
        set_ratio(launch, "null", deviation(launch.index).exp());
    }
    null
}

/// Gives the pair a profile of a thousand ticks: functions with their own and their total share.
pub fn profiled(
    record: &mut Record,
    declared: Profile,
    functions: &[(&str, f64, f64)],
    replaced: Option<&str>,
) {
    let functions = functions.iter().map(|(name, own, total)| FunctionShare {
        name: (*name).into(),
        line: 3,
        own: *own,
        total: *total,
        ..FunctionShare::default()
    });
    record.pairs[0].profile = declared;
    record.pairs[0].diagnoses.profiles = vec![CallProfile {
        variant: "python".into(),
        calls: 30,
        ticks: 1000,
        freeing: None,
        seconds: 1.1,
        functions: functions.collect(),
        replaced: replaced.map(Into::into),
    }];
}

/// Adds a variant `native` of this ratio, as steady as the others.
pub fn native(record: &mut Record, ratio: f64) {
    let pair = &mut record.pairs[0];
    let mut variant = pair.variants[0].clone();
    variant.name = "native".into();
    pair.variants.push(variant);
    for launch in &mut pair.launches {
        let mut own = launch.comparisons[1].clone();
        own.variant = "native".into();
        launch.comparisons.push(own);
        set_ratio(launch, "native", ratio * deviation(launch.index).exp());
    }
}
