//! `init` and `new` in projects as users have them: what they decide, what they change, and what they leave alone.
#![allow(missing_docs)]

mod new;

#[path = "../common/files.rs"]
mod files;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A project in a git repository.
struct Project(TempDir);

const PAIRS: &str = "\
//! Python functions beside their ports to Rust: `cargo bench` proves that they agree, and measures them.

use pairbench::prelude::*;

fn main() -> ExitCode {
    suite!().run()
}
";

/// A PyO3 extension with a Python fallback, with the formatting of its author.
const PYO3: &str = r#"[package]
name    = "shop-native"      # the wheel is called `shop`
version = "0.3.1"
edition = "2021"

[lib]
name = "_native"
crate-type = ["cdylib"]      # maturin

[dependencies]
# The last one that supports 3.7
pyo3 = { version="0.26", features=[ "extension-module" ] }


[profile.release]
lto = true   # smaller
"#;

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let made = Project(tempfile::tempdir().unwrap());
        for (file, text) in files {
            made.write(file, text);
        }
        let git = Command::new("git")
            .args(["init", "-q"])
            .current_dir(made.path())
            .status();
        assert!(git.unwrap().success());
        made
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        files::write(self.path(), file, text);
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn has(&self, file: &str) -> bool {
        self.path().join(file).exists()
    }

    fn command(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pairbench"));
        command
            .current_dir(self.path().join(folder))
            .args(arguments)
            .env_remove("CARGO_MANIFEST_DIR")
            .env_remove("CARGO_PKG_NAME");
        command
    }

    fn tool_in(&self, folder: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(folder, arguments);
        // A forecast takes seconds, and has a test of its own.
        command.args((arguments[0] == "new").then_some("--no-forecast"));
        command.output().unwrap()
    }

    /// The output of a command that must end with this code.
    fn tool(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.tool_in(".", arguments);
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{text}");
        text
    }

    /// Applies the changes, and checks that a second run makes none.
    fn init(&self, more: &[&str]) -> String {
        let arguments = [&["init", "--yes"], more].concat();
        let text = self.tool(0, &arguments);
        let files = self.files();
        let again = self.tool(0, &arguments);
        assert!(again.contains("nothing to do"), "{again}");
        assert_eq!(files, self.files());
        text
    }

    /// Every file but git's, with its text.
    fn files(&self) -> Vec<(PathBuf, String)> {
        let mut open = vec![self.path().to_path_buf()];
        let mut found = Vec::new();
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match (path.is_dir(), path.ends_with(".git")) {
                    (true, true) => {}
                    (true, false) => open.push(path),
                    (false, _) => found.push((path.clone(), std::fs::read_to_string(path).unwrap())),
                }
            }
        }
        found.sort();
        found
    }
}

/// The words in one line, since messages are wrapped.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn contains(text: &str, all: &[&str]) {
    for words in all {
        assert!(flat(text).contains(words), "{words:?} is not in\n{text}");
    }
}

#[test]
fn a_pyo3_extension_gets_four_lines_and_keeps_its_formatting() {
    let project = Project::new(&[
        ("Cargo.toml", PYO3),
        ("src/lib.rs", ""),
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"maturin>=1\"]\nbuild-backend = \"maturin\"\n",
        ),
        (".gitignore", "target/\n*.so"),
    ]);
    let text = project.init(&[]);
    let version = env!("CARGO_PKG_VERSION");
    let wanted = PYO3.replace(
        "[\"cdylib\"]      # maturin",
        "[\"cdylib\", \"rlib\"]      # maturin\nbench = false",
    ) + &format!(
        "\n[dev-dependencies]\npairbench = \"{version}\"\n\n[[bench]]\nname = \"pairs\"\nharness = false\n"
    );
    assert_eq!(project.read("Cargo.toml"), wanted);
    assert_eq!(project.read("benches/pairs.rs"), PAIRS);
    assert_eq!(project.read(".gitignore"), "target/\n*.so\n/reports/\n");
    assert_eq!(project.files().len(), 5);
    contains(
        &text,
        &[
            "a crate that uses PyO3, built for Python with maturin",
            "the only package",
            "\"rlib\" is added to crate-type, the one line that concerns your normal build",
            "+crate-type = [\"cdylib\", \"rlib\"]",
            "your normal build does not",
            "pairbench new package.module:function --input FILE",
        ],
    );
}

#[test]
fn without_yes_it_shows_the_changes_and_writes_nothing() {
    let project = Project::new(&[("Cargo.toml", PYO3), ("src/lib.rs", "")]);
    let before = project.files();
    let text = project.tool(1, &["init"]);
    contains(
        &text,
        &[
            "+[[bench]]",
            "+ suite!().run()",
            "+/reports/",
            "nothing was changed; apply the changes with --yes",
        ],
    );
    assert_eq!(project.files(), before);
    contains(
        &project.tool(0, &["init", "--help"]),
        &["1 ", "`init` applied no changes"],
    );
}

#[test]
fn the_diff_is_one_that_git_applies() {
    let project = Project::new(&[("Cargo.toml", PYO3), ("src/lib.rs", ""), ("a/b.txt", "")]);
    let shown = project.tool_in(".", &["init"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    project.write("x.diff", &shown[shown.find("--- ").unwrap()..]);
    let apply = Command::new("git")
        .args(["apply", "x.diff"])
        .current_dir(project.path())
        .output()
        .unwrap();
    assert!(apply.status.success(), "{apply:?}");
    contains(&project.tool(0, &["init"]), &["nothing to do"]);
}

#[test]
fn odd_manifests_keep_their_form() {
    let odd = "# top\r\npackage = { name = 'odd', version = '1.0.0' }   # inline\r\nbench = [ { name = 'old', harness = false } ]\r\n\r\n\
               [lib]\r\ncrate-type = [\r\n    # for Python\r\n    'cdylib',\r\n    'staticlib', # for C\r\n]\r\n\
               [dev-dependencies.criterion]\r\nversion = '0.8' # \u{e9}\r\n";
    let project = Project::new(&[
        ("Cargo.toml", odd),
        ("src/lib.rs", ""),
        ("benches/old.rs", "fn main() {}"),
    ]);
    let text = project.init(&["--path", env!("CARGO_MANIFEST_DIR")]);
    let manifest = project.read("Cargo.toml");
    for line in odd
        .lines()
        .filter(|line| !line.starts_with("bench =") && !line.contains("staticlib"))
    {
        assert!(
            manifest.contains(&format!("{line}\r\n")),
            "{line:?} is not in\n{manifest}"
        );
    }
    assert_eq!(
        manifest.matches('\n').count(),
        manifest.matches("\r\n").count(),
        "{manifest:?}"
    );
    contains(
        &manifest,
        &[
            "bench = [ { name = 'old', harness = false }, { name = \"pairs\", harness = false } ]",
            "'staticlib', # for C \"rlib\", ]",
            "[dev-dependencies.pairbench] path = ",
        ],
    );
    // Its own benches would read the arguments as well.
    contains(&text, &["cargo bench --bench pairs"]);
    assert!(!manifest.contains("bench = false"), "{manifest}");
}

const WORKSPACE: &str =
    "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n\n[workspace.package]\nversion = \"1.0.0\"\n";
const CORE: &str = "[package]\nname = \"core\"\nversion.workspace = true\nedition = \"2021\"\n";
const PYTHON: &str = "[package]\nname = \"core-py\"\nversion.workspace = true\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\", \"rlib\"]\n\n\
                      [dependencies]\ncore = { path = \"../core\" }\npyo3.workspace = true\n";

fn workspace() -> Project {
    Project::new(&[
        (
            "Cargo.toml",
            &format!("{WORKSPACE}\n[workspace.dependencies]\npyo3 = \"0.26\"\n"),
        ),
        ("crates/core/Cargo.toml", CORE),
        ("crates/core/src/lib.rs", ""),
        ("crates/py/Cargo.toml", PYTHON),
        ("crates/py/src/lib.rs", ""),
    ])
}

#[test]
fn in_a_workspace_the_member_that_uses_pyo3_gets_the_pairs() {
    let project = workspace();
    let text = project.init(&[]);
    contains(
        &text,
        &[
            "a Cargo workspace",
            "the only package of the workspace that uses PyO3",
            "cd crates/py && cargo bench",
        ],
    );
    assert!(project.has("crates/py/benches/pairs.rs") && !project.has("crates/core/benches"));
    assert!(
        project
            .read("crates/py/Cargo.toml")
            .starts_with(PYTHON.split("\n\n").next().unwrap())
    );
    assert!(!text.contains("is added"), "it has one already\n{text}");
    assert_eq!(project.read(".gitignore"), "/crates/py/reports/\n");
}

#[test]
fn another_member_is_named_or_is_that_of_the_folder() {
    let project = workspace();
    contains(
        &project.tool(2, &["init", "--package", "nowhere"]),
        &["--package nowhere: the packages here are core, core-py"],
    );
    contains(&project.init(&["--package", "core"]), &["named with --package"]);
    assert!(project.has("crates/core/benches/pairs.rs"));
    // From then on it is found without being named.
    contains(
        &project.tool(0, &["init"]),
        &["the package that has benches/pairs.rs", "nothing to do"],
    );

    let project = workspace();
    let output = project.tool_in("crates/core/src", &["init", "--yes"]);
    contains(
        &String::from_utf8_lossy(&output.stdout),
        &["the package of this folder"],
    );
    assert!(project.has("crates/core/benches/pairs.rs"));
}

#[test]
fn a_workspace_without_an_obvious_member_needs_a_name() {
    let project = Project::new(&[
        ("Cargo.toml", WORKSPACE),
        ("crates/a/Cargo.toml", &CORE.replace("core", "a")),
        ("crates/a/src/lib.rs", ""),
        ("crates/b/Cargo.toml", &CORE.replace("core", "b")),
        ("crates/b/src/lib.rs", ""),
    ]);
    contains(
        &project.tool(2, &["init", "--yes"]),
        &["several packages (a, b)", "--package NAME"],
    );
}

#[test]
fn a_python_project_gets_a_crate_beside_its_package() {
    let project = Project::new(&[
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n",
        ),
        ("shop/__init__.py", ""),
        ("shop/pricing.py", ""),
    ]);
    // A workspace above is not joined.
    let text = project.init(&["--root", "shop"]);
    contains(
        &text,
        &[
            "a Python project without Rust",
            "cd pairbench && cargo bench",
            "pairbench/reports/index.html",
        ],
    );
    contains(
        &project.read("pairbench/Cargo.toml"),
        &[
            "[workspace]",
            "publish = false",
            "[dev-dependencies] pairbench = ",
        ],
    );
    assert_eq!(project.read("pairbench/benches/pairs.rs"), PAIRS);
    assert_eq!(
        project.read(".gitignore"),
        "/pairbench/reports/\n/pairbench/target/\n"
    );
    contains(
        &project.tool(2, &["init", "--package", "x"]),
        &["the packages here are"],
    );
}

#[test]
fn setuptools_that_finds_packages_by_itself_sees_no_second_one() {
    for (file, text, place) in [
        (
            "pyproject.toml",
            "[project]\nname = \"shop\"\nversion = \"1\"\n",
            "benchmarks/pairbench",
        ),
        (
            "setup.py",
            "from setuptools import setup\nsetup(name='shop')\n",
            "benchmarks/pairbench",
        ),
        (
            "setup.py",
            "from setuptools import setup\nsetup(name='shop', packages=['shop'])\n",
            "pairbench",
        ),
        (
            "pyproject.toml",
            "[tool.setuptools]\npackages = [\"shop\"]\n",
            "pairbench",
        ),
        (
            "pyproject.toml",
            "[build-system]\nrequires = []\nbuild-backend = \"flit_core.buildapi\"\n",
            "pairbench",
        ),
    ] {
        let project = Project::new(&[(file, text), ("shop/__init__.py", "")]);
        project.init(&[]);
        assert!(
            project.has(&format!("{place}/benches/pairs.rs")),
            "{text}: {:?}",
            project.files()
        );
    }
}

#[test]
fn a_crate_where_the_backend_looks_for_it_is_found() {
    for (text, place) in [
        (
            "[build-system]\nrequires = []\nbuild-backend = \"maturin\"\n\n[tool.maturin]\nmanifest-path = \"native/Cargo.toml\"\n",
            "native",
        ),
        (
            "[[tool.setuptools-rust.ext-modules]]\ntarget = \"shop._native\"\npath = \"ext/Cargo.toml\"\n",
            "ext",
        ),
        ("[project]\nname = \"shop\"\n", "rust"),
    ] {
        let manifest = format!("{place}/Cargo.toml");
        let source = format!("{place}/src/lib.rs");
        let project = Project::new(&[("pyproject.toml", text), (&manifest, PYO3), (&source, "")]);
        project.init(&[]);
        assert!(project.has(&format!("{place}/benches/pairs.rs")));
    }
}

#[test]
fn a_rust_crate_stays_as_it_is_but_for_its_bench() {
    let manifest = "[package]\nname = \"words\"\nversion = \"0.1.0\"\nedition = \"2024\"";
    let project = Project::new(&[
        ("Cargo.toml", manifest),
        ("src/lib.rs", ""),
        (".gitignore", "reports\n"),
    ]);
    let text = project.init(&[]);
    contains(&text, &["(a Rust crate)"]);
    assert!(
        project.read("Cargo.toml").starts_with(&format!("{manifest}\n")),
        "{}",
        project.read("Cargo.toml")
    );
    assert_eq!(project.read(".gitignore"), "reports\n", "git ignores it already");
}

#[test]
fn a_program_without_a_library_is_told_what_a_bench_needs() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"words\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        ("src/main.rs", "fn main() {}"),
    ]);
    contains(
        &project.init(&[]),
        &["the package has no library", "cargo bench --bench pairs"],
    );
}

#[test]
fn what_stands_in_the_way_is_named_and_nothing_is_written() {
    let broken = [
        (
            "benches/pairs.rs",
            "criterion_main!(benches);",
            "there is no single place for a pair",
        ),
        ("benches/pairs.rs", "fn main( {", "not valid Rust"),
        ("Cargo.toml", "[package\n", "Cargo.toml"),
        (
            "Cargo.toml",
            "[package]\nname = \"words\"\n[[bench]]\nname = \"pairs\"\npath = \"b.rs\"\n",
            "with Rust's own test harness",
        ),
    ];
    for (file, text, why) in broken {
        let project = Project::new(&[
            ("Cargo.toml", "[package]\nname = \"words\"\nversion = \"0.1.0\"\n"),
            ("src/lib.rs", ""),
            ("b.rs", ""),
            (file, text),
        ]);
        let before = project.files();
        contains(&project.tool(2, &["init", "--yes"]), &[why]);
        assert_eq!(project.files(), before);
    }
    let empty = tempfile::tempdir().unwrap();
    let project = Project::new(&[("Cargo.toml", PYO3), ("src/lib.rs", "")]);
    let nowhere = empty.path().to_str().unwrap();
    contains(
        &project.tool(2, &["init", "--root", nowhere]),
        &["no Cargo.toml, pyproject.toml", "--root FOLDER"],
    );
    contains(
        &project.tool(2, &["init", "--path", nowhere]),
        &["no Cargo.toml is there"],
    );
}

#[test]
fn a_normal_dependency_is_reported() {
    let manifest = "[package]\nname = \"words\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\npairbench = \"0.1\"\n";
    let project = Project::new(&[("Cargo.toml", manifest), ("src/lib.rs", "")]);
    contains(&project.init(&[]), &["your normal build contains it"]);
    assert!(!project.read("Cargo.toml").contains("[dev-dependencies]"));
}
