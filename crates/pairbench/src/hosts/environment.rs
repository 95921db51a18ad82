//! Which environment variables reach the processes that measure.
//!
//! Variables such as `PYTHONTRACEMALLOC`, `PYTHONMALLOC` and `COVERAGE_PROCESS_START` make Python several times slower
//! and Rust not at all. So a launch gets a known environment, as in pyperf: the variables of [`PASSED`] and those that
//! `--inherit-environ` names. Both sides of a pair run in it.

use std::ffi::{OsStr, OsString};
use std::process::Command;

/// The variables that reach a launch and its workers; `*` at the end stands for any rest. docs/which-python.md has the
/// same list, and a test compares the two.
const PASSED: &[&str] = &[
    // Where programs, files and libraries are.
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "TMP",
    "TEMP",
    "XDG_*",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "DYLD_FRAMEWORK_PATH",
    "DYLD_FALLBACK_FRAMEWORK_PATH",
    // How texts and times are written.
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TZ",
    "PYTHONUTF8",
    // Which modules Python finds, and where it keeps their bytecode.
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONNOUSERSITE",
    "PYTHONUSERBASE",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX",
    // How the interpreter runs: with a GIL, with a compiler, on how many CPUs.
    "PYTHON_GIL",
    "PYTHON_JIT",
    "PYTHON_CPU_COUNT",
    // How many threads libraries start.
    "OMP_*",
    "KMP_*",
    "OPENBLAS_*",
    "MKL_*",
    "BLIS_*",
    "VECLIB_*",
    "NUMEXPR_*",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
    "TOKIO_WORKER_THREADS",
    // Ours, and those that the Rust side and builds read.
    "PAIRBENCH_*",
    "CARGO*",
    "RUST*",
    "LLVM_PROFILE_FILE",
    // No Windows program starts without these.
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_*",
];

/// The variable with the folders of modules.
const MODULES: &str = "PYTHONPATH";

/// Gives the command only the variables that reach a launch, those that the user names included.
pub(super) fn clean(command: &mut Command, inherit: &[String]) {
    command.env_clear().envs(passed(std::env::vars_os(), inherit));
}

/// Removes Python's variables that reach no launch from the command; keeps the others, which version managers need.
pub(super) fn without_python_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_withheld(name)) {
        command.env_remove(name);
    }
    if let Some(path) = std::env::var_os(MODULES) {
        command.env(MODULES, without_working_folder(path));
    }
}

/// Whether it is a Python variable that reaches no launch.
pub(super) fn is_withheld(name: &OsStr) -> bool {
    name.to_string_lossy().to_uppercase().starts_with("PYTHON") && !is_passed(name, &[])
}

fn passed(
    variables: impl Iterator<Item = (OsString, OsString)>,
    inherit: &[String],
) -> impl Iterator<Item = (OsString, OsString)> {
    variables
        .filter(|(name, _)| is_passed(name, inherit))
        .map(|(name, value)| match name == MODULES {
            true => (name, without_working_folder(value)),
            false => (name, value),
        })
}

/// Removes the empty entries, for which Python would import from the working folder.
fn without_working_folder(path: OsString) -> OsString {
    let folders = std::env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty());
    std::env::join_paths(folders).unwrap_or_default()
}

fn is_passed(name: &OsStr, inherit: &[String]) -> bool {
    let Some(name) = name.to_str() else { return false };
    let same = |one: &str, other: &str| match cfg!(windows) {
        true => one.eq_ignore_ascii_case(other),
        false => one == other,
    };
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => name.get(..start.len()).is_some_and(|begin| same(begin, start)),
        None => same(name, pattern),
    };
    PASSED.iter().copied().any(matches) || inherit.iter().any(|one| same(name, one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_slows_python_reaches_no_launch_unless_it_is_named() {
        let names = |inherit: &[String]| {
            let variables = [
                "PATH",
                "PYTHONPATH",
                "LC_CTYPE",
                "PYTHONTRACEMALLOC",
                "PYTHONMALLOC",
            ];
            let variables = variables.map(|name| (OsString::from(name), OsString::from("1")));
            passed(variables.into_iter(), inherit)
                .map(|(name, _)| name.into_string().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["PATH", "PYTHONPATH", "LC_CTYPE"]);
        assert_eq!(
            names(&["PYTHONMALLOC".into()]),
            ["PATH", "PYTHONPATH", "LC_CTYPE", "PYTHONMALLOC"]
        );
    }

    #[test]
    fn nothing_is_imported_from_the_working_folder() {
        let folder = |path: &str| without_working_folder(path.into()).into_string().unwrap();
        let separator = if cfg!(windows) { ";" } else { ":" };
        assert_eq!(
            folder(&["", "lib", "", "more", ""].join(separator)),
            ["lib", "more"].join(separator)
        );
    }

    #[test]
    fn the_documentation_lists_them_all() {
        let page = crate::documents::section("which-python.md", "The environment of measuring processes");
        let missing: Vec<_> = PASSED
            .iter()
            .filter(|name| !page.contains(&format!("`{name}`")))
            .collect();
        assert!(
            missing.is_empty(),
            "docs/which-python.md does not list {missing:?}"
        );
    }
}
