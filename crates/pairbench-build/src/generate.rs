//! The Rust text that joins the pairs of a crate into one registry.

use crate::discover::{FoundPair, discover};
use crate::locked;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Pairs the files below `rust_dir` and `python_dir` (relative to the crate's manifest) and writes the registry that
/// `pairbench::pairs!()` takes in.
///
/// Orphans, doubles and bad names end the build, each with the name of the file to fix.
pub fn registry(rust_dir: &str, python_dir: &str) {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("run by Cargo"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("run by Cargo"));
    let rust = normal(&manifest.join(rust_dir));
    let python = normal(&manifest.join(python_dir));
    match discover(&rust, &python) {
        Ok(pairs) => {
            // A new pair is a new file here. The Python folder is not watched: its files are read when they are run, so that
            // an edit of one compiles nothing.
            println!("cargo::rerun-if-changed={}", rust.display());
            let package = std::env::var("CARGO_PKG_NAME").expect("run by Cargo");
            let opt_level = std::env::var("OPT_LEVEL").expect("run by Cargo");
            let text = generate(&pairs, &rust, &python, &opt_level)
                + &generate_locked(&locked::versions(&manifest, &package));
            std::fs::write(out.join("pairs.rs"), text).expect("OUT_DIR can be written");
        }
        Err(problems) => {
            for problem in problems {
                println!("cargo::error={problem}");
            }
        }
    }
}

fn generate(pairs: &[FoundPair], rust_dir: &Path, python_dir: &Path, opt_level: &str) -> String {
    let mut text = String::new();
    for pair in pairs {
        let rust = rust_dir.join(&pair.rust);
        let _ = writeln!(text, "#[path = {rust:?}]\npub mod {};\n", identifier(&pair.name));
    }
    text.push_str(
        "/// All pairs of this crate, sorted by name.\n\
         pub fn registry() -> ::pairbench::registry::Registry {\n    \
         let mut registry = ::pairbench::registry::Registry::new(\
         env!(\"CARGO_PKG_NAME\"), env!(\"CARGO_MANIFEST_DIR\"))",
    );
    let _ = writeln!(text, ".optimised({opt_level:?});");
    for pair in pairs {
        let rust = rust_dir.join(&pair.rust);
        let module: Vec<_> = pair
            .python
            .with_extension("")
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        let _ = writeln!(
            text,
            "    registry.add({name:?}, {identifier}::pair(), ::pairbench::registry::Sources {{\n        \
             rust_path: {rust:?}.into(),\n        rust_text: include_str!({rust:?}).into(),\n        \
             python_root: {python_dir:?}.into(),\n        python_path: {python:?}.into(),\n        \
             module: {module:?}.into(),\n    }});",
            name = pair.name,
            identifier = identifier(&pair.name),
            python = python_dir.join(&pair.python),
            module = module.join("."),
        );
    }
    text.push_str("    registry\n}\n");
    text
}

/// The name of a pair as that of a module: a word of the language becomes one only as a raw identifier, which all others
/// may be, too. `self`, `super` and `crate` are refused before.
fn identifier(name: &str) -> String {
    format!("r#{name}")
}

/// A function that knows the versions of all crates that are built in.
fn generate_locked(versions: &BTreeMap<String, String>) -> String {
    format!(
        "\n/// The version of a crate that is built in, as `Cargo.lock` has it.\n\
         ///\n\
         /// # Panics\n\
         ///\n\
         /// When none has that name.\n\
         #[allow(dead_code)]\n\
         pub fn locked(name: &str) -> &'static str {{\n    \
         let all: &[(&str, &'static str)] = &{:?};\n    \
         let found = all.iter().find(|(known, _)| *known == name);\n    \
         found.unwrap_or_else(|| panic!(\"Cargo.lock has no crate {{name}}\")).1\n}}\n",
        versions.iter().collect::<Vec<_>>()
    )
}

/// The path without `.` and `..`, which would otherwise show in messages and reports.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}
