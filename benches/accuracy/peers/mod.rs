//! criterion and pyperf, as their users run them: one process (or one run) measures one side, and the tool itself reports
//! what changed since the last one. Each gets about five seconds for a side, half of what a comparison of pairbench
//! takes for both.

pub mod criterion;
pub mod pyperf;

use super::report::results::{CriterionRun, Key, PyperfRun};
use super::roles;
use pairbench::hosts::launcher::{self, Ended, Stop};
use std::path::Path;
use std::time::Duration;

/// Time limit of a run; none takes nearly as long, not even an installation.
const LIMIT: Duration = Duration::from_secs(180);

/// The result of a peer's run.
pub enum Run {
    Criterion(CriterionRun),
    Pyperf(PyperfRun),
}

/// A peer.
pub trait Peer {
    /// One run of one side, compared with the last one of the side that is not slowed; `None` if the bench is to stop.
    ///
    /// # Errors
    ///
    /// What went wrong, or what in its output could not be parsed.
    fn run(&mut self, key: Key) -> Result<Option<Run>, String>;
}

/// Runs this executable in a role and returns its output; `None` if the bench is to stop.
fn printed(arguments: &[&str], output: &Path, stop: &Stop) -> Result<Option<String>, String> {
    let mut launched = launcher::launch(arguments, output, roles::limits(LIMIT), 0, &[], &[])
        .map_err(|error| format!("{}: {error}", arguments.join(" ")))?;
    let ended = launched.wait(stop, || {});
    let text = std::fs::read(output).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    match ended {
        Ended::Stopped => Ok(None),
        Ended::Well => Ok(Some(text)),
        Ended::Badly(fault) => Err(format!("{fault}: {}", text.trim())),
    }
}

/// Runs another program, like [`printed`].
fn program(arguments: &[&str], output: &Path, stop: &Stop) -> Result<Option<String>, String> {
    printed(&[&[roles::PROGRAM], arguments].concat(), output, stop)
}
