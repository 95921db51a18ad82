//! The extension modules of a run, one for each interpreter.

use crate::hosts::buildable::buildable;
use crate::hosts::extension;
use crate::hosts::interpreter::Python;
use crate::hosts::launcher::Stop;
use crate::record::{NativeModule, Phase, Record};
use crate::registry::{Registry, Variant};
use crate::run::clock::spend;
use crate::run::interpreters::with;
use crate::run::plan::select::Selected;
use crate::terminal::{Terminal, rough};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// An interpreter of a run, with what it imports.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RunInterpreter {
    pub python: Python,
    /// The folder of its extension module, if there is one.
    pub extension_dir: Option<PathBuf>,
}

/// What builds need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Builder<'a> {
    pub registry: &'a Registry,
    pub target: &'a Path,
    pub stop: &'a Stop,
    pub terminal: &'a Terminal,
}

impl Builder<'_> {
    /// Builds the extension module for each interpreter, where a chosen variant needs it, and notes in the record what came
    /// of it.
    pub fn extensions(
        self,
        selected: &[Selected<'_>],
        pythons: Vec<Python>,
        record: &mut Record,
    ) -> Vec<RunInterpreter> {
        let needs = |variant: &Variant| {
            variant
                .requires
                .iter()
                .any(|module| module == Variant::NATIVE_MODULE)
        };
        let needed = selected.iter().any(|pair| {
            let mut variants = pair.entry.pair.variants().iter();
            variants.any(|v| needs(v) && pair.variants.contains(&v.name.as_str()))
        });
        let all = pythons.len();
        let mut built: Vec<RunInterpreter> = Vec::new();
        for (at, python) in pythons.into_iter().enumerate() {
            let mut extension_dir = None;
            if needed && !self.stop.requested() {
                let label = label(&python, at, all);
                // Most of what was compiled for an interpreter before does not depend on the interpreter.
                let mut built_before = built.iter().filter(|one| one.extension_dir.is_some());
                let like = built_before.next().map(|one| &one.python);
                let native;
                (native, extension_dir) = self.extension(&python, &label, like, record);
                if let NativeModule::Unavailable { reason } = &native {
                    let with = with(record, at);
                    self.terminal
                        .warn(&format!("native variants are skipped{with}: {reason}"));
                }
                *record.native_at_mut(at) = native;
            }
            built.push(RunInterpreter {
                python,
                extension_dir,
            });
        }
        built
    }

    /// What there is for an interpreter, and the folder of the module that was built: a module that is installed there
    /// already, or one that is built now.
    fn extension(
        self,
        python: &Python,
        label: &str,
        like: Option<&Python>,
        record: &mut Record,
    ) -> (NativeModule, Option<PathBuf>) {
        if let Some(path) = &python.installed_native {
            let path = path.display().to_string();
            self.terminal.say(&format!(
                "{}: the extension module that is installed there is used, {path}",
                python.about.label()
            ));
            return (NativeModule::Prebuilt { path }, None);
        }
        if let Err(why) = buildable(&python.about) {
            let reason = why.to_string();
            return (NativeModule::Unavailable { reason }, None);
        }
        let (built, time) = self.build(extension::Build::Timed, python, label, like);
        spend(record, Phase::BUILD, time);
        match built {
            Ok(folder) => {
                let seconds = time.as_secs_f64();
                (NativeModule::Ready { seconds }, Some(folder))
            }
            Err(reason) => (NativeModule::Unavailable { reason }, None),
        }
    }

    /// Builds the extension module of the first interpreter once more, to count allocations, and returns its folder and what
    /// that took. Without it everything else is diagnosed all the same.
    pub fn counting(
        self,
        interpreters: &[RunInterpreter],
        native: &NativeModule,
    ) -> (Result<PathBuf, String>, Option<Duration>) {
        if let NativeModule::Unavailable { reason } = native {
            return (Err(reason.clone()), None);
        }
        let python = &interpreters[0].python;
        let label = label(python, 0, interpreters.len());
        let like = interpreters.iter().find(|one| one.extension_dir.is_some());
        let (counting, time) = match extension::can_count(self.registry) {
            Ok(()) => {
                let like = like.map(|one| &one.python);
                let (built, time) = self.build(extension::Build::Counting, python, &label, like);
                (built, Some(time))
            }
            Err(reason) => (Err(reason), None),
        };
        if let Err(reason) = &counting
            && !self.stop.requested()
        {
            self.terminal
                .say(&format!("allocations are not counted: {reason}"));
        }
        (counting, time)
    }

    /// The folder of a build of the extension module, and the time that it took.
    fn build(
        self,
        which: extension::Build,
        python: &Python,
        label: &str,
        like: Option<&Python>,
    ) -> (Result<PathBuf, String>, Duration) {
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
        let built = extension::build(which, self.registry, python, like, self.target, self.stop);
        let time = start.elapsed();
        if first && built.is_ok() {
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
