//! The first stage: build the extension modules, one for each interpreter.

use crate::hosts::buildable::buildable;
use crate::hosts::extension;
use crate::hosts::interpreter::Python;
use crate::hosts::launcher::Stop;
use crate::record::{NativeModule, Phase};
use crate::registry::{Registry, Variant};
use crate::run::launch::process::RunInterpreter;
use crate::run::state::Run;
use crate::terminal::{Terminal, rough};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A build that takes longer is announced. One that has nothing to do is over sooner.
const SILENCE: Duration = Duration::from_secs(2);

/// Builds the extension module for each interpreter, where a chosen variant needs it, and notes in the record what came
/// of it. The clock of the run does not count the time.
pub(crate) fn build_extensions(run: &mut Run<'_>, terminal: &Terminal) {
    let needs = |variant: &Variant| {
        variant
            .requires
            .iter()
            .any(|module| module == Variant::NATIVE_MODULE)
    };
    let needed = run.selected.iter().any(|pair| {
        let mut variants = pair.entry.pair.variants().iter();
        variants.any(|v| needs(v) && pair.variants.contains(&v.name.as_str()))
    });
    if !needed {
        return;
    }
    let start = Instant::now();
    for at in 0..run.interpreters.len() {
        let (native, folder, time) = Builder::of(run, terminal).extension(at);
        run.spend(Phase::BUILD, time);
        if run.stop.requested() {
            // A build that was stopped says nothing about the interpreter.
            break;
        }
        if let NativeModule::Unavailable { reason } = &native {
            let with = run.with(at);
            terminal.warn(&format!("native variants are skipped{with}: {reason}"));
        }
        run.interpreters[at].extension_dir = folder;
        *run.record.native_at_mut(at) = native;
    }
    run.clock.leave_out(start.elapsed());
}

/// Builds the extension module of the first interpreter again, to count allocations, and returns its folder, or why
/// there is none. All other diagnosers do without it.
pub(crate) fn build_counting(run: &mut Run<'_>, terminal: &Terminal) -> Result<PathBuf, String> {
    if let NativeModule::Unavailable { reason } = &run.record.native {
        return Err(reason.clone());
    }
    let counting = extension::can_count(&run.suite.registry).and_then(|()| {
        let (built, time) = Builder::of(run, terminal).build(extension::Build::Counting, 0);
        run.spend(Phase::COUNTING, time);
        run.clock.leave_out(time);
        built
    });
    if let Err(reason) = &counting
        && !run.stop.requested()
    {
        terminal.say(&format!("allocations are not counted: {reason}"));
    }
    counting
}

/// What builds need of a run.
#[derive(Clone, Copy)]
struct Builder<'a> {
    registry: &'a Registry,
    interpreters: &'a [RunInterpreter],
    target: &'a Path,
    stop: &'a Stop,
    terminal: &'a Terminal,
}

impl<'a> Builder<'a> {
    fn of(run: &'a Run<'_>, terminal: &'a Terminal) -> Self {
        Builder {
            registry: &run.suite.registry,
            interpreters: &run.interpreters,
            target: &run.target,
            stop: run.stop,
            terminal,
        }
    }

    /// What there is for an interpreter, the folder of the module that was built, and the time that it took: a module that
    /// is installed there already, or one that is built now.
    fn extension(self, at: usize) -> (NativeModule, Option<PathBuf>, Duration) {
        let python = &self.interpreters[at].python;
        if let Some(path) = &python.installed_native {
            let path = path.display().to_string();
            self.terminal.say(&format!(
                "{}: the extension module that is installed there is used, {path}",
                python.about.label()
            ));
            return (NativeModule::Prebuilt { path }, None, Duration::ZERO);
        }
        if let Err(why) = buildable(&python.about) {
            let reason = why.to_string();
            return (NativeModule::Unavailable { reason }, None, Duration::ZERO);
        }
        let (built, time) = self.build(extension::Build::Timed, at);
        match built {
            Ok(folder) => {
                let seconds = time.as_secs_f64();
                (NativeModule::Ready { seconds }, Some(folder), time)
            }
            Err(reason) => (NativeModule::Unavailable { reason }, None, time),
        }
    }

    /// The folder of a build of the extension module, and the time that it took.
    fn build(self, which: extension::Build, at: usize) -> (Result<PathBuf, String>, Duration) {
        let python = &self.interpreters[at].python;
        let label = label(python, at, self.interpreters.len());
        // Most of what was compiled for another interpreter does not depend on the interpreter.
        let mut built_before = self.interpreters.iter().filter(|one| one.extension_dir.is_some());
        let like = built_before.next().map(|one| &one.python);
        let first = !extension::is_built(which, self.registry, python, self.target);
        let name = match which {
            extension::Build::Timed => "extension module",
            extension::Build::Counting => "counting module",
        };
        if first {
            self.terminal
                .say(&format!("building the {name} for {label} (once; about a minute)"));
        }
        let start = Instant::now();
        let (built, announced) = std::thread::scope(|scope| {
            let (registry, target, stop) = (self.registry, self.target, self.stop);
            let build = scope.spawn(move || extension::build(which, registry, python, like, target, stop));
            while !build.is_finished() && start.elapsed() < SILENCE {
                std::thread::sleep(Duration::from_millis(10));
            }
            let again = !first && !build.is_finished();
            if again {
                let why = "what it is made of has changed";
                self.terminal
                    .say(&format!("building the {name} for {label} again: {why}"));
            }
            let built = build
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (built, first || again)
        });
        let time = start.elapsed();
        if announced && built.is_ok() {
            self.terminal
                .say(&format!("  built in {}", rough(time.as_secs_f64())));
        }
        (built.map(|extension| extension.folder), time)
    }
}

/// Which interpreter a build is for.
fn label(python: &Python, at: usize, all: usize) -> String {
    match all {
        1 => "this interpreter".into(),
        all => format!("{}, interpreter {} of {all}", python.about.label(), at + 1),
    }
}
