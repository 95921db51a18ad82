//! A friendlier word than PyO3's when there is no Python to build against, or no libpython to link.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Oldest CPython that PyO3 0.30 builds for.
const OLDEST: (u32, u32) = (3, 9);

/// What the interpreter reports about itself, one line each; the same facts that PyO3's build reads.
const QUESTIONS: &str = "\
import sys, sysconfig as s
v = s.get_config_var
print('%d.%d' % sys.version_info[:2])
print(sys.implementation.name)
print(sys.executable)
print(v('LIBDIR') or '')
print(v('LDVERSION') or v('py_version_short') or '')
print(v('Py_ENABLE_SHARED') or 0)
print(v('PYTHONFRAMEWORKPREFIX') or '')
";

struct Python {
    version: (u32, u32),
    executable: String,
    lib_dir: PathBuf,
    ld_version: String,
    framework: bool,
}

/// Checks that the interpreter which PyO3 will choose exists, is new enough and has a libpython to link.
///
/// Called from a build script; a problem ends the build with an error that says what to install. Does nothing where
/// `PYO3_CONFIG_FILE` or `PYO3_NO_PYTHON` describe the target without an interpreter, or when cross-compiling.
pub fn preflight() {
    for name in [
        "PYO3_PYTHON",
        "PYO3_CONFIG_FILE",
        "PYO3_BUILD_EXTENSION_MODULE",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
    ] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("PYO3_CONFIG_FILE") || set("PYO3_NO_PYTHON") || std::env::var("HOST") != std::env::var("TARGET") {
        return;
    }
    let extension_only = set("PYO3_BUILD_EXTENSION_MODULE");
    if let Err(text) = check(extension_only) {
        for line in text.lines() {
            println!("cargo::error={line}");
        }
    }
}

fn check(extension_only: bool) -> Result<(), String> {
    let tried = candidates();
    let Some(python) = tried.iter().find_map(|program| describe(program)) else {
        let tried: Vec<_> = tried.iter().map(|p| p.display().to_string()).collect();
        return Err(format!(
            "no working Python 3 found (tried: {}).\n{}\nTo name another one: PYO3_PYTHON=/path/to/python3 cargo bench",
            tried.join(", "),
            install_python()
        ));
    };
    if python.version < OLDEST {
        return Err(format!(
            "{} is Python {}.{}; building needs {}.{} or newer.\nName a newer one: PYO3_PYTHON=/path/to/python3 cargo bench",
            python.executable, python.version.0, python.version.1, OLDEST.0, OLDEST.1
        ));
    }
    if extension_only || cfg!(windows) || python.framework || has_library(&python) {
        return Ok(());
    }
    Err(format!(
        "{} has no libpython{} to link in {}.\n{}\nOr measure without the embedded interpreter: \
         cargo bench -p pairbench-catalogue --no-default-features",
        python.executable,
        python.ld_version,
        python.lib_dir.display(),
        install_library(&python)
    ))
}

/// The interpreters that PyO3's build would take, in its order.
fn candidates() -> Vec<PathBuf> {
    if let Some(named) = std::env::var_os("PYO3_PYTHON").filter(|v| !v.is_empty()) {
        return vec![named.into()];
    }
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        if let Some(prefix) = std::env::var_os(name).filter(|v| !v.is_empty()) {
            let below = if cfg!(not(windows)) {
                "bin/python"
            } else if name == "VIRTUAL_ENV" {
                "Scripts/python.exe"
            } else {
                "python.exe"
            };
            return vec![Path::new(&prefix).join(below)];
        }
    }
    vec!["python".into(), "python3".into()]
}

fn describe(program: &Path) -> Option<Python> {
    let output = Command::new(program).args(["-c", QUESTIONS]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut lines = text.lines();
    let (major, minor) = lines.next()?.split_once('.')?;
    let version = (major.parse().ok()?, minor.parse().ok()?);
    if version.0 < 3 {
        return None;
    }
    let _implementation = lines.next()?;
    Some(Python {
        version,
        executable: lines.next()?.into(),
        lib_dir: lines.next()?.into(),
        ld_version: lines.next()?.into(),
        framework: {
            lines.next()?;
            !lines.next().unwrap_or_default().is_empty()
        },
    })
}

fn has_library(python: &Python) -> bool {
    ["so", "a", "dylib"].iter().any(|extension| {
        python
            .lib_dir
            .join(format!("libpython{}.{extension}", python.ld_version))
            .exists()
    })
}

fn install_python() -> &'static str {
    match system().as_deref() {
        Some("debian" | "ubuntu") => "Install it: apt-get install python3 libpython3-dev",
        Some("fedora" | "rhel") => "Install it: dnf install python3 python3-devel",
        Some("arch") => "Install it: pacman -S python",
        Some("alpine") => "Install it: apk add python3 python3-dev",
        _ if cfg!(target_os = "macos") => "Install it: brew install python",
        _ if cfg!(windows) => "Install it: winget install Python.Python.3.13",
        _ => "Install Python 3.9 or newer with its development files.",
    }
}

fn install_library(python: &Python) -> String {
    let (major, minor) = python.version;
    if python.executable.contains("pyenv") {
        return format!(
            "Build it shared: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install --force {major}.{minor}"
        );
    }
    match system().as_deref() {
        Some("debian" | "ubuntu") => format!("Install it: apt-get install libpython{major}.{minor}-dev"),
        Some("fedora" | "rhel") => format!("Install it: dnf install python{major}-devel"),
        Some("alpine") => "Install it: apk add python3-dev".into(),
        _ => "Install the interpreter's development package, or one built with --enable-shared.".into(),
    }
}

/// `ID` of /etc/os-release, or the first of `ID_LIKE` that is known above.
fn system() -> Option<String> {
    let text = std::fs::read_to_string("/etc/os-release").ok()?;
    let value = |key: &str| {
        text.lines().find_map(|line| {
            Some(
                line.strip_prefix(key)?
                    .strip_prefix('=')?
                    .trim_matches('"')
                    .to_string(),
            )
        })
    };
    let known = ["debian", "ubuntu", "fedora", "rhel", "arch", "alpine"];
    let names = format!(
        "{} {}",
        value("ID").unwrap_or_default(),
        value("ID_LIKE").unwrap_or_default()
    );
    names
        .split_whitespace()
        .find(|name| known.contains(name))
        .map(str::to_string)
}
