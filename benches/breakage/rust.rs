//! The steps of one crate: resolve as of the day, vendor, `cargo check`, `cargo test`; with each compiler.

use super::judge::WITHDRAWN;
use super::parse::{
    about_lost, cargo_passed, errors, locked, lost_text, newest, rejected, tail, without_tests,
};
use super::results::{Row, Side};
use super::rows::{Made, Tests};
use super::sandbox::{Outcome, Sandbox};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

const FETCH: u32 = 240;
const CHECK: u32 = 240;
const TESTS: u32 = 150;

/// One toolchain.
#[derive(Debug, Clone)]
pub struct Compiler {
    /// Like `1.66`.
    pub release: String,
    /// What the sandbox has to show.
    pub sysroot: PathBuf,
}

/// What all crates share.
#[derive(Debug)]
pub struct Rust {
    /// From the oldest on; the newest also resolves.
    pub compilers: Vec<Compiler>,
    /// The folder of the study.
    pub work: PathBuf,
}

/// The tests of one crate.
struct CargoTest<'a> {
    rust: &'a Rust,
    folder: &'a Path,
    source: &'a Path,
}

impl Tests for CargoTest<'_> {
    type Release = Compiler;

    fn name(compiler: &Compiler) -> &String {
        &compiler.release
    }

    fn works(&mut self, made: &mut Made, compiler: &Compiler) -> Result<bool, String> {
        Ok(made.worked(&compiler.release))
    }

    fn run(&self, compiler: &Compiler) -> Result<Outcome, String> {
        self.rust.cargo(self.folder, self.source, compiler, "test", TESTS)
    }

    fn tidy(&self) {
        remove_target(self.folder);
    }

    fn passed(text: &str) -> BTreeSet<String> {
        cargo_passed(text)
    }

    fn why(text: &str, lost: &[String]) -> String {
        match errors(&about_lost(text, lost)) {
            errors if errors.is_empty() && !lost.is_empty() => lost_text(text, lost),
            errors => errors,
        }
    }
}

impl Rust {
    /// Tries the crate with the compilers from that of the day on; the rows so far when it does not build with that one.
    pub fn study(&self, day: &str, package: &str, folder: &Path, tests: bool) -> Result<Vec<Row>, String> {
        let mut made = Made::new(day, Side::Rust, package);
        let first = super::days::release(day, Side::Rust);
        let from = self.compilers.iter().position(|one| one.release == first);
        let Some(from) = from else {
            return Err(format!("no Rust {first} at hand, which was current on {day}"));
        };
        let compilers = &self.compilers[from..];
        let Some(source) = self.source(&mut made, folder, &compilers[0])? else {
            return Ok(made.done());
        };
        let (first, later) = (&compilers[0], &compilers[1..]);
        for compiler in [first].into_iter().chain(super::order(later)) {
            let outcome = self.cargo(folder, &source, compiler, "check", CHECK)?;
            let (ok, names) = (outcome.ok, rejected(&outcome.text));
            made.add(&compiler.release, "check", &outcome, errors(&outcome.text), names);
            remove_target(folder);
            if compiler.release == first.release {
                if !ok {
                    return Ok(made.done());
                }
            } else if super::is_last(later, &compiler.release, |one| &one.release, ok) {
                break;
            }
        }
        if tests {
            let mut tests = CargoTest {
                rust: self,
                folder,
                source: &source,
            };
            made.run_tests(&mut tests, first, later)?;
        }
        Ok(made.done())
    }

    /// The crate's own source with a lock of the day and everything that it names beside it.
    fn source(&self, made: &mut Made, folder: &Path, first: &Compiler) -> Result<Option<PathBuf>, String> {
        let newest = self.compilers.last().ok_or("no compiler at hand")?;
        let online = self.online(folder, newest);
        let asking = folder.join("asking");
        let manifest = format!(
            "[package]\nname = \"asking\"\nversion = \"0.0.0\"\nedition = \"2018\"\n\n[dependencies]\n{} = \"*\"\n",
            made.package()
        );
        std::fs::create_dir_all(asking.join("src")).map_err(|error| error.to_string())?;
        super::write(&asking.join("Cargo.toml"), &manifest)?;
        super::write(&asking.join("src/lib.rs"), "")?;
        let lock = ["generate-lockfile", "-Zunstable-options", "--publish-time"];
        let lock: Vec<OsString> = lock
            .map(OsString::from)
            .into_iter()
            .chain([super::days::instant(made.day()).into()])
            .collect();
        let cargo = |arguments: &[OsString]| -> Vec<OsString> {
            [OsString::from("cargo")]
                .into_iter()
                .chain(arguments.iter().cloned())
                .collect()
        };
        let fail = |made: &mut Made, outcome: Outcome| {
            made.add(
                &first.release,
                "install",
                &Outcome {
                    ok: false,
                    ..outcome.clone()
                },
                tail(&outcome.text),
                vec![],
            );
            Ok(None)
        };
        let outcome = online.run(&asking, FETCH, &cargo(&lock))?;
        let text = std::fs::read_to_string(asking.join("Cargo.lock")).unwrap_or_default();
        let Some(version) = locked(&text, made.package()).filter(|_| outcome.ok) else {
            return fail(made, outcome);
        };
        made.version(&version);
        let newest = self.newest(made.package(), made.day());
        if newest.as_deref() != Some(&version) {
            let newest = newest.unwrap_or_default();
            let text = format!("{newest} {WITHDRAWN}; what resolves is {version}");
            return fail(made, Outcome { text, ..outcome });
        }
        let outcome = online.run(&asking, FETCH, &cargo(&["fetch".into()]))?;
        let name = format!("{}-{version}", made.package());
        let Some(unpacked) = self.unpacked(&name) else {
            return fail(made, outcome);
        };
        let source = folder.join("source");
        super::copy(&unpacked, &source)?;
        let shipped = source.join("Cargo.lock").exists();
        if !shipped {
            let mut outcome = online.run(&source, FETCH, &cargo(&lock))?;
            if !outcome.ok {
                // What only tests need may have been withdrawn; it still builds.
                let manifest = source.join("Cargo.toml");
                let text = std::fs::read_to_string(&manifest).map_err(|error| error.to_string())?;
                super::write(&manifest, &without_tests(&text))?;
                outcome = online.run(&source, FETCH, &cargo(&lock))?;
            }
            if !outcome.ok {
                return fail(made, outcome);
            }
        }
        let vendor = ["vendor", "--quiet", "--versioned-dirs", "../vendor"].map(OsString::from);
        let outcome = online.run(&source, FETCH, &cargo(&vendor))?;
        if !outcome.ok {
            return fail(made, outcome);
        }
        // Without its version, a lock is one that cargo 1.40 can read.
        let text = std::fs::read_to_string(source.join("Cargo.lock")).unwrap_or_default();
        let old: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with("version = 3") && !line.starts_with("version = 4"))
            .collect();
        super::write(&folder.join("Cargo.lock"), &(old.join("\n") + "\n"))?;
        std::fs::create_dir_all(folder.join("home")).map_err(|error| error.to_string())?;
        let vendored = folder.join("vendor");
        super::write(
            &folder.join("home/config"),
            &format!(
                "[source.crates-io]\nreplace-with = \"vendored\"\n\n[source.vendored]\ndirectory = \"{}\"\n",
                vendored.display()
            ),
        )?;
        made.add(
            &first.release,
            "install",
            &outcome,
            String::new(),
            if shipped {
                vec!["lock shipped".into()]
            } else {
                vec![]
            },
        );
        Ok(Some(source))
    }

    /// The version of the day, whether it resolves or not.
    fn newest(&self, package: &str, day: &str) -> Option<String> {
        let name = package.to_lowercase();
        let below = match name.len() {
            short @ 1..=2 => format!("{short}/{name}"),
            3 => format!("3/{}/{name}", &name[..1]),
            _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
        };
        let registries = std::fs::read_dir(self.work.join("cargo/registry/index")).ok()?;
        let files = registries
            .flatten()
            .map(|entry| entry.path().join(".cache").join(&below));
        let index = files.into_iter().find_map(|file| std::fs::read(file).ok())?;
        newest(&String::from_utf8_lossy(&index), &super::days::instant(day))
    }

    fn unpacked(&self, name: &str) -> Option<PathBuf> {
        let registries = std::fs::read_dir(self.work.join("cargo/registry/src")).ok()?;
        registries
            .flatten()
            .map(|entry| entry.path().join(name))
            .find(|path| path.is_dir())
    }

    /// One command of cargo on the crate, without network, from the lock of the day.
    fn cargo(
        &self,
        folder: &Path,
        source: &Path,
        compiler: &Compiler,
        command: &str,
        limit: u32,
    ) -> Result<Outcome, String> {
        let text = std::fs::read_to_string(folder.join("Cargo.lock")).map_err(|error| error.to_string())?;
        super::write(&source.join("Cargo.lock"), &text)?;
        let set = |name: &str, value: &str| (name.to_string(), OsString::from(value));
        let sandbox = Sandbox {
            folder: folder.into(),
            readable: vec![compiler.sysroot.clone()],
            writable: vec![],
            network: false,
            variables: vec![
                ("CARGO_HOME".into(), folder.join("home").into()),
                ("CARGO_TARGET_DIR".into(), folder.join("target").into()),
                // As a crate that depends on it has it.
                set("RUSTFLAGS", "--cap-lints=warn"),
                set("CARGO_INCREMENTAL", "0"),
                set("CARGO_PROFILE_DEV_DEBUG", "0"),
                set("CARGO_PROFILE_TEST_DEBUG", "0"),
                set("CARGO_BUILD_JOBS", "1"),
            ],
            path: vec![compiler.sysroot.join("bin")],
        };
        let mut all: Vec<OsString> = ["cargo", command, "--offline"].map(OsString::from).into();
        if command == "test" {
            all.push("--no-fail-fast".into());
        }
        sandbox.run(source, limit, &all)
    }

    fn online(&self, folder: &Path, compiler: &Compiler) -> Sandbox {
        let home = self.work.join("cargo");
        Sandbox {
            folder: folder.into(),
            readable: vec![compiler.sysroot.clone()],
            writable: vec![home.clone()],
            network: true,
            variables: vec![
                ("CARGO_HOME".into(), home.into()),
                // `--publish-time` is not stable yet.
                ("RUSTC_BOOTSTRAP".into(), "1".into()),
            ],
            path: vec![compiler.sysroot.join("bin")],
        }
    }
}

fn remove_target(folder: &Path) {
    let _ = std::fs::remove_dir_all(folder.join("target"));
}
