//! `pairbench dig`: looks for inputs on which the pairs of a project differ, with the project's own bench.

use super::project::{BENCH, Project};
use crate::run::duration;
use crate::run::exit::Exit;
use crate::text::tool;
use std::path::PathBuf;
use std::process::Command;

/// Arguments of `dig`.
#[derive(Debug, clap::Args)]
#[command(after_help = "The exit code is that of `cargo bench`: 0 where nothing differs.")]
pub(super) struct Arguments {
    /// Only pairs whose names match one of these regular expressions
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
    /// How long in all, like `60s` or `10m`
    #[arg(long, default_value = "60s", value_parser = checked)]
    time: String,
    /// The Python to dig with, as for `cargo bench`
    #[arg(long, value_name = "PATH")]
    interpreter: Option<PathBuf>,
    /// The folder of the project, or one below it
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
    /// The package with the pairs, where a workspace has several
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
}

fn checked(text: &str) -> Result<String, String> {
    duration(text).map(|_| text.to_string())
}

/// Runs the bench of the project.
///
/// # Errors
///
/// When the project has no pairs, or Cargo does not start.
pub(super) fn main(arguments: &Arguments) -> Result<Exit, String> {
    let project = Project::find(&arguments.root, arguments.package.as_deref())?;
    let pairs = project.pairs();
    if !pairs.is_file() {
        return Err(format!(
            "there is no {}: make the project ready with `{} init`, and add a pair with `{} new`",
            pairs.display(),
            tool(),
            tool()
        ));
    }
    let mut command = Command::new("cargo");
    command.current_dir(project.crate_folder()).args([
        "bench",
        "--bench",
        BENCH,
        "--",
        "--dig",
        &arguments.time,
    ]);
    if let Some(interpreter) = &arguments.interpreter {
        // A name is looked up, a path is relative to the user's folder.
        let named = interpreter.components().count() > 1;
        let path = std::path::absolute(interpreter).unwrap_or_else(|_| interpreter.clone());
        command
            .arg("--interpreter")
            .arg(if named { &path } else { interpreter });
    }
    let status = command.args(&arguments.filter).status();
    let status = status.map_err(|error| {
        format!(
            "cargo does not start: {error}. Digging builds the project's bench, which takes Rust: https://rustup.rs"
        )
    })?;
    Ok(Exit::of(&[(Exit::Failed, !status.success())]))
}
