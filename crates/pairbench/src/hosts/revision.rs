//! The bench of another revision of the repository: its sources in their own work tree, built in their own target
//! folder, so that neither the user's checkout nor its builds change.

use super::cargo;
use super::launcher::Stop;
use super::seed::seed_target;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Variables that would lead Git to another repository, as it sets them for hooks.
const OF_GIT: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

/// A bench of another revision, ready to run.
#[derive(Debug)]
pub(crate) struct Revision {
    /// What the user called it.
    pub name: String,
    /// Its commit.
    pub commit: String,
    /// Its package's folder, in the work tree.
    pub manifest_dir: PathBuf,
    pub executable: PathBuf,
    /// Everything that was made for it.
    pub folder: PathBuf,
}

/// Checks a revision out below the target folder and builds this bench of it there, like this one except for features
/// and profiles chosen on the command line. Later revisions take its place, so that little is compiled again.
///
/// # Errors
///
/// Why there is no such bench; the text says what to do.
pub(crate) fn prepare(
    name: &str,
    target: &Path,
    stop: &Stop,
    say: &dyn Fn(String),
) -> Result<Revision, String> {
    let (manifest_dir, package) = (variable("CARGO_MANIFEST_DIR")?, variable("CARGO_PKG_NAME")?);
    let manifest_dir = PathBuf::from(manifest_dir);
    let commit = commit(&manifest_dir, name)?;
    let top = PathBuf::from(git(&manifest_dir, &["rev-parse", "--show-toplevel"])?);
    let below = fs::canonicalize(&manifest_dir)
        .ok()
        .zip(fs::canonicalize(&top).ok())
        .and_then(|(package, top)| Some(package.strip_prefix(top).ok()?.to_path_buf()))
        .ok_or_else(|| format!("{} is not below {}", manifest_dir.display(), top.display()))?;
    let folder = target.join("pairbench-against");
    let source = folder.join("source");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    say(format!(
        "building {name} ({}) to measure beside this one",
        short(&commit)
    ));
    check_out(&top, &source, &commit)?;
    copy_lock(&manifest_dir, &top, &source);
    // Cargo gives a package the same file names in every checkout, so that one folder would mix them up.
    let own_target = folder.join("target");
    seed_target(target, &own_target, stop);
    let manifest_dir = source.join(below);
    if !manifest_dir.join("Cargo.toml").exists() {
        return Err(format!(
            "{name} has no package {package} in {}",
            manifest_dir.display()
        ));
    }
    let bench = bench_name()?;
    let (messages, log) = (folder.join("messages.json"), folder.join("build.log"));
    let mut command = cargo::command();
    command
        .current_dir(&manifest_dir)
        // A debug build measures only where it is allowed to, as tests do.
        .args([if cfg!(debug_assertions) { "test" } else { "bench" }, "--no-run"])
        .args(["--bench", &bench, "-p", &package])
        .args(["--message-format", "json-render-diagnostics"]);
    cargo::in_folder(&mut command, &own_target);
    cargo::run(command, &messages, &log, stop).map_err(|error| format!("{name}: {error}"))?;
    let messages = fs::read_to_string(messages).unwrap_or_default();
    let executable = cargo::artifacts(&messages)
        .filter_map(|artifact| artifact.executable)
        .filter(|path| name_of(path) == Some(&bench))
        .last()
        .ok_or_else(|| format!("{name} has no bench {bench}"))?;
    Ok(Revision {
        name: name.into(),
        commit,
        manifest_dir,
        executable,
        folder,
    })
}

impl Revision {
    /// Name and commit.
    pub fn label(&self) -> String {
        match self.commit.starts_with(&self.name) {
            true => short(&self.commit).into(),
            false => format!("{} ({})", self.name, short(&self.commit)),
        }
    }

    /// Its executable, to be started where this one was, with the environment that Cargo would give it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        command
            .current_dir(&self.manifest_dir)
            .env("CARGO_MANIFEST_DIR", &self.manifest_dir);
        command
    }
}

/// The commit of a revision.
fn commit(folder: &Path, name: &str) -> Result<String, String> {
    git(folder, &["rev-parse", "--git-dir"]).map_err(|error| format!("--against needs Git: {error}"))?;
    let revision = format!("{name}^{{commit}}");
    git(folder, &["rev-parse", "--verify", "--quiet", &revision]).map_err(|_| {
        format!(
            "Git knows no revision {name:?} here. Fetch it first; in hosted CI the checkout has to have the whole history \
             (fetch-depth: 0)"
        )
    })
}

/// Checks a commit out into a work tree, which is made if there is none.
fn check_out(top: &Path, source: &Path, commit: &str) -> Result<(), String> {
    let is_there = source.join(".git").exists() && git(source, &["rev-parse", "HEAD"]).is_ok();
    if is_there {
        git(source, &["checkout", "--quiet", "--detach", "--force", commit])?;
        git(source, &["clean", "--quiet", "-fd"])?;
        return Ok(());
    }
    if source.exists() {
        fs::remove_dir_all(source).map_err(|error| format!("{}: {error}", source.display()))?;
    }
    let path = source.to_string_lossy();
    // Forced, because Git still lists a work tree that was removed by hand.
    git(
        top,
        &["worktree", "add", "--quiet", "--detach", "--force", &path, commit],
    )
    .map(drop)
}

/// Copies this checkout's lock file if the revision has none, so that both use the same versions of libraries.
fn copy_lock(manifest_dir: &Path, top: &Path, source: &Path) {
    let lock = manifest_dir.ancestors().map(|folder| folder.join("Cargo.lock"));
    let Some(lock) = lock.into_iter().find(|lock| lock.exists()) else {
        return;
    };
    if let Ok(below) = lock.strip_prefix(top)
        && !source.join(below).exists()
    {
        // Without it Cargo makes one.
        let _ = fs::copy(&lock, source.join(below));
    }
}

/// Runs Git in a folder, without the repository's hooks; returns what it printed.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(["-c", "core.hooksPath=/dev/null"])
        .args(arguments);
    for variable in OF_GIT {
        command.env_remove(variable);
    }
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .map_err(|error| format!("git does not start: {error}"))?;
    match status.success() {
        true => Ok(String::from_utf8_lossy(&stdout).trim().into()),
        false => Err(format!("git: {}", String::from_utf8_lossy(&stderr).trim())),
    }
}

/// A variable that Cargo sets for what it runs.
fn variable(name: &str) -> Result<String, String> {
    std::env::var(name)
        .map_err(|_| "--against builds with Cargo: start it as `cargo bench -- --against …`".into())
}

/// The name of this bench.
fn bench_name() -> Result<String, String> {
    let path = std::env::current_exe().map_err(|error| error.to_string())?;
    let name = name_of(&path).map(Into::into);
    name.ok_or_else(|| format!("{} is not called as Cargo calls benches", path.display()))
}

/// The name of a bench, by its executable `NAME-HASH`.
fn name_of(executable: &Path) -> Option<&str> {
    Some(executable.file_stem()?.to_str()?.rsplit_once('-')?.0)
}

/// Shortens a commit as Git usually does.
fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}
