//! The versions of the crates that a crate is built with, as `Cargo.lock` has them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The crates that are built into `package`, each with its version; of several versions of one crate, the one that
/// `package` itself depends on, otherwise all. Nothing where no `Cargo.lock` is in the folder or above it.
pub(crate) fn versions(manifest_dir: &Path, package: &str) -> BTreeMap<String, String> {
    let file = manifest_dir
        .ancestors()
        .map(|folder| folder.join("Cargo.lock"))
        .find(|file| file.exists());
    let Some(file) = file else {
        return BTreeMap::new();
    };
    println!("cargo::rerun-if-changed={}", file.display());
    of_lock(&std::fs::read_to_string(file).unwrap_or_default(), package)
}

/// A `[[package]]` of the file.
#[derive(Default)]
struct Locked<'a> {
    name: &'a str,
    version: &'a str,
    /// `NAME`, or where the name alone is ambiguous `NAME VERSION`.
    dependencies: Vec<&'a str>,
}

impl Locked<'_> {
    fn is(&self, dependency: &str) -> bool {
        let mut words = dependency.split(' ');
        words.next() == Some(self.name) && words.next().is_none_or(|version| version == self.version)
    }
}

fn of_lock(lock: &str, package: &str) -> BTreeMap<String, String> {
    let all = parse(lock);
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut waiting: Vec<&Locked<'_>> = all.iter().filter(|locked| locked.name == package).collect();
    let direct: Vec<&str> = waiting.iter().flat_map(|own| own.dependencies.clone()).collect();
    while let Some(locked) = waiting.pop() {
        if found.entry(locked.name).or_default().insert(locked.version) {
            let needs = |other: &&Locked<'_>| locked.dependencies.iter().any(|name| other.is(name));
            waiting.extend(all.iter().filter(needs));
        }
    }
    let version = |name: &str, versions: &BTreeSet<&str>| {
        let own = all
            .iter()
            .find(|locked| locked.name == name && direct.iter().any(|dependency| locked.is(dependency)));
        let several = || versions.iter().copied().collect::<Vec<_>>().join(" and ");
        own.map_or_else(several, |locked| locked.version.to_string())
    };
    found
        .iter()
        .map(|(name, versions)| (name.to_string(), version(name, versions)))
        .collect()
}

/// Reads the part of TOML that Cargo writes: one key, or one string of a list, on a line.
fn parse(lock: &str) -> Vec<Locked<'_>> {
    let mut all: Vec<Locked<'_>> = Vec::new();
    for line in lock.lines() {
        let value = || line.split('"').nth(1).unwrap_or_default();
        if line == "[[package]]" {
            all.push(Locked::default());
        } else if let Some(locked) = all.last_mut() {
            match line.split_once(" = ") {
                Some(("name", _)) => locked.name = value(),
                Some(("version", _)) => locked.version = value(),
                None if line.starts_with(" \"") => locked.dependencies.push(value()),
                _ => {}
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "ours"
version = "0.1.0"
dependencies = [
 "direct",
 "twice 2.0.0",
]

[[package]]
name = "direct"
version = "1.2.3"
source = "registry+https://example.org"
dependencies = [
 "below",
 "twice 1.0.0",
 "thrice 1.0.0",
 "thrice 3.0.0",
]

[[package]]
name = "below"
version = "0.6.8"

[[package]]
name = "twice"
version = "1.0.0"

[[package]]
name = "twice"
version = "2.0.0"
dependencies = [
 "direct",
]

[[package]]
name = "thrice"
version = "1.0.0"

[[package]]
name = "thrice"
version = "3.0.0"

[[package]]
name = "foreign"
version = "9.0.0"
"#;

    #[test]
    fn what_is_built_in_has_its_version() {
        let versions = of_lock(LOCK, "ours");
        assert_eq!(versions["direct"], "1.2.3");
        assert_eq!(versions["below"], "0.6.8");
        // Its own dependency, not that of another crate.
        assert_eq!(versions["twice"], "2.0.0");
        assert_eq!(versions["thrice"], "1.0.0 and 3.0.0");
        assert_eq!(versions.get("foreign"), None);
        assert!(of_lock(LOCK, "unknown").is_empty());
    }

    #[test]
    fn the_file_of_this_workspace_is_understood() {
        let versions = versions(Path::new(env!("CARGO_MANIFEST_DIR")), "pairbench-workloads");
        assert_eq!(versions["pairbench-workloads"], env!("CARGO_PKG_VERSION"));
        assert!(versions.contains_key("zlib-rs"), "{versions:?}");
    }
}
