//! `init`: makes a project ready for pairs, and shows what it changes first.

mod ignore;
mod manifest;

use super::edit::{Edit, read, shown};
use super::project::{BENCH, Member, Project};
use super::suite;
use crate::run::exit::{Exit, HELP_OF_TOOL};
use crate::terminal::{print_error, show};
use crate::text::{tool, wrap};
use clap::Args;
use manifest::Source;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// The arguments of `init`.
#[derive(Debug, Args)]
#[command(after_help = HELP_OF_TOOL)]
pub(super) struct Arguments {
    /// Apply the changes without a question. Without a terminal they are only shown otherwise, and the exit code is 1
    #[arg(long)]
    yes: bool,
    /// The package of a workspace that gets the pairs. Default: the one that uses PyO3
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
    /// Depend on a checkout of pairbench instead of the published version
    #[arg(long, value_name = "FOLDER")]
    path: Option<PathBuf>,
    /// The project: this folder, or the nearest one above it that has a Cargo.toml, pyproject.toml, setup.py or setup.cfg
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
}

/// What is to be done, and why.
#[derive(Debug)]
struct Plan {
    edits: Vec<Edit>,
    notes: Vec<String>,
}

/// Plans, shows, and applies what is confirmed.
///
/// # Errors
///
/// When no plan can be made, or a file cannot be written.
pub(super) fn main(arguments: &Arguments) -> Result<Exit, String> {
    let project = Project::find(&arguments.root, arguments.package.as_deref())?;
    let plan = plan(&project, &source(arguments.path.as_deref())?)?;
    let root = &project.root;
    let mut text = format!("project: {} ({})\n", root.display(), project.kind);
    text += &format!("pairs:   {}\n", shown(&project.pairs(), root));
    for note in [&project.why].into_iter().chain(&plan.notes) {
        text += &(wrap(note, "  - ", "    ").join("\n") + "\n");
    }
    if plan.edits.is_empty() {
        text += "nothing to do: the project is ready for pairs\n";
        return Ok(Exit::of(&[(Exit::Unwritten, !show(&(text + &next(&project))))]));
    }
    for edit in &plan.edits {
        text += &format!("\n{}", edit.diff(root));
    }
    if !show(&text) {
        return Ok(Exit::Unwritten);
    }
    if !arguments.yes && !confirmed() {
        print_error("nothing was changed; apply the changes with --yes");
        return Ok(Exit::Failed);
    }
    for edit in &plan.edits {
        edit.write()?;
    }
    let written = show(&format!("\nwritten\n{}", next(&project)));
    Ok(Exit::of(&[(Exit::Unwritten, !written)]))
}

/// The user's answer on a terminal; `false` if there is none.
fn confirmed() -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    print_error("\nApply these changes? [y/N]");
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

/// Where pairbench comes from: the registry, in the version of this tool, or a folder.
fn source(folder: Option<&Path>) -> Result<Source, String> {
    let Some(folder) = folder else {
        return Ok(Source::Version(env!("CARGO_PKG_VERSION")));
    };
    let candidates = [folder.join("crates/pairbench"), folder.to_path_buf()];
    let found = candidates.iter().find(|one| one.join("Cargo.toml").is_file());
    let found = found.ok_or_else(|| format!("--path {}: no Cargo.toml is there", folder.display()))?;
    let absolute = std::path::absolute(found).map_err(|error| format!("{}: {error}", found.display()))?;
    Ok(Source::Folder(absolute.display().to_string()))
}

fn plan(project: &Project, source: &Source) -> Result<Plan, String> {
    let mut plan = Plan {
        edits: Vec::new(),
        notes: Vec::new(),
    };
    let manifest = project.crate_folder().join("Cargo.toml");
    let mut folders = vec!["reports"];
    match &project.member {
        Member::Known(package) => {
            let before = read(&manifest)?.unwrap_or_default();
            let (after, notes) = manifest::extended(&before, package, source)
                .map_err(|error| format!("{}: {error}", manifest.display()))?;
            plan.edits.extend(Edit::of(manifest, Some(before), after));
            plan.notes.extend(notes);
        }
        Member::New(_) => {
            plan.edits
                .extend(Edit::of(manifest, None, new_manifest(&project.root, source)));
            folders.push("target");
        }
    }
    let pairs = project.pairs();
    match read(&pairs)? {
        Some(text) => drop(suite::chain_of(&text).map_err(|error| format!("{}: {error}", pairs.display()))?),
        None => plan.edits.extend(Edit::of(pairs, None, suite::EMPTY.into())),
    }
    plan.edits
        .extend(ignore::ignored(project.crate_folder(), &folders)?);
    Ok(plan)
}

/// The manifest of a crate that has the pairs of a Python project.
fn new_manifest(root: &Path, source: &Source) -> String {
    let name = root
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let name = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-");
    let name = name.trim_matches(|c: char| !c.is_ascii_alphabetic());
    let name = if name.is_empty() { "project" } else { name };
    format!(
        "# Benchmarks of functions of this project beside their ports to Rust. No part of the Python package.\n\
         [package]\nname = \"{name}-pairs\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         # A workspace of its own, so that it belongs to none above it.\n[workspace]\n\n\
         [dev-dependencies]\npairbench = {}\n\n[[bench]]\nname = \"{}\"\nharness = false\n",
        source.value(),
        BENCH
    )
}

/// What the user can do now.
fn next(project: &Project) -> String {
    let folder = shown(project.crate_folder(), &project.root);
    let bench = project.bench_command();
    let enter = if folder.is_empty() {
        String::new()
    } else {
        format!("cd {folder} && ")
    };
    let tool = tool();
    format!(
        "next:\n  {tool} new package.module:function --input FILE    adds a pair to benches/pairs.rs\n  \
         {enter}{bench}    verifies and measures it; the report is {}\n",
        Path::new(&folder).join("reports/index.html").display()
    )
}
