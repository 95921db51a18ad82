//! Pairs that are declared where the code is: the Python side by reference, the Rust side in the bench itself.
//!
//! For each pair a small module is written here for workers to import; in it, each variant's name is its function.

use super::{Entry, Pair, Registry, Sources};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// Prefix of the names of these modules.
const MODULE: &str = "pairbench_pair_";

impl Registry {
    /// Adds a pair of the bench whose source file is `bench`, as `file!()` gives it.
    ///
    /// # Panics
    ///
    /// When the name is taken or invalid.
    pub(crate) fn declare(&mut self, name: &'static str, mut pair: Pair, bench: &str) {
        if let Err(why) = check_name(name) {
            panic!("{why}");
        }
        assert!(
            pair.variants()[0].function.is_some(),
            "the pair {name} names no Python function: start it with Pair::of(\"package.module:function\")"
        );
        pair.place(&self.manifest_dir);
        let bench = find_bench(&self.manifest_dir, Path::new(bench));
        let module = format!("{MODULE}{name}");
        let root = modules();
        let sources = Sources {
            rust_text: std::fs::read_to_string(&bench).unwrap_or_default().into(),
            rust_path: bench,
            python_path: root.join(format!("{module}.py")),
            python_root: root,
            module,
        };
        self.add(name, pair, sources);
    }

    /// Writes the modules of the declared pairs, unless they are up to date.
    ///
    /// # Errors
    ///
    /// Those of the file system, with the path.
    pub(crate) fn write_modules(&self) -> Result<(), String> {
        let folders = python_folders(&self.manifest_dir);
        for entry in self.entries.iter().filter(|entry| entry.is_declared()) {
            let path = &entry.sources.python_path;
            write(path, &module(entry, &folders)).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }
}

impl Entry {
    /// Whether its Python side is named by reference.
    pub(crate) fn is_declared(&self) -> bool {
        self.sources.module.starts_with(MODULE)
    }

    /// How messages name its Python side: the file, or the function that was declared.
    #[cfg(feature = "harness")]
    pub(crate) fn python_side(&self) -> String {
        match &self.pair.variants()[0].function {
            Some(function) => function.clone(),
            None => self.sources.python_path.display().to_string(),
        }
    }
}

/// The folder of the modules: beside the executable, so that Cargo removes both together.
fn modules() -> PathBuf {
    let executable = std::env::current_exe().unwrap_or_else(|_| std::env::temp_dir().join("pairbench"));
    executable.with_extension("python")
}

/// The compiler names the file relative to the workspace root, which is the package's folder or one above it.
fn find_bench(manifest_dir: &Path, bench: &Path) -> PathBuf {
    let above = manifest_dir.ancestors().map(|folder| folder.join(bench));
    let mut found = above.filter(|path| path.is_file());
    found.next().unwrap_or_else(|| manifest_dir.join(bench))
}

/// Whether a pair can have this name.
///
/// # Errors
///
/// What to do about it.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(valid) {
        true => Ok(()),
        false => Err(format!(
            "{name:?} cannot be the name of a pair: use a-z, 0-9 and _, and begin with a letter"
        )),
    }
}

/// Whether a folder has a Python project of its own.
pub(crate) fn is_python_project(folder: &Path) -> bool {
    let files = ["pyproject.toml", "setup.py", "setup.cfg"];
    files.iter().any(|file| folder.join(file).is_file())
}

/// Where the project's Python modules may be if they are not installed: in its own folders `python` and `src`, in the
/// folder itself, and in the same folders of a Python project around it.
pub(crate) fn python_folders(manifest_dir: &Path) -> Vec<PathBuf> {
    let around = manifest_dir
        .ancestors()
        .skip(1)
        .take(3)
        .filter(|folder| is_python_project(folder));
    let roots = std::iter::once(manifest_dir).chain(around);
    let folders = roots.flat_map(|root| [root.join("python"), root.join("src"), root.to_path_buf()]);
    folders.filter(|folder| folder.is_dir()).collect()
}

/// The text of a pair's module.
fn module(entry: &Entry, folders: &[PathBuf]) -> String {
    let beside = entry.sources.rust_path.parent().unwrap_or(Path::new("."));
    let mut functions = String::new();
    let mut first = None;
    for variant in entry.pair.variants() {
        let Some((module, name)) = variant
            .function
            .as_ref()
            .and_then(|function| function.split_once(':'))
        else {
            continue;
        };
        let own = module.strip_suffix(".py");
        if own.is_some() {
            first = Some(literal(&beside.to_string_lossy()));
        }
        let _ = writeln!(
            functions,
            "    {}: ({}, {}, {}),",
            literal(&variant.name),
            literal(own.unwrap_or(module)),
            literal(name),
            if own.is_some() { "True" } else { "False" },
        );
    }
    let first = first.map_or(String::new(), |folder| format!("sys.path.insert(0, {folder})\n"));
    let folders: Vec<String> = folders
        .iter()
        .map(|folder| literal(&folder.to_string_lossy()))
        .collect();
    format!(
        "\"\"\"Made by pairbench: the Python functions of the pair {name}, by variant. Changes are lost.\"\"\"\n\
         import importlib\n\
         import sys\n\n\
         FUNCTIONS = {{\n{functions}}}\n\
         {first}sys.path.extend(folder for folder in [{folders}] if folder not in sys.path)\n{FINDING}",
        name = entry.name,
        folders = folders.join(", "),
    )
}

/// The rest of every module. For a file beside the bench it also finds the function that prepares the input.
const FINDING: &str = r#"

def find(module, name):
    found = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def __getattr__(name):
    prepares = name.startswith("setup_")
    variant = name[len("setup_"):] if prepares else name
    if variant not in FUNCTIONS:
        raise AttributeError(name)
    module, function, beside = FUNCTIONS[variant]
    if not prepares:
        return find(module, function)
    if not beside:
        raise AttributeError(name)
    return find(module, "setup_" + function)


python = find(*FUNCTIONS["python"][:2])
"#;

/// A string literal that is valid in both Python and Rust.
fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Writes a file in one step, because another process may read it, unless it already has this content.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let unfinished = path.with_extension(format!("{}.new", std::process::id()));
    std::fs::write(&unfinished, text)?;
    std::fs::rename(unfinished, path)
}
