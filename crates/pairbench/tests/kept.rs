//! Records of every version of the schema: each has a kept file, which is read, gives the same figures as always, and
//! renders. No file here is ever rewritten; a new version of the schema adds a new one.
#![cfg(feature = "harness")]
#![allow(missing_docs)]

use pairbench::analyse::matrix::{Cell, Matrix};
use pairbench::analyse::summary::PairSummary;
use pairbench::analyse::{PairAnalysis, analyses, read as read_all};
use pairbench::record::{
    Bytes, Checked, Happening, Record, SCHEMA, Shard, Status, VariantState, parse, read,
};
use pairbench::registry::Variant;
use pairbench::report::render;
use std::path::{Path, PathBuf};

fn path(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/record-v{version}.json"))
}

fn kept(version: u32) -> Record {
    let record = read(&path(version)).unwrap();
    assert_eq!(record.schema, version);
    record
}

fn summary(record: &Record, pair: &str) -> PairSummary {
    let mut all = record.pairs.iter().chain(&record.nulls);
    let pair = all.find(|known| known.name == pair).unwrap();
    PairAnalysis::alone(record, pair).summary
}

/// Value and interval of a ratio, to three digits.
fn ratio(record: &Record, pair: &str, variant: &str) -> String {
    let summary = summary(record, pair);
    let case = summary.headline().unwrap();
    let ratio = case
        .variants
        .iter()
        .find(|known| known.name == variant)
        .unwrap()
        .ratio
        .unwrap();
    let (low, high) = ratio.interval.unwrap();
    format!("{:.3} [{low:.3}, {high:.3}]", ratio.value)
}

#[test]
fn every_version_has_a_kept_file_that_reads_and_renders() {
    for version in 1..=SCHEMA {
        let record = kept(version);
        let folder = tempfile::tempdir().unwrap();
        let index =
            std::fs::read_to_string(render(std::slice::from_ref(&record), folder.path()).unwrap()).unwrap();
        for pair in &record.pairs {
            let plain = pair.name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            assert!(!plain || index.contains(&pair.name), "{version}: {}", pair.name);
        }
        // Written and read again, a record stays the same.
        let text = serde_json::to_vec(&record).unwrap();
        assert_eq!(parse(&text, Path::new("again")).unwrap(), record);
    }
}

#[test]
fn version_1_gives_the_same_figures_and_has_nothing_that_came_later() {
    let record = kept(1);
    assert_eq!(ratio(&record, "mandelbrot", "rust"), "80.378 [75.823, 84.037]");
    assert_eq!(ratio(&record, "word_count", "processes"), "0.319 [0.311, 0.327]");
    assert!(record.nulls.is_empty() && record.sessions.is_empty() && record.disturbances.is_empty());
    assert_eq!(
        (record.settings.precision, record.settings.memory_limit),
        (None, None)
    );
    assert!(
        record
            .pairs
            .iter()
            .all(|pair| pair.baseline == Variant::BASELINE && pair.null_of.is_none())
    );
}

/// A real run: a worker was killed, then the run itself; it was resumed, and a variant failed.
#[test]
fn version_2_gives_the_same_figures() {
    let record = kept(2);
    assert_eq!(record.status, Status::Complete);
    assert_eq!(ratio(&record, "honest", "rust"), "0.903 [0.764, 1.082]");
    assert_eq!(
        ratio(&record, "null_python", Variant::NULL),
        "1.223 [0.989, 1.552]"
    );
    let tires = record
        .pairs
        .iter()
        .find(|pair| pair.name == "tires_later")
        .unwrap();
    let same = tires
        .variants
        .iter()
        .find(|variant| variant.name == "same")
        .unwrap();
    assert!(matches!(same.state, VariantState::Failed { .. }));
    let [_, resumed] = record.sessions.as_slice() else {
        panic!("{:?}", record.sessions);
    };
    assert_eq!(resumed.arguments[0], "--resume");
    let [disturbance] = record.disturbances.as_slice() else {
        panic!("{:?}", record.disturbances);
    };
    assert!(matches!(disturbance.what, Happening::Lost { .. }));
    assert_eq!(record.settings.output_limit, Some(Bytes(64 << 20)));
}

#[test]
fn version_3_gives_the_same_figures_with_every_interpreter() {
    let record = kept(3);
    assert_eq!(record.settings.shard, Some(Shard { part: 1, of: 2 }));
    assert_eq!(record.machine.name, "build-1");
    let oldest = record.oldest_rust.clone().unwrap();
    assert_eq!(oldest.version, "1.89");
    assert!(matches!(oldest.checked, Checked::Compiles { rustc } if rustc.starts_with("rustc 1.89.0")));
    let views = record.into_views();
    let own = analyses(&views, &read_all(&views));
    let matrix = Matrix::of(&own);
    let cells: Vec<Vec<String>> = matrix
        .rows
        .iter()
        .map(|row| row.spots.iter().map(|spot| spot.cell.to_string()).collect())
        .collect();
    let monte_carlo = ["failed", "161×", "142×", "195×", "14.5×", "missing"];
    let word_count = ["8.42×", "6.41×", "5.66× warning", "7.78×", "0.578×", "missing"];
    assert_eq!(cells, [monte_carlo, word_count]);
    let Cell::Warning { deprecations, .. } = &matrix.rows[1].spots[2].cell else {
        panic!("{cells:?}");
    };
    assert_eq!(deprecations[0].removed_in.as_deref(), Some("3.15"));
    let progress = matrix.rows[1].progress(&matrix.columns);
    let shown: Vec<String> = progress.iter().map(|one| one.estimate.display_ratio()).collect();
    assert_eq!(
        shown,
        [
            "1.31× [1.30, 1.32]",
            "1.14× [1.13, 1.14]",
            "1.489× [1.489, 1.489]"
        ]
    );
}
