//! Tools that install interpreters side by side, each in its own folder.

use super::places::{Place, Sighting, in_prefix, in_prefixes};
use super::surroundings::{Surroundings, entries};
use std::path::PathBuf;

/// Where conda, mamba and their distributions are installed, below the user's own folder…
const CONDAS_AT_HOME: [&str; 9] = [
    "miniconda3",
    "anaconda3",
    "miniforge3",
    "mambaforge",
    "micromamba",
    "miniconda",
    "anaconda",
    "conda",
    ".local/share/mamba",
];

/// … and for all users.
const CONDAS_OF_SYSTEM: [&str; 4] = ["opt/conda", "opt/miniconda3", "opt/anaconda3", "opt/miniforge3"];

pub(super) fn all(surroundings: &Surroundings) -> Vec<Sighting> {
    [pyenv, uv, asdf, mise, conda]
        .iter()
        .flat_map(|of| of(surroundings))
        .collect()
}

/// The folder of pyenv, if there is one.
pub(super) fn pyenv_root(surroundings: &Surroundings) -> Option<PathBuf> {
    let (variable, below) = match cfg!(windows) {
        true => ("PYENV", ".pyenv/pyenv-win"),
        false => ("PYENV_ROOT", ".pyenv"),
    };
    surroundings.folder_or(variable, below)
}

fn pyenv(surroundings: &Surroundings) -> Vec<Sighting> {
    let root = pyenv_root(surroundings);
    installed(Place::Pyenv, root.map(|root| root.join("versions")))
}

fn uv(surroundings: &Surroundings) -> Vec<Sighting> {
    if let Some(folder) = surroundings.folder_of("UV_PYTHON_INSTALL_DIR") {
        return in_prefixes(Place::Uv, &folder);
    }
    // macOS uses the same folder as Linux; older versions used the second one. Windows has two as well.
    let folders = match cfg!(windows) {
        true => {
            let data = surroundings.folder_of("APPDATA");
            ["uv/data/python", "uv/python"].map(|below| Some(data.as_ref()?.join(below)))
        }
        false => [
            surroundings.data_folder().map(|data| data.join("uv/python")),
            surroundings.at_home("Library/Application Support/uv/python"),
        ],
    };
    folders
        .into_iter()
        .flat_map(|folder| installed(Place::Uv, folder))
        .collect()
}

fn asdf(surroundings: &Surroundings) -> Vec<Sighting> {
    let data = surroundings.folder_or("ASDF_DATA_DIR", ".asdf");
    installed(Place::Asdf, data.map(|data| data.join("installs/python")))
}

fn mise(surroundings: &Surroundings) -> Vec<Sighting> {
    let own = surroundings.folder_of("MISE_DATA_DIR");
    let data = own.or_else(|| Some(surroundings.data_folder()?.join("mise")));
    installed(Place::Mise, data.map(|data| data.join("installs/python")))
}

fn installed(place: Place, folder: Option<PathBuf>) -> Vec<Sighting> {
    folder
        .map(|folder| in_prefixes(place, &folder))
        .unwrap_or_default()
}

fn conda(surroundings: &Surroundings) -> Vec<Sighting> {
    let mut prefixes: Vec<PathBuf> = surroundings.folder_of("CONDA_PREFIX").into_iter().collect();
    let at_home = CONDAS_AT_HOME
        .iter()
        .filter_map(|below| surroundings.at_home(below));
    let of_system = CONDAS_OF_SYSTEM.iter().map(|below| surroundings.of_system(below));
    let named = surroundings.folder_of("MAMBA_ROOT_PREFIX");
    for root in named.into_iter().chain(at_home).chain(of_system) {
        prefixes.push(root.clone());
        prefixes.extend(entries(&root.join("envs")));
    }
    prefixes.extend(noted_by_conda(surroundings));
    prefixes
        .iter()
        .flat_map(|prefix| in_prefix(Place::Conda, prefix))
        .collect()
}

/// Conda notes every environment that it makes, wherever that is.
fn noted_by_conda(surroundings: &Surroundings) -> Vec<PathBuf> {
    let file = surroundings.at_home(".conda/environments.txt");
    let text = file
        .and_then(|file| std::fs::read_to_string(file).ok())
        .unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .collect()
}
