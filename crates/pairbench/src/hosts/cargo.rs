//! Cargo builds that the harness starts, each in its own target folder.

use super::launcher::Stop;
use super::logged;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The Cargo that runs this program, or the one on the path.
pub(crate) fn command() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Its output is read by programs and shown in reports.
    command.env("CARGO_TERM_COLOR", "never");
    command
}

/// A Cargo command that builds a package in its own folder and prints [`Message`]s, while the compiler's diagnostics go
/// to standard error.
pub(crate) fn build(subcommand: &str, manifest_dir: &Path, package: &str, folder: &Path) -> Command {
    let mut command = command();
    command
        .current_dir(manifest_dir)
        .args([subcommand, "--release", "--lib", "-p", package])
        .args(["--message-format", "json-render-diagnostics"])
        .env_remove("CARGO_BUILD_TARGET");
    in_folder(&mut command, folder);
    command
}

/// Makes a command build in its own target folder.
pub(crate) fn in_folder(command: &mut Command, folder: &Path) {
    command
        // If the configuration names another folder for intermediate files, builds would share it.
        .env("CARGO_BUILD_BUILD_DIR", folder)
        .env("CARGO_TARGET_DIR", folder);
}

/// Runs a build, as [`logged::run`] does.
///
/// # Errors
///
/// Those of [`logged::run`].
pub(crate) fn run(command: Command, output: &Path, log: &Path, stop: &Stop) -> Result<Duration, String> {
    logged::run(command, "cargo could not build it", output, log, stop)
}

/// What Cargo reports about a build in one line of JSON.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    reason: String,
    /// The package of an artifact.
    #[serde(default)]
    pub package_id: String,
    /// Whether the artifact was there already.
    #[serde(default)]
    pub fresh: bool,
    /// Its files.
    #[serde(default)]
    pub filenames: Vec<PathBuf>,
    /// The program, if it is one.
    #[serde(default)]
    pub executable: Option<PathBuf>,
}

/// The artifacts of a build, in the order in which they were ready: the package itself comes last.
pub(crate) fn artifacts(messages: &str) -> impl Iterator<Item = Message> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    messages.filter(|message: &Message| message.reason == "compiler-artifact")
}
