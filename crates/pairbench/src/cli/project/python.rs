//! The Python side of a project: how it is built, and where its crate is or can be.

use super::{BELOW_BENCHMARKS, BESIDE};
use std::path::{Path, PathBuf};
use toml_edit::DocumentMut;

/// What a Python project declares about its build.
#[derive(Debug, Default)]
pub(super) struct PythonProject {
    document: DocumentMut,
    /// The text of `setup.py` and `setup.cfg`.
    setup: String,
    /// The build backend's package.
    pub backend: Option<String>,
    has_src: bool,
}

impl PythonProject {
    pub fn read(root: &Path) -> Result<Self, String> {
        let read = |name: &str| crate::cli::edit::read(&root.join(name));
        let document = read("pyproject.toml")?.unwrap_or_default();
        let document: DocumentMut = document
            .parse()
            .map_err(|error| format!("{}: {error}", root.join("pyproject.toml").display()))?;
        let setup = read("setup.py")?.unwrap_or_default() + &read("setup.cfg")?.unwrap_or_default();
        let backend = document
            .get("build-system")
            .and_then(|table| table.get("build-backend")?.as_str());
        let backend = match backend {
            Some(backend) => Some(backend.split(['.', ':']).next().unwrap_or(backend).to_string()),
            None if !setup.is_empty() => Some("setuptools".into()),
            None => None,
        };
        let has_src = root.join("src").is_dir();
        Ok(PythonProject {
            document,
            setup,
            backend,
            has_src,
        })
    }

    /// A value of `[tool.…]`.
    pub fn tool(&self, path: &[&str]) -> Option<&toml_edit::Item> {
        let tool = self.document.get("tool")?;
        path.iter().try_fold(tool, |item, key| item.get(key))
    }

    /// Where its backend looks for the crate, if not at the top.
    pub fn manifest(&self) -> Option<PathBuf> {
        let maturin = self
            .tool(&["maturin", "manifest-path"])
            .and_then(|path| path.as_str());
        let setuptools = || {
            let modules = self.tool(&["setuptools-rust", "ext-modules"])?;
            match modules.as_array_of_tables() {
                Some(tables) => tables.get(0)?.get("path")?.as_str(),
                None => modules
                    .as_array()?
                    .get(0)?
                    .as_inline_table()?
                    .get("path")?
                    .as_str(),
            }
        };
        maturin.or_else(setuptools).map(PathBuf::from)
    }

    /// The folder for a crate of its own, and why there.
    pub fn place(&self) -> (&'static str, String) {
        // A project without a backend is built with setuptools as well.
        let setuptools = self
            .backend
            .as_deref()
            .is_none_or(|backend| backend == "setuptools");
        let listed = self.tool(&["setuptools", "packages"]).is_some()
            || self.tool(&["setuptools", "py-modules"]).is_some()
            || ["packages", "py_modules"]
                .iter()
                .any(|word| self.setup.contains(word));
        match setuptools && !listed && !self.has_src {
            false => (BESIDE, "a small crate of its own, which your package does not contain".into()),
            true => (
                BELOW_BENCHMARKS,
                "a small crate of its own; setuptools finds your packages by itself here and refuses a second folder at \
                 the top, but leaves out `benchmarks`"
                    .into(),
            ),
        }
    }
}
