//! The project of the user: which crate gets the pairs, and why that one.

mod packages;
mod python;

use crate::registry::is_python_project;
pub(super) use packages::Package;
use packages::{Metadata, choose, metadata};
use python::PythonProject;
use std::path::{Path, PathBuf};

/// The folder of the crate in a Python project without Rust.
const BESIDE: &str = "pairbench";

/// The same if setuptools would take a folder at the top for one of the project's packages; it leaves out `benchmarks`.
const BELOW_BENCHMARKS: &str = "benchmarks/pairbench";

/// Where that crate may be, from the top of the project.
pub(super) const PLACES: [&str; 3] = ["", BESIDE, BELOW_BENCHMARKS];

/// The file with the pairs, in the crate.
pub(super) const PAIRS: &str = "benches/pairs.rs";

/// The name of the bench target.
pub(super) const BENCH: &str = "pairs";

/// The root of the project, and the crate that has its pairs.
#[derive(Debug)]
pub(super) struct Project {
    /// The folder with its `Cargo.toml` or `pyproject.toml`.
    pub root: PathBuf,
    /// Its kind in words, for the user.
    pub kind: String,
    /// The crate with the pairs.
    pub member: Member,
    /// Why this crate was chosen.
    pub why: String,
}

/// A crate for pairs.
#[derive(Debug)]
pub(super) enum Member {
    /// An existing crate.
    Known(Box<Package>),
    /// A crate to be created in this folder.
    New(PathBuf),
}

impl Project {
    /// The project of a folder: the nearest one with a manifest, searched upwards.
    ///
    /// # Errors
    ///
    /// When there is none, Cargo cannot read it, or it has several crates of which none is the obvious one.
    pub fn find(start: &Path, named: Option<&str>) -> Result<Self, String> {
        let start = std::path::absolute(start).map_err(|error| format!("{}: {error}", start.display()))?;
        let manifests = |folder: &&Path| folder.join("Cargo.toml").is_file() || is_python_project(folder);
        let root = start.ancestors().find(manifests).ok_or_else(|| {
            format!(
                "no Cargo.toml, pyproject.toml, setup.py or setup.cfg is in {} or above it; name the folder of the project: \
                 --root FOLDER",
                start.display()
            )
        })?;
        let python = PythonProject::read(root)?;
        match crate_of(root, &python)? {
            Some(manifest) => Project::with_crate(root, &python, &manifest, named),
            None => {
                if let Some(named) = named {
                    return Err(format!(
                        "--package {named}: {} has no Cargo.toml, and so no packages of Rust",
                        root.display()
                    ));
                }
                let (folder, why) = python.place();
                Ok(Project {
                    root: root.into(),
                    kind: "a Python project without Rust".into(),
                    member: Member::New(root.join(folder)),
                    why,
                })
            }
        }
    }

    fn with_crate(
        root: &Path,
        python: &PythonProject,
        manifest: &Path,
        named: Option<&str>,
    ) -> Result<Self, String> {
        let Metadata {
            packages,
            workspace_root,
        } = metadata(manifest)?;
        let siblings = packages.len() > 1;
        let (package, why) = choose(packages, manifest, &workspace_root, named)?;
        let rust = match (siblings, package.depends("pyo3", false)) {
            (true, _) => "a Cargo workspace",
            (false, true) => "a crate that uses PyO3",
            (false, false) => "a Rust crate",
        };
        let kind = match &python.backend {
            Some(backend) => format!("{rust}, built for Python with {backend}"),
            None => rust.to_string(),
        };
        Ok(Project {
            root: root.into(),
            kind,
            member: Member::Known(Box::new(package)),
            why,
        })
    }

    /// The folder of the crate with the pairs.
    pub fn crate_folder(&self) -> &Path {
        match &self.member {
            Member::Known(package) => package.folder(),
            Member::New(folder) => folder,
        }
    }

    /// The file that declares the pairs.
    pub fn pairs(&self) -> PathBuf {
        self.crate_folder().join(PAIRS)
    }

    /// The command that runs the pairs and nothing else, in the folder of the crate.
    pub fn bench_command(&self) -> String {
        match &self.member {
            Member::Known(package) if package.measures_others() => format!("cargo bench --bench {BENCH}"),
            _ => "cargo bench".into(),
        }
    }
}

/// The manifest of the Rust side of a project.
fn crate_of(root: &Path, python: &PythonProject) -> Result<Option<PathBuf>, String> {
    let named = python.manifest();
    let places = [
        Path::new(""),
        "rust".as_ref(),
        BESIDE.as_ref(),
        BELOW_BENCHMARKS.as_ref(),
    ];
    let mut manifests = places.iter().map(|place| root.join(place).join("Cargo.toml"));
    match named.map(|path| root.join(path)) {
        Some(path) if path.is_file() => Ok(Some(path)),
        Some(path) => Err(format!(
            "pyproject.toml names {}, which does not exist",
            path.display()
        )),
        None => Ok(manifests.find(|path| path.is_file())),
    }
}
