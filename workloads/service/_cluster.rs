//! A PostgreSQL of our own: made for one run, reached by a Unix socket only, and gone afterwards.

use super::access::Access;
use super::programs::{Account, Programs, copy_folder, effective_user};
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};
use tempfile::TempDir;
use tokio_postgres::Config;

const USER: &str = "pairbench";
/// The database with the schema and the rows.
pub const TEMPLATE: &str = "template_library";
/// What is kept in the cache depends on it: raise it when initdb's arguments or what happens after the script change.
const LAYOUT: u32 = 1;
/// Unix sockets have names of at most 104 bytes (macOS; Linux 108); the rest is for `/.s.PGSQL.5432` and our folder.
const LONGEST_FOLDER: usize = 60;
const START_LIMIT: Duration = Duration::from_secs(60);
const CLEAN_STOP_LIMIT: Duration = Duration::from_secs(120);
const STOP_LIMIT: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(5);

const SETTINGS: [&str; 15] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=512MB",
    "checkpoint_timeout=1h",
    "shared_buffers=64MB",
    "max_connections=60",
    "autovacuum=off",
    "jit=off",
    "timezone=UTC",
    "logging_collector=off",
];

/// A PostgreSQL server with its data in a temporary folder. It stops and the folder is removed when this is dropped, and also
/// when our process is killed.
///
/// Not for use within asynchronous code: the functions wait.
pub struct Cluster {
    // Before the folder: the server stops before its data is removed.
    server: Server,
    folder: WorkFolder,
}

impl Cluster {
    /// Starts a server that has the schema and the rows of `script` as a template for databases. What takes long is
    /// done once and kept in the folder `cache`.
    pub fn start(programs: &Programs, cache: &Path, script: &str) -> Result<Self, String> {
        Self::start_at(programs, cache, script, None)
    }

    /// The same, reached by a port of the loopback interface too.
    pub fn start_at(
        programs: &Programs,
        cache: &Path,
        script: &str,
        port: Option<u16>,
    ) -> Result<Self, String> {
        let account = Account::find()?;
        let kept = cache.join(format!(
            "postgresql-{}-{:016x}",
            programs.version,
            fingerprint(script)
        ));
        if !kept.is_dir() {
            make_template(programs, account, cache, &kept, script)?;
        }
        let mut folder = WorkFolder::new(account)?;
        folder.port = port;
        let programs = &folder.reachable(programs, account)?;
        let data = folder.data();
        copy_folder(&kept, &data, account)
            .map_err(|error| format!("copying {} to {}: {error}", kept.display(), data.display()))?;
        let server = Server::start(programs, account, &folder)?;
        Ok(Self { server, folder })
    }

    /// How to reach it.
    pub fn access(&self) -> Result<Access, String> {
        Access::open(self.folder.config())
    }

    /// The folder with its data and its socket.
    #[cfg(test)]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.server.child.id()
    }

    /// The end of its log, to be put after a message.
    pub fn last_lines(&self) -> String {
        self.server.last_lines()
    }
}

/// FNV-1a: the same in every release of Rust, unlike the standard library's.
fn fingerprint(script: &str) -> u64 {
    // What root made others cannot read.
    let salt = format!("{LAYOUT} {} ", effective_user());
    salt.bytes()
        .chain(script.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// What [`WorkFolder`] leaves to a shell. It waits for the end of its standard input, which is that of our process, then ends
/// the server that is on the folder, and removes it.
const GUARD: &str = r#"cat
read -r server <"$1/data/postmaster.pid" && kill -QUIT "$server"
tries=50
while [ $tries -gt 0 ] && kill -0 "$server"; do
    sleep 0.1
    tries=$((tries - 1))
done
rm -rf -- "$1""#;

/// A folder for a server's data and its socket. It is removed when this is dropped, and when our process is killed.
struct WorkFolder {
    folder: TempDir,
    guard: Child,
    port: Option<u16>,
}

impl WorkFolder {
    /// One that the server's user can reach, with a path short enough for a socket in it.
    fn new(account: Option<Account>) -> Result<Self, String> {
        let usual = env::temp_dir();
        let reachable = || account.is_none() || Account::reaches(&usual);
        let fits = usual.is_absolute() && usual.as_os_str().len() <= LONGEST_FOLDER && reachable();
        let parent = if fits { usual } else { PathBuf::from("/tmp") };
        let problem = |error: io::Error| format!("a temporary folder in {}: {error}", parent.display());
        let folder = tempfile::Builder::new()
            .prefix("pairbench-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&parent)
            .map_err(problem)?;
        let guard = Command::new("sh")
            .args(["-c", GUARD, "sh"])
            .arg(folder.path())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl+C in a terminal is not for it.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("sh does not start: {error}"))?;
        let folder = Self {
            folder,
            guard,
            port: None,
        };
        if let Some(account) = account {
            account.own(folder.path()).map_err(problem)?;
        }
        Ok(folder)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The programs where `account` can run them.
    fn reachable(&self, programs: &Programs, account: Option<Account>) -> Result<Programs, String> {
        let copied = programs.reachable(account, self.path());
        copied.map_err(|error| format!("copying PostgreSQL to {}: {error}", self.path().display()))
    }

    fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// The superuser's connection to the server in it.
    fn config(&self) -> Config {
        let mut config = Config::new();
        config.host_path(self.path()).user(USER).dbname("postgres");
        if let Some(port) = self.port {
            config.port(port);
        }
        config
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // Its work is ours now. Neither fails for a child that has not been waited for.
        let _ = self.guard.kill();
        let _ = self.guard.wait();
    }
}

/// Runs initdb and the script, and puts the data folder at `kept`.
fn make_template(
    programs: &Programs,
    account: Option<Account>,
    cache: &Path,
    kept: &Path,
    script: &str,
) -> Result<(), String> {
    let folder = WorkFolder::new(account)?;
    let programs = &folder.reachable(programs, account)?;
    let data = folder.data();
    let log = folder.path().join("log");
    let status = command(programs, "initdb", account, &log)?
        .args([
            "--no-sync",
            "-A",
            "trust",
            "-U",
            USER,
            "--no-locale",
            "-E",
            "UTF8",
            "--wal-segsize=1",
            "-D",
        ])
        .arg(&data)
        .status()
        .map_err(|error| format!("initdb does not run: {error}"))?;
    if !status.success() {
        return Err(format!("initdb failed ({status}){}", last_lines(&log)));
    }

    let mut server = Server::start(programs, account, &folder)?;
    Access::open(folder.config())
        .and_then(|access| {
            access.execute(&format!("CREATE DATABASE {TEMPLATE}"))?;
            access.load(TEMPLATE, script)
        })
        .map_err(|error| format!("loading the schema: {error}{}", server.last_lines()))?;
    // Cleanly: a copy has nothing to recover.
    let status = server.stop(libc::SIGINT, CLEAN_STOP_LIMIT);
    if !status.is_some_and(|status| status.success()) {
        return Err(format!("PostgreSQL did not stop cleanly{}", server.last_lines()));
    }

    let problem = |error: io::Error| format!("keeping the database in {}: {error}", cache.display());
    fs::create_dir_all(cache).map_err(problem)?;
    let partial = tempfile::Builder::new()
        .prefix("partial-")
        .tempdir_in(cache)
        .map_err(problem)?;
    let ready = partial.path().join("data");
    copy_folder(&data, &ready, None).map_err(problem)?;
    match fs::rename(&ready, kept) {
        // Another process was quicker.
        Err(_) if kept.is_dir() => Ok(()),
        outcome => outcome.map_err(problem),
    }
}

/// A program that runs as `account`, and writes to `log` only.
fn command(programs: &Programs, name: &str, account: Option<Account>, log: &Path) -> Result<Command, String> {
    let problem = |error: io::Error| format!("{}: {error}", log.display());
    let output = File::create(log).map_err(problem)?;
    let mut command = Command::new(programs.folder.join(name));
    command
        .env("LC_ALL", "C")
        .env_remove("PGDATA")
        // Where we are the server's user may not go.
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(output.try_clone().map_err(problem)?)
        .stderr(output);
    if let Some(Account { user, group }) = account {
        command.uid(user).gid(group);
    }
    Ok(command)
}

/// The end of a log, to be put after a message.
fn last_lines(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let start = lines.len().saturating_sub(8);
    match &lines[start..] {
        [] => String::new(),
        last => format!("; the last lines of its log:\n{}", last.join("\n")),
    }
}

/// A running server; it ends when this is dropped.
struct Server {
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts a server on the data in `folder`, with its socket beside them, and waits until it answers.
    fn start(programs: &Programs, account: Option<Account>, folder: &WorkFolder) -> Result<Self, String> {
        let log = folder.path().join("server.log");
        let mut command = command(programs, "postgres", account, &log)?;
        command.arg("-D").arg(folder.data()).arg("-k").arg(folder.path());
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        if let Some(port) = folder.port {
            command.args(["-c", "listen_addresses=127.0.0.1", "-p", &port.to_string()]);
        }
        // Its own group: Ctrl+C in a terminal is for us, and we stop it.
        command.process_group(0);
        let child = command
            .spawn()
            .map_err(|error| format!("PostgreSQL does not start: {error}"))?;
        let mut server = Self { child, log };
        server.wait_until_ready(folder)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, folder: &WorkFolder) -> Result<(), String> {
        let start = Instant::now();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!(
                    "PostgreSQL ended at once ({status}){}",
                    self.last_lines()
                ));
            }
            let refusal = match Access::open(folder.config()) {
                Ok(_) => return Ok(()),
                Err(refusal) => refusal,
            };
            if start.elapsed() > START_LIMIT {
                let limit = START_LIMIT.as_secs();
                return Err(format!(
                    "PostgreSQL does not answer after {limit} s: {refusal}{}",
                    self.last_lines()
                ));
            }
            thread::sleep(POLL);
        }
    }

    /// Sends `signal` and waits for the end, which there is none of within `limit` if this is `None`.
    fn stop(&mut self, signal: i32, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        if let Ok(Some(status)) = self.child.try_wait() {
            return Some(status);
        }
        let process = libc::pid_t::try_from(self.child.id()).ok()?;
        // SAFETY: kill takes any numbers; the child has not been waited for, so the number is still its own.
        unsafe { libc::kill(process, signal) };
        while start.elapsed() < limit {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            thread::sleep(POLL);
        }
        None
    }

    fn last_lines(&self) -> String {
        last_lines(&self.log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Immediately: nothing has to be kept.
        if self.stop(libc::SIGQUIT, STOP_LIMIT).is_none() {
            // Nothing more can be done if this fails.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::set_permissions;

    /// Programs that are shell scripts, in a folder that every account can go to.
    fn fakes(initdb: &str, postgres: &str) -> Result<(TempDir, Programs), String> {
        let make = || {
            let folder = tempfile::tempdir()?;
            set_permissions(folder.path(), Permissions::from_mode(0o755))?;
            for (name, script) in [("initdb", initdb), ("postgres", postgres)] {
                let path = folder.path().join(name);
                fs::write(&path, format!("#!/bin/sh\n{script}\n"))?;
                set_permissions(&path, Permissions::from_mode(0o755))?;
            }
            Ok(folder)
        };
        let folder = make().map_err(|error: io::Error| error.to_string())?;
        let programs = Programs {
            folder: folder.path().to_owned(),
            version: "15.0".into(),
        };
        Ok((folder, programs))
    }

    #[test]
    fn a_server_that_refuses_is_told_with_its_log() -> Result<(), String> {
        let cache = tempfile::tempdir().map_err(|error| error.to_string())?;
        for (initdb, postgres, words) in [
            (
                "echo 'no space left' >&2; exit 1",
                "",
                "initdb failed (exit status: 1); the last lines of its log:\nno space left",
            ),
            (
                "exit 0",
                "echo 'FATAL: could not create shared memory' >&2; exit 3",
                "PostgreSQL ended at once (exit status: 3); the last lines of its log:\nFATAL: could not",
            ),
        ] {
            let (_folder, programs) = fakes(initdb, postgres)?;
            let outcome = Cluster::start(&programs, cache.path(), "");
            let error = outcome.err().ok_or("it started")?;
            assert!(error.starts_with(words), "{error}");
        }
        Ok(())
    }
}
