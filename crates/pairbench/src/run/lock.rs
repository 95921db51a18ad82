//! One run at a time in a reports folder, a warning about others on the machine, and cleaning up after killed runs.
//!
//! Two runs in one folder would write over each other's report, so the second is refused. Two runs on one machine, in
//! whatever folders, make each other's times slower and noisier, but whether that matters is for their users to decide:
//! the second only warns. The locks are those of the system, which end with the process that holds them.

use crate::hosts::launcher::Stop;
use crate::terminal::Terminal;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// The lock file in the reports folder.
const FILE: &str = ".lock";

/// Prefix of the name of a run's temporary folder.
pub(crate) const FOLDER: &str = "pairbench-";

/// A file in a run's temporary folder, locked as long as the run is alive. It gets this name only once it is locked, so
/// if it can be locked, its run is gone.
const ALIVE: &str = "alive";

/// Holds a folder until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Takes the reports folder for this run, or waits for it; `None` when the run was stopped meanwhile.
///
/// # Errors
///
/// When another run holds it and `wait` is off, or the folder is not writable; the message gives the remedy.
pub(crate) fn take(
    reports: &Path,
    wait: bool,
    stop: &Stop,
    terminal: &Terminal,
) -> Result<Option<Lock>, String> {
    let unwritable = |error: io::Error| {
        format!(
            "the folder {} cannot be written: {error}. Name another folder: --reports FOLDER",
            reports.display()
        )
    };
    std::fs::create_dir_all(reports).map_err(unwritable)?;
    let path = reports.join(FILE);
    let open = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let mut file = open.map_err(unwritable)?;
    let mut announced = false;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => {
                terminal.warn(&format!(
                    "{} cannot be locked ({error}): nothing keeps a second run from writing into this folder",
                    path.display()
                ));
                break;
            }
            Err(TryLockError::WouldBlock) if !wait => return Err(occupied(reports, &holder(&mut file))),
            Err(TryLockError::WouldBlock) => {
                if stop.requested() {
                    return Ok(None);
                }
                if !std::mem::replace(&mut announced, true) {
                    terminal.say(&format!("waiting for another run: {}", holder(&mut file)));
                }
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    }
    // Reading the name of an earlier holder may have moved the position.
    let emptied = file.set_len(0).and_then(|()| file.rewind());
    let written = emptied.and_then(|()| file.write_all(myself().as_bytes()));
    written.map_err(unwritable)?;
    Ok(Some(Lock { _file: file }))
}

fn occupied(reports: &Path, holder: &str) -> String {
    format!(
        "another run is writing to {}: {holder}. The two would write over each other's report, and disturb each other's \
         times. Wait for it with --wait, or end it",
        reports.display()
    )
}

/// How a run that finds the folder taken names this process.
fn myself() -> String {
    format!(
        "process {}, since {}",
        std::process::id(),
        jiff::Timestamp::now().strftime("%H:%M:%S UTC")
    )
}

/// What the holder of a lock wrote into it. On Windows a locked file cannot be read.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(200).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => text.trim().to_string(),
        _ => "an unknown process".into(),
    }
}

/// Marks the temporary folder of this run as in use.
///
/// # Errors
///
/// Those of the file system.
pub(crate) fn mark_alive(folder: &Path) -> io::Result<Lock> {
    let unnamed = folder.join("new");
    let mut file = File::create_new(&unnamed)?;
    // Without locks, no folder is ever taken for abandoned; see `look_around`.
    let locked = file.try_lock().is_ok();
    file.write_all(myself().as_bytes())?;
    if locked {
        std::fs::rename(&unnamed, folder.join(ALIVE))?;
    }
    Ok(Lock { _file: file })
}

/// Removes temporary folders of runs that were killed, and returns the names of the runs that are alive.
pub(crate) fn look_around(temporary: &Path) -> Vec<String> {
    let mut alive = Vec::new();
    for entry in std::fs::read_dir(temporary).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(FOLDER) {
            continue;
        }
        let folder = entry.path();
        // Another user's cannot be opened, and is not ours to judge.
        let Ok(mut file) = File::options().read(true).write(true).open(folder.join(ALIVE)) else {
            continue;
        };
        match file.try_lock() {
            Ok(()) => {
                let _ = std::fs::remove_dir_all(&folder);
            }
            Err(TryLockError::WouldBlock) => alive.push(holder(&mut file)),
            Err(TryLockError::Error(_)) => {}
        }
    }
    alive
}

/// Removes files that a run killed while writing left beside the records. Only the holder of the folder may do so.
pub(crate) fn sweep(records: &Path) {
    for entry in std::fs::read_dir(records).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with(crate::record::UNFINISHED)
        {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Color;

    fn take_in(folder: &Path, wait: bool, stop: &Stop) -> Result<Option<Lock>, String> {
        take(folder, wait, stop, &Terminal::new(Color::Never, false))
    }

    #[test]
    fn a_folder_has_one_run_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let stop = Stop::new();
        let first = take_in(folder.path(), false, &stop).unwrap().unwrap();
        let error = take_in(folder.path(), false, &stop).unwrap_err();
        assert!(error.contains("--wait"), "{error}");
        if cfg!(unix) {
            assert!(
                error.contains(&format!("process {}", std::process::id())),
                "{error}"
            );
        }
        stop.request();
        assert!(take_in(folder.path(), true, &stop).unwrap().is_none());
        drop(first);
        assert!(take_in(folder.path(), false, &stop).unwrap().is_some());
    }

    #[test]
    fn a_run_that_waited_writes_its_name_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let first = take_in(folder.path(), false, &Stop::new()).unwrap();
        let second = std::thread::scope(|scope| {
            let second = scope.spawn(|| take_in(folder.path(), true, &Stop::new()));
            // Long enough for the second to have read who holds it.
            std::thread::sleep(Duration::from_millis(300));
            drop(first);
            second.join().unwrap()
        });
        assert!(second.unwrap().is_some());
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(text.starts_with("process "), "{text:?}");
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = take_in(file.path(), false, &Stop::new()).unwrap_err();
        assert!(error.contains("--reports FOLDER"), "{error}");
    }

    #[test]
    fn folders_of_dead_runs_go_and_those_of_live_runs_stay() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let path = temporary.path().join(name);
            std::fs::create_dir(&path).unwrap();
            path
        };
        let (dead, living, young, foreign) = (
            folder("pairbench-a"),
            folder("pairbench-b"),
            folder("pairbench-c"),
            folder("other"),
        );
        drop(mark_alive(&dead).unwrap());
        drop(mark_alive(&foreign).unwrap());
        let lock = mark_alive(&living).unwrap();
        assert_eq!(look_around(temporary.path()).len(), 1);
        assert!(!dead.exists() && living.exists() && young.exists() && foreign.exists());
        drop(lock);
        assert_eq!(look_around(temporary.path()), Vec::<String>::new());
        assert!(!living.exists());
    }
}
