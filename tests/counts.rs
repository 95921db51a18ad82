//! Known allocations of a program, counted on both sides by the memory diagnoser.
//!
//! One test, because it builds the counting module: half a minute the first time, nothing later.

#![allow(missing_docs)]

use pairbench::diagnose::memory::{Counts, VariantMemory};
use pairbench::diagnose::{Diagnoser, Finding, Setting, Step, run};
use pairbench::hosts::Hosts;
use pairbench::hosts::extension::{self, Build};
use pairbench::hosts::interpreter::{self, Python};
use pairbench::hosts::launcher::Stop;
use pairbench::hosts::worker::{PROGRAM, WorkerSetup};
use pairbench::registry::Entry;
use std::path::Path;
use std::process::Command;

/// Python preallocates the integers up to 256, so returning this one allocates nothing.
const SIZE: u64 = 250;
const MEBIBYTE: u64 = 1 << 20;

struct Known<'a> {
    entry: &'a Entry,
    setup: WorkerSetup<'a>,
    module: &'a Path,
}

impl Known<'_> {
    fn memory(&self, variant: &str) -> VariantMemory {
        let step = Step {
            diagnoser: Diagnoser::Memory,
            pair: self.entry.name.into(),
            variant: Some(variant.into()),
            workers: None,
        };
        let setting = Setting {
            size: SIZE,
            seed: 1,
            variants: &[variant.to_string()],
            counting: Ok(self.module),
        };
        let mut hosts = Hosts::new(self.entry, self.setup, None);
        let mut found = Vec::new();
        run(&step, self.entry, &mut hosts, setting, &mut |finding| {
            found.push(finding)
        });
        match <[Finding; 1]>::try_from(found) {
            Ok([Finding::Memory { memory }]) => memory,
            other => panic!("{variant}: {other:?}"),
        }
    }

    /// The counts of a variant, which must be the same in both calls.
    #[track_caller]
    fn counts(&self, variant: &str) -> Counts {
        let memory = self.memory(variant);
        assert_eq!(memory.uncounted, None, "{variant}");
        assert_eq!(memory.counts, memory.again, "{variant}");
        memory.counts.unwrap()
    }
}

/// Numbers that a script prints in the interpreter itself.
fn ask(python: &Python, script: &str) -> Vec<u64> {
    let output = Command::new(&python.about.executable)
        .args(["-c", script])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect()
}

fn counts(allocations: u64, reallocations: u64, bytes: u64, peak: u64) -> Counts {
    Counts {
        allocations,
        reallocations,
        bytes,
        peak,
    }
}

/// What a variant allocates beyond another.
fn beyond(more: Counts, less: Counts) -> Counts {
    counts(
        more.allocations - less.allocations,
        more.reallocations - less.reallocations,
        more.bytes - less.bytes,
        more.peak - less.peak,
    )
}

#[test]
fn known_allocations_are_counted_exactly() {
    let python = interpreter::choose(None).unwrap();
    let registry = pairbench_counted::registry();
    let target = extension::target_folder(&registry);
    let stop = Stop::new();
    let module = extension::build(Build::Counting, &registry, &python, None, &target, &stop).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker.py");
    std::fs::write(&program, PROGRAM).unwrap();
    let known = Known {
        entry: registry.get("known").unwrap(),
        setup: WorkerSetup {
            python: &python,
            program: &program,
            extension_dir: Some(&module.folder),
            hash_seed: 0,
        },
        module: &module.folder,
    };
    rust_counts(&known);
    python_counts(&known, &python);
    what_is_held(&known);
}

fn rust_counts(known: &Known<'_>) {
    let boxes = counts(SIZE + 1, 0, (24 + 8) * SIZE, (24 + 8) * SIZE);
    assert_eq!(known.counts("rust_nothing"), counts(0, 0, 0, 0));
    assert_eq!(known.counts("rust"), boxes);
    let grown = counts(SIZE, SIZE - 1, 8 * SIZE * (SIZE + 1) / 2, 8 * SIZE);
    assert_eq!(known.counts("rust_grown"), grown);
    assert_eq!(known.counts("rust_zeroed"), counts(1, 0, 100 * SIZE, 100 * SIZE));
    // Starting a thread allocates something, too, but the same each time.
    let in_thread = beyond(known.counts("rust_thread_twice"), known.counts("rust_thread"));
    assert_eq!(in_thread, counts(SIZE, 0, 32 * SIZE, 32 * SIZE));
    // Rust in Python's process is counted with it.
    assert_eq!(known.counts("native"), boxes);
}

fn python_counts(known: &Known<'_>, python: &Python) {
    let loops = known.counts("loops");
    assert_eq!(known.counts("nothing"), counts(0, 0, 0, 0));
    assert!(loops.allocations <= 2, "{loops:?}");
    let [object, large] = ask(
        python,
        "import sys; print(sys.getsizeof(object()), sys.getsizeof(b'x' * 1000))",
    )[..] else {
        panic!("two numbers");
    };
    let objects = beyond(known.counts("python"), loops);
    assert_eq!(objects, counts(SIZE, 0, object * SIZE, object * SIZE));
    // pymalloc hands these on to another allocator, which has a hook of its own.
    let larges = beyond(known.counts("large"), loops);
    assert_eq!(larges, counts(SIZE, 0, large * SIZE, large * SIZE));
    // The bytes for elements, each time that a list grows by one element and takes more.
    let sizes = ask(
        python,
        &format!(
            "import sys; pile, sizes = [], []\nfor _ in range({SIZE}):\n    pile.append(None)\n    \
             sizes.append(sys.getsizeof(pile))\nprint(*sorted({{size - sys.getsizeof([]) for size in sizes}}))"
        ),
    );
    let (number, last) = (sizes.len() as u64, *sizes.last().unwrap());
    let grown = beyond(known.counts("grown"), loops);
    assert_eq!(grown, counts(number, number - 1, sizes.iter().sum(), last));
    let (raw, wider) = (known.counts("raw"), known.counts("raw_wider"));
    assert!(raw.allocations >= SIZE && raw.bytes >= 1_000 * SIZE, "{raw:?}");
    // One of them is held at a time.
    assert_eq!(beyond(wider, raw), counts(0, 0, 2_000 * SIZE, 2_000));
}

fn what_is_held(known: &Known<'_>) {
    let collected = |variant| known.memory(variant).collections;
    assert_eq!(collected("rust"), None);
    assert_eq!(collected("loops").unwrap().number, 0.0);
    let cycles = collected("cycles").unwrap();
    assert!(cycles.number > 0.0 && cycles.seconds > 0.0, "{cycles:?}");
    assert!(cycles.share() < 1.0, "{cycles:?}");
    if !cfg!(target_os = "linux") {
        return;
    }
    for (light, heavy) in [("nothing", "heavy"), ("rust_nothing", "rust_heavy")] {
        let resident = |variant| known.memory(variant).resident.unwrap();
        let (light, heavy) = (resident(light), resident(heavy));
        assert!(heavy.before > 0 && heavy.before <= heavy.ready && heavy.ready <= heavy.peak);
        let more = heavy.growth() - light.growth().min(heavy.growth());
        assert!(
            (60 * MEBIBYTE..70 * MEBIBYTE).contains(&more),
            "{light:?} {heavy:?}"
        );
    }
    assert_eq!(known.memory("nothing").children, Some(0));
}
