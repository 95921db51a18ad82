//! The pairs: what a pair's Rust file declares, and the sorted list that the build makes from all files.
//!
//! A pair is two files with the same stem. The Rust file has a function `pair` that returns a [`Pair`]; everything else
//! (its name, its Python file) follows from the paths of the files. See [`Pair::new`] for an example.

#[cfg(feature = "harness")]
mod arguments;
#[cfg(any(feature = "harness", feature = "python"))]
pub(crate) mod boundary;
mod builder;
#[cfg(feature = "harness")]
pub(crate) mod calls;
mod case;
#[cfg(feature = "counting")]
pub mod counting;
#[cfg(feature = "harness")]
mod declared;
mod encode;
mod floor;
pub(crate) mod known;
mod native;
mod pair;
#[cfg(feature = "harness")]
pub(crate) mod pickle;
#[cfg(feature = "harness")]
pub(crate) mod plain;
mod served;
mod service;
mod start;
mod variant;
mod workload;

#[cfg(feature = "harness")]
pub use arguments::{Argument, Function};
#[cfg(feature = "harness")]
pub use builder::Calls;
pub use builder::{Each, PairBuilder};
pub use case::{Case, Profile, Tolerance};
#[cfg(feature = "harness")]
pub(crate) use declared::{check_name, is_python_project, python_folders};
pub use encode::{Int, WorkloadError};
pub use floor::Floor;
pub use known::Kind;
pub use native::Native;
#[cfg(feature = "python")]
pub use native::{__pyo3, add_native_modules};
pub use pair::Pair;
#[cfg(feature = "harness")]
pub(crate) use service::{Asks, Prepared};
pub use service::{Part, Service};
pub use start::PairStart;
pub use variant::{Side, Variant};
#[cfg(feature = "harness")]
pub(crate) use workload::Form;
pub use workload::{Opened, Port, PortWith};

use std::borrow::Cow;
use std::path::PathBuf;

/// Everything that a pair's Rust file usually needs.
pub mod prelude {
    pub use crate::registry::{Int, Native, Pair, Profile, Tolerance};
    pub use serde::{Deserialize, Serialize};
}

/// Where the two sides of a pair are.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The Rust file.
    pub rust_path: PathBuf,
    /// Its text as it was compiled.
    pub rust_text: Cow<'static, str>,
    /// The folder that goes on Python's module path.
    pub python_root: PathBuf,
    /// The Python file.
    pub python_path: PathBuf,
    /// The Python module's dotted name below `python_root`.
    pub module: String,
}

/// A pair with its name and its files.
#[derive(Debug)]
pub struct Entry {
    /// The stem of both files: `[a-z0-9_]+`, unique.
    pub name: &'static str,
    /// What the Rust file declares.
    pub pair: Pair,
    /// The two files.
    pub sources: Sources,
}

impl Entry {
    /// The Python modules that its variants require, sorted and without duplicates.
    #[cfg(feature = "harness")]
    pub(crate) fn requires(&self) -> Vec<String> {
        let variants = self.pair.variants().iter();
        let mut modules: Vec<String> = variants.flat_map(|variant| variant.requires.clone()).collect();
        modules.sort();
        modules.dedup();
        modules
    }
}

/// Names of the null pairs that every run has besides the chosen pairs, by the language of their code.
pub const NULL_PAIRS: [&str; 2] = ["null_python", "null_rust"];

/// The name of the additional null pair for a profile.
pub(crate) fn null_pair(profile: Profile) -> String {
    format!("null_{}", profile.slug().replace('-', "_"))
}

/// The pairs of one crate, sorted by name. Made by the build script; see `pairbench-build`.
#[derive(Debug)]
pub struct Registry {
    package: &'static str,
    manifest_dir: PathBuf,
    entries: Vec<Entry>,
    catalogue: bool,
    opt_level: Option<&'static str>,
}

impl Registry {
    /// An empty registry for the crate with this name and manifest folder.
    pub fn new(package: &'static str, manifest_dir: &str) -> Self {
        Registry {
            package,
            manifest_dir: manifest_dir.into(),
            entries: Vec::new(),
            catalogue: false,
            opt_level: None,
        }
    }

    /// Notes the `opt-level` that the pairs were compiled with. Only a build script knows it.
    pub fn optimised(mut self, opt_level: &'static str) -> Self {
        self.opt_level = Some(opt_level);
        self
    }

    /// The `opt-level` that the pairs were compiled with, or that of the harness if no build script set it.
    #[cfg(feature = "harness")]
    pub fn opt_level(&self) -> &'static str {
        self.opt_level.unwrap_or(env!("PAIRBENCH_OPT_LEVEL"))
    }

    /// Marks the pairs as the catalogue of pairbench, whose report tests its argument claim by claim.
    pub fn as_catalogue(mut self) -> Self {
        self.catalogue = true;
        self
    }

    /// Whether the pairs are the catalogue of pairbench.
    pub fn is_catalogue(&self) -> bool {
        self.catalogue
    }

    /// Adds a pair.
    ///
    /// # Panics
    ///
    /// When another pair has this name (the build script finds that earlier, with a better message), or a null pair of
    /// the harness has it.
    pub fn add(&mut self, name: &'static str, pair: Pair, sources: Sources) {
        let is_null =
            NULL_PAIRS.contains(&name) || Profile::ALL.into_iter().map(null_pair).any(|null| null == name);
        assert!(
            !is_null,
            "{name} is the name of a null pair, which every run has; rename the pair"
        );
        let at = match self.entries.binary_search_by(|entry| entry.name.cmp(name)) {
            Ok(_) => panic!("two pairs are called {name}"),
            Err(at) => at,
        };
        self.entries.insert(at, Entry { name, pair, sources });
    }

    /// All pairs, sorted by name.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The pair of this name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
        Some(&self.entries[at])
    }

    /// The Cargo package that holds the Rust sides; its library is also built as the extension module.
    pub fn package(&self) -> &'static str {
        self.package
    }

    /// The folder of that package's manifest.
    pub fn manifest_dir(&self) -> &std::path::Path {
        &self.manifest_dir
    }
}

/// Includes the registry that the build script wrote: a module per pair, `pub fn registry() -> Registry`, and
/// `pub fn locked(&str) -> &'static str`, which returns the version of a crate that is built in.
///
/// The crate's build script calls `pairbench_build::registry("RUST_FOLDER", "PYTHON_FOLDER")`.
#[macro_export]
macro_rules! pairs {
    () => {
        include!(concat!(env!("OUT_DIR"), "/pairs.rs"));
    };
}

/// Made-up files and names for tests.
#[cfg(test)]
pub(crate) mod fixture {
    use super::{Entry, Pair, Sources};

    /// Files that do not exist.
    pub fn sources() -> Sources {
        Sources {
            rust_path: "a.rs".into(),
            rust_text: "".into(),
            python_root: ".".into(),
            python_path: "a.py".into(),
            module: "a".into(),
        }
    }

    /// The pair, called `a`.
    pub fn entry(pair: Pair) -> Entry {
        Entry {
            name: "a",
            pair,
            sources: sources(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::sources;
    use super::*;

    fn pair() -> Pair {
        Pair::new(Profile::HotLoop, "adds")
            .input(|size, seed| size + seed)
            .cases("numbers", &[1, 2, 3])
            .rust(|x: &u64| x + 1)
            .build()
    }

    #[test]
    fn entries_are_sorted_in_whatever_order_they_are_added() {
        let mut registry = Registry::new("p", ".");
        for name in ["zeta", "alpha", "mu"] {
            registry.add(name, pair(), sources());
        }
        let names: Vec<_> = registry.entries().iter().map(|e| e.name).collect();
        assert_eq!(names, ["alpha", "mu", "zeta"]);
        assert!(registry.get("mu").is_some() && registry.get("nu").is_none());
    }

    #[test]
    #[should_panic(expected = "null_rust is the name of a null pair")]
    fn names_of_null_pairs_are_reserved() {
        Registry::new("p", ".").add("null_rust", pair(), sources());
    }

    #[test]
    #[should_panic(expected = "two pairs are called twin")]
    fn a_name_is_unique() {
        let mut registry = Registry::new("p", ".");
        registry.add("twin", pair(), sources());
        registry.add("twin", pair(), sources());
    }
}
