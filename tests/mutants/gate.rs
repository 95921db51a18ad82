//! The equivalence gate as a test, which is all that mutants of the pairs are tested with.
//!
//! It is what `cargo bench -- --test` runs for each pair, [`check`], on all variants with the same seed, except for
//! three things that make a mutant cheap. `native` runs in the interpreter inside this process instead of a worker,
//! because there the functions that it calls are linked in: one small build instead of an extension module. Cases
//! larger than the default one are left out; what is caught without them is caught with them too. So is `mypyc`, which is
//! the pair's Python file: a mutant of that file is one of `python` too.
//!
//! Alone, as a part of `cargo test`, it runs all pairs on their smallest case; see the README beside for more.

#![allow(missing_docs)]

use pairbench::hosts::embedded::{Embedded, initialize, loaded_version};
use pairbench::hosts::interpreter::{Python, choose};
use pairbench::hosts::worker::{PROGRAM, WorkerSetup};
use pairbench::hosts::{Fault, Host, HostSet, Hosts};
use pairbench::registry::{Entry, Profile, Variant};
use pairbench::verify::{Finding, Verified, check};

/// Names the only pair to check, up to its default case; nothing is skipped for a missing module.
const PAIR: &str = "PAIRBENCH_GATE_PAIR";

/// The seed of a run that is given none.
const SEED: u64 = 1;

/// The usual hosts, but `native` in this process.
struct WithNative<'a> {
    usual: Hosts<'a>,
    embedded: Embedded<'a>,
}

impl HostSet for WithNative<'_> {
    fn for_contestant(&mut self, name: &str) -> Result<(&mut dyn Host, String), Fault> {
        if name == "native" {
            return Ok((&mut self.embedded, name.to_string()));
        }
        self.usual.for_contestant(name)
    }

    fn discard_broken(&mut self, name: &str, fault: &Fault) {
        self.usual.discard_broken(name, fault);
    }
}

#[test]
fn every_variant_passes_the_gate() {
    let only = std::env::var(PAIR).ok();
    let python = choose(None).unwrap();
    if python.about.version != loaded_version() {
        let problem = format!(
            "{} is not the Python that is embedded here",
            python.about.executable
        );
        assert!(only.is_none(), "{problem}");
        eprintln!("nothing is checked: {problem}");
        return;
    }
    initialize(&python, 0, Some(pairbench_workloads::register_extension)).unwrap();
    let registry = pairbench_workloads::registry();
    match only {
        Some(name) => {
            let entry = registry.get(&name).expect("PAIRBENCH_GATE_PAIR names a pair");
            let largest = entry.pair.default_case().size;
            let sizes = entry.pair.cases().iter().map(|case| case.size);
            let sizes: Vec<u64> = sizes.filter(|&size| size <= largest).collect();
            pass(entry, &python, &sizes, true);
        }
        None => {
            let called = |entry: &&Entry| entry.pair.profile() != Profile::Service;
            for entry in registry.entries().iter().filter(called) {
                let smallest = entry.pair.cases().iter().map(|case| case.size).min();
                pass(entry, &python, &[smallest.unwrap()], false);
            }
        }
    }
}

/// Panics at the first variant that fails: whatever the others would do, the pair gets no ratio.
fn pass(entry: &Entry, python: &Python, sizes: &[u64], strict: bool) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker.py");
    std::fs::write(&program, PROGRAM).unwrap();
    let setup = WorkerSetup {
        python,
        program: &program,
        extension_dir: None,
        hash_seed: 0,
    };
    let mut usual = Hosts::new(entry, setup, None);
    let names = contestants(entry, &mut usual, strict);
    let embedded = Embedded::load(entry).unwrap_or_else(|fault| panic!("the gate is shut: {fault}"));
    let mut hosts = WithNative { usual, embedded };
    let mut findings = Vec::new();
    check(entry, &mut hosts, &names, sizes, SEED, &mut |finding| {
        if let Finding::Fails { variant, size, fault } = &finding {
            panic!(
                "the gate is shut: {}/{variant} at {size:?}: {fault}\n{}",
                entry.name,
                fault.details()
            );
        }
        findings.push(finding);
    });
    let agreed = findings
        .iter()
        .filter(|finding| matches!(finding, Finding::Agrees { .. }))
        .count();
    assert_eq!(agreed, names.len() * sizes.len(), "{}: {findings:?}", entry.name);
    assert!(Verified::from_findings(entry, &findings).is_some());
}

/// All variants except those with a missing module, and those that need the pair's Python file compiled.
fn contestants(entry: &Entry, hosts: &mut Hosts<'_>, strict: bool) -> Vec<String> {
    let worker = hosts
        .worker()
        .unwrap_or_else(|fault| panic!("the gate is shut: {fault}"));
    let mut names = Vec::new();
    let compiled = Variant::COMPILED_MODULE.to_string();
    for variant in entry.pair.variants() {
        if variant.requires.contains(&compiled) {
            continue;
        }
        // The extension module is linked in.
        let modules: Vec<String> = variant
            .requires
            .iter()
            .filter(|module| *module != Variant::NATIVE_MODULE)
            .cloned()
            .collect();
        let missing = worker.missing(&modules).unwrap().missing;
        if missing.is_empty() {
            names.push(variant.name.clone());
        } else {
            assert!(
                !strict,
                "{}/{} lacks modules: {missing:?}",
                entry.name, variant.name
            );
            eprintln!("{}/{} is left out: {missing:?}", entry.name, variant.name);
        }
    }
    names
}
