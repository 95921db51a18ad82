//! A slowed side does exactly the stated percentage more of the same.

use crate::workloads::{ROUNDS, SLOWED, Work, registry, rounds, variant};
use pairbench::hosts::rust::RustHost;
use pairbench::hosts::worker::{PROGRAM, Worker, WorkerSetup};
use pairbench::hosts::{Host, interpreter};
use pairbench::registry::Side;

/// Answers add up over rounds, so an answer shows how many rounds were done.
fn answer(host: &mut dyn Host, variant: &str, size: u64) -> u64 {
    let ready = host.open(variant, size, 1).unwrap();
    let output = host.call(ready.handle).unwrap().output;
    host.close(ready.handle).unwrap();
    serde_pickle::from_slice(&output, serde_pickle::DeOptions::new()).unwrap()
}

#[test]
fn both_languages_do_the_stated_rounds() {
    let python = interpreter::choose(None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker.py");
    std::fs::write(&program, PROGRAM).unwrap();
    let setup = WorkerSetup {
        python: &python,
        program: &program,
        extension_dir: None,
        hash_seed: 1,
    };
    let registry = registry();
    for work in Work::ALL {
        let entry = registry.get(work.name()).unwrap();
        let mut worker = Worker::start(&setup, entry).unwrap();
        let mut rust = RustHost::new(&entry.pair);
        for size in [1, work.size(Side::Python)] {
            let whole = answer(&mut rust, &variant(Side::Rust, 0), size);
            assert_eq!(whole % ROUNDS, 0);
            let round = whole / ROUNDS;
            for slowed in SLOWED {
                let expected = round * rounds(slowed);
                assert_eq!(answer(&mut rust, &variant(Side::Rust, slowed), size), expected);
                assert_eq!(
                    answer(&mut worker, &variant(Side::Python, slowed), size),
                    expected
                );
            }
            assert!(size == 1 || round > 0, "{} does nothing", work.name());
        }
    }
}

#[test]
fn rounds_are_the_percentages() {
    assert_eq!(SLOWED.map(rounds), [100, 101, 102, 105]);
}

#[test]
fn criterion_measures_what_pairbench_measures() {
    for work in Work::ALL {
        let size = work.size(Side::Rust);
        let registry = registry();
        let entry = registry.get(work.name()).unwrap();
        let mut host = RustHost::new(&entry.pair);
        assert_eq!(
            work.rust()(rounds(2)),
            answer(&mut host, &variant(Side::Rust, 2), size)
        );
    }
}
