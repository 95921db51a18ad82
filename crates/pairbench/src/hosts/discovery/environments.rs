//! Virtual environments: the active one, and those of the current project.

use super::places::{Place, Sighting, in_prefix};
use super::surroundings::Surroundings;
use std::path::{Path, PathBuf};

/// What projects call their environment.
const NAMES: [&str; 2] = [".venv", "venv"];

pub(super) fn all(surroundings: &Surroundings) -> Vec<Sighting> {
    let active = surroundings.folder_of("VIRTUAL_ENV");
    let active = active.iter().flat_map(|prefix| in_prefix(Place::Active, prefix));
    let folders = surroundings.folder.ancestors();
    let nearby = folders.flat_map(|folder| NAMES.map(|name| folder.join(name)));
    let nearby = nearby.filter(|prefix| is_environment(prefix));
    active
        .chain(nearby.flat_map(|prefix| in_prefix(Place::Nearby, &prefix)))
        .collect()
}

/// Whether a folder is the prefix of a virtual environment.
fn is_environment(prefix: &Path) -> bool {
    prefix.join("pyvenv.cfg").is_file()
}

/// The virtual environment that an executable belongs to, decided as Python does: by its path, links not followed.
pub(super) fn environment_of(executable: &Path) -> Option<PathBuf> {
    let prefix = executable.parent()?.parent()?;
    is_environment(prefix).then(|| prefix.canonicalize().unwrap_or_else(|_| prefix.into()))
}
