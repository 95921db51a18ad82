//! A machine that is made up.

use crate::hosts::discovery::candidates::candidates;
use crate::hosts::discovery::places::Sighting;
use crate::hosts::discovery::{LeftOut, Place, Surroundings, sightings};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// A machine in a temporary folder, with a user and a project.
pub(super) struct Machine {
    _root: tempfile::TempDir,
    pub surroundings: Surroundings,
}

impl Machine {
    pub fn new(files: &[&str]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let made = root.path().canonicalize().unwrap();
        let surroundings = Surroundings {
            home: Some(made.join("home")),
            folder: made.join("home/project/deep"),
            root: made,
            ..Surroundings::default()
        };
        let machine = Machine {
            _root: root,
            surroundings,
        };
        for file in files {
            machine.file(file);
        }
        machine
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.surroundings.root.join(path)
    }

    pub fn file(&self, path: &str) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn link(&self, path: &str, to: &str) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(self.at(to), path).unwrap();
    }

    /// Sets a variable to folders of this machine.
    pub fn set(&mut self, name: &str, folders: &[&str]) {
        let folders = std::env::join_paths(folders.iter().map(|folder| self.at(folder))).unwrap();
        self.surroundings.variables.insert(name.into(), folders);
    }

    pub fn inside(&self, path: &Path) -> String {
        path.strip_prefix(&self.surroundings.root)
            .unwrap()
            .display()
            .to_string()
    }

    /// Those of this machine: a real environment may be above the folder for temporary files.
    fn sightings(&self) -> Vec<Sighting> {
        let mut all = sightings(&self.surroundings);
        all.retain(|sighting| sighting.path.starts_with(&self.surroundings.root));
        all
    }

    pub fn seen(&self, place: Place) -> Vec<String> {
        let seen = self
            .sightings()
            .into_iter()
            .filter(|sighting| sighting.place == place);
        seen.map(|sighting| self.inside(&sighting.path)).collect()
    }

    /// What would be probed, each with the number of its names, and what would not.
    pub fn candidates(&self) -> (Vec<(String, usize)>, Vec<LeftOut>) {
        let (candidates, left_out) = candidates(self.sightings(), &self.surroundings);
        let probed = candidates
            .iter()
            .map(|of| (self.inside(&of.path), of.sightings.len()));
        (probed.collect(), left_out)
    }
}
