//! The claims about the time before the first answer, and about what a machine checks.

use super::*;
use crate::diagnose::build::BuildTimes;
use crate::diagnose::turnaround::StartUp;
use crate::record::VerifyFailure;

#[test]
fn a_build_is_compared_with_what_runs_save() {
    let timed = |python: f64, build: f64| {
        let mut record = record(Profile::Flat, &[FAST, FAST, FAST]);
        for pair in &mut record.pairs {
            pair.diagnoses.start_up = Some(StartUp {
                interpreter: vec![0.01; 4],
                import: vec![0.02; 4],
                python_first_call: vec![python; 4],
                process: vec![0.001; 4],
                rust_first_call: vec![0.002; 4],
            });
        }
        let incremental_s = record.pairs.iter().map(|pair| (pair.name.clone(), build));
        record.diagnoses.build = Some(BuildTimes {
            package: "pairs".into(),
            pairs: 3,
            clean_s: 90.0,
            incremental_s: incremental_s.collect(),
            packages: 200,
        });
        record
    };
    let claim = check(&timed(0.073, 4.95), 6, ClaimResult::Holds);
    let text = texts(&claim);
    // 10 + 20 + 73 − 1 − 2 = 100 ms saved in a run: 49.5 runs pay for 4.95 s.
    assert!(
        text.contains("p0 50;") && text.contains("A clean build took 90 s for 200 packages"),
        "{text}"
    );
    assert!(
        text.contains("Python takes 34.3 to 34.3 times as long as Rust"),
        "{text}"
    );
    check(&timed(9.0, 5.0), 6, ClaimResult::Fails);
    let mut never = timed(0.001, 5.0);
    for pair in &mut never.pairs {
        pair.diagnoses.start_up.as_mut().unwrap().process = vec![1.0; 4];
    }
    assert!(texts(&check(&never, 6, ClaimResult::Holds)).contains("never"));
    let mut noisy = timed(0.073, 0.1);
    for pair in &mut noisy.pairs {
        pair.diagnoses.start_up.as_mut().unwrap().import = vec![0.005, 0.02, 0.08, 0.02];
    }
    check(&noisy, 6, ClaimResult::NotTested);
    let mut untimed = timed(0.073, 5.0);
    untimed.diagnoses.build = None;
    assert!(texts(&check(&untimed, 6, ClaimResult::NotTested)).contains("--diagnose turnaround"));
}

#[test]
fn verification_is_shown_and_does_not_test_the_compiler() {
    let mut one = record(Profile::Flat, &[FAST, FAST]);
    let text = texts(&check(&one, 8, ClaimResult::NotTested));
    assert!(text.contains("2 of 2 pairs, 6 calls compared"), "{text}");
    one.pairs[1].verification.passed = false;
    one.pairs[1].verification.failures.push(VerifyFailure {
        variant: "rust".into(),
        size: Some(10),
        fault: Fault::Disagrees {
            message: "1 is not 2".into(),
            answers: String::new(),
            floats: false,
        },
    });
    let text = texts(&check(&one, 8, ClaimResult::NotTested));
    assert!(
        text.contains("1 of 2 pairs") && text.contains("p1 rust ") && text.contains("1 is not 2"),
        "{text}"
    );
}
