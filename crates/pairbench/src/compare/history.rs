//! A pair over many records.

use super::interpreters::same_in;
use crate::analyse::launches::Figures;
use crate::analyse::sites::identity;
use crate::analyse::{Analysis, PairAnalysis, analyses};
use crate::estimate::Estimate;
use crate::hosts::interpreter::Interpreter;
use crate::record::{self, Record};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// At most this many records of a folder are read, the newest first.
const MOST_RECORDS: usize = 100;

/// At most this many bytes of them are read: a report should not wait for records of thousands of pairs.
const MOST_BYTES: u64 = 100 << 20;

/// The runs over which pairs are plotted, in the order of their start.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct History {
    /// The runs.
    pub runs: Vec<HistoryRun>,
    /// Files that could not be read, and why.
    pub unread: Vec<String>,
    /// How many older records were left out.
    pub left_out: usize,
}

/// One run of a history.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HistoryRun {
    /// [`Record::id`].
    pub id: String,
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// The project whose pairs it measured.
    pub project: String,
    /// Its revision, if that is known.
    pub revision: Option<String>,
    /// The machine that it ran on.
    pub machine: MachineId,
    /// What it measured with each of its interpreters.
    pub interpreters: Vec<WithInterpreter>,
}

/// What a run measured with one interpreter.
#[derive(Debug, Clone, PartialEq)]
pub struct WithInterpreter {
    interpreter: Interpreter,
    /// Machine, interpreter and compiler; a chart marks where they change.
    pub environment: Environment,
    /// By pair, the ratios of its variants on the default case.
    pub pairs: BTreeMap<String, Vec<(String, Estimate)>>,
}

/// What it was measured on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// Model of the CPU and number of cores.
    pub machine: String,
    /// Implementation and version of the interpreter, and whether it is optimised.
    pub interpreter: String,
    /// Version of the Rust compiler.
    pub compiler: String,
}

impl Environment {
    /// What differs from the run before, in words; empty if nothing does.
    pub fn changes_from(&self, before: &Environment) -> Vec<&'static str> {
        let all = [
            (self.machine != before.machine, "machine"),
            (self.interpreter != before.interpreter, "interpreter"),
            (self.compiler != before.compiler, "compiler"),
        ];
        all.into_iter()
            .filter(|(differs, _)| *differs)
            .map(|(_, what)| what)
            .collect()
    }
}

impl HistoryRun {
    /// A run without figures yet.
    fn new(record: &Record) -> Self {
        HistoryRun {
            project: record.project().into(),
            revision: record.build.revision.clone(),
            machine: MachineId::of(record),
            id: record.id.clone(),
            started: record.started.clone(),
            interpreters: Vec::new(),
        }
    }

    /// The runs of these analyses; those of one record must be adjacent.
    fn all<'a>(analyses: impl IntoIterator<Item = &'a Analysis<'a>>) -> Vec<Self> {
        let mut runs: Vec<HistoryRun> = Vec::new();
        for one in analyses {
            if one.interpreter == 0 {
                runs.push(HistoryRun::new(one.record));
            }
            if let Some(run) = runs.last_mut() {
                run.interpreters.push(WithInterpreter::of(one));
            }
        }
        runs
    }

    fn start(&self) -> (Option<jiff::Timestamp>, &str) {
        (self.started.parse().ok(), &self.id)
    }

    /// What it measured with the same interpreter as the one at index `at` of `run`.
    fn with(&self, run: &[&Interpreter], at: usize) -> Option<&WithInterpreter> {
        let own = Vec::from_iter(self.interpreters.iter().map(|one| &one.interpreter));
        Some(&self.interpreters[same_in(&own, run)[at]?])
    }
}

impl WithInterpreter {
    /// The ratios of an analysis, without unreliable ones and without null pairs.
    fn of(analysis: &Analysis<'_>) -> Self {
        let record = analysis.record;
        let ratios = |one: &PairAnalysis<'_>| {
            let summary = &one.summary;
            let default = summary.cases.iter().find(|case| case.default);
            let variants = default.into_iter().flat_map(|case| &case.variants);
            let ratios: Vec<_> = variants
                .filter_map(|v| Some((v.name.clone(), v.ratio?)))
                .collect();
            (!ratios.is_empty()).then_some((summary.name.clone(), ratios))
        };
        let python = &record.interpreter;
        let optimised = match python.optimized {
            Some(false) => ", not optimised",
            _ => "",
        };
        WithInterpreter {
            interpreter: python.clone(),
            environment: Environment {
                machine: format!("{}, {} cores", record.machine.cpu, record.machine.cores),
                interpreter: format!("{} {}{optimised}", python.implementation, python.version),
                compiler: record.build.rustc.clone(),
            },
            pairs: analysis.pairs.iter().filter_map(ratios).collect(),
        }
    }
}

/// A pair in a run, with one interpreter.
pub(crate) struct Seen<'a> {
    pub run: &'a HistoryRun,
    pub environment: &'a Environment,
    /// By variant, on the default case.
    pub ratios: &'a [(String, Estimate)],
}

/// Identifies the machine of a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MachineId {
    name: String,
    kind: (String, u32),
    divided: bool,
}

impl MachineId {
    /// The machine of a record.
    pub fn of(record: &Record) -> Self {
        let (name, cpu, cores) = identity(&record.machine);
        MachineId {
            name: name.into(),
            kind: (cpu.into(), cores),
            divided: record.settings.shard.is_some(),
        }
    }

    /// Whether runs on both machines can be drawn as one history: the same machine, or one of the same kind if a run
    /// was divided (another machine may take the part the next time) or if the record is too old to name its machine.
    pub fn continues(&self, other: &MachineId) -> bool {
        let interchangeable = |id: &MachineId| id.divided || id.name.is_empty();
        self.kind == other.kind
            && (self.name == other.name || interchangeable(self) || interchangeable(other))
    }
}

impl History {
    /// The history of these records; the analyses of one record must be adjacent. If a record is given several times,
    /// the last one counts.
    pub fn of<'a>(analyses: impl IntoIterator<Item = &'a Analysis<'a>>) -> Self {
        let mut history = History {
            runs: HistoryRun::all(analyses),
            ..History::default()
        };
        let mut known = HashSet::new();
        history.runs.reverse();
        history
            .runs
            .retain(|run| known.insert((run.id.clone(), run.machine.clone())));
        history.sort();
        history
    }

    /// Reads the newest records of a folder. A file that is not a record, or is of a newer version, is listed in
    /// [`unread`](Self::unread) and otherwise ignored; a missing folder has no records.
    ///
    /// One record per core is in memory at a time, and only its ratios are kept. Records with the ids in `except` are
    /// skipped: the caller has them and [`add`](Self::add)s their analyses.
    pub fn read(folder: &Path, except: &[&str]) -> Self {
        let (mut files, left_out) = newest(folder);
        files.retain(|file| {
            let id = file.file_stem().and_then(|stem| stem.to_str());
            id.is_none_or(|id| !except.contains(&id))
        });
        let read: Vec<Result<Vec<HistoryRun>, String>> = files
            .par_iter()
            .map(|file| {
                let record = record::read(file).map_err(|error| error.to_string())?;
                let figures = [Figures::of(&record)];
                Ok(HistoryRun::all(&analyses(&record.into_views(), &figures)))
            })
            .collect();
        let mut history = History {
            left_out,
            ..History::default()
        };
        for run in read {
            match run {
                Ok(runs) => history.runs.extend(runs),
                Err(error) => history.unread.push(error),
            }
        }
        history.sort();
        history
    }

    /// Adds a record, or replaces an earlier state of the same record.
    pub fn add(&mut self, analyses: &[Analysis<'_>]) {
        for run in HistoryRun::all(analyses) {
            self.runs
                .retain(|known| (&known.id, &known.machine) != (&run.id, &run.machine));
            self.runs.push(run);
        }
        self.sort();
    }

    fn sort(&mut self) {
        self.runs.sort_by_cached_key(|run| {
            let (start, id) = run.start();
            (start, id.to_string())
        });
    }

    /// The runs that have ratios of the pair with the same interpreter as the one at index `at` of `run`.
    pub(crate) fn of_pair<'a>(
        &'a self,
        pair: &'a str,
        run: &'a [&Interpreter],
        at: usize,
    ) -> impl Iterator<Item = Seen<'a>> {
        self.runs.iter().filter_map(move |seen| {
            let with = seen.with(run, at)?;
            Some(Seen {
                run: seen,
                environment: &with.environment,
                ratios: with.pairs.get(pair)?,
            })
        })
    }
}

/// The newest files of a folder within the limits, and how many are left out. Records are named after their start, so
/// their names sort in that order.
fn newest(folder: &Path) -> (Vec<PathBuf>, usize) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sized = entries.filter_map(|entry| {
        let path = entry.path();
        let size = entry.metadata().ok()?.len();
        record::is_record(&path).then_some((path, size))
    });
    let mut files: Vec<(PathBuf, u64)> = sized.collect();
    files.sort_by(|a, b| b.0.cmp(&a.0));
    let all = files.len();
    let mut bytes = 0;
    let within = files.into_iter().take(MOST_RECORDS).take_while(|(_, size)| {
        bytes += size;
        bytes <= MOST_BYTES
    });
    let kept: Vec<PathBuf> = within.map(|(path, _)| path).collect();
    let left_out = all - kept.len();
    (kept, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::{Analysis, analyses, read};
    use crate::record::fixture::steady;
    use crate::record::{Further, NativeModule};

    fn at(started: &str, id: &str) -> Record {
        Record {
            started: started.into(),
            id: id.into(),
            ..steady()
        }
    }

    fn history(records: &[Record]) -> History {
        History::of(&analyses(records, &read(records)))
    }

    #[test]
    fn a_folder_of_records_is_read_in_the_order_of_their_start() {
        let folder = tempfile::tempdir().unwrap();
        for (started, id) in [("2026-02-01T00:00:00Z", "b"), ("2026-01-01T00:00:00Z", "a")] {
            record::write(&at(started, id), folder.path()).unwrap();
        }
        std::fs::write(folder.path().join("broken.json"), "{").unwrap();
        std::fs::write(folder.path().join("newer.json"), "{\"schema\": 99}").unwrap();
        std::fs::write(folder.path().join("notes.txt"), "no record").unwrap();
        std::fs::write(folder.path().join("a.summary.json"), "{}").unwrap();
        let history = History::read(folder.path(), &[]);
        let ids: Vec<&str> = history.runs.iter().map(|run| run.id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!((history.unread.len(), history.left_out), (2, 0));
        assert!(
            history.unread.iter().any(|why| why.contains("schema 99")),
            "{:?}",
            history.unread
        );
        let python = steady().interpreter;
        let of_pair = |name| {
            Vec::from_iter(
                history
                    .of_pair(name, &[&python], 0)
                    .map(|seen| seen.ratios.to_vec()),
            )
        };
        let (variant, ratio) = &of_pair("steady")[0][0];
        assert!(variant == "rust" && (ratio.value - 20.0).abs() < 1e-9);
        assert_eq!(of_pair("unknown").len(), 0);
        assert_eq!(
            History::read(Path::new("no such folder"), &[]),
            History::default()
        );
    }

    /// The record with this interpreter first, and further ones whose variant is twice, three times, … as slow.
    fn with_interpreters(mut record: Record, versions: &[&str]) -> Record {
        let pairs = record.pairs.clone();
        record.interpreter.version = versions[0].into();
        let further = versions[1..].iter().zip(2..).map(|(version, times)| {
            let mut pairs = pairs.clone();
            let launches = pairs[0].launches.iter_mut();
            let samples = launches.flat_map(|launch| &mut launch.comparisons[1].variant_samples.ns);
            samples.for_each(|ns| *ns *= times);
            Further {
                interpreter: Interpreter {
                    version: (*version).into(),
                    ..record.interpreter.clone()
                },
                native: NativeModule::NotNeeded,
                pairs,
            }
        });
        record.further = further.collect();
        record
    }

    #[test]
    fn an_interpreter_has_its_own_history_at_any_place_in_a_run() {
        let folder = tempfile::tempdir().unwrap();
        let runs: [&[&str]; 3] = [&["3.11.7", "3.13.0"], &["3.13.1"], &["3.9.1", "3.11.8", "3.13.1"]];
        for (versions, day) in runs.into_iter().zip(1..) {
            let record = at(&format!("2026-01-0{day}T00:00:00Z"), &day.to_string());
            record::write(&with_interpreters(record, versions), folder.path()).unwrap();
        }
        let history = History::read(folder.path(), &[]);
        let now = with_interpreters(steady(), &["3.13.2", "3.11.7", "3.14.0"]);
        let now = Vec::from_iter(now.all_interpreters());
        let seen = |place| {
            let seen = history.of_pair("steady", &now, place);
            let figures = |seen: Seen<'_>| (seen.run.id.clone(), seen.ratios[0].1.value.round());
            Vec::from_iter(seen.map(figures))
        };
        let of = |all: &[(&str, f64)]| Vec::from_iter(all.iter().map(|(id, ratio)| (id.to_string(), *ratio)));
        assert_eq!(seen(0), of(&[("1", 10.0), ("2", 20.0), ("3", 7.0)]));
        assert_eq!(seen(1), of(&[("1", 20.0), ("3", 10.0)]));
        assert_eq!(seen(2), []);
    }

    #[test]
    fn only_the_newest_are_read() {
        let folder = tempfile::tempdir().unwrap();
        for i in 0..MOST_RECORDS + 3 {
            std::fs::write(folder.path().join(format!("{i:04}.json")), "{").unwrap();
        }
        let (files, left_out) = newest(folder.path());
        assert_eq!((files.len(), left_out), (MOST_RECORDS, 3));
        assert!(files[0].ends_with("0102.json"));
    }

    #[test]
    fn the_state_of_a_run_replaces_its_earlier_state() {
        let mut history = history(&[at("2026-01-01T00:00:00Z", "a"), at("2026-01-02T00:00:00Z", "b")]);
        history.add(&[Analysis::of(&at("2026-01-01T00:00:00Z", "a"))]);
        assert_eq!(history.runs.len(), 2);
    }

    #[test]
    fn parts_of_one_name_from_two_machines_are_two_runs() {
        let mut there = at("2026-01-01T00:00:00Z", "a");
        there.machine.name = "there".into();
        let history = history(&[at("2026-01-01T00:00:00Z", "a"), there.clone(), there]);
        assert_eq!(history.runs.len(), 2);
        let (a, b) = (&history.runs[0].machine, &history.runs[1].machine);
        assert!(!a.continues(b) && a.continues(a));
        let unnamed = MachineId {
            name: String::new(),
            ..a.clone()
        };
        assert!(unnamed.continues(b) && b.continues(&unnamed));
        let part = MachineId {
            divided: true,
            ..a.clone()
        };
        assert!(part.continues(b));
    }

    #[test]
    fn what_changed_between_runs_is_named() {
        let (a, mut b) = (
            WithInterpreter::of(&Analysis::of(&steady())).environment,
            WithInterpreter::of(&Analysis::of(&steady())).environment,
        );
        assert!(b.changes_from(&a).is_empty());
        b.machine = "another".into();
        b.compiler = "another".into();
        assert_eq!(b.changes_from(&a), ["machine", "compiler"]);
    }
}
