use super::*;
use crate::record::{Shard, fixture};

/// A record from the machine of this name, started on this day of the month.
fn record(machine: &str, day: u32, shard: Option<(u32, u32)>) -> Record {
    let mut record = fixture::steady();
    record.machine.name = machine.into();
    record.id = format!("202601{day:02}-{machine}-{}", shard.map_or(0, |shard| shard.0));
    record.started = format!("2026-01-{day:02}T00:00:00Z");
    record.settings.shard = shard.map(|(part, of)| Shard { part, of });
    if let Some((part, of)) = shard {
        let reports = format!("--reports=part-{part}");
        record.settings.arguments = [
            "tree",
            "--shard",
            &format!("{part}/{of}"),
            &reports,
            "--budget",
            "9m",
        ]
        .map(Into::into)
        .into();
    }
    record
}

/// All parts of a run, each on its own machine.
fn divided(of: u32, day: u32) -> Vec<Record> {
    (1..=of)
        .map(|part| record(&format!("node{part}"), day, Some((part, of))))
        .collect()
}

fn figures(records: &[Record]) -> Vec<(WarningKind, String)> {
    let found = warnings(&sites(records)).into_iter();
    found.map(|warning| (warning.kind, warning.figure)).collect()
}

#[test]
fn records_of_each_machine_are_one_site() {
    let mut records = vec![record("b", 1, None), record("a", 2, None), record("b", 3, None)];
    let all = sites(&records);
    let names: Vec<(&str, usize)> = all
        .iter()
        .map(|site| (site.name.as_str(), site.records.len()))
        .collect();
    assert_eq!(names, [("a", 1), ("b", 2)]);
    assert_eq!(all[1].records[0].started, records[2].started, "the newest first");
    records[2].machine.cores = 64;
    assert_eq!(sites(&records).len(), 3);
    assert_eq!(figures(&records), []);
}

#[test]
fn parts_of_one_run_are_one_site_on_any_number_of_machines() {
    let records = divided(4, 1);
    let all = sites(&records);
    assert_eq!(all.len(), 1);
    assert_eq!(
        (all[0].name.as_str(), all[0].parts),
        ("4 machines, A CPU", Some(4))
    );
    assert_eq!(all[0].machines().len(), 4);
    assert_eq!(figures(&records), []);
    // The same run a day later, on the same machines.
    let again = [records, divided(4, 2)].concat();
    assert_eq!(sites(&again).len(), 1);
    assert_eq!(figures(&again), []);
}

#[test]
fn other_arguments_or_another_division_make_another_run() {
    let mut records = [divided(2, 1), divided(3, 1)].concat();
    assert_eq!(sites(&records).len(), 2);
    records[0].settings.arguments[0] = "another".into();
    assert_eq!(sites(&records).len(), 3);
    let missing = figures(&records);
    assert!(
        missing.iter().all(|one| one.0 == WarningKind::PartsMissing),
        "{missing:?}"
    );
    assert_eq!(missing.len(), 2);
}

#[test]
fn missing_parts_are_listed() {
    let mut records = divided(4, 1);
    records.remove(2);
    let figure = "3/4 of 4 on 3 machines, A CPU".to_string();
    assert_eq!(figures(&records), [(WarningKind::PartsMissing, figure)]);
    let one = [record("a", 1, Some((1, 100)))];
    assert!(
        figures(&one)[0].1.starts_with("2/100, 3/100, "),
        "{:?}",
        figures(&one)
    );
    assert!(
        figures(&one)[0].1.ends_with(" and 91 more of 100 on a"),
        "{:?}",
        figures(&one)
    );
}

#[test]
fn parts_on_machines_of_two_kinds_are_one_site_with_a_warning() {
    let mut records = divided(4, 1);
    records[3].machine.cpu = "Another CPU".into();
    assert_eq!(sites(&records).len(), 1);
    let figure = "CPU A CPU (1/4, 2/4, 3/4), Another CPU (4/4)".to_string();
    assert_eq!(figures(&records), [(WarningKind::PartsOfDifferentKinds, figure)]);
}

#[test]
fn whole_runs_on_machines_of_two_kinds_are_two_sites() {
    let mut other = divided(2, 2);
    other
        .iter_mut()
        .for_each(|record| record.machine.cpu = "Another CPU".into());
    let records = [divided(2, 1), other].concat();
    assert_eq!(sites(&records).len(), 2);
    assert_eq!(figures(&records), []);
}

#[test]
fn only_the_newest_parts_must_be_alike() {
    let mut old = divided(2, 1);
    old.iter_mut()
        .for_each(|record| record.build.revision = Some("older".into()));
    let mut records = [old, divided(2, 2)].concat();
    assert_eq!(figures(&records), [], "each part was measured anew");
    records.pop();
    let figure = "project pairbench at abc1234 (1/2), pairbench at older (2/2)".to_string();
    assert_eq!(figures(&records), [(WarningKind::PartsOfDifferentKinds, figure)]);
}

#[test]
fn everything_that_a_ratio_depends_on_is_compared() {
    type Change = fn(&mut Record);
    let changes: [(&str, Change); 8] = [
        ("cores 2 (1/2), 4 (2/2)", |r| r.machine.cores = 4),
        ("system Linux 6.1 (1/2), Linux 6.9 (2/2)", |r| {
            r.machine.os = "Linux 6.9".into()
        }),
        ("compiler rustc 1.95.0 (1/2), rustc 1.96.0 (2/2)", |r| {
            r.build.rustc = "rustc 1.96.0".into()
        }),
        (
            "build dev x86_64-unknown-linux-gnu (2/2), release x86_64-unknown-linux-gnu (1/2)",
            |r| r.build.profile = "dev".into(),
        ),
        ("interpreters CPython 3.11.7 (1/2), CPython 3.12.0 (2/2)", |r| {
            r.interpreter.version = "3.12.0".into()
        }),
        (
            "interpreters CPython 3.11.7 (1/2), CPython 3.11.7, not optimised (2/2)",
            |r| r.interpreter.optimized = Some(false),
        ),
        ("samples of seed 1 (1/2), of seed 1 with --quick (2/2)", |r| {
            r.settings.quick = true
        }),
        ("memory 16.0 GiB (2/2), 8.0 GiB (1/2)", |r| {
            r.machine.memory_bytes = Some(16 << 30)
        }),
    ];
    for (figure, change) in changes {
        let mut records = divided(2, 1);
        change(&mut records[1]);
        assert_eq!(
            figures(&records),
            [(WarningKind::PartsOfDifferentKinds, figure.to_string())]
        );
    }
    let alike: [Change; 3] = [
        |r| r.machine.memory_bytes = Some((8 << 30) + (300 << 20)),
        |r| r.interpreter.executable = "/opt/python3".into(),
        |r| r.machine.load_start = Some([9.0; 3]),
    ];
    for change in alike {
        let mut records = divided(2, 1);
        change(&mut records[1]);
        assert_eq!(figures(&records), []);
    }
}
