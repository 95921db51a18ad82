//! The extension modules of a run, one for each interpreter.

use super::Suite;
use super::run::Run;
use super::terminal::{Terminal, rough};
use crate::hosts::buildable::buildable;
use crate::hosts::extension;
use crate::record::{NativeModule, Phase};
use crate::registry::Variant;
use std::path::PathBuf;
use std::time::Instant;

impl Run<'_> {
    /// Builds the extension module for each interpreter, where a chosen variant needs it.
    pub fn build_extensions(&mut self, suite: &Suite, terminal: &mut Terminal) {
        let needs = |variant: &Variant| {
            variant
                .requires
                .iter()
                .any(|module| module == Variant::NATIVE_MODULE)
        };
        let needed = self.selected.iter().any(|pair| {
            let mut variants = pair.entry.pair.variants().iter();
            variants.any(|v| needs(v) && pair.variants.contains(&v.name.as_str()))
        });
        if !needed {
            return;
        }
        let all = self.seats.len();
        for at in 0..all {
            if self.stop.requested() {
                return;
            }
            let native = self.extension_for(at, suite, terminal);
            if let NativeModule::Unavailable { reason } = &native {
                terminal.warn(&format!("native variants are skipped{}: {reason}", self.with(at)));
            }
            *self.record.native_at_mut(at) = native;
        }
    }

    /// What there is for an interpreter: a module that is installed there already, or one that is built now.
    fn extension_for(&mut self, at: usize, suite: &Suite, terminal: &Terminal) -> NativeModule {
        let python = &self.seats[at].python;
        if let Some(path) = &python.installed_native {
            let path = path.display().to_string();
            terminal.say(&format!(
                "{}: the extension module that is installed there is used, {path}",
                python.about.label()
            ));
            return NativeModule::Prebuilt { path };
        }
        if let Err(why) = buildable(&python.about) {
            return NativeModule::Unavailable {
                reason: why.to_string(),
            };
        }
        let (built, seconds) = self.build(extension::Build::Timed, at, suite, terminal);
        match built {
            Ok(folder) => {
                self.seats[at].extension_dir = Some(folder);
                NativeModule::Ready { seconds }
            }
            Err(reason) => NativeModule::Unavailable { reason },
        }
    }

    /// Builds the extension module of the first interpreter once more, to count allocations. Without it everything else is
    /// diagnosed all the same.
    pub fn build_counting(&mut self, suite: &Suite, terminal: &mut Terminal) {
        if let NativeModule::Unavailable { reason } = &self.record.native {
            self.counting = Err(reason.clone());
            return;
        }
        self.counting = match extension::can_count(&suite.registry) {
            Ok(()) => self.build(extension::Build::Counting, 0, suite, terminal).0,
            Err(reason) => Err(reason),
        };
        if let Err(reason) = &self.counting
            && !self.stop.requested()
        {
            terminal.say(&format!("allocations are not counted: {reason}"));
        }
    }

    /// The folder of a build of the extension module, and the seconds that it took.
    fn build(
        &mut self,
        which: extension::Build,
        at: usize,
        suite: &Suite,
        terminal: &Terminal,
    ) -> (Result<PathBuf, String>, f64) {
        let python = &self.seats[at].python;
        let first = !extension::is_built(which, &suite.registry, python, &self.target);
        let (name, phase) = match which {
            extension::Build::Timed => ("extension module", Phase::BUILD),
            extension::Build::Counting => ("counting module", Phase::COUNTING),
        };
        if first {
            let whose = match self.seats.len() {
                1 => "this interpreter".to_string(),
                all => format!("{}, interpreter {} of {all}", python.about.label(), at + 1),
            };
            terminal.say(&format!("building the {name} for {whose} (once; about a minute)"));
        }
        // Most of what was compiled for an interpreter before does not depend on the interpreter.
        let mut built_before = self.seats.iter().filter(|seat| seat.extension_dir.is_some());
        let like = built_before.next().map(|seat| &seat.python);
        let start = Instant::now();
        let built = extension::build(which, &suite.registry, python, like, &self.target, self.stop);
        let time = start.elapsed();
        self.spend(phase, time);
        self.wait_for(time);
        if first && built.is_ok() {
            terminal.say(&format!("  built in {}", rough(time.as_secs_f64())));
        }
        (built.map(|extension| extension.folder), time.as_secs_f64())
    }
}
