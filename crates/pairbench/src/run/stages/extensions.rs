//! What is built for each interpreter beside the first checks: the extension module, and what other steps need.

use super::steps::{Need, Steps, needs};
use crate::hosts::buildable::buildable;
use crate::hosts::extension;
use crate::hosts::interpreter::Python;
use crate::hosts::launcher::Stop;
use crate::hosts::steps::Refused;
use crate::record::{NativeModule, Phase};
use crate::registry::{Entry, Registry};
use crate::run::launch::process::RunInterpreter;
use crate::run::plan::select::Selected;
use crate::run::state::Run;
use crate::terminal::{Terminal, rough};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread::Scope;
use std::time::{Duration, Instant};

/// A build that takes longer is announced. One that has nothing to do is over sooner.
const SILENCE: Duration = Duration::from_secs(2);

/// Roughly how long a first build takes.
const FIRST: Duration = Duration::from_secs(60);

/// The builds for a run, beside the checks that need none of them.
///
/// Their time does not count on the run's clock: without these builds there is nothing to measure, as without that of
/// the executable.
pub(crate) struct Builds {
    /// The builds still to come, each with the place of its interpreter.
    open: HashSet<(usize, Need)>,
    messages: Receiver<Message>,
}

/// A message from the thread that builds.
enum Message {
    Says(String),
    Built {
        at: usize,
        native: NativeModule,
        folder: Option<PathBuf>,
    },
    Made {
        at: usize,
        need: Need,
        folder: Option<PathBuf>,
        refused: Refused,
    },
}

impl Builds {
    /// Starts to build what the chosen variants need, for one interpreter after another.
    pub fn begin<'scope, 'a: 'scope>(scope: &'scope Scope<'scope, '_>, run: &mut Run<'a>) -> Self {
        let steps = Steps::of(run);
        let mut needed: HashSet<Need> = run.selected.iter().flat_map(needs).collect();
        if run.options.no_install {
            needed.retain(|need| *need == Need::Extension);
            for interpreter in &mut run.interpreters {
                interpreter.refused = steps.left_out();
            }
        }
        let interpreters = run.interpreters.clone();
        let places = 0..interpreters.len();
        let open = places
            .flat_map(|at| needed.iter().map(move |need| (at, *need)))
            .collect();
        let (registry, target, stop) = (&run.suite.registry, run.target.clone(), run.stop);
        let (sender, messages) = channel();
        scope.spawn(move || {
            // Nobody listens any more if the run has ended with an error.
            let send = |message| drop(sender.send(message));
            let say = |line: String| send(Message::Says(line));
            let builder = Builder {
                registry,
                interpreters: &interpreters,
                target: &target,
                stop,
                say: &say,
            };
            let mut like = None;
            for (at, interpreter) in interpreters.iter().enumerate() {
                let python = &interpreter.python;
                let label = label(python, at, interpreters.len());
                let workshop = steps.workshop(python, &target, stop);
                let made = |need, (folder, refused)| {
                    send(Message::Made {
                        at,
                        need,
                        folder,
                        refused,
                    });
                };
                let nothing = (None, Refused::new());
                if needed.contains(&Need::Packages) || needed.contains(&Need::Compiled) {
                    let installed = workshop.as_ref().map(|one| steps.install(one, &label, &say));
                    made(Need::Packages, installed.unwrap_or(nothing.clone()));
                }
                if needed.contains(&Need::Extension) {
                    let (native, folder) = builder.extension(at, like);
                    // Most of what was compiled for one does not depend on the interpreter.
                    like = folder.as_ref().map(|_| python).or(like);
                    if !stop.requested() {
                        // A build that was stopped says nothing about the interpreter.
                        send(Message::Built { at, native, folder });
                    }
                }
                if needed.contains(&Need::Compiled) {
                    let compiled = workshop.as_ref().map(|one| steps.compile(one, &label, &say));
                    made(Need::Compiled, compiled.unwrap_or(nothing));
                }
                if stop.requested() {
                    break;
                }
            }
        });
        Builds { open, messages }
    }

    /// Whether a pair can be checked with an interpreter, as far as builds go.
    pub fn allow(&self, pair: &Selected<'_>, interpreter: usize) -> bool {
        let mut needs = needs(pair).into_iter();
        needs.all(|need| !self.open.contains(&(interpreter, need)))
    }

    /// Notes in the run and its record what was built since the last call, and returns whether anything was.
    pub fn take_in(&mut self, run: &mut Run<'_>, terminal: &Terminal) -> bool {
        let before = self.open.len();
        loop {
            match self.messages.try_recv() {
                Ok(Message::Says(line)) => terminal.say(&line),
                Ok(Message::Built { at, native, folder }) => {
                    if let NativeModule::Unavailable { reason } = &native {
                        let with = run.with(at);
                        terminal.warn(&format!("native variants are skipped{with}: {reason}"));
                    }
                    self.open.remove(&(at, Need::Extension));
                    run.interpreters[at].extension_dir = folder;
                    *run.record.native_at_mut(at) = native;
                }
                Ok(Message::Made {
                    at,
                    need,
                    folder,
                    refused,
                }) => {
                    self.open.remove(&(at, need));
                    let interpreter = &mut run.interpreters[at];
                    interpreter.refused.extend(refused);
                    match need {
                        Need::Compiled => interpreter.python.made.compiled = folder,
                        _ => interpreter.python.made.packages = folder,
                    }
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.open.clear();
                    break;
                }
            }
        }
        self.open.len() < before
    }
}

/// Builds the extension module of an interpreter again, to count allocations, and returns its folder, or why
/// there is none. All other diagnosers do without it, so it gets only what is `left` of the budget.
pub(crate) fn build_counting(
    run: &mut Run<'_>,
    interpreter: usize,
    left: Option<Duration>,
    terminal: &Terminal,
) -> Result<PathBuf, String> {
    if let NativeModule::Unavailable { reason } = run.record.native_at(interpreter) {
        return Err(reason.clone());
    }
    if run.suite.registry.entries().iter().all(Entry::is_declared) {
        // There is nothing for the user to add: the module would have to be theirs.
        return Err("pairs that are declared by reference have no counting module".into());
    }
    let counting = extension::can_count(&run.suite.registry)
        .and_then(|()| fits(counting_build(run, interpreter), left))
        .and_then(|()| {
            let builder = Builder {
                registry: &run.suite.registry,
                interpreters: &run.interpreters,
                target: &run.target,
                stop: run.stop,
                say: &|line| terminal.say(&line),
            };
            let (built, time) = builder.build(extension::Build::Counting, interpreter, None, left);
            run.spend(Phase::COUNTING, time);
            built
        });
    if let Err(reason) = &counting
        && !run.stop.requested()
    {
        let with = run.with(interpreter);
        terminal.say(&format!("allocations are not counted{with}: {reason}"));
    }
    counting
}

/// Roughly how long the counting build will take: as long as the other build, if that was a first one too. Zero if it
/// has been built before, or cannot be built.
pub(crate) fn counting_build(run: &Run<'_>, interpreter: usize) -> Duration {
    let (registry, python) = (&run.suite.registry, &run.interpreters[interpreter].python);
    let built = extension::is_built(extension::Build::Counting, registry, python, &run.target);
    match run.record.native_at(interpreter) {
        _ if built || extension::can_count(registry).is_err() => Duration::ZERO,
        NativeModule::Ready { seconds } => FIRST.max(Duration::from_secs_f64(*seconds)),
        _ => FIRST,
    }
}

/// Whether a build that takes this long fits into what is left of the budget.
fn fits(build: Duration, left: Option<Duration>) -> Result<(), String> {
    match left {
        Some(left) if build > left => Err(format!(
            "the counting module takes about {} to build, and {} of the budget are left; use a larger --budget, or \
             --diagnose memory, which waits for the build",
            rough(build.as_secs_f64()),
            rough(left.as_secs_f64())
        )),
        _ => Ok(()),
    }
}

/// Does some work, and tells it to stop when the run is stopped or the limit is reached.
fn limited<T: Send>(
    limit: Option<Duration>,
    stop: &Stop,
    mut meanwhile: impl FnMut(),
    work: impl FnOnce(&Stop) -> Result<T, String> + Send,
) -> Result<T, String> {
    let (start, own) = (Instant::now(), Stop::new());
    let is_over = || limit.is_some_and(|limit| start.elapsed() >= limit);
    std::thread::scope(|scope| {
        let own = &own;
        let work = scope.spawn(move || work(own));
        while !work.is_finished() {
            if stop.requested() || is_over() {
                own.request();
            }
            meanwhile();
            std::thread::sleep(Duration::from_millis(10));
        }
        let done = work
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match done {
            Err(_) if is_over() && !stop.requested() => Err(format!(
                "the budget ran out after {}, before the build finished; the next run continues it",
                rough(start.elapsed().as_secs_f64())
            )),
            done => done,
        }
    })
}

/// What builds need from a run.
struct Builder<'a> {
    registry: &'a Registry,
    interpreters: &'a [RunInterpreter],
    target: &'a Path,
    stop: &'a Stop,
    say: &'a dyn Fn(String),
}

impl Builder<'_> {
    /// The module for an interpreter, and its folder if it was built. A module that is already installed there is used;
    /// otherwise one is built, starting from what was compiled for the interpreter that it is `like`.
    fn extension(&self, at: usize, like: Option<&Python>) -> (NativeModule, Option<PathBuf>) {
        let python = &self.interpreters[at].python;
        if let Some(path) = &python.installed_native {
            let path = path.display().to_string();
            (self.say)(format!(
                "{}: the extension module that is installed there is used, {path}",
                python.about.label()
            ));
            return (NativeModule::Prebuilt { path }, None);
        }
        if let Err(why) = buildable(&python.about) {
            let reason = why.to_string();
            return (NativeModule::Unavailable { reason }, None);
        }
        let (built, time) = self.build(extension::Build::Timed, at, like, None);
        match built {
            Ok(folder) => {
                let seconds = time.as_secs_f64();
                (NativeModule::Ready { seconds }, Some(folder))
            }
            Err(reason) => (NativeModule::Unavailable { reason }, None),
        }
    }

    /// Builds the extension module within a time limit. Returns its folder, and the time that it took.
    fn build(
        &self,
        which: extension::Build,
        at: usize,
        like: Option<&Python>,
        limit: Option<Duration>,
    ) -> (Result<PathBuf, String>, Duration) {
        let (registry, target, say) = (self.registry, self.target, self.say);
        let python = &self.interpreters[at].python;
        let label = label(python, at, self.interpreters.len());
        let first = !extension::is_built(which, registry, python, target);
        let (name, budget) = match which {
            extension::Build::Timed => ("extension module", "on top of the budget"),
            extension::Build::Counting => ("counting module", "within the budget"),
        };
        if first {
            say(format!(
                "building the {name} for {label} (once; about a minute, {budget})"
            ));
        }
        let start = Instant::now();
        let mut announced = first;
        let meanwhile = || {
            if start.elapsed() >= SILENCE && !std::mem::replace(&mut announced, true) {
                let why = "what it is made of has changed";
                say(format!("building the {name} for {label} again: {why}"));
            }
        };
        let built = limited(limit, self.stop, meanwhile, |stop| {
            extension::build(which, registry, python, like, target, stop)
        });
        let time = start.elapsed();
        if announced && built.is_ok() {
            say(format!(
                "the {name} for {label} was built in {}",
                rough(time.as_secs_f64())
            ));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_that_does_not_fit_into_the_budget_is_not_started() {
        let (build, less) = (Duration::from_secs(60), Duration::from_secs(28));
        let error = fits(build, Some(less)).unwrap_err();
        assert!(error.contains("28 s of the budget are left"), "{error}");
        assert!(error.contains("--diagnose memory"), "{error}");
        assert_eq!(fits(build, Some(build)), Ok(()));
        assert_eq!(fits(build, None), Ok(()));
        assert_eq!(fits(Duration::ZERO, Some(Duration::ZERO)), Ok(()));
    }

    /// Work that ends only when it is told to.
    fn endless(stop: &Stop) -> Result<(), String> {
        while !stop.requested() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Err("stopped".into())
    }

    #[test]
    fn a_build_ends_with_the_budget() {
        let limit = Some(Duration::from_millis(30));
        let error = limited(limit, &Stop::new(), || {}, endless).unwrap_err();
        assert!(error.contains("the budget ran out"), "{error}");
    }

    #[test]
    fn a_build_ends_when_the_run_is_stopped() {
        let stop = Stop::new();
        let ended = limited(Some(Duration::MAX), &stop, || stop.request(), endless);
        assert_eq!(ended, Err("stopped".into()));
    }
}
