//! A database for each server: on a PostgreSQL of our own, or on the one that an address names.

#[path = "_access.rs"]
mod access;
#[path = "_cluster.rs"]
mod cluster;
#[path = "_programs.rs"]
mod programs;

use access::{Access, Kept};
use cluster::{Cluster, TEMPLATE};
pub use programs::PACKAGE;
use programs::Programs;
use std::env;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio_postgres::Config;

/// The variable with the address of a PostgreSQL to be used in place of our own.
pub const ADDRESS: &str = "PAIRBENCH_DATABASE_URL";
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
const SCRIPT: &str = include_str!("library.sql");

/// Databases of ours on that server whose process has ended: it kept a connection of the same name as long as it lived.
const LEFT_BEHIND: &str = "SELECT coalesce(string_agg(datname, ' '), '') FROM pg_database d \
    WHERE pg_get_userbyid(datdba) = current_user AND datname ~ '^pairbench_[0-9a-f]{12}_(template|[0-9]+)$' \
    AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = left(d.datname::text, 22))";

/// A database with the schema and rows of `library.sql`, for one server. The first of a process starts PostgreSQL, the last one
/// ends it.
pub struct Database {
    url: String,
    name: String,
    host: Arc<Host>,
}

/// The server while there is a database on it.
static HOST: Mutex<Weak<Host>> = Mutex::new(Weak::new());

/// Databases that were made, for their names.
static MADE: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says.
    pub fn new() -> Result<Self, String> {
        let mut known = HOST.lock().unwrap_or_else(PoisonError::into_inner);
        let host = match known.upgrade() {
            Some(host) => host,
            None => {
                let host = Arc::new(match Postgres::find()? {
                    Source::Given(address) => {
                        Host::given(&address, SCRIPT).map_err(|error| format!("{ADDRESS}: {error}"))?
                    }
                    Source::Programs(programs) => Host::started(&programs, &cache()?, SCRIPT)?,
                });
                *known = Arc::downgrade(&host);
                host
            }
        };
        Host::database(host)
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process of the server that it is on; 0, which is none, if that is not ours.
    pub fn process(&self) -> u32 {
        match &self.host.server {
            Server::Ours(cluster) => cluster.process(),
            Server::Given { .. } => 0,
        }
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
        self.host.access.query(Some(&self.name), CONTENT)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Where it fails, the folder goes in any case, or the next run tries again.
        let _ = self.host.access.remove(&self.name);
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

/// The PostgreSQL that is used here.
pub struct Postgres;

/// Where it comes from.
pub enum Source {
    /// This address.
    Given(String),
    /// These programs, with which we start it.
    Programs(Programs),
}

impl Postgres {
    /// Its version, such as `15.14`, and where it comes from if it is not installed here.
    pub fn version() -> Option<String> {
        match Self::find().ok()? {
            Source::Given(address) => {
                let access = configured(&address).and_then(Access::open).ok()?;
                Some(format!("{} at {ADDRESS}", access.version))
            }
            Source::Programs(programs) => Some(programs.shown()),
        }
    }

    /// Looks for it. The error says what to install. Whether an address that is given is right, [`Database::new`] finds out.
    pub fn find() -> Result<Source, String> {
        match env::var(ADDRESS).ok().filter(|address| !address.is_empty()) {
            Some(address) => Ok(Source::Given(address)),
            None => Programs::find().map(Source::Programs),
        }
    }
}

/// Whether PostgreSQL has to come from [`PACKAGE`].
pub fn needs_package() -> bool {
    env::var_os(ADDRESS).is_none() && !programs::are_installed()
}

/// Where databases are made.
struct Host {
    access: Access,
    template: String,
    /// What their names begin with.
    prefix: String,
    server: Server,
}

enum Server {
    Ours(Cluster),
    /// With the connection by which others see that we live.
    Given {
        _alive: Kept,
    },
}

impl Host {
    fn started(programs: &Programs, cache: &Path, script: &str) -> Result<Self, String> {
        let cluster = Cluster::start(programs, cache, script)?;
        Ok(Self {
            access: cluster.access()?,
            template: TEMPLATE.to_owned(),
            prefix: "library".to_owned(),
            server: Server::Ours(cluster),
        })
    }

    fn given(address: &str, script: &str) -> Result<Self, String> {
        let access = Access::open(configured(address)?)?;
        const MAY: &str = "SELECT (rolcreatedb OR rolsuper)::text FROM pg_roles WHERE rolname = current_user";
        if access.query(None, MAY)? != "true" {
            return Err("its role may not create databases; `ALTER ROLE … CREATEDB` allows it".to_owned());
        }
        let random = RandomState::new().build_hasher().finish();
        let prefix = format!("pairbench_{:012x}", random & 0xffff_ffff_ffff);
        let host = Self {
            server: Server::Given {
                _alive: access.keep(&prefix)?,
            },
            template: format!("{prefix}_template"),
            prefix,
            access,
        };
        for name in host.access.query(None, LEFT_BEHIND)?.split_whitespace() {
            // Another process may be about to drop it too.
            let _ = host.access.remove(name);
        }
        // The same order of texts as on a server of our own, whatever is usual there.
        let provider = if host.access.major >= 15 {
            " LOCALE_PROVIDER libc"
        } else {
            ""
        };
        host.access
            .execute(&format!(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'{provider}",
                host.template
            ))
            .and_then(|()| host.access.load(&host.template, script))
            .map_err(|error| format!("loading the schema: {error}"))?;
        Ok(host)
    }

    fn database(host: Arc<Self>) -> Result<Database, String> {
        let name = format!("{}_{}", host.prefix, MADE.fetch_add(1, Ordering::Relaxed));
        let (ours, log) = match &host.server {
            Server::Ours(cluster) => (true, cluster.last_lines()),
            Server::Given { .. } => (false, String::new()),
        };
        host.access
            .create(&name, &host.template, ours)
            .map_err(|error| format!("{error}{log}"))?;
        let url = host.access.url(&name)?;
        Ok(Database { url, name, host })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Server::Given { .. } = self.server {
            // The next run tries again.
            let _ = self.access.remove(&self.template);
        }
    }
}

fn configured(address: &str) -> Result<Config, String> {
    let is_address = ["postgresql://", "postgres://"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    if !is_address {
        return Err("it is no address like postgresql://user:password@host:5432/postgres".to_owned());
    }
    let mut config: Config = address
        .parse()
        .map_err(|error| format!("it is no address of a database: {error}"))?;
    config.connect_timeout(CONNECT_LIMIT);
    Ok(config)
}

#[cfg(test)]
#[path = "_database_tests.rs"]
mod tests;
