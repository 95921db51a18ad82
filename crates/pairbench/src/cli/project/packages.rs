//! The packages of a workspace, and which of them has the pairs.

use super::BENCH;
use crate::hosts::cargo;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A workspace, as Cargo describes it.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub packages: Vec<Package>,
    pub workspace_root: PathBuf,
}

/// A package, as Cargo describes it.
#[derive(Debug, Deserialize)]
pub(in crate::cli) struct Package {
    pub name: String,
    pub manifest_path: PathBuf,
    pub edition: String,
    targets: Vec<Target>,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
    crate_types: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `None` for a normal dependency.
    kind: Option<String>,
}

impl Package {
    /// The folder of its manifest.
    pub fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("."))
    }

    /// The library's crate types; `None` when the package has no library.
    pub fn library(&self) -> Option<&[String]> {
        const KINDS: [&str; 5] = ["lib", "rlib", "dylib", "cdylib", "staticlib"];
        let is_library = |target: &&Target| target.kind.iter().any(|kind| KINDS.contains(&kind.as_str()));
        self.targets
            .iter()
            .find(is_library)
            .map(|target| &target.crate_types[..])
    }

    /// Whether `cargo bench` runs more than our bench and the unit tests of the library.
    pub fn measures_others(&self) -> bool {
        let other = |target: &Target| match target.kind.first().map(String::as_str) {
            Some("bin") => true,
            Some("bench") => target.name != BENCH,
            _ => false,
        };
        self.targets.iter().any(other)
    }

    /// Whether it depends on the package: normally, or, with `dev`, for tests and benches.
    pub fn depends(&self, name: &str, dev: bool) -> bool {
        let wanted = |one: &Dependency| one.name == name && one.kind.as_deref() == dev.then_some("dev");
        self.dependencies.iter().any(wanted)
    }
}

/// The packages of the workspace to which the manifest belongs.
pub(super) fn metadata(manifest: &Path) -> Result<Metadata, String> {
    let mut command = cargo::command();
    command
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--manifest-path",
        ])
        .arg(manifest)
        .current_dir(manifest.parent().unwrap_or(Path::new(".")));
    let output = command
        .output()
        .map_err(|error| format!("cargo does not start ({error}); install Rust: https://rustup.rs"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "cargo cannot read {}: {}",
            manifest.display(),
            why.trim()
        ));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))
}

/// The package for the pairs, and why.
pub(super) fn choose(
    mut packages: Vec<Package>,
    manifest: &Path,
    workspace: &Path,
    named: Option<&str>,
) -> Result<(Package, String), String> {
    let names = |packages: &[Package]| {
        let names: Vec<_> = packages.iter().map(|package| package.name.as_str()).collect();
        names.join(", ")
    };
    let place = |wanted: &dyn Fn(&Package) -> bool| packages.iter().position(wanted);
    if let Some(named) = named {
        let at = place(&|package| package.name == named)
            .ok_or_else(|| format!("--package {named}: the packages here are {}", names(&packages)))?;
        return Ok((packages.swap_remove(at), "named with --package".into()));
    }
    let has_pairs = |package: &Package| {
        package.folder().join("benches/pairs.rs").is_file() && package.depends("pairbench", true)
    };
    let uses_pyo3 = |package: &Package| package.depends("pyo3", false) && package.library().is_some();
    let only = |wanted: &dyn Fn(&Package) -> bool| {
        let count = packages.iter().filter(|package| wanted(package)).count();
        place(wanted).filter(|_| count == 1)
    };
    let here = place(&|package| same(&package.manifest_path, manifest));
    let at_top = same(workspace, manifest.parent().unwrap_or(workspace));
    let (at, why) = if packages.len() == 1 {
        (0, "the only package")
    } else if let Some(at) = only(&has_pairs) {
        (at, "the package that has benches/pairs.rs")
    } else if let Some(at) = here.filter(|_| !at_top) {
        (at, "the package of this folder")
    } else if let Some(at) = only(&uses_pyo3) {
        (at, "the only package of the workspace that uses PyO3")
    } else if let Some(at) = here {
        (at, "the package at the top of the workspace")
    } else {
        return Err(format!(
            "this workspace has several packages ({}), and not exactly one of them uses PyO3; name the one that has the \
             functions: --package NAME",
            names(&packages)
        ));
    };
    Ok((packages.swap_remove(at), why.into()))
}

/// Whether two paths lead to the same place.
fn same(one: &Path, other: &Path) -> bool {
    one == other
        || one
            .canonicalize()
            .ok()
            .is_some_and(|one| other.canonicalize().ok() == Some(one))
}
