//! Tests of everything that has to do with PostgreSQL; where it is missing they are skipped, in CI they fail.

use super::*;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

const SCRIPT: &str = "CREATE TABLE thing (id int PRIMARY KEY); INSERT INTO thing VALUES (1), (2)";

type Outcome = Result<(), String>;

fn programs() -> Option<Programs> {
    let found = Programs::find();
    if let Err(error) = &found {
        assert!(std::env::var_os("CI").is_none(), "{error}");
        eprintln!("SKIPPED, nothing is tested: {error}");
    }
    found.ok()
}

fn folder() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|error| error.to_string())
}

fn rows(host: &Host, database: &Database) -> Result<String, String> {
    host.access
        .query(Some(&database.name), "SELECT count(*)::text FROM thing")
}

/// A server that asks for a password over TCP, with a role that may create databases and one that may not.
fn remote(programs: &Programs, cache: &Path) -> Result<(Cluster, u16), String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    drop(listener);
    let cluster = Cluster::start_at(programs, cache, SCRIPT, Some(port))?;
    let access = cluster.access()?;
    let rules = access.query(None, "SHOW hba_file")?;
    fs::write(
        rules,
        "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n",
    )
    .map_err(|error| error.to_string())?;
    for statement in [
        "CREATE ROLE may LOGIN CREATEDB PASSWORD 'a/b:c@d%'",
        "CREATE ROLE guest LOGIN PASSWORD 'guest'",
        "CREATE DATABASE pairbench_mine OWNER may",
        "SELECT pg_reload_conf()",
    ] {
        access.execute(statement)?;
    }
    Ok((cluster, port))
}

fn names(access: &Access) -> Result<String, String> {
    access.query(
        None,
        "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname ~ '^pairbench'",
    )
}

#[test]
fn databases_are_independent_and_all_is_gone_after_drop() -> Outcome {
    let Some(programs) = programs() else {
        return Ok(());
    };
    let cache = folder()?;
    let host = Arc::new(Host::started(&programs, cache.path(), SCRIPT)?);
    let Server::Ours(cluster) = &host.server else {
        return Err("it is ours".into());
    };
    let (process, socket) = (cluster.process(), cluster.folder());
    let one = Host::database(host.clone())?;
    let two = Host::database(host.clone())?;
    let host_part = socket.display().to_string().replace('/', "%2F");
    let expected = format!("postgresql://pairbench@/{}?host={host_part}&port=5432", one.name);
    assert_eq!(one.url(), expected);
    assert_eq!(one.process(), process);
    let of_one = Access::open(one.url().parse().map_err(|_| "no address")?)?;
    of_one.execute("DELETE FROM thing WHERE id = 1")?;
    assert_eq!((rows(&host, &one)?, rows(&host, &two)?), ("1".into(), "2".into()));
    drop(one);
    assert!(of_one.execute("SELECT 1").is_err());
    let twice = host.access.create(&two.name, TEMPLATE, true);
    assert!(twice.is_err_and(|error| error.contains("already exists")));
    assert!(
        host.access
            .create("two; DROP TABLE thing", TEMPLATE, true)
            .is_err()
    );

    drop((two, host));
    assert!(!socket.exists());
    assert!(!Path::new(&format!("/proc/{process}")).exists());
    let kept = fs::read_dir(cache.path()).map_err(|error| error.to_string())?;
    assert_eq!(kept.count(), 1);
    Ok(())
}

#[test]
fn an_address_that_is_given_gets_databases_of_ours_and_loses_only_those() -> Outcome {
    let Some(programs) = programs() else {
        return Ok(());
    };
    let cache = folder()?;
    let (cluster, port) = remote(&programs, cache.path())?;
    let access = cluster.access()?;
    // A run that was killed, and one that lives.
    let (dead, alive) = ("pairbench_00000000dead_0", "pairbench_0000000a11fe_7");
    let kept = access.keep("pairbench_0000000a11fe")?;
    for name in [dead, alive] {
        access.execute(&format!("CREATE DATABASE {name} OWNER may"))?;
    }
    let password = "a%2Fb%3Ac%40d%25";
    for address in [
        format!("postgres://may:{password}@127.0.0.1:{port}/postgres"),
        format!(
            "postgresql://may:{password}@/postgres?host={}&port={port}",
            cluster.folder().display()
        ),
    ] {
        let host = Arc::new(Host::given(&address, SCRIPT)?);
        let database = Host::database(host.clone())?;
        assert_eq!(rows(&host, &database)?, "2");
        assert!(database.url().contains(&format!("//may:{password}@")));
        let again = Access::open(database.url().parse().map_err(|_| "no address")?)?;
        assert_eq!(
            again.query(None, "SELECT current_database()::text")?,
            database.name
        );
        assert_eq!(database.process(), 0);
        let expected = format!("{} {} {alive} pairbench_mine", database.name, host.template);
        let mut expected: Vec<&str> = expected.split(' ').collect();
        expected.sort_unstable();
        assert_eq!(names(&access)?, expected.join(" "));
        drop((database, host));
        assert_eq!(names(&access)?, format!("{alive} pairbench_mine"));
    }
    drop(kept);
    Ok(())
}

#[test]
fn an_address_that_cannot_be_used_is_told_why() -> Outcome {
    let Some(programs) = programs() else {
        return Ok(());
    };
    let cache = folder()?;
    let (cluster, port) = remote(&programs, cache.path())?;
    for (address, words) in [
        (
            "host=localhost user=me".to_owned(),
            "it is no address like postgresql://",
        ),
        (
            "postgresql://me@localhost:port/me".to_owned(),
            "it is no address of a database: ",
        ),
        (
            format!("postgresql://guest:guest@127.0.0.1:{port}/postgres"),
            "its role may not create databases",
        ),
        (
            format!("postgresql://may:secret@127.0.0.1:{port}/postgres"),
            "password authentication failed",
        ),
        (
            format!("postgresql://may:secret@127.0.0.1:{port}/postgres?sslmode=require"),
            "TLS",
        ),
    ] {
        let error = Host::given(&address, SCRIPT).err().ok_or("it was used")?;
        assert!(error.contains(words) && !error.contains("secret"), "{error}");
    }
    drop(cluster);
    let address = format!("postgresql://may:secret@127.0.0.1:{port}/postgres");
    let error = Host::given(&address, SCRIPT).err().ok_or("it was used")?;
    assert!(error.contains("refused"), "{error}");
    Ok(())
}

#[test]
fn a_cluster_outlives_the_thread_that_started_it() -> Outcome {
    let Some(programs) = programs() else {
        return Ok(());
    };
    let cache = folder()?;
    let start = || Cluster::start(&programs, cache.path(), SCRIPT);
    let cluster = thread::scope(|scope| scope.spawn(start).join()).map_err(|_| "panic")??;
    thread::sleep(Duration::from_millis(200));
    cluster.access()?.execute("SELECT 1")
}

#[test]
fn a_failing_script_is_named_and_nothing_is_kept() -> Outcome {
    let Some(programs) = programs() else {
        return Ok(());
    };
    let cache = folder()?;
    let outcome = Cluster::start(&programs, cache.path(), "CREATE TABEL thing (id int)");
    let error = outcome.err().ok_or("it started")?;
    assert!(
        error.starts_with("loading the schema: ") && error.contains("TABEL"),
        "{error}"
    );
    let kept = fs::read_dir(cache.path()).map_err(|error| error.to_string())?;
    assert_eq!(kept.count(), 0);
    Ok(())
}

/// The variable by which a copy of this program knows that it is to be killed; it has the folder of the cache.
const KILLED: &str = "PAIRBENCH_TEST_KILLED";

#[test]
#[cfg(target_os = "linux")]
fn a_process_that_is_killed_leaves_neither_server_nor_folder() -> Outcome {
    let Some(programs) = programs() else {
        return Ok(());
    };
    if let Some(cache) = std::env::var_os(KILLED) {
        let cluster = Cluster::start(&programs, Path::new(&cache), SCRIPT)?;
        println!("\ncluster {} {}", cluster.process(), cluster.folder().display());
        thread::sleep(Duration::from_secs(60));
        return Err("nobody killed it".into());
    }
    let cache = folder()?;
    let mut child = Command::new(std::env::current_exe().map_err(|error| error.to_string())?)
        .args(["--exact", "--nocapture"])
        .arg(thread::current().name().ok_or("a test has a name")?)
        .env(KILLED, cache.path())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let lines = BufReader::new(child.stdout.take().ok_or("it has an output")?).lines();
    let found = lines
        .map_while(Result::ok)
        .find_map(|line| Some(line.strip_prefix("cluster ")?.to_owned()));
    let found = found.ok_or("it started no server")?;
    let (process, folder) = found.split_once(' ').ok_or("a process and a folder")?;
    assert!(Path::new("/proc").join(process).exists() && Path::new(folder).exists());
    // SIGKILL.
    child.kill().map_err(|error| error.to_string())?;
    child.wait().map_err(|error| error.to_string())?;
    let is_alive = || {
        // Whoever inherits it may not have waited for it yet.
        let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        !state.is_empty() && !state.contains(") Z ")
    };
    let end = Instant::now() + Duration::from_secs(20);
    while is_alive() || Path::new(folder).exists() {
        assert!(Instant::now() < end, "{process} or {folder} is still there");
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
