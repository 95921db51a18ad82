//! Both sides of every pair agree, on inputs of all shapes that are small enough for a debug build.

#![allow(missing_docs)]

use pairbench::hosts::worker::{PROGRAM, WorkerSetup};
use pairbench::hosts::{Hosts, interpreter};
use pairbench::registry::Entry;
use pairbench::verify::{Finding, check};

/// The smallest case, and what is smaller still.
fn sizes(entry: &Entry) -> Vec<u64> {
    let smallest = entry.pair.cases()[0].size;
    let mut sizes = vec![1, 2, 3, smallest / 2, smallest];
    sizes.retain(|&size| (1..=smallest).contains(&size));
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

#[test]
fn both_sides_of_every_pair_agree() {
    let registry = pairbench_corpus::registry();
    let python = interpreter::choose(None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker.py");
    std::fs::write(&program, PROGRAM).unwrap();
    let setup = || WorkerSetup {
        python: &python,
        program: &program,
        extension_dir: None,
        hash_seed: 0,
    };
    // Most of the time goes into starting interpreters.
    let part = registry.entries().len().div_ceil(4);
    std::thread::scope(|scope| {
        for entries in registry.entries().chunks(part) {
            scope.spawn(move || entries.iter().for_each(|entry| agree(entry, setup())));
        }
    });
}

fn agree(entry: &Entry, setup: WorkerSetup<'_>) {
    let names: Vec<String> = entry
        .pair
        .variants()
        .iter()
        .map(|variant| variant.name.clone())
        .collect();
    let sizes = sizes(entry);
    let mut findings = Vec::new();
    let mut tell = |finding| findings.push(finding);
    let mut hosts = Hosts::new(entry, setup, None);
    check(entry, &mut hosts, &names, &sizes, u64::MAX, &mut tell);
    let agreed = findings
        .iter()
        .filter(|finding| matches!(finding, Finding::Agrees { .. }))
        .count();
    assert_eq!(agreed, names.len() * sizes.len(), "{}: {findings:#?}", entry.name);
}

#[test]
fn a_seed_gives_one_input() {
    for entry in pairbench_corpus::registry().entries() {
        let input = |seed| entry.pair.input_pickle(entry.pair.cases()[0].size, seed).unwrap();
        for seed in [0, 7, u64::MAX] {
            assert_eq!(input(seed), input(seed), "{}", entry.name);
        }
    }
}
