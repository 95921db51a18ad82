//! The interpreters of a run: which were asked for, which there are, and the extension module for each.

use super::Suite;
use super::child::Seat;
use super::options::Options;
use super::run::Run;
use super::terminal::{Terminal, rough};
use crate::hosts::buildable::buildable;
use crate::hosts::discovery::{Discovery, Found, LeftOut, Reason, Surroundings, everywhere};
use crate::hosts::extension;
use crate::hosts::interpreter::{self, Python};
use crate::hosts::{Refusal, launcher::Stop};
use crate::record::{Lacking, NativeModule, Phase};
use crate::registry::Variant;
use std::cell::OnceCell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What `--interpreter` takes for every Python that there is.
pub(super) const ALL: &str = "all";

/// How long an interpreter may take to say what it is when nobody named it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The interpreters that were asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Those that there are, in the order in which they were named.
    pub pythons: Vec<Python>,
    /// Those that could not be had.
    pub lacking: Vec<Lacking>,
}

/// Finds the interpreters of a run. Of several, those that are not there are left out and said; of one, that is an error.
///
/// # Errors
///
/// When there is none at all; the text says why and what to do.
pub(super) fn find(options: &Options, terminal: &Terminal) -> Result<Asked, String> {
    let discovered = OnceCell::new();
    let discover = || discovered.get_or_init(|| everywhere(&Surroundings::of_this_process(), PATIENCE));
    // A version manager's shim on PATH may refuse what is installed all the same.
    let installed = |name: &str| Name::of(name).and_then(|name| name.among(&discover().found));
    let choose = |name: &str| {
        let named = interpreter::choose(Some(name));
        named.or_else(|error| installed(name).ok_or_else(|| error.to_string()))
    };
    let mut asked = Asked::default();
    match options.interpreter.as_slice() {
        [] => asked.add(interpreter::choose(None).map_err(|error| error.to_string())?),
        [only] if only != ALL => asked.add(choose(only)?),
        several => {
            for name in several {
                if name == ALL {
                    tell(discover(), terminal);
                    asked.add_all(discover().clone(), interpreter::choose(None).ok());
                } else {
                    match choose(name) {
                        Ok(python) => asked.add(python),
                        Err(reason) => asked.lacking.push(Lacking {
                            asked: name.clone(),
                            reason,
                        }),
                    }
                }
            }
        }
    }
    for lacking in &asked.lacking {
        terminal.warn(&format!(
            "{} is missing in this run: {}",
            lacking.asked, lacking.reason
        ));
    }
    match asked.pythons.is_empty() {
        true => Err(
            "none of the interpreters that were asked for is there; cargo run -- interpreters lists what is"
                .into(),
        ),
        false => Ok(asked),
    }
}

impl Asked {
    /// One of each.
    fn add(&mut self, python: Python) {
        let same = |known: &Python| {
            known.about.executable == python.about.executable && known.prefix == python.prefix
        };
        if !self.pythons.iter().any(same) {
            self.pythons.push(python);
        }
    }

    /// Each executable once; what a plain run measures comes first. An environment is measured where it is that, instead of
    /// what it is made of.
    fn add_all(&mut self, discovery: Discovery, plain: Option<Python>) {
        let base = plain.as_ref().and_then(|plain| plain.about.base.clone());
        let is_plain = |python: &Python| {
            plain
                .as_ref()
                .is_some_and(|plain| plain.about.executable == python.about.executable)
        };
        let (first, others): (Vec<Found>, Vec<Found>) = discovery
            .found
            .into_iter()
            .partition(|found| is_plain(&found.python));
        let others = others.into_iter().filter(|found| {
            let about = &found.python.about;
            !about.virtual_env && Some(&about.executable) != base.as_ref()
        });
        for found in first.into_iter().chain(others) {
            self.add(found.python);
        }
        let refused = discovery
            .left_out
            .into_iter()
            .filter_map(|one| match &one.reason {
                // Nobody expects anything of these.
                Reason::Refused(Refusal::TooOld { .. } | Refusal::Missing | Refusal::NotExecutable) => None,
                Reason::Refused(refusal) => Some(Lacking {
                    asked: one.path.display().to_string(),
                    reason: refusal.to_string(),
                }),
                Reason::Same { .. } | Reason::PyenvShim | Reason::DanglingLink => None,
            });
        self.lacking.extend(refused);
    }
}

/// An interpreter by its implementation and version, as commands are called: `python3.12`, `python3.13t`, `pypy3.11`.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    implementation: &'static str,
    language: (u32, u32),
    free_threaded: bool,
}

impl Name {
    /// Of such a command; anything else is none.
    fn of(command: &str) -> Option<Self> {
        let known = [("python", "CPython"), ("pypy", "PyPy"), ("graalpy", "GraalPy")];
        let (implementation, version) = known
            .iter()
            .find_map(|(start, name)| Some((*name, command.strip_prefix(start)?)))?;
        let free_threaded = version.ends_with('t');
        let (major, minor) = version.trim_end_matches('t').split_once('.')?;
        Some(Name {
            implementation,
            language: (major.parse().ok()?, minor.parse().ok()?),
            free_threaded,
        })
    }

    /// The newest release of it that is installed.
    fn among(&self, found: &[Found]) -> Option<Python> {
        let is = |found: &&Found| {
            let about = &found.python.about;
            about.implementation == self.implementation
                && about.language() == self.language
                && about.free_threaded.unwrap_or(false) == self.free_threaded
                && !about.virtual_env
        };
        // Discovery sorts by version.
        found.iter().rfind(is).map(|found| found.python.clone())
    }
}

/// What was found, and how much was left out.
fn tell(discovery: &Discovery, terminal: &Terminal) {
    let environments = discovery
        .found
        .iter()
        .filter(|found| found.python.about.virtual_env);
    let same = |one: &&LeftOut| matches!(one.reason, Reason::Same { .. } | Reason::PyenvShim);
    let names = discovery.left_out.iter().filter(same).count();
    terminal.say(&format!(
        "{} interpreters found in {:.1} s, {} of them environments; left out: {names} more names of the same, {} other files \
         (cargo run -- interpreters lists all)",
        discovery.found.len(),
        discovery.seconds,
        environments.count(),
        discovery.left_out.len() - names
    ));
}

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
        let start = Instant::now();
        let built = build(which, suite, python, self, self.stop);
        let time = start.elapsed();
        self.spend(phase, time);
        self.wait_for(time);
        if first && built.is_ok() {
            terminal.say(&format!("  built in {}", rough(time.as_secs_f64())));
        }
        (built, time.as_secs_f64())
    }
}

/// Begins with what was compiled for an interpreter before it, most of which does not depend on the interpreter.
fn build(
    which: extension::Build,
    suite: &Suite,
    python: &Python,
    run: &Run<'_>,
    stop: &Stop,
) -> Result<PathBuf, String> {
    let built_before = run.seats.iter().find(|seat| seat.extension_dir.is_some());
    let like = built_before.map(|seat: &Seat| &seat.python);
    let extension = extension::build(which, &suite.registry, python, like, &run.target, stop)?;
    Ok(extension.folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::interpreter::Interpreter;

    fn found(version: &str, free_threaded: bool) -> Found {
        Found {
            python: Python {
                about: Interpreter {
                    executable: format!("/opt/{version}/bin/python3"),
                    implementation: "CPython".into(),
                    version: version.into(),
                    free_threaded: Some(free_threaded),
                    ..Interpreter::default()
                },
                ext_suffix: ".so".into(),
                prefix: format!("/opt/{version}").into(),
                installed_native: None,
            },
            places: Vec::new(),
            unbuildable: None,
        }
    }

    #[test]
    fn a_command_names_an_implementation_and_a_version() {
        let free = Name::of("python3.13t").unwrap();
        assert_eq!(
            (free.implementation, free.language, free.free_threaded),
            ("CPython", (3, 13), true)
        );
        assert_eq!(Name::of("pypy3.11").unwrap().implementation, "PyPy");
        for other in [
            "python",
            "python3",
            "/usr/bin/python3.9",
            "ruby3.1",
            "python3.x",
            "all",
        ] {
            assert_eq!(Name::of(other), None, "{other}");
        }
    }

    #[test]
    fn the_newest_release_of_the_version_and_build_that_was_named() {
        let all = [
            found("3.12.1", false),
            found("3.12.7", false),
            found("3.13.0", true),
        ];
        let version = |command: &str| {
            let python = Name::of(command).unwrap().among(&all);
            python.map(|python| python.about.version)
        };
        assert_eq!(version("python3.12").as_deref(), Some("3.12.7"));
        assert_eq!(version("python3.13t").as_deref(), Some("3.13.0"));
        assert_eq!(version("python3.13"), None);
        assert_eq!(version("pypy3.12"), None);
    }
}
