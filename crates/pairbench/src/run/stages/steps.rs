//! What steps need besides the extension module: installed packages and compiled Python files, made beside the first checks.

use crate::hosts::Python;
use crate::hosts::launcher::Stop;
use crate::hosts::steps::{Refused, Workshop};
use crate::registry::Variant;
use crate::run::plan::select::Selected;
use crate::run::state::Run;
use crate::terminal::rough;
use crate::text::count;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

/// Something that is made before a pair can be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Need {
    Packages,
    Extension,
    Compiled,
}

/// What a chosen pair needs. A pair declared by reference lives in the user's environment, to which nothing is added.
pub(super) fn needs(pair: &Selected<'_>) -> Vec<Need> {
    let need = |module: &String| match module.as_str() {
        Variant::NATIVE_MODULE => Need::Extension,
        Variant::COMPILED_MODULE => Need::Compiled,
        _ => Need::Packages,
    };
    let mut needs: Vec<Need> = modules(pair).map(need).collect();
    needs.retain(|need| *need == Need::Extension || !pair.entry.is_declared());
    needs
}

fn modules<'a>(pair: &'a Selected<'a>) -> impl Iterator<Item = &'a String> {
    let variants = pair.entry.pair.variants().iter();
    let chosen = variants.filter(|variant| pair.variants.contains(&variant.name.as_str()));
    let required = chosen.flat_map(|variant| &variant.requires);
    // Nobody can install a part of the standard library.
    required.filter(|module| *module != Variant::INTERPRETERS_MODULE)
}

/// What the steps of a run need, the same for all interpreters.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// The folder of the Python files and of the requirements.
    root: PathBuf,
    modules: BTreeSet<String>,
    /// The files to compile, by pair.
    files: BTreeMap<String, PathBuf>,
}

impl Steps {
    pub fn of(run: &Run<'_>) -> Self {
        let own = run.selected.iter().filter(|pair| !pair.entry.is_declared());
        let mut steps = Steps::default();
        for pair in own {
            let sources = &pair.entry.sources;
            steps.root.clone_from(&sources.python_root);
            steps.modules.extend(modules(pair).cloned());
            if needs(pair).contains(&Need::Compiled) {
                steps
                    .files
                    .insert(pair.entry.name.into(), sources.python_path.clone());
            }
        }
        steps
    }

    /// Why each thing is not made, by its name.
    pub fn left_out(&self) -> Refused {
        let files = self.files.keys().map(|pair| compiled(pair));
        let all = self.modules.iter().cloned().chain(files);
        all.map(|name| (name, "--no-install was given".into())).collect()
    }

    /// Where they are made; `None` if the suite has no requirements.
    pub fn workshop<'w>(&self, python: &'w Python, target: &Path, stop: &'w Stop) -> Option<Workshop<'w>> {
        Workshop::of(python, &self.root, target, stop)
    }

    /// Installs what is needed; returns the folder of the modules, and what is missing.
    pub fn install(
        &self,
        workshop: &Workshop<'_>,
        label: &str,
        say: &dyn Fn(String),
    ) -> (Option<PathBuf>, Refused) {
        let wanted = workshop.wanted(&self.modules, !self.files.is_empty());
        if wanted.is_empty() {
            return (None, Refused::new());
        }
        let missing = workshop.missing(&wanted);
        let names = Vec::from_iter(missing.iter().cloned()).join(", ");
        if !missing.is_empty() {
            say(format!(
                "setting up {names} for {label} (once; --no-install leaves it out)"
            ));
        }
        let start = Instant::now();
        match workshop.install(&wanted) {
            Ok((folder, refused)) => {
                if !missing.is_empty() && refused.is_empty() {
                    let took = rough(start.elapsed().as_secs_f64());
                    say(format!("{names} for {label} took {took} to set up"));
                }
                (Some(folder), refused)
            }
            Err(why) => (None, wanted.into_iter().map(|name| (name, why.clone())).collect()),
        }
    }

    /// Compiles what has to be compiled, two files at a time; returns the folder, and what could not be compiled.
    pub fn compile(
        &self,
        workshop: &Workshop<'_>,
        label: &str,
        say: &dyn Fn(String),
    ) -> (Option<PathBuf>, Refused) {
        let files = self
            .files
            .iter()
            .map(|(pair, file)| (pair.as_str(), file.as_path()));
        let first = !files
            .clone()
            .all(|(pair, file)| workshop.has_compiled(pair, file));
        let number = count(self.files.len(), "Python file");
        if first {
            say(format!(
                "compiling {number} with mypyc for {label} (once for each version of a file)"
            ));
        }
        let start = Instant::now();
        let (waiting, done) = (Mutex::new(files), Mutex::new((None, Refused::new())));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while let Some((pair, file)) = lock(&waiting).next() {
                        let result = workshop.compile(pair, file);
                        let mut done = lock(&done);
                        match result {
                            Ok(folder) => done.0 = Some(folder),
                            Err(why) => drop(done.1.insert(compiled(pair), why)),
                        }
                    }
                });
            }
        });
        if first {
            let took = rough(start.elapsed().as_secs_f64());
            say(format!("{number} for {label} took {took} to compile"));
        }
        done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Why a variant's module is missing, if the run should have made it.
pub(super) fn why_missing<'r>(
    refused: &'r Refused,
    pair: &Selected<'_>,
    variant: &str,
) -> Option<&'r String> {
    let variant = pair
        .entry
        .pair
        .variants()
        .iter()
        .find(|known| known.name == variant)?;
    variant.requires.iter().find_map(|module| match module.as_str() {
        Variant::COMPILED_MODULE => refused
            .get(&compiled(pair.entry.name))
            .or_else(|| refused.get("mypy")),
        module => refused.get(module),
    })
}

/// The name of a pair's compiled file in [`Refused`].
fn compiled(pair: &str) -> String {
    format!("{pair}/{}", Variant::COMPILED_MODULE)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
