//! Folders that are the system's or shared by all programs, and the `py` launcher.

use super::places::{Place, Sighting, in_folder, in_prefix, in_prefixes};
use super::surroundings::{Surroundings, entries};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where frameworks are on macOS: python.org's, the command line tools' and Xcode's.
const FRAMEWORKS: [&str; 3] = [
    "Library/Frameworks",
    "Library/Developer/CommandLineTools/Library/Frameworks",
    "Applications/Xcode.app/Contents/Developer/Library/Frameworks",
];

/// Python's frameworks: python.org's, its free-threaded one, and Apple's.
const FRAMEWORK_NAMES: [&str; 3] = ["Python", "PythonT", "Python3"];

/// Where Homebrew is on a Mac of either kind, and on Linux.
const BREWS: [&str; 3] = ["opt/homebrew", "usr/local", "home/linuxbrew/.linuxbrew"];

pub(super) fn all(surroundings: &Surroundings) -> Vec<Sighting> {
    let kinds = [homebrew, frameworks, folders, launcher];
    kinds.iter().flat_map(|of| of(surroundings)).collect()
}

pub(super) fn on_path(surroundings: &Surroundings) -> Vec<Sighting> {
    let path = surroundings.variable("PATH").unwrap_or_default();
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    folders
        .flat_map(|folder| in_folder(Place::Path, &folder))
        .collect()
}

fn folders(surroundings: &Surroundings) -> Vec<Sighting> {
    let bins = ["usr/bin", "usr/local/bin"].map(|folder| surroundings.of_system(folder));
    let mut all: Vec<_> = bins
        .iter()
        .flat_map(|folder| in_folder(Place::System, folder))
        .collect();
    // Images for building wheels have one installation of each version there.
    all.extend(in_prefixes(Place::System, &surroundings.of_system("opt/python")));
    all
}

fn homebrew(surroundings: &Surroundings) -> Vec<Sighting> {
    let named = surroundings.folder_of("HOMEBREW_PREFIX");
    let usual = BREWS.iter().map(|folder| surroundings.of_system(folder));
    let of_prefix = |prefix: PathBuf| -> Vec<Sighting> {
        // Versions that are not linked into `bin` are only here.
        let kegs = entries(&prefix.join("opt"))
            .into_iter()
            .filter(|keg| is_keg_of_python(keg));
        kegs.flat_map(|keg| in_prefix(Place::Homebrew, &keg)).collect()
    };
    named.into_iter().chain(usual).flat_map(of_prefix).collect()
}

fn is_keg_of_python(keg: &Path) -> bool {
    let name = keg.file_name().unwrap_or_default().to_string_lossy();
    ["python", "pypy", "graalpy"]
        .iter()
        .any(|start| name.starts_with(start))
}

fn frameworks(surroundings: &Surroundings) -> Vec<Sighting> {
    let of_system = FRAMEWORKS.iter().map(|folder| surroundings.of_system(folder));
    let folders = of_system.chain(surroundings.at_home("Library/Frameworks"));
    let versions = folders.flat_map(|folder| {
        FRAMEWORK_NAMES.map(|name| folder.join(format!("{name}.framework")).join("Versions"))
    });
    versions
        .flat_map(|versions| in_prefixes(Place::Framework, &versions))
        .collect()
}

/// What the launcher lists: on Windows, installations are in the registry, which it reads.
fn launcher(_surroundings: &Surroundings) -> Vec<Sighting> {
    if !cfg!(windows) {
        return Vec::new();
    }
    let output = Command::new("py").arg("-0p").stdin(Stdio::null()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    listed(&text.unwrap_or_default())
}

/// Reads the lines of `py -0p`: ` -V:3.12 *  C:\…\python.exe`, and in older versions ` -3.8-64  C:\…\python.exe *`.
fn listed(text: &str) -> Vec<Sighting> {
    let path_of = |line: &str| -> Option<PathBuf> {
        let (tag, rest) = line.trim().split_once(char::is_whitespace)?;
        let rest = rest.trim().trim_start_matches('*').trim_end_matches('*').trim();
        (tag.starts_with('-') && !rest.is_empty()).then(|| rest.into())
    };
    let paths = text.lines().filter_map(path_of);
    paths
        .map(|path| Sighting {
            place: Place::Launcher,
            path,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launchers_of_any_version_are_understood() {
        let new = " -V:3.13t        C:\\Py thons\\3.13t\\python3.13t.exe\r\n -V:3.12 *        C:\\P312\\python.exe\r\n";
        let old = "Installed Pythons found by py Launcher for Windows\r\n -3.8-64\tC:\\P38\\python.exe *\r\n";
        let none = "No installed Pythons found!\r\n";
        let paths = |text| -> Vec<String> {
            listed(text)
                .iter()
                .map(|sighting| sighting.path.display().to_string())
                .collect()
        };
        assert_eq!(
            paths(new),
            ["C:\\Py thons\\3.13t\\python3.13t.exe", "C:\\P312\\python.exe"]
        );
        assert_eq!(paths(old), ["C:\\P38\\python.exe"]);
        assert_eq!(paths(none), Vec::<String>::new());
    }
}
