//! `new`: the two files of a pair, from templates that run as they are.

use crate::registry::Profile;
use std::fs::File;
use std::io::Write;
use std::path::Path;

const RUST: &str = include_str!("templates/pair.rs.txt");
const PYTHON: &str = include_str!("templates/pair.py.txt");
const PARALLEL_RUST: &str = include_str!("templates/parallel.rs.txt");
const PARALLEL_PYTHON: &str = include_str!("templates/parallel.py.txt");
const CONCURRENT_RUST: &str = include_str!("templates/concurrent.rs.txt");
const CONCURRENT_PYTHON: &str = include_str!("templates/concurrent.py.txt");

/// Writes the two files of a new pair below `root` and prints the next steps.
///
/// # Errors
///
/// If the name is invalid or taken, or a file cannot be written. Nothing that exists is overwritten.
pub(super) fn new_pair(root: &Path, name: &str, profile: Profile) -> Result<String, String> {
    check_name(name)?;
    for side in ["workloads", "python"] {
        if !root.join(side).is_dir() {
            return Err(format!(
                "{} holds no folder {side}/; run this at the top of the checkout, or name it with --root",
                root.display()
            ));
        }
    }
    let folder = match profile {
        // `concurrent` is a package of Python's standard library, and would hide ours.
        Profile::Concurrent => "concurrency".to_string(),
        other => other.slug().replace('-', "_"),
    };
    let (rust, python) = match profile {
        Profile::Parallel => (PARALLEL_RUST, PARALLEL_PYTHON),
        Profile::Concurrent => (CONCURRENT_RUST, CONCURRENT_PYTHON),
        Profile::HotLoop | Profile::Flat | Profile::LibraryBound | Profile::Undeclared => (RUST, PYTHON),
        Profile::Service => {
            return Err(
                "there is no template for a pair of servers; docs/servers.md says what it declares".into(),
            );
        }
    };
    let files = [
        (
            root.join("workloads").join(&folder).join(format!("{name}.rs")),
            rust,
        ),
        (
            root.join("python").join(&folder).join(format!("{name}.py")),
            python,
        ),
    ];
    if let Some(taken) = find_taken(root, name) {
        return Err(format!("{taken} exists already; choose another name"));
    }
    for (path, template) in &files {
        let text = template
            .replace("@NAME@", name)
            .replace("@PROFILE@", variant_of(profile));
        write_new(path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let [rust, python] =
        files.map(|(path, _)| path.strip_prefix(root).unwrap_or(&path).display().to_string());
    Ok(format!(
        "wrote {rust}\nwrote {python}\n\
         next: write your function into both files, then\n  \
         cargo bench -- --test {name}    verifies that both sides agree\n  \
         cargo bench -- {name}           measures them and leaves the report"
    ))
}

/// Name of the profile's constant.
fn variant_of(profile: Profile) -> &'static str {
    match profile {
        Profile::HotLoop => "HotLoop",
        Profile::Flat => "Flat",
        Profile::Parallel => "Parallel",
        Profile::Concurrent => "Concurrent",
        Profile::LibraryBound => "LibraryBound",
        Profile::Service => "Service",
        Profile::Undeclared => "Undeclared",
    }
}

fn check_name(name: &str) -> Result<(), String> {
    crate::registry::check_name(name)?;
    if name.starts_with("test") {
        return Err(format!(
            "{name:?} cannot be the name of a pair: files that begin with `test` are tests"
        ));
    }
    // Keywords of one of the two languages, which cannot name a module.
    let reserved = [
        "as", "async", "await", "break", "class", "const", "continue", "crate", "def", "del", "dyn", "else",
        "enum", "except", "extern", "finally", "fn", "for", "from", "global", "if", "impl", "import", "in",
        "is", "lambda", "let", "loop", "match", "mod", "move", "mut", "nonlocal", "not", "or", "and", "pass",
        "pub", "raise", "ref", "registry", "return", "self", "static", "struct", "super", "trait", "try",
        "type", "unsafe", "use", "where", "while", "with", "yield", "true", "false", "gen", "assert",
    ];
    if reserved.contains(&name) {
        return Err(format!(
            "{name:?} cannot be the name of a pair: it is a word of Rust, Python or pairbench"
        ));
    }
    Ok(())
}

/// A file of that stem anywhere below either side: names are unique in a crate.
fn find_taken(root: &Path, name: &str) -> Option<String> {
    let mut open = vec![root.join("workloads"), root.join("python")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_stem().is_some_and(|stem| stem == name)
                && path
                    .extension()
                    .is_some_and(|extension| extension == "rs" || extension == "py")
            {
                return Some(path.display().to_string());
            }
        }
    }
    None
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(path.parent().expect("below root"))?;
    File::options()
        .write(true)
        .create_new(true)
        .open(path)?
        .write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("workloads")).unwrap();
        std::fs::create_dir_all(root.path().join("python")).unwrap();
        root
    }

    #[test]
    fn two_files_and_nothing_else() {
        let root = root();
        let text = new_pair(root.path(), "sieve", Profile::HotLoop).unwrap();
        assert!(text.contains("wrote workloads"), "{text}");
        let rust = std::fs::read_to_string(root.path().join("workloads/hot_loop/sieve.rs")).unwrap();
        assert!(rust.contains("Profile::HotLoop") && !rust.contains('@'), "{rust}");
        assert!(root.path().join("python/hot_loop/sieve.py").exists());
    }

    /// Without an application to serve, such a pair would stop all others.
    #[test]
    fn servers_have_no_template() {
        let root = root();
        let error = new_pair(root.path(), "shop", Profile::Service).unwrap_err();
        assert!(error.contains("docs/servers.md"), "{error}");
        assert_eq!(
            std::fs::read_dir(root.path().join("workloads")).unwrap().count(),
            0
        );
    }

    #[test]
    fn a_name_is_used_once_whatever_the_profile() {
        let root = root();
        new_pair(root.path(), "sieve", Profile::HotLoop).unwrap();
        assert!(
            new_pair(root.path(), "sieve", Profile::Flat)
                .unwrap_err()
                .contains("exists already")
        );
    }

    #[test]
    fn bad_names_are_refused_before_anything_is_written() {
        let root = root();
        for bad in [
            "",
            "Sieve",
            "1st",
            "a-b",
            "../x",
            "match",
            "registry",
            "test_sieve",
        ] {
            assert!(new_pair(root.path(), bad, Profile::Flat).is_err(), "{bad}");
        }
        assert_eq!(
            std::fs::read_dir(root.path().join("workloads")).unwrap().count(),
            0
        );
    }

    #[test]
    fn outside_a_checkout_the_error_names_the_option() {
        let empty = tempfile::tempdir().unwrap();
        assert!(
            new_pair(empty.path(), "x", Profile::Flat)
                .unwrap_err()
                .contains("--root")
        );
    }
}
