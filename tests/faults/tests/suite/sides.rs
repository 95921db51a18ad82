//! Sides that do not do the same kind of work in every call, or not on as many cores.

use super::bench::{Ran, run};
use pairbench::export::Summary;
use pairbench::measure::Series;
use pairbench::record::{Severity, Warning, WarningKind};

fn quick(pair: &str) -> Ran {
    let ran = run(&format!("--quick --launches 3 --exact {pair}"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran
}

#[track_caller]
fn warning(ran: &Ran, kind: WarningKind) -> Warning {
    let all = ran.record().warnings;
    let mut found = all.iter().filter(|one| one.kind == kind);
    found
        .next()
        .unwrap_or_else(|| panic!("a warning among {all:?}"))
        .clone()
}

/// The verdict in words that an optimised build on a quiet machine would give.
fn verdict(ran: &Ran) -> String {
    let mut record = ran.record();
    (record.build.opt_level, record.build.debug_assertions) = ("3".into(), false);
    record.build.profile = "release".into();
    record.nulls.clear();
    let verdict = &Summary::of_record(&record).pairs[0].verdict;
    format!("{}: {}", verdict.text, verdict.reason)
}

#[test]
fn answers_that_are_kept_leave_the_verdict_open() {
    let ran = quick("remembers");
    let found = warning(&ran, WarningKind::StateSurvives);
    assert_eq!(found.severity, Severity::Warning, "{found:?}");
    assert_eq!(found.about[0].variant.as_deref(), Some("python"));
    assert!(
        verdict(&ran).starts_with("inconclusive: the first call did work"),
        "{}",
        verdict(&ran)
    );
    assert!(
        ran.file("pairs/remembers.html")
            .contains("The first call did work for the later ones")
    );
}

#[test]
fn a_first_call_that_warms_up_for_all_inputs_is_a_note() {
    let ran = quick("prepares");
    let found = warning(&ran, WarningKind::StateSurvives);
    assert_eq!(found.severity, Severity::Note, "{found:?}");
    assert!(!verdict(&ran).contains("the first call"), "{}", verdict(&ran));
}

#[test]
fn samples_from_before_a_step_do_not_count() {
    // Two calls to calibrate and one to warm up; so the fifth or sixth sample is the first fast one.
    let short = "--quick --launches 2 --warm-up-time 0.01 --measurement-time 0.05";
    let ran = run(&format!("{short} --exact specialised"));
    let record = ran.record();
    let launches = &record.pairs[0].launches;
    assert!(!launches.is_empty(), "{}", ran.stderr);
    for launch in launches {
        assert!(launch.comparison("rust").unwrap().retaken > 0, "{launch:?}");
    }
}

#[test]
fn an_input_that_the_processor_learns_is_a_doubt_beside_the_verdict() {
    let ran = quick("learned");
    warning(&ran, WarningKind::CallsTooShort);
    let words: Vec<&str> = ran.stdout.split_whitespace().collect();
    let shown = words.join(" ");
    let (_, doubts) = shown.split_once("In doubt: ").expect("doubts");
    assert!(doubts.contains("calls too short"), "{shown}");
}

#[test]
#[cfg(target_os = "linux")]
fn cores_used_are_those_of_threads_and_child_processes() {
    let ran = quick("uses_cores");
    let record = ran.record();
    let launches = &record.pairs[0].launches;
    for launch in launches {
        let cpu_per_call = |series: &Series| {
            let calls = series.calls * series.ns.len() as u64;
            series.cpu_ns.unwrap() as f64 / calls as f64
        };
        let of = |variant: &str| cpu_per_call(&launch.comparison(variant).unwrap().variant_samples);
        let python = cpu_per_call(&launch.comparison("processes").unwrap().baseline_samples);
        // The same amount of work, wherever it is done.
        assert!(of("processes") > python / 3.0, "{launch:?}");
        assert!(of("rust") > of("serial") / 3.0, "{launch:?}");
    }
    // Both threads run at the same time only where other processes leave two cores.
    let others = launches.iter().map(|launch| launch.others.unwrap_or(0.0));
    if record.machine.cores < 2 || others.fold(0.0, f64::max) > 0.2 {
        eprintln!("skipped: other processes use the cores");
        return;
    }
    let found = warning(&ran, WarningKind::ThreadsDiffer);
    assert_eq!(found.about[0].variant.as_deref(), Some("rust"));
    assert!(ran.stdout.contains(" in use\n"), "{}", ran.stdout);
    let words: Vec<&str> = ran.stdout.split_whitespace().collect();
    let shown = words.join(" ");
    assert!(shown.contains("different numbers of threads"), "{shown}");
}
