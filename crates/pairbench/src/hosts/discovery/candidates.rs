//! Finds out which files are the same, before any of them is queried.

use super::environments::environment_of;
use super::left_out::{LeftOut, Reason};
use super::managers::pyenv_root;
use super::places::{Sighting, is_named_as_python};
use super::surroundings::Surroundings;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A program to query, and all the names under which it was found.
#[derive(Debug)]
pub(super) struct Candidate {
    pub path: PathBuf,
    pub sightings: Vec<Sighting>,
}

/// Identifies a file: device and inode where they exist, else the path without links.
pub(super) type FileId = (u64, u64, PathBuf);

/// Which file a path leads to; `None` if it leads nowhere.
pub(super) fn file_id(path: &Path) -> Option<FileId> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let file = std::fs::metadata(path).ok()?;
        Some((file.dev(), file.ino(), PathBuf::new()))
    }
    #[cfg(not(unix))]
    Some((0, 0, path.canonicalize().ok()?))
}

/// What makes two sightings one candidate.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    /// All interpreters of one virtual environment are links to one, or copies of it.
    Environment(PathBuf),
    /// A file and its folder. The folder counts because conda gives many environments one file, by hard links.
    File(FileId, PathBuf),
    /// A link to something that is not named like an interpreter: that may act differently under each name.
    Name(PathBuf),
}

/// Groups the sightings of each file, and leaves out what needs no probe.
pub(super) fn candidates(
    sightings: Vec<Sighting>,
    surroundings: &Surroundings,
) -> (Vec<Candidate>, Vec<LeftOut>) {
    let shims = pyenv_root(surroundings).and_then(|root| root.join("shims").canonicalize().ok());
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut left_out = Vec::new();
    let mut places: HashMap<Key, usize> = HashMap::new();
    for sighting in sightings {
        if let Some(reason) = without_probing(&sighting.path, shims.as_deref()) {
            left_out.push(LeftOut::of(&sighting, reason));
            continue;
        }
        let (key, path) = identity(&sighting.path);
        let at = *places.entry(key).or_insert(candidates.len());
        if at == candidates.len() {
            let sightings = Vec::new();
            candidates.push(Candidate { path, sightings });
        }
        candidates[at].sightings.push(sighting);
    }
    (candidates, left_out)
}

fn without_probing(path: &Path, pyenv_shims: Option<&Path>) -> Option<Reason> {
    // On Windows the Store's aliases cannot be read, but can be started.
    if cfg!(unix) && !path.exists() {
        return Some(Reason::DanglingLink);
    }
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    // A shim with a version in its name can only lead to what pyenv has installed. Querying it costs more than querying an
    // interpreter, and there is one for each version. Those without a version show which one is active.
    let versioned = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().contains('.'));
    (versioned && folder.is_some() && folder.as_deref() == pyenv_shims).then_some(Reason::PyenvShim)
}

fn identity(path: &Path) -> (Key, PathBuf) {
    if let Some(prefix) = environment_of(path) {
        return (Key::Environment(prefix), path.into());
    }
    let real = path.canonicalize().ok().filter(|real| is_named_as_python(real));
    let file = real.and_then(|real| Some((file_id(&real)?, real)));
    match file {
        Some((id, real)) => {
            let folder = real.parent().map(Path::to_path_buf).unwrap_or_default();
            (Key::File(id, folder), real)
        }
        None => (Key::Name(path.into()), path.into()),
    }
}
