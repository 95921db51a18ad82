//! A PostgreSQL of our own: made for one run, reached by a Unix socket only, and gone afterwards.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fmt::Write};

use tempfile::TempDir;
use tokio_postgres::{Client, Config, NoTls};

const OLDEST: u32 = 12;
const USER: &str = "pairbench";
const TEMPLATE: &str = "template_library";
/// What is kept in the cache depends on it: raise it when initdb's arguments or what happens after the script change.
const LAYOUT: u32 = 1;
/// Unix sockets have names of at most 104 bytes (macOS; Linux 108); the rest is for `/.s.PGSQL.5432` and our folder.
const LONGEST_FOLDER: usize = 60;
const START_LIMIT: Duration = Duration::from_secs(60);
const STATEMENT_LIMIT: Duration = Duration::from_secs(120);
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

/// A database with the schema and rows of `library.sql`, for one server. The first of a process starts PostgreSQL, the last one
/// ends it.
pub struct Database {
    url: String,
    name: String,
    cluster: Arc<Cluster>,
}

/// The server while there is a database on it.
static CLUSTER: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());

/// Databases that were made, for their names.
static MADE: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says.
    pub fn new() -> Result<Self, String> {
        let mut known = CLUSTER.lock().unwrap_or_else(PoisonError::into_inner);
        let cluster = match known.upgrade() {
            Some(cluster) => cluster,
            None => {
                let cluster = Arc::new(Cluster::start(
                    &Postgres::find()?,
                    &cache()?,
                    include_str!("library.sql"),
                )?);
                *known = Arc::downgrade(&cluster);
                cluster
            }
        };
        let name = format!("library_{}", MADE.fetch_add(1, Ordering::Relaxed));
        let url = cluster.database(&name)?;
        Ok(Database { url, name, cluster })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process of the server that it is on.
    pub fn process(&self) -> u32 {
        self.cluster.server.child.id()
    }

    /// What can differ between two of them: all loans, and how many rows the other tables have.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says.
    pub fn content(&self) -> Result<String, String> {
        const CONTENT: &str = "SELECT concat_ws(' ', \
            (SELECT md5(string_agg(l::text, ';' ORDER BY member_id, book_id)) FROM loan l), \
            (SELECT md5(string_agg(b::text, ';' ORDER BY id)) FROM book b), \
            (SELECT count(*) FROM review), (SELECT count(*) FROM member), (SELECT count(*) FROM author))";
        query(self.cluster.folder.path(), &self.name, CONTENT)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The folder goes in any case.
        let _ = self.cluster.remove(&self.name);
    }
}

/// Beside the executable: a folder that builds may use, and that nobody else can write to.
fn cache() -> Result<PathBuf, String> {
    let executable = env::current_exe().map_err(|error| format!("where this program is: {error}"))?;
    let folder = executable
        .parent()
        .and_then(Path::parent)
        .unwrap_or(Path::new("."));
    Ok(folder.join("pairbench-postgresql"))
}

/// The PostgreSQL that is installed here.
pub struct Postgres;

impl Postgres {
    /// The version of what [`find`](Self::find) finds, such as `15.14`.
    pub fn version() -> Option<String> {
        Some(Self::find().ok()?.version)
    }

    /// Looks for `initdb` and `postgres` where they usually are. The error says what to install.
    pub fn find() -> Result<Programs, String> {
        let mut refused = Vec::new();
        for folder in folders() {
            if !folder.join("initdb").is_file() || !folder.join("postgres").is_file() {
                continue;
            }
            match Programs::in_folder(folder) {
                Ok(programs) => return Ok(programs),
                Err(error) => refused.push(error),
            }
        }
        let found = match refused.first() {
            Some(refusal) => refusal.clone(),
            None => "PostgreSQL's server (initdb and postgres) is not installed".to_owned(),
        };
        Err(format!(
            "{found}. Install PostgreSQL {OLDEST} or later: `apt install postgresql` (Debian, Ubuntu), \
             `dnf install postgresql-server` (Fedora) or `brew install postgresql` (macOS)"
        ))
    }
}

/// Where PostgreSQL's programs may be, the likeliest first.
fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(output) = Command::new("pg_config")
        .arg("--bindir")
        .stderr(Stdio::null())
        .output()
        && output.status.success()
    {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    folders.extend(newest_first(Path::new("/usr/lib/postgresql"), ""));
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    folders.push(PathBuf::from("/usr/local/pgsql/bin"));
    folders.extend(newest_first(Path::new("/opt/homebrew/opt"), "postgresql"));
    folders
}

/// The `bin` folders of the versions in `parent`, whose names are `prefix` and a number.
fn newest_first(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let rest = name.to_str()?.strip_prefix(prefix)?;
            Some((
                leading_number(rest.trim_start_matches('@')).unwrap_or(0),
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The programs of one version of PostgreSQL.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
    version: String,
    major: u32,
}

impl Programs {
    fn in_folder(folder: PathBuf) -> Result<Self, String> {
        let program = folder.join("postgres");
        let output = Command::new(&program)
            .arg("--version")
            .output()
            .map_err(|error| format!("{} does not run: {error}", program.display()))?;
        // `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text
            .split_whitespace()
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .filter(|_| output.status.success())
            .ok_or_else(|| format!("{} --version does not name a version", program.display()))?;
        let major = leading_number(version).unwrap_or(0);
        if major < OLDEST {
            return Err(format!(
                "{} is PostgreSQL {version}, which is too old",
                program.display()
            ));
        }
        Ok(Self {
            version: version.to_owned(),
            major,
            folder,
        })
    }
}

/// Whom the server runs as where we are root, which it refuses.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// Nobody else where we are not root.
    fn find() -> Result<Option<Self>, String> {
        if effective_user() != 0 {
            return Ok(None);
        }
        // `id` also knows accounts that are not in /etc/passwd.
        let number = |flag, name| {
            let output = Command::new("id")
                .args([flag, name])
                .stderr(Stdio::null())
                .output()
                .ok()?;
            let text = String::from_utf8(output.stdout).ok()?;
            text.trim().parse().ok().filter(|id| *id != 0)
        };
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| {
                Some(Self {
                    user: number("-u", name)?,
                    group: number("-g", name)?,
                })
            })
            .map(Some)
            .ok_or_else(|| {
                "PostgreSQL does not run as root, and there is no user `postgres` or `nobody`".to_owned()
            })
    }

    fn own(self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.user), Some(self.group))
    }
}

fn effective_user() -> u32 {
    // SAFETY: geteuid has no conditions and cannot fail.
    unsafe { libc::geteuid() }
}

/// A PostgreSQL server with its data in a temporary folder. It stops and the folder is removed when this is dropped; on
/// Linux the server also ends when our process is killed.
///
/// Not for use within asynchronous code: the functions wait.
pub struct Cluster {
    // Before the folder: the server stops before its data is removed.
    server: Server,
    folder: TempDir,
    major: u32,
}

impl Cluster {
    /// Starts a server that has the schema and the rows of `script` as a template for databases. What takes long is
    /// done once and kept in the folder `cache`.
    pub fn start(programs: &Programs, cache: &Path, script: &str) -> Result<Self, String> {
        let account = Account::find()?;
        let kept = cache.join(format!(
            "postgresql-{}-{:016x}",
            programs.version,
            fingerprint(script)
        ));
        if !kept.is_dir() {
            make_template(programs, account, cache, &kept, script)?;
        }
        let folder = work_folder(account)?;
        let data = folder.path().join("data");
        copy_folder(&kept, &data, account)
            .map_err(|error| format!("copying {} to {}: {error}", kept.display(), data.display()))?;
        let server = Server::start(programs, account, folder.path())?;
        Ok(Self {
            server,
            folder,
            major: programs.major,
        })
    }

    /// Makes a database from the template and says its URL. A name has lower-case letters, digits and underscores.
    pub fn database(&self, name: &str) -> Result<String, String> {
        check_name(name)?;
        // The default since 15 writes every page to the log.
        let strategy = if self.major >= 15 {
            " STRATEGY FILE_COPY"
        } else {
            ""
        };
        self.run(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}{strategy}"))
            .map_err(|error| format!("the database {name} cannot be made: {error}"))?;
        let host = percent_encoded(self.folder.path());
        Ok(format!("postgresql:///{name}?host={host}&user={USER}"))
    }

    /// Removes a database, and cuts its connections if there are any.
    pub fn remove(&self, name: &str) -> Result<(), String> {
        check_name(name)?;
        let force = if self.major >= 13 { " WITH (FORCE)" } else { "" };
        if force.is_empty() {
            self.run(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .map_err(|error| format!("the connections to {name} cannot be cut: {error}"))?;
        }
        self.run(&format!("DROP DATABASE {name}{force}"))
            .map_err(|error| format!("the database {name} cannot be dropped: {error}"))
    }

    fn run(&self, statement: &str) -> Result<(), String> {
        execute(self.folder.path(), "postgres", statement)
            .map_err(|error| format!("{error}{}", self.server.last_lines()))
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let fits = !name.is_empty()
        && name.len() < 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits {
        Ok(())
    } else {
        Err(format!("{name:?} is no name for a database"))
    }
}

fn percent_encoded(path: &Path) -> String {
    let mut encoded = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
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

/// A new folder that the server's user can reach, with a path short enough for a socket in it.
fn work_folder(account: Option<Account>) -> Result<TempDir, String> {
    let reachable = |parent: &Path| {
        account.is_none()
            || parent
                .ancestors()
                .all(|folder| fs::metadata(folder).is_ok_and(|metadata| metadata.mode() & 0o001 != 0))
    };
    let usual = env::temp_dir();
    let fits = usual.is_absolute() && usual.as_os_str().len() <= LONGEST_FOLDER && reachable(&usual);
    let parent = if fits { usual } else { PathBuf::from("/tmp") };
    let problem = |error: io::Error| format!("a temporary folder in {}: {error}", parent.display());
    let folder = tempfile::Builder::new()
        .prefix("pairbench-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(&parent)
        .map_err(problem)?;
    if let Some(account) = account {
        account.own(folder.path()).map_err(problem)?;
    }
    Ok(folder)
}

/// Runs initdb and the script, and puts the data folder at `kept`.
fn make_template(
    programs: &Programs,
    account: Option<Account>,
    cache: &Path,
    kept: &Path,
    script: &str,
) -> Result<(), String> {
    let folder = work_folder(account)?;
    let data = folder.path().join("data");
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

    let mut server = Server::start(programs, account, folder.path())?;
    execute(folder.path(), "postgres", &format!("CREATE DATABASE {TEMPLATE}"))
        .and_then(|()| execute(folder.path(), TEMPLATE, script))
        // Otherwise the first to read a row would write to its page, in every copy again.
        .and_then(|()| execute(folder.path(), TEMPLATE, "VACUUM (FREEZE, ANALYZE)"))
        .map_err(|error| format!("loading the schema: {error}{}", server.last_lines()))?;
    // Cleanly: a copy has nothing to recover.
    let status = server.stop(libc::SIGINT, STATEMENT_LIMIT);
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

/// Copies what only we, or only `account`, may read.
fn copy_folder(from: &Path, to: &Path, account: Option<Account>) -> io::Result<()> {
    let own = |path: &Path| account.map_or(Ok(()), |account| account.own(path));
    DirBuilder::new().mode(0o700).create(to)?;
    own(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target, account)?;
        } else {
            fs::copy(entry.path(), &target)?;
            own(&target)?;
        }
    }
    Ok(())
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
    /// Keeps the thread alive that started the server.
    _parent: Sender<()>,
}

impl Server {
    /// Starts a server on the data folder `data` in `folder`, with its socket beside it, and waits until it answers.
    fn start(programs: &Programs, account: Option<Account>, folder: &Path) -> Result<Self, String> {
        let log = folder.join("server.log");
        let mut command = command(programs, "postgres", account, &log)?;
        command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        // Its own group: Ctrl+C in a terminal is for us, and we stop it.
        command.process_group(0);
        let (child, parent) =
            spawn(command).map_err(|error| format!("PostgreSQL does not start: {error}"))?;
        let mut server = Self {
            child,
            log,
            _parent: parent,
        };
        server.wait_until_ready(folder)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, folder: &Path) -> Result<(), String> {
        let start = Instant::now();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!(
                    "PostgreSQL ended at once ({status}){}",
                    self.last_lines()
                ));
            }
            let refusal = match execute(folder, "postgres", "SELECT 1") {
                Ok(()) => return Ok(()),
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

/// Starts a process that ends with ours, at the latest when the sender is dropped and we end. Linux sends the signal
/// when the thread that started the process ends, so that one has to live as long.
fn spawn(mut command: Command) -> io::Result<(Child, Sender<()>)> {
    let (parent, dropped) = channel::<()>();
    let (report, started) = channel();
    thread::Builder::new()
        .name("postgres".to_owned())
        .spawn(move || {
            end_with_parent(&mut command);
            let outcome = command.spawn();
            let alive = outcome.is_ok();
            // Only a panic of the other thread makes it fail.
            let _ = report.send(outcome);
            if alive {
                let _ = dropped.recv();
            }
        })?;
    let child = started.recv().map_err(io::Error::other)??;
    Ok((child, parent))
}

#[cfg(target_os = "linux")]
fn end_with_parent(command: &mut Command) {
    let parent = std::process::id();
    let prepare = move || {
        // SAFETY: both are system calls without pointers, which are allowed between fork and exec.
        let (outcome, now) = unsafe {
            (
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGQUIT),
                libc::getppid(),
            )
        };
        if outcome != 0 {
            return Err(io::Error::last_os_error());
        }
        // The parent may have ended before.
        if u32::try_from(now) == Ok(parent) {
            Ok(())
        } else {
            Err(io::ErrorKind::Interrupted.into())
        }
    };
    // SAFETY: the closure makes two system calls and allocates nothing.
    unsafe { command.pre_exec(prepare) };
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent(_: &mut Command) {}

/// Runs statements as the cluster's superuser.
fn execute(folder: &Path, database: &str, statements: &str) -> Result<(), String> {
    session(folder, database, async |client| {
        client.batch_execute(statements).await
    })
}

/// The one text that a statement returns.
fn query(folder: &Path, database: &str, statement: &str) -> Result<String, String> {
    session(folder, database, async |client| {
        client.query_one(statement, &[]).await?.try_get(0)
    })
}

fn session<T>(
    folder: &Path,
    database: &str,
    work: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime for SQL: {error}"))?;
    let all = async {
        let (client, connection) = Config::new()
            .host_path(folder)
            .user(USER)
            .dbname(database)
            .connect(NoTls)
            .await?;
        let connection = tokio::spawn(connection);
        let outcome = work(&client).await;
        // The server has the end of the session before the next one begins.
        drop(client);
        let _ = connection.await;
        outcome
    };
    match runtime.block_on(async { tokio::time::timeout(STATEMENT_LIMIT, all).await }) {
        Ok(outcome) => outcome.map_err(|error| in_words(&error)),
        Err(_) => Err(format!("no answer within {} s", STATEMENT_LIMIT.as_secs())),
    }
}

fn in_words(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "CREATE TABLE thing (id int PRIMARY KEY); INSERT INTO thing VALUES (1), (2)";

    fn installed() -> Option<Programs> {
        Postgres::find()
            .inspect_err(|error| eprintln!("SKIPPED, nothing is tested: {error}"))
            .ok()
    }

    fn run(cluster: &Cluster, database: &str, statements: &str) -> Result<(), String> {
        execute(cluster.folder.path(), database, statements)
    }

    fn has_rows(cluster: &Cluster, database: &str, rows: u32) -> Result<(), String> {
        // Fails by a division by zero.
        run(
            cluster,
            database,
            &format!("SELECT 1 / (count(*) = {rows})::int FROM thing"),
        )
    }

    #[test]
    fn databases_are_independent_and_all_is_gone_after_drop() -> Result<(), String> {
        let Some(programs) = installed() else {
            return Ok(());
        };
        let cache = tempfile::tempdir().map_err(|error| error.to_string())?;
        let cluster = Cluster::start(&programs, cache.path(), SCRIPT)?;
        let folder = cluster.folder.path().to_owned();
        let process = cluster.server.child.id();

        let url = cluster.database("one")?;
        let expected = format!("postgresql:///one?host={}&user=pairbench", folder.display());
        assert_eq!(url, expected);
        assert!(url.parse::<Config>().is_ok());
        cluster.database("two")?;
        run(&cluster, "one", "DELETE FROM thing WHERE id = 1")?;
        has_rows(&cluster, "one", 1)?;
        has_rows(&cluster, "two", 2)?;

        cluster.remove("one")?;
        assert!(run(&cluster, "one", "SELECT 1").is_err());
        assert!(
            cluster
                .database("two")
                .is_err_and(|error| error.contains("already exists"))
        );
        assert!(cluster.database("two; DROP TABLE thing").is_err());
        has_rows(&cluster, "two", 2)?;

        drop(cluster);
        assert!(!folder.exists());
        assert!(!Path::new(&format!("/proc/{process}")).exists());

        let again = Cluster::start(&programs, cache.path(), SCRIPT)?;
        assert!(run(&again, "two", "SELECT 1").is_err());
        let kept = fs::read_dir(cache.path())
            .map_err(|error| error.to_string())?
            .count();
        assert_eq!(kept, 1);
        Ok(())
    }

    #[test]
    fn a_cluster_outlives_the_thread_that_started_it() -> Result<(), String> {
        let Some(programs) = installed() else {
            return Ok(());
        };
        let cache = tempfile::tempdir().map_err(|error| error.to_string())?;
        let start = || Cluster::start(&programs, cache.path(), SCRIPT);
        let cluster = thread::scope(|scope| scope.spawn(start).join()).map_err(|_| "panic")??;
        thread::sleep(Duration::from_millis(200));
        cluster.database("one")?;
        Ok(())
    }

    #[test]
    fn a_failing_script_is_named_and_nothing_is_kept() -> Result<(), String> {
        let Some(programs) = installed() else {
            return Ok(());
        };
        let cache = tempfile::tempdir().map_err(|error| error.to_string())?;
        let outcome = Cluster::start(&programs, cache.path(), "CREATE TABEL thing (id int)");
        let error = outcome.err().ok_or("it started")?;
        assert!(
            error.starts_with("loading the schema: ") && error.contains("TABEL"),
            "{error}"
        );
        assert_eq!(
            fs::read_dir(cache.path())
                .map_err(|error| error.to_string())?
                .count(),
            0
        );
        Ok(())
    }

    #[test]
    fn a_server_that_ends_at_once_is_told_with_its_log() -> Result<(), String> {
        let Some(programs) = installed() else {
            return Ok(());
        };
        let account = Account::find()?;
        let folder = work_folder(account)?;
        let outcome = Server::start(&programs, account, folder.path());
        let error = outcome.err().ok_or("it started")?;
        assert!(
            error.contains("ended at once") && error.contains("data"),
            "{error}"
        );
        Ok(())
    }
}
