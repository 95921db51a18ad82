//! What the child processes that run this executable do. All of them end with their parent, however it ends.

use super::roles::{CRITERION, LAUNCH, NEIGHBOUR, PROGRAM};
use super::{launches, neighbour, peers};
use pairbench::hosts::launcher;
use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// What a process does with the arguments after the role.
type Play = fn(&[String]) -> Result<ExitCode, Box<dyn Error>>;

/// Plays the given role; `None` if there is no such role.
pub fn main(role: &str, arguments: &[String]) -> Option<ExitCode> {
    let play: Play = match role {
        LAUNCH => |arguments| Ok(launches::child(Path::new(&arguments[0]))?).map(|()| ExitCode::SUCCESS),
        CRITERION => {
            |arguments| Ok(peers::criterion::child(Path::new(&arguments[0]))?).map(|()| ExitCode::SUCCESS)
        }
        PROGRAM => program,
        NEIGHBOUR => |arguments| neighbour::live(arguments[0].parse()?),
        _ => return None,
    };
    let played = launcher::end_with_supervisor()
        .map_err(Box::from)
        .and_then(|()| play(arguments));
    Some(played.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    }))
}

/// Runs a program in this process's group, so that it ends with it.
fn program(arguments: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let status = Command::new(&arguments[0])
        .args(&arguments[1..])
        // Set for launches of pairbench; other tools handle it themselves.
        .env_remove("PYTHONHASHSEED")
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("{}: {error}", arguments[0]))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
