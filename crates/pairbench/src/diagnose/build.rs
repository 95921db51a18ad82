//! What the Rust side takes to build, from scratch and after a change.

use super::{About, Diagnose};
use crate::estimate::Middle;
use crate::hosts::cargo;
use crate::hosts::launcher::Stop;
use crate::registry::Registry;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Files of pairs that are touched, one after the other.
const TOUCHED: usize = 3;

/// The folder of these builds below the target folder.
const FOLDER: &str = "pairbench-build";

/// What the Rust sides of all pairs take to build, in its own target folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BuildTimes {
    /// The Cargo package of the pairs.
    #[serde(default)]
    pub package: String,
    /// Pairs in it.
    #[serde(default)]
    pub pairs: u32,
    /// Seconds from scratch, dependencies included; their sources were on the disk.
    pub clean_s: f64,
    /// Seconds after a change in the Rust file of a pair, by pair. The whole package is built again, so the values
    /// differ only by chance.
    pub incremental_s: Vec<(String, f64)>,
    /// Packages that were built from scratch, the pairs' own included.
    pub packages: u32,
}

impl BuildTimes {
    /// Seconds after a change in any one pair: the median over those that were tried, since the same package is built
    /// again. `None` if none was tried.
    pub fn incremental(&self) -> Option<Middle> {
        let seconds: Vec<f64> = self.incremental_s.iter().map(|(_, seconds)| *seconds).collect();
        Middle::of(&seconds)
    }
}

/// The supervisor itself builds: it may take longer than a launch, and more memory.
pub(super) struct Pass;

impl Diagnose for Pass {
    fn about(&self) -> About {
        About {
            is_cheap: false,
            step_seconds: 240.0,
            ..About::named("build")
        }
    }
}

/// Builds the registry's package as a library with the release profile: from scratch, then again after the Rust file of
/// a pair has changed. Only the file's modification time is set to now, and back after the build; its content stays.
///
/// `pairs` are names with Rust files, of which a few are touched. The folder of the build is removed at the end.
///
/// # Errors
///
/// Why it cannot be built, or a file cannot be touched.
pub fn run(
    registry: &Registry,
    pairs: &[(&str, &Path)],
    target: &Path,
    stop: &Stop,
    report: &mut dyn FnMut(&str),
) -> Result<BuildTimes, String> {
    let folder = target.join(FOLDER);
    let builds = Builds {
        registry,
        stop,
        folder: &folder,
    };
    builds.clear();
    report("from nothing");
    let built = builds.whole(pairs, report);
    // A failed build keeps its log, which the error names.
    if built.is_ok() {
        builds.clear();
    }
    built
}

struct Builds<'a> {
    registry: &'a Registry,
    stop: &'a Stop,
    folder: &'a Path,
}

impl Builds<'_> {
    fn whole(&self, pairs: &[(&str, &Path)], report: &mut dyn FnMut(&str)) -> Result<BuildTimes, String> {
        let (clean_s, packages) = self.build()?;
        let mut incremental_s = Vec::new();
        for (name, path) in spread(pairs, TOUCHED) {
            report(&format!("after a change of {name}"));
            let _touched = Touched::now(path)
                .map_err(|error| format!("{} cannot be marked as changed: {error}", path.display()))?;
            let (seconds, again) = self.build()?;
            if again == 0 {
                return Err(format!("a change of {} had nothing built", path.display()));
            }
            incremental_s.push((name.to_string(), seconds));
        }
        Ok(BuildTimes {
            package: self.registry.package().into(),
            pairs: u32::try_from(self.registry.entries().len()).unwrap_or(u32::MAX),
            clean_s,
            incremental_s,
            packages,
        })
    }

    /// Seconds that a build took, and the packages that it built.
    fn build(&self) -> Result<(f64, u32), String> {
        std::fs::create_dir_all(self.folder)
            .map_err(|error| format!("{}: {error}", self.folder.display()))?;
        let (messages, log) = (self.folder.join("messages.json"), self.folder.join("build.log"));
        let took = cargo::run(self.command(), &messages, &log, self.stop)?;
        let messages = std::fs::read_to_string(&messages).unwrap_or_default();
        Ok((took.as_secs_f64(), built(&messages)))
    }

    fn command(&self) -> Command {
        let registry = self.registry;
        let mut command = cargo::build("build", registry.manifest_dir(), registry.package(), self.folder);
        command
            .arg("--no-default-features")
            // A cache of compiled crates would stand in for the compiler.
            .env("RUSTC_WRAPPER", "");
        command
    }

    fn clear(&self) {
        let _ = std::fs::remove_dir_all(self.folder);
    }
}

/// At most this many, spread over all.
fn spread<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    let number = all.len().min(most);
    (0..number).map(|at| all[at * all.len() / number]).collect()
}

/// The number of packages of which something was compiled, by the messages of Cargo.
fn built(messages: &str) -> u32 {
    let compiled = cargo::artifacts(messages).filter(|artifact| !artifact.fresh);
    let packages: HashSet<String> = compiled.map(|artifact| artifact.package_id).collect();
    u32::try_from(packages.len()).unwrap_or(u32::MAX)
}

/// A file that counts as just changed, until this is dropped.
struct Touched {
    path: PathBuf,
    before: SystemTime,
    now: SystemTime,
}

impl Touched {
    fn now(path: &Path) -> io::Result<Self> {
        let before = std::fs::metadata(path)?.modified()?;
        set_modified(path, SystemTime::now())?;
        Ok(Touched {
            path: path.into(),
            before,
            // As the file system stores it.
            now: std::fs::metadata(path)?.modified()?,
        })
    }
}

impl Drop for Touched {
    /// Restores the time, so that the user's next build has nothing to do, unless the file was edited meanwhile.
    fn drop(&mut self) {
        let now = std::fs::metadata(&self.path).and_then(|file| file.modified());
        if now.is_ok_and(|now| now == self.now) {
            let _ = set_modified(&self.path, self.before);
        }
    }
}

fn set_modified(path: &Path, time: SystemTime) -> io::Result<()> {
    File::options().append(true).open(path)?.set_modified(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touched_file_is_as_before_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rs");
        std::fs::write(&path, "fn a() {}").unwrap();
        let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        set_modified(&path, long_ago).unwrap();
        let modified = || std::fs::metadata(&path).unwrap().modified().unwrap();
        let touched = Touched::now(&path).unwrap();
        assert!(modified() > long_ago);
        drop(touched);
        assert_eq!(modified(), long_ago);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "fn a() {}");
        let touched = Touched::now(&path).unwrap();
        let edited = modified() + std::time::Duration::from_secs(1);
        set_modified(&path, edited).unwrap();
        drop(touched);
        assert_eq!(modified(), edited);
    }

    #[test]
    fn packages_are_counted_once_and_fresh_ones_not() {
        let messages = r#"
{"reason":"compiler-artifact","package_id":"a","fresh":false,"target":{"name":"build-script-build"}}
{"reason":"compiler-artifact","package_id":"a","fresh":false,"target":{"name":"a"}}
{"reason":"build-script-executed","package_id":"a"}
{"reason":"compiler-artifact","package_id":"b","fresh":true}
{"reason":"compiler-message","package_id":"c"}
no message
{"reason":"compiler-artifact","package_id":"d","fresh":false}
{"reason":"build-finished","success":true}"#;
        assert_eq!(built(messages), 2);
        assert_eq!(built(""), 0);
    }

    #[test]
    fn spread_picks_a_few_from_all_over() {
        assert_eq!(spread(&[1, 2, 3, 4, 5, 6], 3), [1, 3, 5]);
        assert_eq!(spread(&[1, 2], 3), [1, 2]);
        assert!(spread::<u8>(&[], 3).is_empty());
    }
}
