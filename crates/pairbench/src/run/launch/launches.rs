//! Starts the processes of a run, each in its own folder.

use crate::diagnose::scaling;
use crate::hosts::launcher::{self, Launched};
use crate::hosts::limits::{Bytes, Limits};
use crate::hosts::private_folder;
use crate::run::launch::process::{ARGUMENT, Role, RunInterpreter, Spec};
use crate::run::lock::{self, Lock};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The memory limit of a launch that digs: its inputs are small.
const MEMORY_OF_DIG: Bytes = Bytes(3 << 30);

/// The launches of a run: their limits and their files.
#[derive(Debug)]
pub(crate) struct Launches {
    pub limits: Limits,
    /// Environment variables that they inherit besides the usual ones.
    inherit: Vec<String>,
    folder: tempfile::TempDir,
    /// Keeps other runs from removing the temporary folder while this run is alive.
    _alive: Lock,
    number: u32,
}

impl Launches {
    /// Makes the folder for their files, with the worker's program in it.
    ///
    /// # Errors
    ///
    /// When there is no room for it; the text says what to do.
    pub fn new(limits: Limits, inherit: Vec<String>) -> Result<Self, String> {
        let (folder, alive) = temporary_folder().map_err(|error| {
            let parent = std::env::temp_dir();
            let remedy = match error.kind() {
                io::ErrorKind::PermissionDenied => "Set TMPDIR to another folder",
                _ => "Free some space, or set TMPDIR to another folder",
            };
            format!("no temporary folder in {}: {error}. {remedy}", parent.display())
        })?;
        Ok(Launches {
            limits,
            inherit,
            folder,
            _alive: alive,
            number: 0,
        })
    }

    /// Starts a process of this executable in the role, with these interpreters; its events will be in the returned file.
    pub fn start(
        &mut self,
        role: Role,
        interpreters: Vec<RunInterpreter>,
        hash_seed: u32,
    ) -> Result<(Launched, PathBuf), String> {
        self.number += 1;
        let folder = self.folder_of(self.number);
        let (spec_path, events) = (folder.join("spec.json"), folder.join("events.jsonl"));
        // Each interpreter has as much time as in a launch of its own, and uses it comparison by comparison: one that
        // hangs does not get the time that the others leave. Verifying runs the Python variants twice.
        let turns = interpreters.len() + usize::from(matches!(role, Role::Verify { .. }));
        let several = turns > 1;
        let digs = matches!(role, Role::Dig { .. });
        let silence = match &role {
            Role::Dig { silence, .. } => Some(*silence),
            Role::Diagnose { step, .. } if step.diagnoser.about().tells => Some(self.limits.time),
            _ => None,
        };
        let limits = Limits {
            time: if silence.is_some() {
                Duration::MAX
            } else {
                self.limits.time * u32::try_from(turns).unwrap_or(u32::MAX)
            },
            memory: self
                .limits
                .memory
                .map(|limit| if digs { limit.min(MEMORY_OF_DIG) } else { limit }),
            ..self.limits
        };
        let spec = Spec {
            interpreters,
            program: self.folder.path().join("worker.py"),
            hash_seed,
            memory_limit: limits.memory,
            events: events.clone(),
            role,
        };
        let environment = workers(&spec.role);
        let text = serde_json::to_vec(&spec).expect("plain data");
        let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&spec_path, text));
        let path = spec_path.to_string_lossy();
        let launched = written.and_then(|()| {
            launcher::launch(
                &[ARGUMENT, &path],
                &self.output_of(&events),
                limits,
                hash_seed,
                &self.inherit,
                &environment,
            )
        });
        let launched = launched.map_err(|error| {
            format!(
                "cannot start a launch in {}: {error}. Is there space? TMPDIR names another folder",
                folder.display()
            )
        })?;
        let launched = match (silence, several) {
            (Some(silence), _) => launched.heard_by(events.clone(), silence),
            (_, true) => launched.heard_by(events.clone(), self.limits.time),
            _ => launched,
        };
        Ok((launched, events))
    }

    /// Where the launch with this file of events wrote its output.
    pub fn output_of(&self, events: &Path) -> PathBuf {
        events.with_file_name("output")
    }

    /// Removes the files of a launch whose events have been read.
    pub fn discard(&self, events: &Path) {
        if let Some(folder) = events.parent() {
            let _ = std::fs::remove_dir_all(folder);
        }
    }

    /// A folder for criterion's files of the next launch, which nobody reads.
    pub fn scratch(&self) -> PathBuf {
        self.folder_of(self.number + 1).join("criterion")
    }

    fn folder_of(&self, launch: u32) -> PathBuf {
        self.folder.path().join(launch.to_string())
    }
}

/// What a role adds to the environment: the number of workers of parallel variants, if it is not the number of cores.
fn workers(role: &Role) -> Vec<(&'static str, String)> {
    let step = match role {
        Role::Diagnose { step, .. } => step,
        // There are thousands of panics, and only their message and place are kept.
        Role::Dig { .. } => return vec![("RUST_BACKTRACE", "0".into())],
        _ => return Vec::new(),
    };
    let workers = step.workers.into_iter();
    workers
        .flat_map(|workers| scaling::WORKERS.map(|name| (name, workers.to_string())))
        .collect()
}

fn temporary_folder() -> io::Result<(tempfile::TempDir, Lock)> {
    let folder = private_folder(lock::FOLDER)?;
    if folder.path().to_str().is_none() {
        return Err(io::Error::other("its path is not UTF-8"));
    }
    let alive = lock::mark_alive(folder.path())?;
    std::fs::write(folder.path().join("worker.py"), crate::hosts::worker::PROGRAM)?;
    Ok((folder, alive))
}
