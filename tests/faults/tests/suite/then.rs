//! Baselines, `--fail-if` and floors, from the arguments to the exit code.

use super::bench::{Bench, Ran, SHORT, run};
use pairbench::record::{Record, Status, read, save_baseline};

/// The shortest measurement that has intervals.
const THREE: &str =
    "--exact --launches 3 --sample-size 10 --warm-up-time 0.01 --measurement-time 0.05 --noplot";

/// A run of `honest` that is compared with this baseline.
fn against(baseline: &Record, arguments: &str) -> Ran {
    let bench = Bench::new(&format!("honest {THREE} --baseline main {arguments}"));
    save_baseline(baseline, &"main".parse().unwrap(), bench.folder.path()).unwrap();
    bench.run()
}

/// The numbers of the line that `--verbose` ends with: samples read, in the record, in the baseline.
fn samples(ran: &Ran) -> Vec<u64> {
    let line = ran.stderr.lines().find(|line| line.starts_with("samples: "));
    let line = line.unwrap_or_else(|| panic!("{}", ran.stderr)).replace(',', "");
    line.split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// Terminal, report, history, comparison, warnings and floors all read the same analysis.
#[test]
fn each_raw_sample_is_read_once() {
    let plots = THREE.replace("--noplot", "--verbose");
    let first = run(&format!("honest {plots}"));
    let [read, recorded] = samples(&first)[..] else {
        panic!("{}", first.stderr)
    };
    assert!(read > 0 && read == recorded, "{}", first.stderr);
    assert!(first.folder.path().join("index.html").exists());

    let bench = Bench::new(&format!("honest {plots} --baseline main --fail-if slower:99%"));
    let records = bench.folder.path().join("records");
    save_baseline(&first.record(), &"main".parse().unwrap(), bench.folder.path()).unwrap();
    // The history has the record of the baseline as well.
    pairbench::record::write(&first.record(), &records).unwrap();
    let second = bench.run();
    let [read, recorded, of_baseline] = samples(&second)[..] else {
        panic!("{}", second.stderr)
    };
    assert_eq!((read, of_baseline), (recorded + of_baseline, samples(&first)[1]));
    assert!(
        second.folder.path().join("compare.html").exists(),
        "{}",
        second.stderr
    );
}

/// The record with the times of its Rust side changed. A factor of a thousand is beyond any noise.
fn with_rust(mut record: Record, change: impl Fn(u64) -> u64) -> Record {
    let comparisons = record.pairs[0]
        .launches
        .iter_mut()
        .flat_map(|launch| &mut launch.comparisons);
    for comparison in comparisons.filter(|comparison| comparison.variant == "rust") {
        comparison
            .variant_samples
            .ns
            .iter_mut()
            .for_each(|ns| *ns = change(*ns));
    }
    record
}

#[test]
fn a_run_is_kept_and_later_ones_are_compared_with_it() {
    let first = run(&format!("honest {THREE} --save-baseline main"));
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert!(
        first.stderr.contains("kept as baseline main: "),
        "{}",
        first.stderr
    );
    let kept = read(&first.folder.path().join("baselines/main.json")).unwrap();
    assert_eq!(kept, first.record());
    assert_eq!(kept.settings.save_baseline.as_deref(), Some("main"));
    assert_eq!(kept.status, Status::Complete);

    let slower = against(&with_rust(kept.clone(), |ns| ns / 1_000), "--fail-if slower:5%");
    assert_eq!(slower.code, Some(3), "{}", slower.stderr);
    let row = slower
        .stdout
        .lines()
        .find(|line| line.contains(" rust ") && line.ends_with(" slower"));
    assert!(
        row.is_some() && slower.stdout.contains("then: main ("),
        "{}",
        slower.stdout
    );
    let message = slower
        .stderr
        .lines()
        .find(|line| line.contains("honest/rust is "));
    let message = message.unwrap_or_else(|| panic!("{}", slower.stderr));
    assert!(
        message.contains(&kept.id) && message.contains("beyond --fail-if slower:5%"),
        "{message}"
    );
    let settings = slower.record().settings;
    let used = settings.baseline.expect("the baseline");
    assert_eq!((used.name, used.record), ("main".to_string(), kept.id.clone()));
    assert_eq!(settings.fail_if, ["slower:5%"]);

    let faster = against(
        &with_rust(kept, |ns| ns.saturating_mul(1_000)),
        "--fail-if slower:5%",
    );
    assert_eq!(faster.code, Some(0), "{}", faster.stderr);
    assert!(
        faster
            .stdout
            .lines()
            .any(|line| line.contains(" rust ") && line.ends_with(" faster")),
        "{}",
        faster.stdout
    );
}

#[test]
fn a_baseline_that_is_not_there_costs_no_run() {
    run("honest --exact --baseline nope").refused(&[
        "no baseline is called nope",
        "There are none yet",
        "--save-baseline nope",
    ]);
    run("honest --exact --save-baseline a/b").refused(&["cannot be the name of a baseline"]);
    run("honest --exact --fail-if slower:5%").refused(&["--baseline <NAME>"]);
}

#[test]
fn a_floor_fails_the_run_only_where_the_interval_shows_it() {
    let checked = run(&format!("falls_short {THREE}"));
    assert_eq!(checked.code, Some(3), "{}", checked.stderr);
    assert!(
        checked.stderr.contains("falls_short/rust is only "),
        "{}",
        checked.stderr
    );
    assert!(
        checked
            .stderr
            .contains("what the pair expects: at least 1000000000000×"),
        "{}",
        checked.stderr
    );
    assert_eq!(checked.record().pairs[0].floors[0].at_least, 1e12);
    // One launch has no interval: not shown, and no failure.
    let unchecked = run(&format!("falls_short --exact {SHORT} --noplot"));
    assert_eq!(unchecked.code, Some(0), "{}", unchecked.stderr);
    assert!(
        unchecked
            .stderr
            .contains("which does not show whether it is at least"),
        "{}",
        unchecked.stderr
    );
}
