//! `new` and the build script, in a crate of its own outside the workspace: files that pair up compile, verify and
//! measure at once; files that do not end the build with the name of the missing one.
#![allow(missing_docs)]

#[path = "common/files.rs"]
mod files;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const PROFILES: [&str; 5] = ["hot-loop", "flat", "parallel", "concurrent", "library-bound"];

/// A crate with pairs of its own, which is a git checkout as well.
struct Crate(TempDir);

impl Crate {
    /// With pairbench as users have it, or with the registry's types alone, which build quickly.
    fn new(name: &str, harness: bool) -> Self {
        let made = Crate(tempfile::tempdir().unwrap());
        let root = env!("CARGO_MANIFEST_DIR");
        let features = if harness { "" } else { ", default-features = false" };
        let used = if harness {
            "rayon = \"1\"\ntokio = { version = \"1\", default-features = false, features = [\"rt-multi-thread\"] }\n"
        } else {
            ""
        };
        made.write(
            "Cargo.toml",
            &format!(
                "[workspace]\n[package]\nname = \"{name}\"\nedition = \"2024\"\n[dependencies]\n\
                 pairbench = {{ path = {root:?}{features} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n{used}\
                 [build-dependencies]\npairbench-build = {{ path = \"{root}/../pairbench-build\" }}\n"
            ),
        );
        made.write(
            "build.rs",
            "fn main() { pairbench_build::registry(\"workloads\", \"python\"); }\n",
        );
        let main = if harness {
            "fn main() -> std::process::ExitCode {\n    pairbench::cli::bench_main(pairbench::cli::Suite { \
             registry: registry(), register_extension: None })\n}\n"
        } else {
            "fn main() { println!(\"{}\", registry().entries().len()); }\n"
        };
        made.write("src/main.rs", &format!("pairbench::pairs!();\n{main}"));
        made.write("workloads/README", "");
        made.write("python/README", "");
        std::fs::copy(
            Path::new(root).join("../../Cargo.lock"),
            made.path().join("Cargo.lock"),
        )
        .unwrap();
        made
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        files::write(self.path(), file, text);
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .current_dir(self.path())
            .args(arguments)
            .arg("--offline")
            .env("CARGO_TARGET_DIR", target())
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let settings = [
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@localhost",
            "-c",
            "commit.gpgsign=false",
        ];
        let output = Command::new("git")
            .current_dir(self.path())
            .args(settings)
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    fn scaffold(&self, name: &str, profile: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_pairbench"))
            .current_dir(self.path())
            .args(["new", name, "--profile", profile])
            .output()
            .unwrap()
    }
}

/// The workspace's own target folder: what is built there already is not built again.
fn target() -> PathBuf {
    let exe = Path::new(env!("CARGO_BIN_EXE_pairbench"));
    exe.ancestors().nth(2).unwrap().to_path_buf()
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn what_new_writes_compiles_verifies_and_measures_at_once() {
    let made = Crate::new("pairbench-scaffold-test", true);
    made.git(&["init", "-q"]);
    made.git(&["add", "-A"]);
    made.git(&["commit", "-qm", "before"]);
    for profile in PROFILES {
        let folder = profile.replace('-', "_");
        let name = format!("pair_{folder}");
        let folder = if profile == "concurrent" {
            "concurrency"
        } else {
            &folder
        };
        let output = made.scaffold(&name, profile);
        assert!(output.status.success(), "{}", text(&output));
        let status = made.git(&["status", "--porcelain", "--untracked-files=all"]);
        let mut lines: Vec<_> = status.lines().collect();
        lines.sort_unstable();
        let wanted = [
            format!("?? python/{folder}/{name}.py"),
            format!("?? workloads/{folder}/{name}.rs"),
        ];
        assert_eq!(lines, wanted, "two new files and nothing else");
        made.git(&["add", "-A"]);
        made.git(&["commit", "-qm", "a pair"]);
    }
    assert!(
        !made.scaffold("pair_flat", "flat").status.success(),
        "overwrote a pair"
    );

    let built = made.cargo(&["build"]);
    assert!(built.status.success(), "{}", text(&built));
    assert!(!text(&built).contains("warning:"), "{}", text(&built));
    let bench = |arguments: &[&str]| {
        let executable = target().join("debug/pairbench-scaffold-test");
        let output = Command::new(executable)
            .current_dir(made.path())
            .arg("--bench")
            .args(arguments)
            .env("PAIRBENCH_ALLOW_DEBUG", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output));
        text(&output)
    };
    let verified = bench(&["--test"]);
    for profile in PROFILES {
        let line = format!("ok   pair_{}", profile.replace('-', "_"));
        assert!(verified.contains(&line), "{verified}");
    }
    let short = "--quick --launches 1 --warm-up-time 0.01 --measurement-time 0.05 --reports reports";
    let measured = bench(&short.split(' ').collect::<Vec<_>>());
    for variant in ["threads", "rayon", "rust", "tokio"] {
        assert!(measured.contains(variant), "{measured}");
    }
    assert!(
        !measured.contains("not measured") && !measured.contains("FAIL"),
        "{measured}"
    );
    assert!(made.path().join("reports/index.html").exists());
}

#[test]
fn an_orphan_on_either_side_is_a_build_error_that_names_the_missing_file() {
    let made = Crate::new("pairbench-orphan-test", false);
    let pair = "//! Adds.\nuse pairbench::registry::prelude::*;\n\
                /// The pair.\npub fn pair() -> Pair {\n    Pair::new(Profile::Flat, \"adds\").input(|size, seed| size + seed)\
                .cases(\"n\", &[1]).rust(|n: &u64| n + 1).build()\n}\n";
    made.write("workloads/flat/whole.rs", pair);
    made.write("python/flat/whole.py", "def python(n):\n    return n + 1\n");
    let output = made.cargo(&["check"]);
    assert!(output.status.success(), "{}", text(&output));

    // Files that only Python uses, and those that it writes itself, are not compiled in.
    made.write("python/flat/whole.py", "def python(n):\n    return 1 + n\n");
    made.write("python/flat/__pycache__/whole.cpython-311.pyc", "");
    let output = made.cargo(&["check"]);
    let compiled = ["Compiling", "Checking"].map(|word| text(&output).contains(word));
    assert_eq!(compiled, [false, false], "{}", text(&output));

    made.write("workloads/flat/only_rust.rs", pair);
    made.write(
        "python/hot_loop/only_python.py",
        "def python(n):\n    return n + 1\n",
    );
    let output = made.cargo(&["check"]);
    assert!(!output.status.success(), "an orphan was built");
    let path = |file: &str| made.path().join(file).display().to_string();
    for (has, lacks) in [
        ("workloads/flat/only_rust.rs", "python/flat/only_rust.py"),
        (
            "python/hot_loop/only_python.py",
            "workloads/hot_loop/only_python.rs",
        ),
    ] {
        let line = format!("{} has no twin: {} is missing", path(has), path(lacks));
        assert!(
            text(&output).contains(&line),
            "{line}\nis not in\n{}",
            text(&output)
        );
    }

    // Fixed, it builds again: the script runs again when a file is added or removed.
    std::fs::rename(
        made.path().join("python/hot_loop/only_python.py"),
        made.path().join("python/flat/only_rust.py"),
    )
    .unwrap();
    let output = made.cargo(&["check"]);
    assert!(output.status.success(), "{}", text(&output));
}
