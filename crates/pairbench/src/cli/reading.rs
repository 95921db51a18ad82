//! Records from the files and folders that the user names.

use crate::record::{self, Record, Status};
use crate::run::AGAINST;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The records, each once, in the order of their names.
    pub records: Vec<Record>,
    /// What could not be read, and why: a text for each.
    pub unread: Vec<String>,
    /// How many were left out, because the same record was there twice.
    pub twice: usize,
}

/// Reads records, and all `.json` files in folders, at any depth. One that cannot be read does not stop the others.
pub(super) fn gather(named: &[PathBuf]) -> Gathered {
    let mut gathered = Gathered::default();
    let mut files = Vec::new();
    for path in named {
        match path.is_dir() {
            // A shell's `*.json` also names the summaries beside the records.
            false if record::is_summary(path) => {}
            false => files.push(path.clone()),
            true => match below(path) {
                Ok(found) if found.is_empty() => {
                    let why = format!("{}: no record is in this folder or below it", path.display());
                    gathered.unread.push(why);
                }
                Ok(found) => files.extend(found),
                Err(error) => gathered.unread.push(format!("{}: {error}", path.display())),
            },
        }
    }
    let read: Vec<_> = files.par_iter().map(|file| record::read(file)).collect();
    let mut records: BTreeMap<_, Record> = BTreeMap::new();
    for one in read {
        match one {
            Ok(record) => gathered.twice += usize::from(keep(&mut records, record)),
            Err(error) => gathered.unread.push(error.to_string()),
        }
    }
    gathered.records = records.into_values().collect();
    gathered
}

/// The identity of a record: its name, and where it was made. Each machine makes up names by itself, so two machines
/// may use the same one.
type Key = (String, String, Option<u32>);

/// Keeps the later state of a record if there are several copies; returns whether it was known.
fn keep(records: &mut BTreeMap<Key, Record>, record: Record) -> bool {
    let part = record.settings.shard.map(|shard| shard.part);
    let key = (record.id.clone(), record.machine.name.clone(), part);
    match records.get_mut(&key) {
        None => {
            records.insert(key, record);
            false
        }
        Some(known) => {
            if progress(&record) > progress(known) {
                *known = record;
            }
            true
        }
    }
}

/// How far a record has come: whether its run has ended, and how many launches it has.
fn progress(record: &Record) -> (bool, usize) {
    (
        record.status != Status::Running,
        record
            .all_pairs()
            .chain(&record.nulls)
            .map(|pair| pair.launches.len())
            .sum(),
    )
}

/// All files of a folder that may be records, by name. Records of other revisions are left out: they are later than the
/// runs that they were measured in, and would count as newer.
fn below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut found = Vec::new();
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            if entry.file_name() != AGAINST {
                found.extend(below(&path)?);
            }
        } else if record::is_record(&path) {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Shard, UNFINISHED, fixture};

    fn record(id: &str, machine: &str) -> Record {
        let mut record = fixture::steady();
        record.id = id.into();
        record.machine.name = machine.into();
        record
    }

    #[test]
    fn folders_are_read_at_any_depth_and_other_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = |below: &str| folder.path().join(below);
        record::write(&record("a", "m1"), &at("one/records")).unwrap();
        record::write(&record("b", "m2"), &at("two/records")).unwrap();
        record::write(&record("c", "m2"), &at("two/against/records")).unwrap();
        std::fs::write(at("two/broken.json"), "{").unwrap();
        std::fs::write(at(&format!("two/{UNFINISHED}x.json")), "{").unwrap();
        std::fs::write(at("two/index.html"), "no record").unwrap();
        std::fs::write(at("two/b.summary.json"), "{}").unwrap();
        std::fs::create_dir(at("empty")).unwrap();
        let named = ["two", "one", "empty", "nowhere.json", "two/b.summary.json"];
        let gathered = gather(&named.map(at));
        let ids: Vec<&str> = gathered.records.iter().map(|record| record.id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        let unread = gathered.unread.join("\n");
        assert_eq!(gathered.unread.len(), 3, "{unread}");
        for words in [
            "broken.json is not a complete pairbench record",
            "no record is in this folder",
            "nowhere.json",
        ] {
            assert!(unread.contains(words), "{unread}");
        }
    }

    #[test]
    fn a_duplicate_record_counts_once_in_its_later_state() {
        let folder = tempfile::tempdir().unwrap();
        let mut early = record("a", "m1");
        early.status = Status::Running;
        early.pairs[0].launches.truncate(1);
        record::write(&record("a", "m1"), &folder.path().join("late")).unwrap();
        record::write(&early, &folder.path().join("then")).unwrap();
        let gathered = gather(&[folder.path().into(), folder.path().join("late/a.json")]);
        assert_eq!((gathered.records.len(), gathered.twice), (1, 2));
        assert_eq!(gathered.records[0], record("a", "m1"));
    }

    #[test]
    fn records_with_one_name_from_two_machines_or_parts_are_both_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut part = record("a", "m1");
        part.settings.shard = Some(Shard { part: 2, of: 2 });
        let all = [record("a", "m1"), record("a", "m2"), part];
        for (at, record) in all.iter().enumerate() {
            record::write(record, &folder.path().join(at.to_string())).unwrap();
        }
        let gathered = gather(&[folder.path().into()]);
        assert_eq!((gathered.records.len(), gathered.twice), (3, 0));
    }
}
