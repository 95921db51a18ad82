//! The oldest Rust that the pairs are made for: what their package declares, and whether that is so.
//!
//! Nothing is ever downloaded for it. A compiler that is not installed checks nothing, and the record says so.

use super::cargo;
use super::launcher::Stop;
use crate::registry::Registry;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The oldest compiler that the Rust sides are made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldestRust {
    /// `rust-version` of the package that holds the pairs, like `1.89`.
    pub version: String,
    /// Whether that is so.
    pub checked: Checked,
}

/// Whether code compiles with a compiler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Checked {
    /// It does.
    Compiles {
        /// `rustc --version` of it.
        rustc: String,
    },
    /// It does not.
    Fails {
        /// `rustc --version` of it.
        rustc: String,
        /// The first error.
        error: String,
    },
    /// Nobody tried.
    Unchecked {
        /// Why: the compiler is not installed, say.
        reason: String,
    },
}

/// The folder of the check below the target folder: another compiler would have everything built again in that of the run.
const FOLDER: &str = "pairbench-oldest-rust";

/// The programs that are asked.
#[derive(Debug, Clone)]
struct Tools {
    rustup: OsString,
    /// `rustc --version` of the compiler that built this program, and the pairs with it.
    at_hand: String,
}

impl Default for Tools {
    fn default() -> Self {
        Tools {
            rustup: "rustup".into(),
            at_hand: env!("PAIRBENCH_RUSTC").into(),
        }
    }
}

/// The `rust-version` of the registry's package, be it its own or the workspace's; `None` where there is none.
///
/// # Errors
///
/// What Cargo has against the manifest.
pub fn declared(registry: &Registry) -> Result<Option<String>, String> {
    let output = cargo::command()
        .current_dir(registry.manifest_dir())
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "cargo metadata: {}",
            cargo::first_error(&String::from_utf8_lossy(&output.stderr))
        ));
    }
    version_in(&output.stdout, registry.package())
}

/// From what `cargo metadata` prints.
fn version_in(metadata: &[u8], package: &str) -> Result<Option<String>, String> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        rust_version: Option<String>,
    }
    let metadata: Metadata =
        serde_json::from_slice(metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    let mut packages = metadata.packages.into_iter();
    match packages.find(|known| known.name == package) {
        Some(package) => Ok(package.rust_version),
        None => Err(format!("cargo metadata knows no package {package}")),
    }
}

/// Whether the registry's package compiles with this version of Rust, where that is installed. Cargo decides whether
/// anything has to be compiled; nothing has when neither sources nor compiler changed.
pub fn check(registry: &Registry, version: &str, target: &Path, stop: &Stop) -> Checked {
    Tools::default().check(registry, version, &target.join(FOLDER), stop)
}

impl Tools {
    fn check(&self, registry: &Registry, version: &str, folder: &Path, stop: &Stop) -> Checked {
        if is_version(&self.at_hand, version) {
            let rustc = self.at_hand.clone();
            return Checked::Compiles { rustc };
        }
        let installed = self
            .toolchain(version)
            .and_then(|name| Ok((self.rustc(&name)?, name)));
        let (rustc, name) = match installed {
            Ok(installed) => installed,
            Err(reason) => return Checked::Unchecked { reason },
        };
        match self.compile(registry, &name, folder, stop) {
            Ok(()) => Checked::Compiles { rustc },
            Err(NotBuilt::Code(error)) => Checked::Fails { rustc, error },
            Err(NotBuilt::Other(reason)) => Checked::Unchecked { reason },
        }
    }

    /// The name of an installed toolchain of this version.
    fn toolchain(&self, version: &str) -> Result<String, String> {
        let at_hand = self.at_hand.split(" (").next().unwrap_or_default();
        let output = self
            .rustup()
            .args(["toolchain", "list"])
            .output()
            .map_err(|error| {
                format!("no rustup to ask for Rust {version} ({error}); what is here is {at_hand}")
            })?;
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!(
                "rustup lists no toolchains: {}",
                cargo::first_error(&said)
            ));
        }
        named(&listed, version).ok_or_else(|| {
            format!(
                "Rust {version} is not installed here; to have it checked: rustup toolchain install {version} --profile \
                 minimal"
            )
        })
    }

    /// `rustc --version` of a toolchain.
    fn rustc(&self, toolchain: &str) -> Result<String, String> {
        let output = self
            .rustup()
            .args(["run", toolchain, "rustc", "--version"])
            .output();
        let output = output.map_err(|error| format!("rustup does not start: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_string();
        match output.status.success() && !said.is_empty() {
            true => Ok(said),
            false => Err(format!(
                "the toolchain {toolchain} has no rustc that runs: {}",
                cargo::first_error(&String::from_utf8_lossy(&output.stderr))
            )),
        }
    }

    fn compile(
        &self,
        registry: &Registry,
        toolchain: &str,
        folder: &Path,
        stop: &Stop,
    ) -> Result<(), NotBuilt> {
        std::fs::create_dir_all(folder)
            .map_err(|error| NotBuilt::Other(format!("{}: {error}", folder.display())))?;
        let log: PathBuf = folder.join("check.log");
        let mut command = self.rustup();
        command
            .current_dir(registry.manifest_dir())
            .args(["run", toolchain, "cargo", "check", "--offline", "--locked", "-p"])
            .arg(registry.package())
            .arg("--target-dir")
            .arg(folder)
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("CARGO_BUILD_TARGET");
        // Warnings differ from one compiler to the other, and fail nothing here.
        if let Some(flags) = std::env::var_os("RUSTFLAGS") {
            let mut flags = flags;
            flags.push(" --cap-lints warn");
            command.env("RUSTFLAGS", flags);
        }
        cargo::run(command, &log, &log, stop)
            .map(|_| ())
            .map_err(|error| {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                match said.lines().any(|line| line.starts_with("error")) {
                    // What was never downloaded says nothing about the code.
                    true if said.contains("offline") => NotBuilt::Other(cargo::first_error(&said)),
                    true => NotBuilt::Code(cargo::first_error(&said)),
                    false => NotBuilt::Other(error),
                }
            })
    }

    /// rustup, free of what the Cargo that runs this program has set for its own compiler.
    fn rustup(&self) -> Command {
        let mut command = Command::new(&self.rustup);
        command.stdin(Stdio::null()).env("RUSTUP_AUTO_INSTALL", "0");
        for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
            command.env_remove(name);
        }
        command
    }
}

/// Why a check came to no good end.
enum NotBuilt {
    /// The code does not compile.
    Code(String),
    /// Something else.
    Other(String),
}

/// The toolchain of this version among those that rustup lists; the plainest name of several.
fn named(listed: &str, version: &str) -> Option<String> {
    let names = listed.lines().filter_map(|line| line.split_whitespace().next());
    let of_version = names.filter(|name| {
        let channel = name.split('-').next().unwrap_or_default();
        covers(channel, version)
    });
    of_version.min_by_key(|name| name.len()).map(str::to_string)
}

/// Whether `rustc --version` printed this for such a version.
fn is_version(rustc: &str, version: &str) -> bool {
    let number = rustc.split_whitespace().nth(1);
    number.is_some_and(|number| covers(number, version))
}

/// Whether a full version is the one that is meant, which may lack its last number.
fn covers(full: &str, meant: &str) -> bool {
    let rest = full.strip_prefix(meant);
    rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('.') && meant.matches('.').count() < 2))
}

#[cfg(all(test, unix))]
mod tests;
