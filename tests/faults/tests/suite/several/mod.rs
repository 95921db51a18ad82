//! Several interpreters in one run, most of which are bad: the real one is measured to the end all the same.
#![cfg(unix)]

mod fake;

use super::bench::{Bench, Ran};
use fake::{fake, real};
use pairbench::hosts::Fault;
use pairbench::record::{PairRecord, Record, VariantRecord, VariantState, save_baseline};
use std::path::Path;
use std::process::Command;

const LAUNCHES: usize = 2;

/// What each fake does, by its name.
const FAKES: [(&str, &str); 8] = [
    ("hangs_when_asked", "def asked(): time.sleep(600)"),
    ("hangs_at_work", "def work(source): time.sleep(600)"),
    ("crashes_at_start", "def work(source): os.abort()"),
    (
        "crashes_in_a_call",
        "def work(source): return before('call', 'os.abort()', source)",
    ),
    (
        "crashes_while_timed",
        "def work(source): return before('settle', 'os.abort()', source)",
    ),
    (
        "hangs_while_timed",
        "def work(source): return before('settle', 'time.sleep(600)', source)",
    ),
    (
        "speaks_another_protocol",
        "def work(source): return source.replace('PROTOCOL = ', 'PROTOCOL = 1000 + ')",
    ),
    (
        // All its answers agree, and its syntax proves nothing, since it claims not to be CPython.
        "lies",
        "def asked():\n    platform.python_implementation = lambda: 'Serpent'\n    platform.python_version = lambda: '3.8.0'\n    \
         sys.version_info = (3, 8, 0, 'final', 0)\n    sys.hexversion = 0x030800F0\n    sys.version = '3.8.0 (main, Jan  1 2020, 00:00:00) [GCC 12.2.0]'",
    ),
];

/// The run of the fakes beside the real one, which is named in the middle.
struct Run {
    ran: Ran,
    record: Record,
}

impl Run {
    fn new(folder: &Path) -> Self {
        let mut bench = Bench::new(
            "^(honest|prints)$ --launches 2 --sample-size 10 --warm-up-time 0.01 --measurement-time 0.05 --timeout 5s \
             --noplot",
        );
        let mut name = |path: &str| {
            bench.command.args(["--interpreter", path]);
        };
        for (at, (fake_name, change)) in FAKES.into_iter().enumerate() {
            if at == 4 {
                name(&real());
            }
            name(fake(folder, fake_name, change).to_str().unwrap());
        }
        name("/nowhere/python3");
        let ran = bench.run();
        let record = ran.record();
        Run { ran, record }
    }

    /// The place of an interpreter whose executable has this name.
    fn seat(&self, name: &str) -> usize {
        let mut all = 0..self.record.interpreters();
        let is = |at: &usize| {
            let executable = &self.record.interpreter_at(*at).executable;
            Path::new(executable).file_name().unwrap() == Path::new(name).file_name().unwrap()
        };
        all.find(is)
            .unwrap_or_else(|| panic!("{name} is not in the run:\n{}", self.ran.stderr))
    }

    fn pairs(&self, name: &str) -> &[PairRecord] {
        self.record.pairs_at(self.seat(name))
    }

    /// Asserts that it was verified, and each of its variants was measured in every launch.
    #[track_caller]
    fn is_complete(&self, name: &str) {
        for pair in self.pairs(name) {
            assert!(pair.verification.passed, "{name}: {:?}", pair.verification);
            assert_eq!(failed(pair), Vec::<&VariantRecord>::new(), "{name}");
            let comparisons = pair.launches.iter().flat_map(|launch| &launch.comparisons);
            let with_rust = comparisons.filter(|comparison| comparison.variant == "rust");
            assert_eq!(with_rust.count(), LAUNCHES, "{name}/{}", pair.name);
        }
    }

    /// Asserts that it was not verified, for this reason, which the terminal shows as well.
    #[track_caller]
    fn is_refused(&self, name: &str, is: impl Fn(&Fault) -> bool, words: &str) {
        for pair in self.pairs(name) {
            assert!(!pair.verification.passed && pair.launches.is_empty(), "{name}");
            let [failure] = pair.verification.failures.as_slice() else {
                panic!("{name}: {:?}", pair.verification.failures);
            };
            assert!(is(&failure.fault), "{name}: {:?}", failure.fault);
            assert!(
                failure.fault.to_string().contains(words),
                "{name}: {}",
                failure.fault
            );
        }
        assert!(self.ran.stderr.contains(words), "{}", self.ran.stderr);
    }

    /// Asserts that it was verified, and its baseline failed when it was measured.
    #[track_caller]
    fn fails_later(&self, name: &str, is: impl Fn(&Fault) -> bool) {
        for pair in self.pairs(name) {
            assert!(pair.verification.passed, "{name}: {:?}", pair.verification);
            let [variant] = failed(pair)[..] else {
                panic!("{name}: {:?}", pair.variants);
            };
            let VariantState::Failed { fault } = &variant.state else {
                unreachable!();
            };
            assert_eq!(variant.name, "python");
            assert!(is(fault), "{name}: {fault:?}");
            let comparisons = pair.launches.iter().flat_map(|launch| &launch.comparisons);
            assert_eq!(comparisons.count(), 0, "{name}");
        }
    }
}

fn failed(pair: &PairRecord) -> Vec<&VariantRecord> {
    let variants = pair.variants.iter();
    variants
        .filter(|variant| matches!(variant.state, VariantState::Failed { .. }))
        .collect()
}

#[test]
fn bad_interpreters_fail_alone() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::new(folder.path());
    assert_eq!(run.ran.code, Some(1), "{}", run.ran.stderr);
    run.ran.left_nothing();
    run.is_complete(&real());
    run.is_complete("lies");
    let lies = run.record.interpreter_at(run.seat("lies"));
    assert_eq!(
        (lies.implementation.as_str(), lies.version.as_str()),
        ("Serpent", "3.8.0")
    );
    let hang = |fault: &Fault| *fault == Fault::Hang { limit_s: 5 };
    let died = |fault: &Fault| matches!(fault, Fault::Died { how, .. } if how.contains("SIGABRT"));
    run.is_refused("hangs_at_work", hang, "still running after 5 s");
    run.is_refused("crashes_at_start", died, "SIGABRT");
    run.is_refused("crashes_in_a_call", died, "SIGABRT");
    let harness = |fault: &Fault| matches!(fault, Fault::Harness { .. });
    run.is_refused("speaks_another_protocol", harness, "speaks protocol 100");
    run.fails_later("crashes_while_timed", died);
    // By the limit of one interpreter, not of all together.
    run.fails_later("hangs_while_timed", hang);
    let missing: Vec<_> = run.record.lacking.iter().collect();
    let [hangs, nowhere] = missing.as_slice() else {
        panic!("{missing:?}");
    };
    assert!(
        hangs.asked.ends_with("hangs_when_asked") && hangs.reason.contains("does not answer within 5 s"),
        "{hangs:?}"
    );
    assert_eq!(nowhere.asked, "/nowhere/python3");
    for missing in missing {
        let words = format!("{} is missing in this run", missing.asked);
        assert!(run.ran.stderr.contains(&words), "{}", run.ran.stderr);
    }
}

/// Each is compared with itself, although they come in another order than in the baseline.
#[test]
fn each_of_them_is_compared_with_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (_, claims) = FAKES[7];
    let serpent = fake(folder.path(), "serpent", claims);
    let serpent = serpent.to_str().unwrap();
    let bench = |named: [&str; 2], arguments: &str| {
        let mut bench = Bench::new(&format!(
            "honest --exact --launches 3 --sample-size 10 --warm-up-time 0.01 --measurement-time 0.05 --noplot {arguments}"
        ));
        for name in named {
            bench.command.args(["--interpreter", name]);
        }
        bench
    };
    let first = bench([&real(), serpent], "").run();
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    // Beside one of them Rust was a thousand times as fast, which is beyond any noise.
    let mut kept = first.record();
    let launches = kept.further[0].pairs[0].launches.iter_mut();
    let rust = launches
        .flat_map(|launch| &mut launch.comparisons)
        .filter(|own| own.variant == "rust");
    rust.flat_map(|own| &mut own.variant_samples.ns)
        .for_each(|ns| *ns /= 1_000);
    let second = bench([serpent, &real()], "--baseline main --fail-if slower:900%");
    save_baseline(&kept, &"main".parse().unwrap(), second.folder.path()).unwrap();
    let second = second.run();
    assert_eq!(second.code, Some(3), "{}", second.stderr);
    let errors: Vec<&str> = second
        .stderr
        .lines()
        .filter(|line| line.contains("honest/rust is "))
        .collect();
    let [error] = errors[..] else {
        panic!("{}", second.stderr)
    };
    let [real, serpent] = [0, 1].map(|at| first.record().interpreter_at(at).label());
    assert!(
        error.contains(&format!("with {serpent}: honest/rust is ")),
        "{error}"
    );
    let tables: Vec<&str> = second
        .stdout
        .lines()
        .filter(|line| line.starts_with("with ") && !line.contains("the first interpreter"))
        .collect();
    assert_eq!(
        tables,
        [format!("with {serpent}:"), format!("with {real}:")],
        "{}",
        second.stdout
    );
}

/// An environment over the real interpreter, with a module of this name and text.
fn environment(folder: &Path, module: &str, text: &str) -> String {
    let prefix = folder.join("environment");
    let made = Command::new(real())
        .args(["-m", "venv", "--without-pip"])
        .arg(&prefix)
        .status()
        .unwrap();
    assert!(made.success(), "is the module venv installed for {}?", real());
    let python = prefix.join("bin/python");
    let output = Command::new(&python)
        .args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        .output()
        .unwrap();
    let packages = String::from_utf8(output.stdout).unwrap();
    std::fs::write(Path::new(packages.trim()).join(format!("{module}.py")), text).unwrap();
    python.to_str().unwrap().into()
}

#[test]
fn a_library_that_only_one_of_them_has() {
    let folder = tempfile::tempdir().unwrap();
    let text = "__version__ = '7.1'\ndef add(numbers): return sum(numbers)\n";
    let with = environment(folder.path(), "a_module_that_nobody_has", text);
    let mut bench = Bench::new("--quick --noplot --exact needs_missing");
    bench
        .command
        .args(["--interpreter", &real(), "--interpreter", &with]);
    let ran = bench.run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let measures = |at: usize| {
        let launches = record.pairs_at(at)[0].launches.iter();
        let mut comparisons = launches.flat_map(|launch| &launch.comparisons);
        comparisons.any(|comparison| comparison.variant == "extra")
    };
    assert_eq!((measures(0), measures(1)), (false, true), "{}", ran.stderr);
    let state = |at: usize| {
        let mut variants = record.pairs_at(at)[0].variants.iter();
        variants
            .find(|variant| variant.name == "extra")
            .unwrap()
            .state
            .clone()
    };
    let VariantState::Skipped { reason } = state(0) else {
        panic!("{:?}", state(0));
    };
    assert!(
        reason.contains("a_module_that_nobody_has") && reason.contains("-m pip install"),
        "{reason}"
    );
    assert_eq!(state(1), VariantState::Active);
    let version = ("a_module_that_nobody_has".to_string(), "7.1".to_string());
    assert_eq!(record.interpreter_at(0).packages, []);
    assert_eq!(record.interpreter_at(1).packages, [version]);
}

#[test]
fn a_step_that_fails_with_one_of_them_is_lost_there_alone() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let right = "def add(numbers): return sum(numbers)\n";
    let wrong = "def add(numbers): return sum(numbers) + 1\n";
    let mut bench = Bench::new("--quick --noplot --exact needs_missing");
    for (folder, text) in folders.iter().zip([right, wrong]) {
        let python = environment(folder.path(), "a_module_that_nobody_has", text);
        bench.command.args(["--interpreter", &python]);
    }
    let ran = bench.run();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("FAIL needs_missing/extra with "),
        "{}",
        ran.stderr
    );
    let record = ran.record();
    let measured = |at: usize| {
        let launches = record.pairs_at(at)[0].launches.iter();
        let mut names: Vec<_> = launches
            .flat_map(|launch| &launch.comparisons)
            .map(|comparison| comparison.variant.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    assert_eq!((measured(0), measured(1)), (vec!["extra", "rust"], vec!["rust"]));
    let [failure] = record.pairs_at(1)[0].verification.failures.as_slice() else {
        panic!("{:?}", record.pairs_at(1)[0].verification);
    };
    assert!(matches!(failure.fault, Fault::Disagrees { .. }), "{failure:?}");
}

#[test]
fn diagnosers_run_with_every_interpreter_if_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let with = environment(
        folder.path(),
        "a_module_that_nobody_has",
        "def add(numbers): return sum(numbers)\n",
    );
    let diagnosed = |every: &str| {
        let mut bench = Bench::new(&format!(
            "--quick --exact needs_missing --diagnose memory,startup {every}"
        ));
        bench
            .command
            .args(["--interpreter", &real(), "--interpreter", &with]);
        let ran = bench.run();
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran
    };
    let memory = |record: &Record, at: usize| {
        let memory = record.pairs_at(at)[0].diagnoses.memory.iter();
        memory.map(|one| one.variant.clone()).collect::<Vec<_>>()
    };
    let first = diagnosed("").record();
    assert_eq!((memory(&first, 0).len(), memory(&first, 1).len()), (2, 0));
    let ran = diagnosed("--diagnose-every");
    let record = ran.record();
    assert!(record.settings.diagnose_every);
    for at in [0, 1] {
        let found = &record.pairs_at(at)[0].diagnoses;
        assert_eq!(found.failures, [], "{}", ran.stderr);
        assert!(found.start_up.is_some());
    }
    // The variants of each, not those of the first.
    assert!(!memory(&record, 0).contains(&"extra".into()));
    assert!(memory(&record, 1).contains(&"extra".into()));
    let page = ran.file("pairs/needs_missing.html");
    assert!(page.contains("What each interpreter does"), "{page}");
}
