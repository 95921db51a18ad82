//! A tiny package, and a rustup that is made up and starts the real Cargo.

use super::*;
use std::os::unix::fs::PermissionsExt;

/// A package with one function, beside what stands in for rustup.
struct Tiny {
    folder: tempfile::TempDir,
    registry: Registry,
}

impl Tiny {
    fn new(code: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "Cargo.toml",
            "[workspace]\nmembers = [\"tiny\", \"other\"]\nresolver = \"3\"\n[workspace.package]\nrust-version = \"1.70\"\n",
        );
        write(
            "tiny/Cargo.toml",
            "[package]\nname = \"tiny\"\nedition = \"2021\"\nrust-version.workspace = true\n",
        );
        write(
            "other/Cargo.toml",
            "[package]\nname = \"other\"\nedition = \"2021\"\n",
        );
        write("tiny/src/lib.rs", code);
        write("other/src/lib.rs", "");
        let locked = cargo::command()
            .current_dir(folder.path())
            .args(["generate-lockfile", "--offline", "--quiet"])
            .status();
        assert!(locked.unwrap().success());
        let manifest = folder.path().join("tiny");
        Tiny {
            registry: Registry::new("tiny", manifest.to_str().unwrap()),
            folder,
        }
    }

    /// Shell code for each thing that rustup is asked; `cargo` stands for the real one.
    fn check(&self, list: &str, rustc: &str, cargo: &str) -> Checked {
        let (draft, path) = (
            self.folder.path().join("draft"),
            self.folder.path().join("rustup"),
        );
        let real = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        let script = format!(
            "#!/bin/sh\n[ \"$RUSTUP_AUTO_INSTALL\" = 0 ] || exit 9\ncargo() {{ '{real}' \"$@\"; }}\n\
             case \"$1 $3\" in\n'toolchain ') {list};;\n'run rustc') {rustc};;\n'run cargo') shift 3; {cargo};;\nesac\n"
        );
        std::fs::write(&draft, script).unwrap();
        // Copied by another process: a file that this one has open for writing does not start, and other tests fork.
        let copied = Command::new("cp").args([&draft, &path]).status().unwrap();
        assert!(copied.success());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        self.check_by(path.into())
    }

    fn check_by(&self, rustup: OsString) -> Checked {
        let tools = Tools {
            rustup,
            at_hand: "rustc 1.95.0 (made up)".into(),
        };
        let target = self.folder.path().join("target");
        tools.check(&self.registry, "1.70", &target, &Stop::new())
    }
}

const LIST: &str = "printf 'stable-here (active)\\n1.70.0-here\\n1.70-here\\n'";
const RUSTC: &str = "echo \"rustc 1.70.0 ($2)\"";
const GOOD: &str = "pub fn sum(numbers: &[u64]) -> u64 { numbers.iter().sum() }";

fn unchecked(checked: Checked) -> String {
    match checked {
        Checked::Unchecked { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_version_is_that_of_the_package_or_of_its_workspace() {
    let tiny = Tiny::new(GOOD);
    assert_eq!(declared(&tiny.registry), Ok(Some("1.70".into())));
    let manifest = tiny.folder.path().join("other");
    let other = Registry::new("other", manifest.to_str().unwrap());
    assert_eq!(declared(&other), Ok(None));
    let lost = Registry::new("lost", manifest.to_str().unwrap());
    assert!(declared(&lost).unwrap_err().contains("no package lost"));
    std::fs::write(manifest.join("Cargo.toml"), "[package").unwrap();
    let error = declared(&other).unwrap_err();
    assert!(error.contains("error"), "{error}");
}

#[test]
fn this_repository_declares_one() {
    let workloads = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads");
    let registry = Registry::new("pairbench-workloads", workloads.to_str().unwrap());
    assert!(declared(&registry).unwrap().is_some());
}

#[test]
fn code_that_compiles() {
    let tiny = Tiny::new(GOOD);
    let compiles = Checked::Compiles {
        rustc: "rustc 1.70.0 (1.70-here)".into(),
    };
    assert_eq!(tiny.check(LIST, RUSTC, "cargo \"$@\""), compiles);
    // Again: Cargo finds nothing to do.
    assert_eq!(tiny.check(LIST, RUSTC, "cargo \"$@\""), compiles);
    let log = std::fs::read_to_string(tiny.folder.path().join("target/check.log")).unwrap();
    assert!(
        !log.contains("Checking tiny") && log.contains("Finished"),
        "{log}"
    );
}

#[test]
fn code_that_does_not() {
    let tiny = Tiny::new("pub fn sum() -> u64 { nowhere::sum() }");
    let Checked::Fails { rustc, error } = tiny.check(LIST, RUSTC, "cargo \"$@\"") else {
        panic!("it compiled");
    };
    assert_eq!(rustc, "rustc 1.70.0 (1.70-here)");
    assert!(
        error.starts_with("error[E") && error.contains("nowhere") && error.contains("src/lib.rs:1:"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_checked_says_why() {
    let tiny = Tiny::new(GOOD);
    let reason = unchecked(tiny.check("echo stable-here", RUSTC, "exit 7"));
    assert!(
        reason.contains("1.70 is not installed")
            && reason.contains("rustup toolchain install 1.70 --profile minimal"),
        "{reason}"
    );
    let reason = unchecked(tiny.check_by("/nowhere/rustup".into()));
    assert!(
        reason.contains("no rustup") && reason.contains("rustc 1.95.0"),
        "{reason}"
    );
    let reason = unchecked(tiny.check("echo error: no settings >&2; exit 1", RUSTC, "exit 7"));
    assert!(reason.contains("no settings"), "{reason}");
    let reason = unchecked(tiny.check(LIST, "echo error: no component >&2; exit 1", "exit 7"));
    assert!(
        reason.contains("1.70-here") && reason.contains("no component"),
        "{reason}"
    );
    let never_downloaded = "echo 'error: failed to download x, but --offline was specified' >&2; exit 101";
    let reason = unchecked(tiny.check(LIST, RUSTC, never_downloaded));
    assert!(reason.contains("failed to download"), "{reason}");
    let reason = unchecked(tiny.check(LIST, RUSTC, "kill -KILL $$"));
    assert!(reason.contains("check.log"), "{reason}");
}

#[test]
fn the_compiler_at_hand_needs_no_second_look() {
    let tiny = Tiny::new(GOOD);
    let tools = Tools {
        rustup: "/nowhere/rustup".into(),
        at_hand: "rustc 1.70.3 (made up)".into(),
    };
    let checked = tools.check(&tiny.registry, "1.70", Path::new("/nowhere"), &Stop::new());
    let rustc = tools.at_hand;
    assert_eq!(checked, Checked::Compiles { rustc });
}

#[test]
fn toolchains_are_known_by_their_versions() {
    let listed =
        "stable-x86_64-unknown-linux-gnu (active, default)\n1.89.1-x86_64-unknown-linux-gnu\n1.8-x86\n";
    let name = |version| named(listed, version);
    assert_eq!(name("1.89").as_deref(), Some("1.89.1-x86_64-unknown-linux-gnu"));
    assert_eq!(name("1.89.1"), name("1.89"));
    assert_eq!((name("1.89.0"), name("1.9")), (None, None));
    assert_eq!(name("1.8").as_deref(), Some("1.8-x86"));
    assert_eq!(named("no installed toolchains\n", "1.89"), None);
}
