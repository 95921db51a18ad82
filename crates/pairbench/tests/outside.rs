//! `docs/your-repository.md` in other people's projects, from `init` to the report: every command of the page runs, and
//! every file of it is written.
//!
//! Programs of these names come first on the path: `cargo`, which builds in one folder for all projects, without
//! optimisation, and measures as briefly as it can; `pairbench`, which depends on this checkout, because nothing is
//! published yet; `maturin`, which need not be installed, and does with Cargo and a copy what `maturin develop` does.
#![cfg(unix)]
#![allow(missing_docs)]

#[path = "common/files.rs"]
mod files;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const PAGE: &str = include_str!("../../../docs/your-repository.md");
const PRICING: &str =
    "def total(prices: list[float], tax: float) -> float:\n    return sum(prices) * (1.0 + tax)\n";

/// A project of somebody else.
struct Project {
    folder: TempDir,
    environment: Vec<(&'static str, PathBuf)>,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Project {
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        };
        for (file, text) in files {
            project.write(file, text);
        }
        let tool = Path::new(env!("CARGO_BIN_EXE_pairbench"));
        let target = tool.ancestors().nth(2).unwrap();
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let programs = [
            (
                "cargo",
                format!(
                    "export CARGO_TARGET_DIR={target:?} PAIRBENCH_ALLOW_DEBUG=1\n\
                     test \"$1\" = bench || exec {cargo:?} \"$@\"\n\
                     shift\n\
                     # Each package has the versions that were built for the workspace.\n\
                     test -f Cargo.lock || cp {checkout:?}/Cargo.lock .\n\
                     case \"$*\" in\n\
                     *--test*|*--dig*|*--against*) exec {cargo:?} bench --profile dev \"$@\";;\n\
                     -*) shift;;\n\
                     esac\n\
                     exec {cargo:?} bench --profile dev -- \"$@\" --quick --launches 2 --warm-up-time 0.01 \
                     --measurement-time 0.05\n",
                    cargo = env!("CARGO"),
                ),
            ),
            (
                "pairbench",
                format!("test \"$1\" = init && set -- \"$@\" --path {checkout:?}\nexec {tool:?} \"$@\"\n"),
            ),
            (
                "maturin",
                format!(
                    "cargo build && cp {target:?}/debug/lib_native.so python/shop/_native.so || \
                     cp {target:?}/debug/lib_native.dylib python/shop/_native.so\n"
                ),
            ),
        ];
        for (name, script) in programs {
            let path = project.write(&format!(".programs/{name}"), &format!("#!/bin/sh\n{script}"));
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        project.run("git init -q && echo .programs >> .git/info/exclude");
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, file: &str, text: &str) -> PathBuf {
        files::write(self.path(), file, text)
    }

    /// What a command prints; it must succeed.
    fn run(&self, command: &str) -> String {
        let mut path = vec![self.path().join(".programs")];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(self.path())
            .env("PATH", std::env::join_paths(path).unwrap())
            .env_remove("CARGO_MANIFEST_DIR")
            .env_remove("CARGO_PKG_NAME")
            .env_remove("RUSTFLAGS")
            .env_remove("VIRTUAL_ENV")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}\n{text}");
        text.into_owned()
    }

    /// Follows a section of the page: runs its commands and writes its files. Returns all output.
    fn follow(&self, section: &str, folder: &str) -> String {
        let mut printed = String::new();
        let mut commands = 0;
        for (language, text) in blocks(section) {
            match language {
                "console" => {
                    for command in text
                        .lines()
                        .map(|line| line.strip_prefix("$ ").expect("a command"))
                    {
                        printed += &self.run(command);
                        commands += 1;
                    }
                }
                "rust" => drop(self.write(&format!("{folder}benches/pairs.rs"), text)),
                "python" => drop(self.write("benches/reference.py", text)),
                other => panic!("what is a block of {other:?}?"),
            }
        }
        assert!(commands > 2, "{section}");
        assert!(
            self.path().join(folder).join("reports/index.html").is_file(),
            "{printed}"
        );
        printed
    }
}

/// The blocks of code of a section, with their languages.
fn blocks(section: &str) -> Vec<(&'static str, &'static str)> {
    let (_, rest) = PAGE.split_once(&format!("## {section}\n")).expect(section);
    let section = rest.split("\n## ").next().unwrap();
    let blocks = section.split("```").skip(1).step_by(2);
    blocks
        .map(|block| block.split_once('\n').expect("a language"))
        .collect()
}

#[track_caller]
fn contains(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}

#[test]
fn a_pyo3_extension_of_another_version() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"shop-native\"\nversion = \"0.3.1\"\nedition = \"2021\"\n\n[lib]\nname = \"_native\"\n\
             crate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = { version = \"0.26\", features = [\"extension-module\"] }\n",
        ),
        (
            "src/lib.rs",
            "use pyo3::prelude::*;\n\npub fn total(prices: &[f64], tax: f64) -> f64 {\n    prices.iter().sum::<f64>() * (1.0 + tax)\n}\n\n\
             #[pyfunction(name = \"total\")]\nfn total_py(prices: Vec<f64>, tax: f64) -> f64 {\n    total(&prices, tax)\n}\n\n\
             #[pymodule]\nfn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {\n    \
             module.add_function(wrap_pyfunction!(total_py, module)?)\n}\n",
        ),
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"maturin>=1.5,<2\"]\nbuild-backend = \"maturin\"\n\n[project]\nname = \"shop\"\nversion = \"0.3.1\"\n\n\
             [tool.maturin]\npython-source = \"python\"\nmodule-name = \"shop._native\"\n",
        ),
        ("python/shop/__init__.py", ""),
        ("python/shop/pricing.py", PRICING),
    ]);
    let printed = project.follow("A PyO3 extension", "");
    contains(&printed, &["ok   total", "native", "rust"]);
    assert!(!printed.contains("skip"), "the extension is found\n{printed}");
    // It was built without optimisation here.
    let index = std::fs::read_to_string(project.path().join("reports/pairs/total.html")).unwrap();
    contains(&index, &["The extension is a debug build", "shop._native"]);
    let tree = project.run("cargo tree --offline --edges normal");
    assert!(!tree.contains("pairbench"), "a normal build has it\n{tree}");
}

#[test]
fn a_python_package_in_an_environment_of_its_own() {
    let mut project = Project::new(&[
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n",
        ),
        ("shop/__init__.py", ""),
        ("shop/pricing.py", &format!("import rounding\n\n\n{PRICING}")),
    ]);
    project.run("python3 -m venv --without-pip .venv");
    let installed = "cd .venv/lib/python3*/site-packages && touch rounding.py";
    project.run(installed);
    project.environment = vec![("VIRTUAL_ENV", project.path().join(".venv"))];
    let printed = project.follow("A Python project without Rust", "pairbench/");
    contains(&printed, &["skip total/rust: not written yet", "ok   total"]);
    // Beside the package, git sees only what `init` made.
    let status = project.run("git status --porcelain --untracked-files=all -- pairbench");
    let files = status
        .lines()
        .map(|line| line.trim_start_matches("?? "))
        .collect::<Vec<_>>();
    let wanted = [
        "Cargo.lock",
        "Cargo.toml",
        "benches/forecasts/total.json",
        "benches/pairs.rs",
        "benches/total.jsonl",
    ];
    assert_eq!(files, wanted.map(|file| format!("pairbench/{file}")));
}

#[test]
fn a_rust_crate_with_a_reference_in_python() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"words\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        (
            "src/lib.rs",
            "pub fn slug(title: &str) -> String {\n    \
             title.to_lowercase().split_whitespace().collect::<Vec<_>>().join(\"-\")\n}\n",
        ),
    ]);
    let printed = project.follow("A Rust crate with a reference in Python", "");
    contains(&printed, &["ok   slug", "reports/index.html"]);
    // Python splits at separators that are not white space in Rust.
    let dug = project.run("pairbench dig --time 10s slug; test $? = 1");
    contains(
        &dug,
        &[
            "FOUND slug",
            "rust gives another answer",
            "stored in benches/slug.found.jsonl",
        ],
    );
    let tested = project.run("cargo bench --bench pairs -- --test; test $? = 1");
    contains(&tested, &["OPEN slug/rust"]);
    project.run("rm -r benches/slug.found.jsonl reports");
    becomes_slower_than_its_last_commit(&project);
}

fn becomes_slower_than_its_last_commit(project: &Project) {
    project.run("git add -A && git -c user.name=me -c user.email=me@here commit -qm all");
    project.write(
        "src/lib.rs",
        "pub fn slug(title: &str) -> String {\n    \
         let words = |_| title.to_lowercase().split_whitespace().collect::<Vec<_>>().join(\"-\");\n    \
         (0..30).map(words).last().unwrap()\n}\n",
    );
    let measure =
        "cargo bench --bench pairs -- --quick --launches 4 --warm-up-time 0.01 --measurement-time 0.05";
    let printed = project.run(&format!(
        "{measure} --against HEAD --fail-if slower:50%; test $? = 3"
    ));
    contains(
        &printed,
        &[
            "each of its launches comes beside one of this revision",
            "Each launch of one revision was taken beside one of the other",
            " slower",
            "beyond --fail-if slower:50%",
        ],
    );
    assert!(
        !printed.contains("is not shown"),
        "a kept forecast cannot be read\n{printed}"
    );
    // It leaves nothing in the checkout, and both records show the same again.
    assert_eq!(project.run("git status --porcelain"), " M src/lib.rs\n");
    let again =
        project.run("pairbench compare reports/against/records/*Z-????.json reports/records/*Z-????.json");
    contains(&again, &["Each launch of one revision"]);
    let unknown = project.run(&format!("{measure} --against nowhere; test $? = 2"));
    contains(&unknown, &["knows no revision \"nowhere\"", "fetch-depth: 0"]);
}
