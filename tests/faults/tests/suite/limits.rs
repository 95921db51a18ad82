//! What a pair may take of the machine: output and memory have limits, and the worker's pipe is not the pair's.

use super::bench::{Bench, Ran, SHORT};
use pairbench::hosts::Fault;
use pairbench::record::VariantState;

/// Runs the pair that misbehaves on request.
fn unruly(what: &str, arguments: &str) -> Ran {
    let mut bench = Bench::new(&format!(
        "--exact unruly {} --quick --noplot {arguments}",
        SHORT.replace("--timeout 5s", "")
    ));
    bench.command.env("PAIRBENCH_TEST_UNRULY", what);
    let ran = bench.run();
    ran.left_nothing();
    ran
}

/// The one fault of the run, shown with this next step.
#[track_caller]
fn fault(ran: &Ran, variant: &str, next: &str) -> Fault {
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains(next), "{next:?} is not in:\n{}", ran.stderr);
    let pair = ran.record().pairs.remove(0);
    let found = pair
        .variants
        .into_iter()
        .find(|known| known.name == variant)
        .unwrap();
    match found.state {
        VariantState::Failed { fault } => fault,
        other => panic!("{variant} is {other:?}"),
    }
}

#[test]
fn output_without_end_is_cut_off() {
    for (what, variant) in [("talk", "python"), ("complain", "python"), ("rust-talk", "rust")] {
        let ran = unruly(what, "--output-limit 1MiB");
        let fault = fault(&ran, variant, "--output-limit");
        assert!(matches!(fault, Fault::Floods { .. }), "{what}: {fault:?}");
        assert!(ran.stderr.contains("printed more than 1 MiB"), "{}", ran.stderr);
    }
}

#[test]
fn output_without_end_while_it_is_measured_is_cut_off() {
    let ran = unruly("rust-talk later", "--output-limit 1MiB");
    assert!(matches!(
        fault(&ran, "rust", "--output-limit"),
        Fault::Floods { .. }
    ));
    assert!(ran.record().pairs[0].verification.passed);
}

/// Rust is compared here, and Python hangs.
#[test]
fn a_baseline_that_hangs_while_it_is_measured_is_to_blame() {
    let ran = unruly("hang later", "--timeout 4s");
    let fault = fault(&ran, "python", "--timeout");
    assert!(matches!(fault, Fault::Hang { limit_s: 4 }), "{fault:?}");
    let states = &ran.record().pairs[0].variants;
    assert!(
        states
            .iter()
            .any(|variant| variant.name == "rust" && variant.state == VariantState::Active)
    );
}

#[test]
fn much_output_that_ends_is_no_fault() {
    let ran = unruly("chat", "");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!ran.stderr.contains("all that there is to say"), "{}", ran.stderr);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_without_end_is_cut_off() {
    for (what, variant) in [
        ("eat", "python"),
        ("rust-eat", "rust"),
        ("rust-eat later", "rust"),
    ] {
        let ran = unruly(what, "--memory-limit 600MiB");
        let Fault::Memory { limit, used } = fault(&ran, variant, "--memory-limit") else {
            panic!("{what}: {:?}", ran.record().pairs[0].variants);
        };
        assert_eq!(limit.0, 600 << 20);
        assert!(used > limit, "{used}");
        assert!(
            ran.stderr.contains("more than the 600 MiB allowed"),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.record().settings.memory_limit, Some(limit));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_flag_the_machine_decides() {
    let ran = unruly("", "");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let settings = ran.record().settings;
    assert!(settings.memory_limit.is_some() && settings.output_limit.is_some());
}

#[test]
fn noise_on_the_workers_pipe_is_seen_at_once() {
    let ran = unruly("scribble", "");
    let fault = fault(&ran, "python", "--verbose");
    let Fault::Harness { message } = &fault else {
        panic!("{fault:?}");
    };
    assert!(
        message.contains("noise on") && message.contains("descriptor"),
        "{message}"
    );
}

#[test]
fn a_pipe_that_the_pair_closes_leaves_a_traceback() {
    let ran = unruly("close", "");
    let fault = fault(&ran, "python", "the last output is shown");
    assert!(
        matches!(&fault, Fault::Died { output, .. } if output.contains("Error")),
        "{fault:?}"
    );
}

#[test]
fn an_answer_too_deep_to_follow_is_refused_with_words() {
    let ran = unruly("nest", "");
    let fault = fault(&ran, "python", "return plain values");
    assert!(
        matches!(&fault, Fault::Answer { message } if message.contains("deeper")),
        "{fault:?}"
    );
}
