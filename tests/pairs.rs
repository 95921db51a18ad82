//! Every shipped pair, on random inputs: all variants agree, and a seed determines the input.

#![allow(missing_docs)]

use pairbench::hosts::worker::{PROGRAM, WorkerSetup};
use pairbench::hosts::{Hosts, interpreter};
use pairbench::registry::{Entry, Profile, Side, Variant};
use pairbench::verify::{Finding, Verified, check};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// All except those that need a module, or a process for each worker.
fn contestants(entry: &Entry) -> Vec<String> {
    let variants = entry.pair.variants().iter().filter(|variant| {
        variant.side == Side::Rust || [Variant::BASELINE, "threads"].contains(&variant.name.as_str())
    });
    variants.map(|variant| variant.name.clone()).collect()
}

#[test]
fn all_variants_agree_on_any_seed_and_size() {
    let registry = pairbench_workloads::registry();
    let python = interpreter::choose(None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker.py");
    std::fs::write(&program, PROGRAM).unwrap();
    // Servers need more than an interpreter; `--test` verifies them.
    let called = |entry: &&Entry| entry.pair.profile() != Profile::Service;
    for entry in registry.entries().iter().filter(called) {
        let setup = WorkerSetup {
            python: &python,
            program: &program,
            extension_dir: None,
            hash_seed: 0,
        };
        // One worker for all cases of a pair: a case costs a call of each variant and no more.
        let hosts = std::cell::RefCell::new(Hosts::new(entry, setup, None));
        let largest = entry.pair.default_case().size.min(200);
        let names = contestants(entry);
        let mut runner = TestRunner::new(Config {
            cases: 10,
            failure_persistence: None,
            ..Config::default()
        });
        runner
            .run(&(1..=largest, any::<u64>()), |(size, seed)| {
                let mut findings = Vec::new();
                let mut tell = |finding| findings.push(finding);
                check(entry, &mut *hosts.borrow_mut(), &names, &[size], seed, &mut tell);
                let agreed = findings
                    .iter()
                    .filter(|f| matches!(f, Finding::Agrees { .. }))
                    .count();
                if agreed == names.len() && Verified::from_findings(entry, &findings).is_some() {
                    return Ok(());
                }
                Err(TestCaseError::fail(format!("{findings:#?}")))
            })
            .unwrap_or_else(|error| panic!("{}: {error}", entry.name));
    }
}

#[test]
fn a_seed_gives_one_input_and_another_seed_another() {
    let mut differing = 0;
    let registry = pairbench_workloads::registry();
    for entry in registry.entries() {
        let size = entry.pair.cases()[0].size;
        let input = |seed| entry.pair.input_pickle(size, seed).unwrap();
        for seed in [0, 1, 42, u64::MAX] {
            assert_eq!(input(seed), input(seed), "{}", entry.name);
        }
        differing += usize::from(input(1) != input(2));
    }
    // A picture has nothing random; everything else has.
    assert!(
        differing + 1 >= registry.entries().len(),
        "{differing} inputs depend on the seed"
    );
}
