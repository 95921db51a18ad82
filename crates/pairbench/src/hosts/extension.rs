//! Builds the extension module that `native` variants import, for one interpreter.

use super::cargo;
use super::launcher::Stop;
use super::python::Python;
use super::seed::seed_target;
use crate::registry::{Registry, Variant};
use crate::text::short_hash;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A module that is ready to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The folder that goes on the module path.
    pub folder: PathBuf,
}

/// Which of the two builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// What `native` variants are timed with.
    Timed,
    /// With the feature `counting`, for the memory diagnoser: every allocation is counted.
    Counting,
}

impl Build {
    /// The feature of the registry's package that selects it.
    fn feature(self) -> &'static str {
        match self {
            Build::Timed => "python",
            Build::Counting => "counting",
        }
    }

    /// Where Cargo builds it for an interpreter. Each needs its own target folder; see [`seed_target`].
    fn target(self, python: &Python, target: &Path) -> PathBuf {
        let own = own_target(python, target);
        match self {
            Build::Timed => own,
            Build::Counting => own.join("counting"),
        }
    }

    /// Where its module is in that folder. Packages of one workspace share the folder, and each can have a counting
    /// module too.
    fn folder(self, package: &str) -> PathBuf {
        match self {
            Build::Timed => "module".into(),
            Build::Counting => Path::new("module").join(package),
        }
    }
}

/// Whether the module for this interpreter has been built before, so that building again is quick.
pub(crate) fn is_built(which: Build, registry: &Registry, python: &Python, target: &Path) -> bool {
    module_file(which, registry, python, target).exists()
}

/// Builds the registry's package as an extension module, in its own target folder per interpreter.
///
/// Cargo decides whether anything has to be compiled; nothing has when neither sources nor interpreter changed. The
/// counting build reuses the package's dependencies from the other build, and a first build for an interpreter those
/// compiled for the one it is `like`, or for this executable: most of them don't depend on the interpreter.
///
/// # Errors
///
/// Why it cannot be built, with the end of Cargo's output.
pub fn build(
    which: Build,
    registry: &Registry,
    python: &Python,
    like: Option<&Python>,
    target: &Path,
    stop: &Stop,
) -> Result<Extension, String> {
    let own_target = which.target(python, target);
    let seeded_from = match which {
        Build::Counting => Build::Timed.target(python, target),
        Build::Timed => like.map_or(target.into(), |like| Build::Timed.target(like, target)),
    };
    seed_target(&seeded_from, &own_target, stop);
    std::fs::create_dir_all(&own_target).map_err(|error| format!("{}: {error}", own_target.display()))?;
    let (messages, log) = (own_target.join("messages.json"), own_target.join("build.log"));
    cargo::run(
        compile(which, registry, python, &own_target),
        &messages,
        &log,
        stop,
    )?;
    let library = library(&std::fs::read_to_string(messages).unwrap_or_default())?;
    let module = module_file(which, registry, python, target);
    put_in_place(&library, &module)?;
    let folder = module.parent().expect("inside the target folder").to_path_buf();
    Ok(Extension { folder })
}

/// The Cargo command that builds it.
fn compile(which: Build, registry: &Registry, python: &Python, own_target: &Path) -> Command {
    let mut command = cargo::build("rustc", registry.manifest_dir(), registry.package(), own_target);
    command
        .args(["--crate-type", "cdylib", "--features", which.feature()])
        .envs(python.variables.iter().cloned())
        .env("PYO3_PYTHON", &python.about.executable)
        .env("PYO3_BUILD_EXTENSION_MODULE", "1")
        .env_remove("PYO3_CONFIG_FILE");
    command
}

/// The library that Cargo has built: where it is and what it is called depends on the configuration (`build.target`) and
/// the manifest (`lib.name`).
fn library(messages: &str) -> Result<PathBuf, String> {
    let files = cargo::artifacts(messages).flat_map(|artifact| artifact.filenames);
    let libraries = files.filter(|file| file.to_string_lossy().ends_with(std::env::consts::DLL_SUFFIX));
    libraries
        .last()
        .ok_or_else(|| "cargo built no library that can be loaded".into())
}

/// Whether the registry's package has a counting build.
///
/// # Errors
///
/// That it has none, and what to add.
pub(crate) fn can_count(registry: &Registry) -> Result<(), String> {
    let feature = Build::Counting.feature();
    match declares(feature, registry.manifest_dir()) {
        true => Ok(()),
        false => Err(format!(
            "the package {} has no feature {feature}; add it: {feature} = [\"python\", \"pairbench/counting\"]",
            registry.package()
        )),
    }
}

/// Whether a manifest has the feature; asking Cargo would take as long as a build that finds nothing to do.
fn declares(feature: &str, manifest_dir: &Path) -> bool {
    let text = std::fs::read_to_string(manifest_dir.join("Cargo.toml")).unwrap_or_default();
    let mut keys = text.lines().filter_map(|line| line.split_once('='));
    keys.any(|(key, _)| key.trim() == feature)
}

/// Copies it beside its place and renames it: a worker of another run may have the old one loaded.
fn put_in_place(library: &Path, module: &Path) -> Result<(), String> {
    let folder = module.parent().expect("inside the target folder");
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let beside = folder.join(format!("{}.new", std::process::id()));
    std::fs::copy(library, &beside)
        .and_then(|_| std::fs::rename(&beside, module))
        .map_err(|error| format!("{}: {error}", library.display()))
}

/// The target folder of this executable, where builds of ours belong.
pub fn target_folder(registry: &Registry) -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    let manifest = registry.manifest_dir();
    // …/target/PROFILE/deps/NAME, …/target/TRIPLE/PROFILE/deps/NAME, …/target/PROFILE/NAME
    let target = above(&exe, ".rustc_info.json").map(Path::to_path_buf);
    target.unwrap_or_else(|| above(manifest, "Cargo.lock").unwrap_or(manifest).join("target"))
}

/// The nearest folder at or above a path that has this file.
fn above<'a>(path: &'a Path, file: &str) -> Option<&'a Path> {
    path.ancestors().find(|folder| folder.join(file).exists())
}

fn own_target(python: &Python, target: &Path) -> PathBuf {
    target.join("pairbench-native").join(folder_name(python))
}

/// A folder name for what is made for one interpreter alone.
pub(super) fn folder_name(python: &Python) -> String {
    // Two environments over one base interpreter could share; their executables differ, and so do these folders.
    let about = &python.about;
    let short = short_hash(&format!(
        "{}\0{}\0{}\0",
        about.executable, about.version, python.ext_suffix
    ));
    format!(
        "{}-{}-{short}",
        python.about.implementation.to_lowercase(),
        python.about.version
    )
}

fn module_file(which: Build, registry: &Registry, python: &Python, target: &Path) -> PathBuf {
    which
        .target(python, target)
        .join(which.folder(registry.package()))
        .join(format!("{}{}", Variant::NATIVE_MODULE, python.ext_suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_found_wherever_cargo_puts_it() {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let package = "[package]\nname = \"tiny\"\nedition = \"2024\"\n";
        write(
            "Cargo.toml",
            &format!("{package}[lib]\nname = \"other\"\n[features]\npython = []\n[workspace]\n"),
        );
        write("src/lib.rs", "");
        let target = env!("PAIRBENCH_TARGET");
        write(
            ".cargo/config.toml",
            &format!("[build]\ntarget = \"{target}\"\nbuild-dir = \"shared\"\n"),
        );
        let registry = Registry::new("tiny", folder.path().to_str().unwrap());
        let python = Python {
            ext_suffix: ".so".into(),
            ..Python::default()
        };
        let built = build(
            Build::Timed,
            &registry,
            &python,
            None,
            &folder.path().join("target"),
            &Stop::new(),
        );
        let module = built.unwrap().folder.join("pairbench_native.so");
        assert!(module.metadata().unwrap().len() > 0);
        assert!(!folder.path().join("shared").exists());
    }

    #[test]
    fn the_target_folder_is_the_one_that_cargo_marks() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".rustc_info.json"), "").unwrap();
        for exe in ["release/deps/pairs", "release/pairs", "triple/release/deps/pairs"] {
            let exe = folder.path().join(exe);
            assert_eq!(above(&exe, ".rustc_info.json"), Some(folder.path()));
        }
    }

    #[test]
    fn a_feature_is_one_that_the_manifest_declares() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!declares("counting", folder.path()));
        let manifest = folder.path().join("Cargo.toml");
        std::fs::write(&manifest, "[features]\npython = [\"counting\"]\n").unwrap();
        assert!(!declares("counting", folder.path()));
        std::fs::write(
            &manifest,
            "[features]\ncounting = [\"python\", \"pairbench/counting\"]\n",
        )
        .unwrap();
        assert!(declares("counting", folder.path()));
    }
}
