//! A made-up user, and what the command prints for them.

use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A user with a folder of their own, a `bin` on the path and a project to work in.
pub struct User {
    _folder: tempfile::TempDir,
    pub home: PathBuf,
    pub variables: BTreeMap<&'static str, PathBuf>,
}

impl User {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap();
        for below in ["bin", "project/deep"] {
            std::fs::create_dir_all(home.join(below)).unwrap();
        }
        let variables = BTreeMap::from([("HOME", home.clone()), ("PATH", home.join("bin"))]);
        User {
            _folder: folder,
            home,
            variables,
        }
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.home.join(path)
    }

    /// A shell script; returns its path.
    pub fn script(&self, path: &str, text: &str) -> PathBuf {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    pub fn link(&self, path: &str, to: &Path) -> PathBuf {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(to, &path).unwrap();
        path
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pairbench"));
        command
            .arg("interpreters")
            .args(arguments)
            .env_clear()
            .envs(&self.variables);
        command.current_dir(self.at("project/deep")).output().unwrap()
    }

    pub fn discover(&self) -> Discovered {
        // A long limit: the machine that tests run on may be busy.
        Discovered::of(&self.run(&["--json", "--timeout", "60s"]))
    }
}

/// The command's JSON output.
pub struct Discovered(Value);

impl Discovered {
    pub fn of(output: &Output) -> Self {
        let errors = String::from_utf8_lossy(&output.stderr);
        Discovered(serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}")))
    }

    pub fn found(&self) -> &[Value] {
        self.0["found"].as_array().unwrap()
    }

    /// The interpreters with this prefix.
    pub fn with_prefix(&self, prefix: &Path) -> Vec<&Value> {
        self.found()
            .iter()
            .filter(|found| found["prefix"] == text(prefix))
            .collect()
    }

    pub fn reason(&self, path: &Path) -> &Value {
        let left_out = self.0["left_out"].as_array().unwrap();
        let of = left_out.iter().find(|left_out| left_out["path"] == text(path));
        &of.unwrap_or_else(|| panic!("{} is not left out: {left_out:#?}", path.display()))["reason"]
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
