//! `new`: a pair by reference in `benches/pairs.rs`, or the two files of a pair in the layout of the catalogue.

mod declaration;
mod input;
mod signature;
mod types;

use super::edit::{Edit, read, shown};
use super::project::{Member, Package, Project};
use super::{forecast, scaffold, suite};
use crate::forecast::Forecast;
use crate::registry::{Profile, check_name, python_folders};
use crate::run::exit::{Exit, HELP_OF_TOOL};
use crate::terminal::show;
use crate::text::{tool, wrap};
use clap::Args;
use declaration::Declaration;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// The arguments of `new`.
#[derive(Debug, Args)]
#[command(after_help = HELP_OF_TOOL)]
pub(super) struct Arguments {
    /// The Python function, as package.module:function or FILE.py:function (a file beside benches/pairs.rs); or the name of a
    /// pair of two files, as the catalogue has them: a-z, 0-9 and _
    #[arg(value_name = "FUNCTION")]
    target: String,
    /// The calls of the pair: a file that ends in .jsonl, .json, .txt or .csv
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Name of the pair. Default: that of the function
    #[arg(long)]
    name: Option<String>,
    /// The package that has benches/pairs.rs
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
    /// The Python whose modules are searched. Default: that of the active environment, or python3
    #[arg(long, value_name = "PATH")]
    interpreter: Option<String>,
    /// Write the pair without a forecast of what a port would gain, which takes some seconds
    #[arg(long)]
    no_forecast: bool,
    /// With two files, the kind of work: hot-loop, flat, parallel, concurrent or library-bound
    #[arg(long, default_value = "hot-loop")]
    profile: Profile,
    /// Folder of the project; with two files, the one that has workloads/ and python/
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
}

/// Adds the pair and prints what was written.
///
/// # Errors
///
/// If something that was named does not exist, or no place for the pair is found.
pub(super) fn main(arguments: &Arguments) -> Result<Exit, String> {
    let text = match arguments.target.split_once(':') {
        Some((module, function)) => by_reference(arguments, module, function)?,
        None => scaffold::new_pair(&arguments.root, &arguments.target, arguments.profile)? + "\n",
    };
    Ok(Exit::of(&[(Exit::Unwritten, !show(&text))]))
}

fn by_reference(arguments: &Arguments, module: &str, function: &str) -> Result<String, String> {
    check(module, function)?;
    let input = arguments.input.as_deref().ok_or_else(|| {
        format!(
            "a pair needs calls: --input FILE, whose lines are JSON or text. `{} record {}` writes real ones",
            tool(),
            arguments.target
        )
    })?;
    let project = Project::find(&arguments.root, arguments.package.as_deref())?;
    let file = project.pairs();
    let Some(source) = read(&file)? else {
        return Err(format!(
            "there is no {}; `{} init` makes it",
            file.display(),
            tool()
        ));
    };
    let at_file = |error: String| format!("{}: {error}", file.display());
    let chain = suite::chain_of(&source).map_err(at_file)?;
    let (signature, place) = match module.strip_suffix(".py") {
        Some(_) => {
            let beside = file.with_file_name(module);
            signature::of(
                &beside.display().to_string(),
                function,
                arguments.interpreter.as_deref(),
                &[],
            )?
        }
        None => signature::of(
            module,
            function,
            arguments.interpreter.as_deref(),
            &python_folders(project.crate_folder()),
        )?,
    };
    let name = arguments.name.clone().unwrap_or_else(|| name_of(function));
    check_name(&name).map_err(|why| format!("{why}; choose another one: --name NAME"))?;
    if chain.pairs.iter().any(|pair| pair.name == name) {
        return Err(at_file(format!(
            "it has a pair {name:?} already; choose another name: --name NAME"
        )));
    }
    let pair = Declaration::new(&arguments.target, input, signature.as_ref())?;
    let input = below(project.crate_folder(), input)?;
    let after = suite::with(&source, &chain, &pair.lines(&name, &input));
    let after = formatted(&source, after, &project);
    let edit = Edit::of(file, Some(source), after).ok_or("nothing to add")?;
    edit.write()?;
    let mut notes = vec![place];
    notes.extend(pair.notes(&input));
    let mut text = edit.diff(&project.root);
    for note in notes {
        text += &(wrap(&note, "  - ", "    ").join("\n") + "\n");
    }
    if !arguments.no_forecast {
        text += &keep(project.crate_folder(), &name, arguments.interpreter.as_deref());
    }
    let folder = shown(project.crate_folder(), &project.root);
    let enter = if folder.is_empty() {
        String::new()
    } else {
        format!("cd {folder} && ")
    };
    let bench = project.bench_command();
    Ok(text
        + &format!(
            "next:\n  {enter}{bench} -- --test {name}    verifies that all sides agree\n  \
             {enter}{bench} -- {name}           measures them and leaves the report\n"
        ))
}

/// Forecasts the pair and stores the forecast beside it; returns a line about that, or why there is none.
fn keep(folder: &Path, name: &str, interpreter: Option<&str>) -> String {
    let line = match forecast::of_pair(folder, name, interpreter) {
        Ok(forecast) => {
            let path = Forecast::path(folder, name);
            let text = forecast.to_json();
            let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            match written.and_then(|()| std::fs::write(&path, text)) {
                Ok(()) => format!(
                    "forecast: a port gains {} with the same data structures; kept in {}",
                    forecast.port.band(),
                    path.strip_prefix(folder).unwrap_or(&path).display()
                ),
                Err(error) => format!("the forecast could not be saved: {}: {error}", path.display()),
            }
        }
        Err(why) => format!("no forecast: {why}"),
    };
    wrap(&line, "  - ", "    ").join("\n") + "\n"
}

/// Whether it names a function at the top of a module.
fn check(module: &str, function: &str) -> Result<(), String> {
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let parts = module.strip_suffix(".py").unwrap_or(module);
    match parts.split('.').all(is_name) && is_name(function) {
        true => Ok(()),
        false => Err(format!(
            "{module}:{function} names no function; write package.module:function, or FILE.py:function for a file beside \
             benches/pairs.rs"
        )),
    }
}

/// The name of a pair from that of its function.
fn name_of(function: &str) -> String {
    let name = function.trim_matches('_').to_lowercase();
    match name.is_empty() {
        true => "pair".into(),
        false => name,
    }
}

/// The text as the user's rustfmt writes it, if the file was formatted that way before; otherwise unchanged.
fn formatted(before: &str, after: String, project: &Project) -> String {
    let Member::Known(package) = &project.member else {
        return after;
    };
    match rustfmt(before, package).is_some_and(|text| text == before) {
        true => rustfmt(&after, package).unwrap_or(after),
        false => after,
    }
}

/// `None` without rustfmt, or if it cannot read the code.
fn rustfmt(code: &str, package: &Package) -> Option<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", &package.edition])
        .current_dir(package.folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // rustfmt reads everything before it writes anything, and its status shows whether it took the code.
    let _ = child.stdin.take()?.write_all(code.as_bytes());
    let output = child.wait_with_output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).ok())?
}

/// The path of a file relative to a folder, with slashes.
fn below(folder: &Path, file: &Path) -> Result<String, String> {
    let absolute =
        |path: &Path| std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()));
    let (folder, file) = (absolute(folder)?, absolute(file)?);
    let parts = |path: &Path| -> Vec<String> {
        let mut parts = Vec::new();
        for part in path.components() {
            match part {
                Component::ParentDir => drop(parts.pop()),
                part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
            }
        }
        parts
    };
    let (folder, file) = (parts(&folder), parts(&file));
    let common = folder
        .iter()
        .zip(&file)
        .take_while(|(one, other)| one == other)
        .count();
    let up = folder[common..].iter().map(|_| "..");
    Ok(up
        .chain(file[common..].iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join("/"))
}
