//! Statements to a PostgreSQL server, and the addresses of its databases.

use super::programs::{OLDEST, leading_number};
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, Error, NoTls};

const STATEMENT_LIMIT: Duration = Duration::from_secs(120);

/// How to reach a server that has answered.
#[derive(Clone)]
pub struct Access {
    config: Config,
    pub version: String,
    pub major: u32,
}

impl Access {
    /// Connects once.
    ///
    /// # Errors
    ///
    /// Why there is no connection, or that the server is too old.
    pub fn open(config: Config) -> Result<Self, String> {
        let mut access = Self {
            config,
            version: String::new(),
            major: 0,
        };
        let version = access.query(None, "SHOW server_version")?;
        // `15.14 (Debian 15.14-0+deb12u1)`
        access.version = version.split(' ').next().unwrap_or_default().to_owned();
        access.major = leading_number(&access.version).unwrap_or(0);
        if access.major < OLDEST {
            return Err(format!(
                "it is PostgreSQL {version}, which is too old; {OLDEST} is the oldest that is used"
            ));
        }
        Ok(access)
    }

    /// Runs statements.
    pub fn execute(&self, statements: &str) -> Result<(), String> {
        self.session(None, async |client| client.batch_execute(statements).await)
    }

    /// Fills a database by a script, and leaves nothing for its copies to tidy up.
    pub fn load(&self, database: &str, script: &str) -> Result<(), String> {
        self.session(Some(database), async |client| {
            client.batch_execute(script).await?;
            // Otherwise the first to read a row would write to its page, in every copy again.
            client.batch_execute("VACUUM (FREEZE, ANALYZE)").await
        })
    }

    /// The one text that a statement returns, in a database or in that of the address.
    pub fn query(&self, database: Option<&str>, statement: &str) -> Result<String, String> {
        self.session(database, async |client| {
            client.query_one(statement, &[]).await?.try_get(0)
        })
    }

    /// Makes a database from a template.
    pub fn create(&self, name: &str, template: &str, ours: bool) -> Result<(), String> {
        check_name(name)?;
        // The default since 15 writes every page to the log; the other one has the whole server write its pages to disk.
        let strategy = if ours && self.major >= 15 {
            " STRATEGY FILE_COPY"
        } else {
            ""
        };
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}{strategy}"))
            .map_err(|error| format!("the database {name} cannot be made: {error}"))
    }

    /// Removes a database, and cuts its connections if there are any.
    pub fn remove(&self, name: &str) -> Result<(), String> {
        check_name(name)?;
        let force = if self.major >= 13 { " WITH (FORCE)" } else { "" };
        if force.is_empty() {
            self.execute(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .map_err(|error| format!("the connections to {name} cannot be cut: {error}"))?;
        }
        self.execute(&format!("DROP DATABASE IF EXISTS {name}{force}"))
            .map_err(|error| format!("the database {name} cannot be dropped: {error}"))
    }

    /// The address of a database, as all drivers understand it. The client is the same for all, so it speaks no TLS to any.
    pub fn url(&self, name: &str) -> Result<String, String> {
        let mut login = self
            .config
            .get_user()
            .map(|user| percent_encoded(user.as_bytes()))
            .unwrap_or_default();
        if let Some(password) = self.config.get_password() {
            // Writing to a string does not fail.
            let _ = write!(login, ":{}", percent_encoded(password));
        }
        if !login.is_empty() {
            login.push('@');
        }
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        match self.config.get_hosts().first() {
            Some(Host::Unix(folder)) => Ok(format!(
                "postgresql://{login}/{name}?host={}&port={port}",
                percent_encoded(folder.as_os_str().as_bytes())
            )),
            Some(Host::Tcp(host)) if host.contains(':') => Ok(format!(
                "postgresql://{login}[{host}]:{port}/{name}?sslmode=disable"
            )),
            Some(Host::Tcp(host)) => Ok(format!(
                "postgresql://{login}{host}:{port}/{name}?sslmode=disable"
            )),
            None => Err("the address names no host".to_owned()),
        }
    }

    /// A connection that stays open until it is dropped, by this name.
    pub fn keep(&self, name: &str) -> Result<Kept, String> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| format!("the runtime for SQL: {error}"))?;
        let mut config = self.config.clone();
        config.application_name(name);
        let (client, connection) = runtime
            .block_on(config.connect(NoTls))
            .map_err(|error| in_words(&error))?;
        runtime.spawn(connection);
        Ok(Kept {
            _client: client,
            _runtime: runtime,
        })
    }

    fn session<T>(
        &self,
        database: Option<&str>,
        work: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, String> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| format!("the runtime for SQL: {error}"))?;
        let mut config = self.config.clone();
        if let Some(database) = database {
            config.dbname(database);
        }
        let all = async {
            let (client, connection) = config.connect(NoTls).await?;
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
}

/// See [`Access::keep`].
pub struct Kept {
    _client: Client,
    _runtime: Runtime,
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

fn percent_encoded(text: &[u8]) -> String {
    let mut encoded = String::new();
    for &byte in text {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn in_words(error: &Error) -> String {
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
