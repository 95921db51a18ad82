//! `--resume`: continuing a run that did not finish.
//!
//! One interval covers the launches of both sessions, so what they measured must be the same: the code, the compiler, the
//! interpreter, the machine. Everything is verified again, which takes seconds. All findings are kept; those of the
//! earlier verification of a pair until it has been verified again.

use crate::record::{
    self, Build, Further, Interpreter, Machine, PairRecord, Record, SCHEMA, Session, Status, VariantState,
};
use crate::registry::Registry;
use crate::run::clock::seconds_so_far;
use crate::run::options::Options;
use clap::Parser;
use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A run to resume.
#[derive(Debug)]
pub(crate) struct Earlier {
    path: PathBuf,
    record: Record,
    /// The budget from now on, if not the remainder of the original one.
    more: Option<Duration>,
}

/// The options of the run: those given, or those with which the run to be resumed was started. Its report is written to
/// the same place.
///
/// # Errors
///
/// When there is nothing to resume; the message gives the reason.
pub(crate) fn prepare(requested: Options, registry: &Registry) -> Result<(Options, Option<Earlier>), String> {
    let mut earlier = match &requested.resume {
        None => return Ok((requested, None)),
        Some(None) => newest(&requested.reports.join("records"), requested.budget.is_some())?,
        Some(Some(path)) => Earlier {
            path: path.clone(),
            record: record::read(path).map_err(|error| error.to_string())?,
            more: None,
        },
    };
    if let Some(other) = &earlier.record.settings.against {
        return Err(format!(
            "a run that was measured against another revision cannot go on: begin a new one, --against {}",
            other.name
        ));
    }
    earlier.more = requested.budget;
    earlier.can_go_on()?;
    // Checked before anything that the record names is run or written.
    let build = record::build(registry.manifest_dir(), registry.opt_level());
    let here = (&record::machine(), &build);
    earlier.refuse(&differences_of_place(&earlier.record, here))?;
    earlier.check_not_outdated(&reports(&requested).join("records"))?;
    let arguments = earlier.record.settings.arguments.iter().map(String::as_str);
    let started =
        Options::try_parse_from(std::iter::once("cargo bench --").chain(arguments)).map_err(|error| {
            format!(
                "{}: its arguments are not those of this pairbench: {error}",
                earlier.path.display()
            )
        })?;
    let options = Options {
        // The recorded ones, whatever the environment is today.
        interpreter: executables(&earlier.record),
        reports: reports(&requested),
        export_json: requested.export_json.or(started.export_json),
        export_csv: requested.export_csv.or(started.export_csv),
        export_markdown: requested.export_markdown.or(started.export_markdown),
        noplot: requested.noplot || started.noplot,
        save_baseline: requested.save_baseline.or(started.save_baseline),
        baseline: requested.baseline.or(started.baseline),
        fail_if: [requested.fail_if, started.fail_if]
            .into_iter()
            .find(|rules| !rules.is_empty())
            .unwrap_or_default(),
        bench: requested.bench,
        verbose: requested.verbose,
        quiet: requested.quiet,
        output_format: requested.output_format,
        color: requested.color,
        wait: requested.wait,
        resume: requested.resume,
        ..started
    };
    Ok((options, Some(earlier)))
}

/// The interpreters of the run, as `--interpreter` takes them.
fn executables(record: &Record) -> Vec<String> {
    record
        .all_interpreters()
        .map(|one| one.executable.clone())
        .collect()
}

/// The reports folder: that of a named record, unless the record lies elsewhere.
pub(crate) fn reports(requested: &Options) -> PathBuf {
    let beside = requested.resume.as_ref().and_then(|path| {
        let folder = path.as_ref()?.parent()?;
        let is_ours = folder.file_name().is_some_and(|name| name == "records");
        is_ours.then(|| folder.parent()).flatten()
    });
    match beside {
        None => requested.reports.clone(),
        Some(folder) if folder.as_os_str().is_empty() => ".".into(),
        Some(folder) => folder.into(),
    }
}

/// The newest record of a run that was killed or stopped; with more time, also of one that ran out of time.
fn newest(folder: &Path, more_time: bool) -> Result<Earlier, String> {
    let mut found: Option<Earlier> = None;
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if !record::is_record(&path) {
            continue;
        }
        let Ok(record) = record::read(&path) else {
            continue;
        };
        let unfinished = match record.status {
            Status::Running | Status::Interrupted => true,
            Status::OutOfTime => more_time,
            Status::Complete => false,
        };
        let name = (&record.started, &record.id);
        let later = |known: &Earlier| match name.cmp(&(&known.record.started, &known.record.id)) {
            // One is a copy of a record whose run continued.
            Ordering::Equal => seconds_so_far(&record) > seconds_so_far(&known.record),
            order => order.is_gt(),
        };
        if unfinished && found.as_ref().is_none_or(later) {
            found = Some(Earlier {
                path,
                record,
                more: None,
            });
        }
    }
    found.ok_or_else(|| {
        format!(
            "there is no unfinished run in {} to resume. Name a record: --resume RECORD, or begin a new run",
            folder.display()
        )
    })
}

impl Earlier {
    fn can_go_on(&self) -> Result<(), String> {
        let (path, record) = (self.path.display(), &self.record);
        if record.schema != SCHEMA {
            return Err(format!(
                "{path} was started by another version of pairbench (schema {}, this one writes {SCHEMA}); start a new run",
                record.schema
            ));
        }
        match record.status {
            Status::Complete => Err(format!(
                "{path} is complete, there is nothing to resume; begin a new run"
            )),
            Status::OutOfTime if self.more.is_none() => Err(format!(
                "{path} has spent its time; to give it five minutes more: --resume {path} --budget 5m"
            )),
            _ => Ok(()),
        }
    }

    /// Refuses a copy of a record if the record itself, which would be overwritten, has more.
    fn check_not_outdated(&self, folder: &Path) -> Result<(), String> {
        let place = folder.join(format!("{}.json", self.record.id));
        if !place.exists() {
            return Ok(());
        }
        let current = record::read(&place).map_err(|error| {
            format!(
                "{error}. To resume {} instead, move that file away",
                self.path.display()
            )
        })?;
        let is_earlier = self.record.sessions.starts_with(&current.sessions)
            && seconds_so_far(&current) <= seconds_so_far(&self.record);
        match is_earlier {
            true => Ok(()),
            false => Err(format!(
                "{} is an older copy of {}, which would be written over. Resume that one, or move it away first",
                self.path.display(),
                place.display()
            )),
        }
    }

    /// How many launches are kept, and how long they took, for the user.
    pub fn introduction(&self) -> String {
        let launches: usize = self
            .record
            .pairs
            .iter()
            .chain(&self.record.nulls)
            .map(|pair| pair.launches.len())
            .sum();
        format!(
            "going on with {}: {} so far, {} of the run",
            self.path.display(),
            crate::text::count(launches, "launch"),
            crate::terminal::rough(seconds_so_far(&self.record))
        )
    }

    fn refuse(&self, differences: &[String]) -> Result<(), String> {
        if differences.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{} cannot be resumed, because its launches and new ones would not measure the same:\n  {}\nBegin a new run",
            self.path.display(),
            differences.join("\n  ")
        ))
    }

    /// The record to resume: the old measurements, in the conditions of the present run.
    ///
    /// # Errors
    ///
    /// When anything differs that a ratio depends on; the text lists it.
    pub fn go_on(self, now: Record) -> Result<Record, String> {
        self.refuse(&differences(&self.record, &now))?;
        let at_s = seconds_so_far(&self.record);
        let Record {
            mut settings,
            mut sessions,
            ..
        } = self.record.clone();
        settings.memory_limit = now.settings.memory_limit;
        settings.output_limit = now.settings.output_limit;
        settings.timeout_s = now.settings.timeout_s;
        settings.save_baseline = now.settings.save_baseline;
        settings.baseline = now.settings.baseline;
        settings.fail_if = now.settings.fail_if;
        if let Some(more) = self.more {
            settings.budget_s = Some(at_s.ceil() as u64 + more.as_secs());
        }
        sessions.extend(
            now.sessions
                .into_iter()
                .map(|session| Session { at_s, ..session }),
        );
        let further = now.further.into_iter().zip(self.record.further);
        let further = further.map(|(now, then)| Further {
            interpreter: with_packages(now.interpreter, then.interpreter),
            native: then.native,
            pairs: with_findings(now.pairs, then.pairs),
        });
        Ok(Record {
            settings,
            sessions,
            build: now.build,
            machine: record::Machine {
                load_start: self.record.machine.load_start,
                ..now.machine
            },
            interpreter: with_packages(now.interpreter, self.record.interpreter),
            further: further.collect(),
            pairs: with_findings(now.pairs, self.record.pairs),
            status: now.status,
            ..self.record
        })
    }
}

/// The present interpreter, with the packages that were found before; verifying again updates them.
fn with_packages(now: Interpreter, then: Interpreter) -> Interpreter {
    Interpreter {
        packages: then.packages,
        ..now
    }
}

/// The pairs as they are declared now, with everything that was found about them before.
fn with_findings(now: Vec<PairRecord>, then: Vec<PairRecord>) -> Vec<PairRecord> {
    let pairs = now.into_iter().zip(then);
    let pairs = pairs.map(|(now, then)| PairRecord {
        profile: now.profile,
        about: now.about,
        unit: now.unit,
        floors: now.floors,
        sources: now.sources,
        ..then
    });
    pairs.collect()
}

/// Adds a line for the user if something has changed.
fn compare_into(all: &mut Vec<String>, what: &str, a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug) {
    let (a, b) = (format!("{a:?}"), format!("{b:?}"));
    if a != b {
        all.push(format!("{what}: {a} before, {b} now"));
    }
}

/// What has changed about the machine and the build. A record from elsewhere differs here.
fn differences_of_place(then: &Record, (machine, build): (&Machine, &Build)) -> Vec<String> {
    let mut all = Vec::new();
    let mut compare = |what: &str, a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| {
        compare_into(&mut all, what, a, b);
    };
    let (a, b) = (&then.machine, machine);
    compare("system", &a.os, &b.os);
    compare("CPU", &a.cpu, &b.cpu);
    compare("cores", &a.cores, &b.cores);
    compare("memory", &a.memory_bytes, &b.memory_bytes);
    let (a, b) = (&then.build, build);
    compare("pairbench", &a.pairbench, &b.pairbench);
    compare("compiler", &a.rustc, &b.rustc);
    compare("target", &a.target, &b.target);
    compare(
        "profile",
        &(&a.profile, &a.opt_level, a.debug_assertions),
        &(&b.profile, &b.opt_level, b.debug_assertions),
    );
    compare("RUSTFLAGS", &a.rustflags, &b.rustflags);
    compare("bench executable", &a.executable, &b.executable);
    all
}

/// Everything else that a ratio depends on and that has changed.
fn differences(then: &Record, now: &Record) -> Vec<String> {
    let mut all = Vec::new();
    let mut compare = |what: &str, a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| {
        compare_into(&mut all, what, a, b);
    };
    compare("interpreters", &executables(then), &executables(now));
    for at in 0..then.interpreters().min(now.interpreters()) {
        // Versions of packages become known when the pairs are verified.
        let (mut a, mut b) = (then.interpreter_at(at).clone(), now.interpreter_at(at).clone());
        (a.packages, b.packages) = (Vec::new(), Vec::new());
        if a != b {
            compare(
                "interpreter",
                &(&a.executable, &a.version, &a.compiler),
                &(&b.executable, &b.version, &b.compiler),
            );
            compare("what alters the interpreter", &a.altered, &b.altered);
            compare(
                "build of the interpreter",
                &(&a.config_args, &a.cflags),
                &(&b.config_args, &b.cflags),
            );
        }
    }
    compare("embedded interpreter", &then.embedding, &now.embedding);
    let names = |record: &Record| {
        record
            .pairs
            .iter()
            .map(|pair| pair.name.clone())
            .collect::<Vec<_>>()
    };
    compare("part", &then.settings.shard, &now.settings.shard);
    compare("pairs", &names(then), &names(now));
    for (a, b) in then
        .pairs
        .iter()
        .zip(&now.pairs)
        .filter(|(a, b)| a.name == b.name)
    {
        let name = &a.name;
        let variants = |pair: &PairRecord| {
            let wanted = |state: &VariantState| *state != VariantState::Deselected;
            pair.variants
                .iter()
                .map(|v| (v.name.clone(), wanted(&v.state)))
                .collect::<Vec<_>>()
        };
        compare(&format!("variants of {name}"), &variants(a), &variants(b));
        compare(&format!("cases of {name}"), &a.cases, &b.cases);
        compare(&format!("tolerance of {name}"), &a.tolerance, &b.tolerance);
        for (path, a, b) in [
            (&a.sources.rust_path, &a.sources.rust, &b.sources.rust),
            (&a.sources.python_path, &a.sources.python, &b.sources.python),
        ] {
            if a != b {
                // Not the texts, which can be long.
                compare(
                    "source",
                    &format_args!("one text of {path}"),
                    &format_args!("another"),
                );
            }
        }
    }
    all
}

#[cfg(test)]
mod tests;
