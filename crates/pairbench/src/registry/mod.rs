//! The pairs: what a pair's Rust file declares, and the sorted list that the build makes of all files.
//!
//! A pair is two files of one stem. The Rust one has a function `pair` that returns a [`Pair`]; everything else about
//! it (its name, its Python twin) comes from the paths of the files. See [`Pair::new`] for an example.

#[cfg(feature = "harness")]
mod arguments;
#[cfg(any(feature = "harness", feature = "python"))]
pub(crate) mod boundary;
mod builder;
#[cfg(feature = "harness")]
pub(crate) mod calls;
mod case;
#[cfg(feature = "python")]
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

/// All that a pair's Rust file usually needs.
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
    /// The modules that some variants need, each once.
    #[cfg(feature = "harness")]
    pub(crate) fn requires(&self) -> Vec<String> {
        let variants = self.pair.variants().iter();
        let mut modules: Vec<String> = variants.flat_map(|variant| variant.requires.clone()).collect();
        modules.sort();
        modules.dedup();
        modules
    }
}

/// Names of the null pairs that every run has beside the chosen pairs, by the language of their code.
pub const NULL_PAIRS: [&str; 2] = ["null_python", "null_rust"];

/// The name of the null pair that stands for a profile beside these.
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
    /// An empty registry of the crate with this name and manifest folder.
    pub fn new(package: &'static str, manifest_dir: &str) -> Self {
        Registry {
            package,
            manifest_dir: manifest_dir.into(),
            entries: Vec::new(),
            catalogue: false,
            opt_level: None,
        }
    }

    /// The same pairs, compiled with this `opt-level`. Only a build script knows it.
    pub fn optimised(mut self, opt_level: &'static str) -> Self {
        self.opt_level = Some(opt_level);
        self
    }

    /// The `opt-level` that the pairs were compiled with, or, where no build script said it, that of the harness.
    #[cfg(feature = "harness")]
    pub fn opt_level(&self) -> &'static str {
        self.opt_level.unwrap_or(env!("PAIRBENCH_OPT_LEVEL"))
    }

    /// The same pairs as the catalogue of pairbench: their report tests its argument, claim by claim.
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
    /// When the name is taken, by another pair (the build script finds that earlier, with a better message) or by a null pair
    /// of the harness.
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

/// Takes in the registry that the build script wrote: a module per pair, `pub fn registry() -> Registry`, and
/// `pub fn locked(&str) -> &'static str`, which knows the versions of the crates that are built in.
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

    /// Files that are not there.
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
    fn entries_are_sorted_whatever_the_order_of_arrival() {
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
    fn null_pairs_have_their_names_for_themselves() {
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
