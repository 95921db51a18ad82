//! A friendlier word than PyO3's when there is no Python to build against, or no libpython to link.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Oldest CPython that PyO3 0.30 builds for.
const OLDEST: (u32, u32) = (3, 9);

/// Before the answers, because what is imported at the start of an interpreter may print something as well.
const MARK: &[u8] = b"pairbench:\n";

/// What the interpreter reports about itself, one line each, in the encoding of file names. Modules in the working folder are not
/// those of the library.
const QUESTIONS: &str = "\
import sys
sys.path[:] = [folder for folder in sys.path if folder]
import os, sysconfig
v = sysconfig.get_config_var
answers = [
    '%d.%d' % sys.version_info[:2],
    sys.executable,
    getattr(sys, 'base_prefix', sys.prefix),
    v('LIBDIR'),
    v('LDVERSION') or v('py_version_short'),
    v('PYTHONFRAMEWORKPREFIX'),
]
sys.stdout.flush()
os.write(1, b'pairbench:\\n' + b''.join(os.fsencode(answer or '') + b'\\n' for answer in answers))
";

struct Python {
    version: (u32, u32),
    executable: String,
    base_prefix: PathBuf,
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
    if extension_only || cfg!(windows) || python.framework {
        return Ok(());
    }
    if let Some(folder) = library_folder(&python) {
        if folder != python.lib_dir {
            println!("cargo::rustc-link-search=native={}", folder.display());
            println!("cargo::rustc-link-arg=-Wl,-rpath,{}", folder.display());
        }
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
    let folder = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    of_environment(folder("VIRTUAL_ENV"), folder("CONDA_PREFIX"))
}

/// With an environment of both kinds PyO3 takes neither.
fn of_environment(venv: Option<OsString>, conda: Option<OsString>) -> Vec<PathBuf> {
    let [in_venv, in_conda] = match cfg!(windows) {
        true => ["Scripts/python.exe", "python.exe"],
        false => ["bin/python"; 2],
    };
    match (venv, conda) {
        (Some(folder), None) => vec![Path::new(&folder).join(in_venv)],
        (None, Some(folder)) => vec![Path::new(&folder).join(in_conda)],
        (Some(_), Some(_)) | (None, None) => vec!["python".into(), "python3".into()],
    }
}

fn describe(program: &Path) -> Option<Python> {
    let mut command = Command::new(program);
    let output = command.args(["-c", QUESTIONS]).output().ok()?.stdout;
    let at = output.windows(MARK.len()).rposition(|part| part == MARK)?;
    let mut lines = output[at + MARK.len()..].split(|&byte| byte == b'\n').map(path);
    let version = lines.next()?.into_string().ok()?;
    let (major, minor) = version.split_once('.')?;
    let version = (major.parse().ok()?, minor.parse().ok()?);
    if version.0 < 3 {
        return None;
    }
    Some(Python {
        version,
        executable: lines.next()?.to_string_lossy().into_owned(),
        base_prefix: lines.next()?.into(),
        lib_dir: lines.next()?.into(),
        ld_version: lines.next()?.into_string().ok()?,
        framework: !lines.next()?.is_empty(),
    })
}

/// A line that is a path, perhaps in no known encoding.
fn path(line: &[u8]) -> OsString {
    #[cfg(unix)]
    return <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(line).to_os_string();
    #[cfg(not(unix))]
    return String::from_utf8_lossy(line).trim_end().into();
}

/// Where libpython is: in LIBDIR, or where that is now if Python was moved after it was built (python-build-standalone,
/// which was built in `/install`).
fn library_folder(python: &Python) -> Option<PathBuf> {
    let version = &python.ld_version;
    let has_library = |folder: &PathBuf| {
        let mut extensions = ["so", "a", "dylib"].iter();
        extensions.any(|extension| folder.join(format!("libpython{version}.{extension}")).exists())
    };
    let folders = [python.lib_dir.clone(), python.base_prefix.join("lib")];
    folders.into_iter().find(has_library)
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn encodings_and_noise_do_not_hide_an_interpreter() {
        let folder = tempfile::Builder::new().prefix("pythön-").tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        std::fs::create_dir(folder.path().join("noise")).unwrap();
        file("noise/sitecustomize.py", "print('3.1\\nwelcome')");
        file("sysconfig.py", "raise ImportError('not the library')");
        let here = folder.path().display();
        let program = file(
            "python3",
            &format!(
                "#!/bin/sh\ncd '{here}'\n\
                 export PYTHONIOENCODING=latin-1 PYTHONUNBUFFERED=1 PYTHONPATH='{here}/noise'\n\
                 exec python3 \"$@\"\n"
            ),
        );
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let (python, plain) = (
            describe(&program).unwrap(),
            describe(Path::new("python3")).unwrap(),
        );
        assert_eq!(python.version, plain.version);
        assert_eq!(python.lib_dir, plain.lib_dir);
    }

    #[test]
    fn the_library_of_a_python_that_was_moved_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let python = Python {
            version: (3, 12),
            executable: String::new(),
            base_prefix: folder.path().into(),
            lib_dir: "/install/lib".into(),
            ld_version: "3.12".into(),
            framework: false,
        };
        assert_eq!(library_folder(&python), None);
        let lib = folder.path().join("lib");
        std::fs::create_dir(&lib).unwrap();
        std::fs::write(lib.join("libpython3.12.so"), "").unwrap();
        assert_eq!(library_folder(&python), Some(lib));
    }

    #[test]
    fn of_two_environments_neither_counts_as_in_pyo3() {
        let folder = || Some(OsString::from("/environment"));
        assert_eq!(
            of_environment(folder(), None),
            [Path::new("/environment/bin/python")]
        );
        assert_eq!(
            of_environment(None, folder()),
            [Path::new("/environment/bin/python")]
        );
        assert_eq!(
            of_environment(folder(), folder()),
            [Path::new("python"), Path::new("python3")]
        );
    }
}
