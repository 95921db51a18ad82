//! A pair over many records.

use crate::analyse::sites::identity;
use crate::analyse::{Analysis, PairAnalysis};
use crate::estimate::Estimate;
use crate::record::{self, Record};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// The most records of a folder that are read, the newest first.
const MOST_RECORDS: usize = 100;

/// The most bytes of them that are read: a report should not wait for records of thousands of pairs.
const MOST_BYTES: u64 = 100 << 20;

/// The runs over which pairs are drawn, in the order of their start.
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

/// One run of a history: its ratios on the default cases.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HistoryRun {
    /// [`Record::id`].
    pub id: String,
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// The project whose pairs it measured.
    pub project: String,
    /// Its revision, where that is known.
    pub revision: Option<String>,
    /// The machine that it ran on.
    pub machine: MachineId,
    /// Machine, interpreter and compiler; a chart marks where they change.
    pub environment: Environment,
    /// By pair, the ratios of its variants on the default case.
    pub pairs: BTreeMap<String, Vec<(String, Estimate)>>,
}

/// What a run was measured on.
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
    /// What differs from the run before, in words; empty where nothing does.
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
    /// The ratios of a record, without unreliable ones and without null pairs.
    pub fn of(analysis: &Analysis<'_>) -> Self {
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
        HistoryRun {
            project: record.project().into(),
            revision: record.build.revision.clone(),
            machine: MachineId::of(record),
            id: record.id.clone(),
            started: record.started.clone(),
            environment: Environment {
                machine: format!("{}, {} cores", record.machine.cpu, record.machine.cores),
                interpreter: format!("{} {}{optimised}", python.implementation, python.version),
                compiler: record.build.rustc.clone(),
            },
            pairs: analysis.pairs.iter().filter_map(ratios).collect(),
        }
    }

    fn start(&self) -> (Option<jiff::Timestamp>, &str) {
        (self.started.parse().ok(), &self.id)
    }
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

    /// Whether runs on both machines can be drawn as one history: the same machine, or one of the same kind where a run was
    /// divided (another machine may take the part the next time) or where the record is too old to name its machine.
    pub fn continues(&self, other: &MachineId) -> bool {
        let interchangeable = |id: &MachineId| id.divided || id.name.is_empty();
        self.kind == other.kind
            && (self.name == other.name || interchangeable(self) || interchangeable(other))
    }
}

impl History {
    /// The history of these records. Where a record is given several times, the last one counts.
    pub fn of<'a>(analyses: impl IntoIterator<Item = &'a Analysis<'a>>) -> Self {
        let mut history = History {
            runs: analyses.into_iter().map(HistoryRun::of).collect(),
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
    /// [`unread`](Self::unread) and stops nothing; a missing folder has no records.
    ///
    /// One record per core is in memory at a time, and only its ratios are kept. Records with the ids in `except` are
    /// skipped: the caller has them and [`add`](Self::add)s their analyses.
    pub fn read(folder: &Path, except: &[&str]) -> Self {
        let (mut files, left_out) = newest(folder);
        files.retain(|file| {
            let id = file.file_stem().and_then(|stem| stem.to_str());
            id.is_none_or(|id| !except.contains(&id))
        });
        let read: Vec<Result<HistoryRun, String>> = files
            .par_iter()
            .map(|file| {
                record::read(file)
                    .map(|record| HistoryRun::of(&Analysis::of(&record)))
                    .map_err(|error| error.to_string())
            })
            .collect();
        let mut history = History {
            left_out,
            ..History::default()
        };
        for run in read {
            match run {
                Ok(run) => history.runs.push(run),
                Err(error) => history.unread.push(error),
            }
        }
        history.sort();
        history
    }

    /// Adds a record, or replaces an earlier state of the same record.
    pub fn add(&mut self, analysis: &Analysis<'_>) {
        let run = HistoryRun::of(analysis);
        self.runs
            .retain(|known| (&known.id, &known.machine) != (&run.id, &run.machine));
        self.runs.push(run);
        self.sort();
    }

    fn sort(&mut self) {
        self.runs.sort_by_cached_key(|run| {
            let (start, id) = run.start();
            (start, id.to_string())
        });
    }

    /// The runs that have ratios of the pair.
    pub fn of_pair<'a>(
        &'a self,
        pair: &'a str,
    ) -> impl Iterator<Item = (&'a HistoryRun, &'a [(String, Estimate)])> {
        self.runs
            .iter()
            .filter_map(move |run| Some((run, run.pairs.get(pair)?.as_slice())))
    }
}

/// The newest files of a folder within the limits, and how many are left out. Records are named after their start, so
/// their names are in its order.
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
        let (_, ratios) = history.of_pair("steady").next().unwrap();
        assert!(ratios[0].0 == "rust" && (ratios[0].1.value - 20.0).abs() < 1e-9);
        assert_eq!(history.of_pair("unknown").count(), 0);
        assert_eq!(
            History::read(Path::new("no such folder"), &[]),
            History::default()
        );
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
        history.add(&Analysis::of(&at("2026-01-01T00:00:00Z", "a")));
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
            HistoryRun::of(&Analysis::of(&steady())).environment,
            HistoryRun::of(&Analysis::of(&steady())).environment,
        );
        assert!(b.changes_from(&a).is_empty());
        b.machine = "another".into();
        b.compiler = "another".into();
        assert_eq!(b.changes_from(&a), ["machine", "compiler"]);
    }
}
