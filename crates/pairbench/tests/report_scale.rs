//! The figure "a report of 1,000 pairs renders in at most 0.5 s and 100 MB":
//!
//! ```text
//! cargo test --release --test report_scale -- --ignored --nocapture
//! ```
#![cfg(feature = "harness")]
#![allow(missing_docs)]

mod report_data;

use pairbench::analyse::{Analysis, analyses, read};
use pairbench::compare::{History, Named, changes};
use pairbench::record::Record;
use pairbench::report::Report;
use report_data::catalogue::catalogue;
use report_data::interpreters::{Other, cpython, with};
use report_data::{Extent, large, realistic};
use std::time::Instant;

#[test]
#[ignore = "a measurement; run it in a release build"]
fn a_thousand_pairs() {
    let folder = tempfile::tempdir().unwrap();
    let extent = Extent {
        launches: 10,
        sample_pairs: 20,
        all_sizes: false,
    };
    let file = folder.path().join("record.json");
    // Written and dropped first, then read back as `report` does.
    std::fs::write(&file, serde_json::to_vec(&large(1_000, extent)).unwrap()).unwrap();
    let made_kb = peak_kb();
    reset_peak();
    let start = Instant::now();
    let record = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let read = start.elapsed();
    let (start, cpu) = (Instant::now(), cpu_ticks());
    let index = pairbench::report::render(std::slice::from_ref(&record), folder.path()).unwrap();
    let (rendered, cpu) = (
        start.elapsed(),
        cpu_ticks()
            .zip(cpu)
            .map(|(end, start)| (end - start) as f64 / 100.0),
    );
    let bytes: u64 = (std::fs::read_dir(folder.path().join("pairs")).unwrap())
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    println!(
        "record: {} MB, read in {read:.2?}",
        std::fs::metadata(&file).unwrap().len() / 1_000_000
    );
    println!(
        "1,000 pairs rendered in {rendered:.2?} ({cpu:?} s of CPU); index {} kB, pages {} MB",
        index.metadata().unwrap().len() / 1000,
        bytes / 1_000_000
    );
    println!(
        "peak resident while reading and rendering: {:?} kB (making the record: {made_kb:?} kB)",
        peak_kb()
    );
}

/// The same with a comparison page and a history of all runs that are read: a folder's records up to 100 MB.
#[test]
#[ignore = "a measurement; run it in a release build"]
fn a_thousand_pairs_in_two_runs() {
    let folder = tempfile::tempdir().unwrap();
    let extent = Extent {
        launches: 10,
        sample_pairs: 20,
        all_sizes: false,
    };
    let now = large(1_000, extent);
    let then: Vec<Record> = (0..2).map(|day| earlier(&now, day, 2)).collect();
    for record in then.iter().chain([&now]) {
        pairbench::record::write(record, &folder.path().join("records")).unwrap();
    }
    let start = Instant::now();
    let history = History::read(&folder.path().join("records"), &[]);
    println!(
        "the history of {} runs read in {:.2?}",
        history.runs.len(),
        start.elapsed()
    );
    let start = Instant::now();
    let named = |analyses| Named { analyses, name: None };
    let (before, views) = ([Analysis::of(&then[0])], std::slice::from_ref(&now));
    let own = analyses(views, &read(views));
    let report = Report {
        changes: changes(named(&before), named(&own), None),
        history,
        ..Report::of(views, &own)
    };
    println!("1,000 pairs compared in {:.2?}", start.elapsed());
    let start = Instant::now();
    report.write(folder.path()).unwrap();
    println!("and rendered in {:.2?}", start.elapsed());
    assert!(folder.path().join("compare.html").exists());
}

/// The figure "200 merged records render in at most 1 s": ten runs of the whole catalogue on each of twenty machines, read
/// and rendered by `pairbench report FOLDER`, including the start of its process.
///
/// ```text
/// cargo test --release --test report_scale -- --ignored --nocapture two_hundred
/// ```
#[test]
#[ignore = "a measurement; run it in a release build"]
fn two_hundred_records_of_twenty_machines() {
    let folder = tempfile::tempdir().unwrap();
    let (records, out) = (folder.path().join("records"), folder.path().join("report"));
    let catalogue = catalogue(Extent {
        launches: 10,
        sample_pairs: 12,
        all_sizes: false,
    });
    let mut bytes = 0;
    for run in 0..200 {
        let record = elsewhere(&catalogue, run % 20, run / 20);
        let path = pairbench::record::write(&record, &records).unwrap();
        bytes += path.metadata().unwrap().len();
    }
    for _ in 0..5 {
        let start = Instant::now();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_pairbench"))
            .arg("report")
            .arg(&records)
            .arg("--out")
            .arg(&out)
            .output()
            .unwrap();
        let taken = start.elapsed();
        assert!(output.status.success(), "{output:?}");
        println!(
            "200 records, {} MB, read and rendered in {taken:.2?}",
            bytes / 1_000_000
        );
    }
    let index = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(index.contains("200 runs on 20 machines") && index.contains("machine-19"));
}

/// The run of a day on one of several machines, with one of four interpreters.
fn elsewhere(record: &Record, machine: u64, day: u64) -> Record {
    let mut record = earlier(record, day, 10);
    record.id = format!("202602{:02}T0915{machine:02}Z-made", day + 1);
    record.started = format!("2026-02-{:02}T09:15:{machine:02}Z", day + 1);
    record.machine.name = format!("machine-{machine}");
    record.interpreter.version = format!("3.{}.1", 10 + machine % 4);
    record
}

/// Writes a report of made-up but realistic numbers, to look at and for the test in a browser.
///
/// ```text
/// REPORTS=target/example cargo test --test report_scale -- --ignored an_example
/// ```
///
/// With CATALOGUE=1 it has 23 pairs with results of the diagnosers. With HISTORY=12 it has a history of twelve earlier runs
/// and a comparison with the first of them.
#[test]
#[ignore = "writes to the folder REPORTS"]
fn an_example() {
    let folder = std::env::var_os("REPORTS").expect("REPORTS names the folder to write");
    let extent = Extent {
        launches: 10,
        sample_pairs: 20,
        all_sizes: true,
    };
    let mut record = match std::env::var_os("CATALOGUE") {
        Some(_) => catalogue(extent),
        None => realistic(extent),
    };
    report_data::quicken(&mut record.pairs[0], "rust", &[1, 4, 5, 8]);
    record.pairs[1].launches.retain(|launch| launch.size == 4_000);
    record.pairs.extend(
        std::env::var_os("HOSTILE")
            .map(|_| report_data::hostile())
            .into_iter()
            .flatten(),
    );
    if std::env::var_os("SKIP").is_some() {
        record.pairs[3].variants[1].state = pairbench::record::VariantState::Skipped {
            reason: "no module named numpy; pip install -r python/requirements.txt".into(),
        };
    }
    let runs = std::env::var("HISTORY").map_or(0, |number| number.parse().expect("HISTORY is a number"));
    let earlier: Vec<Record> = (0..runs).map(|day| earlier(&record, day, runs)).collect();
    let views = std::slice::from_ref(&record);
    let (earlier, own) = (analyses(&earlier, &read(&earlier)), analyses(views, &read(views)));
    let named = |analyses, name| Named { analyses, name };
    let compared = earlier
        .chunks(1)
        .next()
        .map(|then| changes(named(then, Some("main")), named(&own, None), None));
    let report = Report {
        changes: compared.unwrap_or_default(),
        history: History::of(earlier.iter().chain(&own)),
        ..Report::of(views, &own)
    };
    println!("{}", report.write(folder.as_ref()).unwrap().display());
}

/// A run of an earlier day: its variants were a few percent slower or faster, and in the first half of the days the
/// interpreter was another one.
fn earlier(record: &Record, day: u64, days: u64) -> Record {
    let mut record = record.clone();
    record.id = format!("202602{:02}T091500Z-made", day + 1);
    record.started = format!("2026-02-{:02}T09:15:00Z", day + 1);
    if day < days / 2 {
        record.interpreter.version = "3.11.2".into();
    }
    for (at, pair) in record.pairs.iter_mut().enumerate() {
        for comparison in pair
            .launches
            .iter_mut()
            .flat_map(|launch| &mut launch.comparisons)
        {
            let turn = day * 7 + at as u64 * 3 + comparison.variant.len() as u64;
            let factor = 0.96 + 0.015 * (turn % 6) as f64;
            comparison
                .variant_samples
                .ns
                .iter_mut()
                .for_each(|ns| *ns = (*ns as f64 * factor) as u64);
        }
    }
    record
}

fn peak_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// User and system time of the process in hundredths of a second.
fn cpu_ticks() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<u64> = stat
        .rsplit_once(')')?
        .1
        .split_whitespace()
        .map(|f| f.parse().unwrap_or(0))
        .collect();
    Some(fields.get(11)? + fields.get(12)?)
}

/// Resets the kernel's high-water mark.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// A catalogue with nine interpreters, kept in the target folder to look at.
#[test]
#[ignore = "a measurement; run it in a release build"]
fn a_catalogue_with_every_python() {
    let extent = Extent {
        launches: 12,
        sample_pairs: 20,
        all_sizes: false,
    };
    let free = |version, slower| Other {
        free_threaded: true,
        ..cpython(version, slower)
    };
    let pypy = Other {
        pypy: Some("7.3.20"),
        ..cpython("3.11.13", 0.08)
    };
    let others = [
        cpython("3.8.18", 1.37),
        cpython("3.9.18", 1.33),
        cpython("3.10.13", 1.29),
        cpython("3.12.1", 1.03),
        cpython("3.13.0", 0.97),
        free("3.13.0", 1.38),
        cpython("3.14.0", 0.89),
        pypy,
    ];
    let record = with(catalogue(extent), &others);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("every-python");
    let start = Instant::now();
    let index = pairbench::report::render(std::slice::from_ref(&record), &folder).unwrap();
    println!(
        "{} pairs with {} interpreters rendered in {:.2?}: {}",
        record.pairs.len(),
        record.interpreters(),
        start.elapsed(),
        index.display()
    );
}
