//! A target folder that starts as a copy of another, so that what both need is not compiled twice.
//!
//! A single target folder would not do: the library of a package in the workspace has the same file and the same
//! fingerprint there whatever its features, so that two alternating builds would compile it each time.

use super::launcher::Stop;
use std::fs::{File, FileTimes};
use std::io;
use std::path::Path;

/// Copies the optimised builds of a target folder into another.
pub(super) fn seed_target(from: &Path, to: &Path, stop: &Stop) {
    // Cargo uses the second if its configuration names a target.
    for folder in ["release", concat!(env!("PAIRBENCH_TARGET"), "/release")] {
        seed(&from.join(folder), &to.join(folder), stop);
    }
}

/// Copies what Cargo has built in `from`, unless `to` already exists. Cargo checks every fingerprint and rebuilds what
/// is missing or wrong, so nothing that fails here is an error.
fn seed(from: &Path, to: &Path, stop: &Stop) {
    if to.exists() || !from.exists() {
        return;
    }
    // Cargo holds it while it builds. Cargo would trust half a library with a complete fingerprint.
    let lock = File::open(from.join(".cargo-lock"));
    let Ok(lock) = lock.and_then(|lock| lock.try_lock_shared().map(|()| lock).map_err(io::Error::from))
    else {
        return;
    };
    let beside = to.with_extension(format!("{}.new", std::process::id()));
    if copy(from, &beside, stop).is_err() || std::fs::rename(&beside, to).is_err() {
        let _ = std::fs::remove_dir_all(&beside);
    }
    drop(lock);
}

fn copy(from: &Path, to: &Path, stop: &Stop) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, to) = (entry.file_type()?, to.join(entry.file_name()));
        if stop.requested() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if kind.is_dir() {
            if entry.file_name() != "incremental" {
                copy(&entry.path(), &to, stop)?;
            }
        } else if kind.is_file() && !is_program(&entry.path()) {
            std::fs::copy(entry.path(), &to)?;
            // A file that is older than its dependencies counts as out of date.
            let times = FileTimes::new().set_modified(entry.metadata()?.modified()?);
            File::options().write(true).open(&to)?.set_times(times)?;
        }
    }
    Ok(())
}

/// Whether a file is an executable among libraries, which no other build needs.
fn is_program(file: &Path) -> bool {
    let folder = file.parent().and_then(Path::file_name);
    folder.is_some_and(|name| name == "deps") && file.extension().is_none_or(|extension| extension == "exe")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_keep_their_times_and_a_folder_that_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        seed(&from, &to, &Stop::new());
        assert!(!to.exists());
        std::fs::create_dir_all(from.join("deps")).unwrap();
        let file = from.join("deps/a.rlib");
        std::fs::write(&file, "text").unwrap();
        std::fs::write(from.join("deps/pairs"), "a program").unwrap();
        std::fs::create_dir_all(from.join("incremental/a")).unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        let times = FileTimes::new().set_modified(long_ago);
        File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_times(times)
            .unwrap();
        // Without Cargo's lock it is not a folder of Cargo's.
        seed(&from, &to, &Stop::new());
        assert!(!to.exists());
        std::fs::write(from.join(".cargo-lock"), "").unwrap();
        let held = File::open(from.join(".cargo-lock")).unwrap();
        held.lock().unwrap();
        seed(&from, &to, &Stop::new());
        assert!(!to.exists(), "copied while somebody builds");
        held.unlock().unwrap();
        let stopped = Stop::new();
        stopped.request();
        seed(&from, &to, &stopped);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

        seed(&from, &to, &Stop::new());
        let copied = to.join("deps/a.rlib");
        assert_eq!(std::fs::read_to_string(&copied).unwrap(), "text");
        assert!(!to.join("deps/pairs").exists() && !to.join("incremental").exists());
        assert_eq!(copied.metadata().unwrap().modified().unwrap(), long_ago);
        std::fs::write(&file, "other").unwrap();
        seed(&from, &to, &Stop::new());
        assert_eq!(std::fs::read_to_string(&copied).unwrap(), "text");
    }
}
