//! `cargo bench --bench breakage`: do releases break things? Packages and crates of a fixed day, with what they depended on
//! that day, on every release of their language since. It ends with the tables of docs/evidence/breakage.md.
//!
//! | file | what it does |
//! |---|---|
//! | `lists/` | what was popular on each day, in the order of trial |
//! | `days.rs` | the days, and the release of each |
//! | `sandbox.rs` | where foreign code runs |
//! | `python.rs`, `probe.py` | the steps of a package of PyPI |
//! | `rust.rs` | the steps of a crate |
//! | `parse.rs` | what the tools print |
//! | `rows.rs`, `results.rs` | what was tried, kept |
//! | `judge.rs` | the rule: what counts as broken, and by what |
//! | `report.rs`, `chart.rs` | the tables, and the picture |
//! | `tried.csv` | what the run of the page tried, and what became of it |
#![allow(missing_docs, reason = "an executable")]

mod chart;
#[path = "../accuracy/report/count.rs"]
mod count;
mod days;
mod judge;
mod parse;
mod python;
mod report;
mod results;
mod rows;
mod rust;
mod sandbox;

use clap::Parser;
use python::{Interpreter, Python};
use results::{Row, Side};
use rust::{Compiler, Rust};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::time::Instant;

/// Tries the popular packages and crates of a day on later releases of their language. What was tried before is kept;
/// without limits it takes most of a day. It needs Linux with bubblewrap, uv and rustup, and network for uv and cargo.
#[derive(Debug, Parser)]
#[command(
    name = "cargo bench --bench breakage --",
    bin_name = "cargo bench --bench breakage --",
    max_term_width = 100
)]
struct Options {
    /// Only this day
    #[arg(long, value_parser = days::DAYS)]
    day: Option<String>,

    /// Only this side
    #[arg(long, value_parser = ["python", "rust"])]
    side: Option<String>,

    /// How many of each list, from its start: a random sample
    #[arg(long, value_name = "N", default_value_t = 200)]
    packages: usize,

    /// How many of each list have their tests run, from its start
    #[arg(long, value_name = "N", default_value_t = 200)]
    tests: usize,

    /// CPython's executables
    #[arg(
        long,
        value_name = "PATH",
        value_delimiter = ',',
        default_value = "python3.8,python3.9,python3.10,python3.11,python3.12,python3.13,python3.14,python3.15"
    )]
    interpreters: Vec<PathBuf>,

    /// Toolchains of rustup, from the oldest on: that of each day, and any after it
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        default_value = "1.40,1.48,1.57,1.66,1.75,1.83,1.92,stable"
    )]
    rust_toolchains: Vec<String>,

    /// Minutes after which no package is begun; 0 makes the tables of what is there
    #[arg(long, value_name = "N", default_value_t = 1440.0)]
    minutes: f64,

    /// Packages that are tried at once
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,

    /// What was tried, and the caches of uv and cargo [default: target/breakage]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,

    /// Try again what the repository has results of
    #[arg(long)]
    from_scratch: bool,

    /// Write tables, picture and results into docs/evidence, and what was tried into benches/breakage/tried.csv
    #[arg(long)]
    write_page: bool,

    /// Cargo passes it
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The pipeline: list, try what is not kept yet, judge, print.
fn run(options: &Options) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let work = options
        .out
        .clone()
        .unwrap_or_else(|| root.join("target/breakage"));
    std::fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    let work = work
        .canonicalize()
        .map_err(|error| format!("{}: {error}", work.display()))?;
    let file = work.join("results.jsonl");
    let published = root.join(results::PUBLISHED);
    let kept = || {
        let before = match options.from_scratch {
            true => String::new(),
            false => results::read(&published)?,
        };
        results::parse(&(before + &results::read(&file)?))
    };
    let chosen = choose(options, root, options.packages)?;
    if options.minutes > 0.0 {
        attempt(options, root, &work, &file, &chosen, &kept()?)?;
    }
    let names: BTreeSet<_> = chosen.iter().cloned().collect();
    let mut rows = kept()?;
    rows.retain(|row| names.contains(&row.key()));
    let tables = report::tables(&rows);
    // A reader that has seen enough may close the pipe.
    let _ = writeln!(std::io::stdout(), "{tables}");
    if options.write_page {
        let page = root.join("docs/evidence/breakage.md");
        let text = std::fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
        write(&page, &report::put(&text, &tables)?)?;
        write(&page.with_extension("svg"), &chart::svg(&report::curves(&rows))?)?;
        let summary = "crates/pairbench/src/analyse/claims/breakage.csv";
        write(&root.join(summary), &report::summary(&rows))?;
        write(&root.join("benches/breakage/tried.csv"), &report::csv(&rows)?)?;
        results::publish(&published, &rows)?;
    }
    Ok(())
}

type Key = (String, Side, String);

/// Day, side and name of all that is to be tried; both sides and all days advance together.
fn choose(options: &Options, root: &Path, most: usize) -> Result<Vec<Key>, String> {
    let mut lists = Vec::new();
    for day in days::DAYS
        .iter()
        .filter(|day| options.day.as_deref().is_none_or(|only| only == **day))
    {
        for (side, name) in [(Side::Python, "python"), (Side::Rust, "rust")] {
            if options.side.as_deref().is_none_or(|only| only == name) {
                let file = root.join(format!("benches/breakage/lists/{name}-{day}.csv"));
                lists.push((day, side, list(&file)?));
            }
        }
    }
    let nth = |n: usize| {
        lists
            .iter()
            .filter_map(move |(day, side, names)| Some(((*day).to_string(), *side, names.get(n)?.clone())))
    };
    Ok((0..most).flat_map(nth).collect())
}

/// The names of a list, in its order.
fn list(file: &Path) -> Result<Vec<String>, String> {
    let told = |error: csv::Error| format!("{}: {error}", file.display());
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(file)
        .map_err(told)?;
    let records = reader
        .records()
        .map(|record| record.map(|record| record[0].to_string()));
    records.collect::<Result<_, _>>().map_err(told)
}

/// Tries what is not done, and keeps the rows of each package as soon as it is.
fn attempt(
    options: &Options,
    root: &Path,
    work: &Path,
    file: &Path,
    chosen: &[Key],
    kept: &[Row],
) -> Result<(), String> {
    let lock = std::fs::File::create(work.join("lock")).map_err(|error| error.to_string())?;
    lock.try_lock()
        .map_err(|_| format!("another study runs in {}", work.display()))?;
    for tool in ["bwrap", "prlimit", "timeout"] {
        find(tool)?;
    }
    write(&work.join("probe.py"), include_str!("probe.py"))?;
    for cache in ["uv", "cargo", "jobs"] {
        std::fs::create_dir_all(work.join(cache)).map_err(|error| error.to_string())?;
    }
    let python = Python {
        interpreters: interpreters(&options.interpreters)?,
        uv: find("uv")?,
        work: work.into(),
    };
    let rust = Rust {
        compilers: compilers(&options.rust_toolchains)?,
        work: work.into(),
    };
    let done: BTreeMap<Key, bool> = kept
        .iter()
        .filter(|row| row.step == "done")
        .map(|row| (row.key(), row.passed > 0))
        .collect();
    let tested: BTreeSet<Key> = choose(options, root, options.tests)?.into_iter().collect();
    let left = chosen.iter().map(|key| (key, tested.contains(key)));
    let queue = Mutex::new(left.filter(|(key, tests)| done.get(key).is_none_or(|had| *tests && !had)));
    let places = places(work, &python, &rust);
    let before = Instant::now();
    let written = Mutex::new(());
    std::thread::scope(|scope| {
        for job in 0..options.jobs {
            let (python, rust, queue, written, places) = (&python, &rust, &queue, &written, &places);
            scope.spawn(move || {
                loop {
                    let next = queue.lock().ok().and_then(|mut queue| queue.next());
                    let Some((key, tests)) =
                        next.filter(|_| before.elapsed().as_secs_f64() < options.minutes * 60.0)
                    else {
                        return;
                    };
                    let folder = work.join("jobs").join(job.to_string());
                    let result = one(python, rust, key, &folder, tests).and_then(|mut rows| {
                        // The last is `done`.
                        rows.last_mut()
                            .into_iter()
                            .for_each(|row| row.passed = usize::from(tests));
                        rows.iter_mut().for_each(|row| row.rename(places));
                        let _one = written.lock();
                        results::append(file, &rows)?;
                        Ok(rows)
                    });
                    let minutes = before.elapsed().as_secs_f64() / 60.0;
                    match result {
                        Ok(rows) => eprintln!(
                            "{minutes:.1} min: {} {:?} {}: {}",
                            key.0,
                            key.1,
                            key.2,
                            short(&rows)
                        ),
                        Err(error) => eprintln!(
                            "{minutes:.1} min: {} {:?} {}: error: {error}",
                            key.0, key.1, key.2
                        ),
                    }
                }
            });
        }
    });
    Ok(())
}

/// Folders of this machine, and what they are called in the results.
fn places(work: &Path, python: &Python, rust: &Rust) -> Vec<(String, String)> {
    let of = |path: &Path, name: String| (path.display().to_string(), name);
    let interpreters = python.interpreters.iter();
    let mut all = vec![of(work, String::new())];
    all.extend(interpreters.map(|one| of(&one.prefix, format!("/python{}", one.release))));
    let compilers = rust.compilers.iter();
    all.extend(compilers.map(|one| of(&one.sysroot, format!("/rust{}", one.release))));
    all
}

fn one(python: &Python, rust: &Rust, key: &Key, folder: &Path, tests: bool) -> Result<Vec<Row>, String> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let rows = match key.1 {
        Side::Python => python.study(&key.0, &key.2, folder, tests),
        Side::Rust => rust.study(&key.0, &key.2, folder, tests),
    };
    let _ = std::fs::remove_dir_all(folder);
    rows
}

fn short(rows: &[Row]) -> String {
    let failed = rows
        .iter()
        .filter(|row| !row.ok)
        .map(|row| format!("{} {}", row.runtime, row.step));
    let failed: Vec<String> = failed.collect();
    if failed.is_empty() {
        "all work".into()
    } else {
        format!("fails: {}", failed.join(", "))
    }
}

/// The executable on the path.
fn find(tool: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(tool))
        .find(|file| file.is_file());
    let found =
        found.ok_or_else(|| format!("{tool} is not on the path: install it (bubblewrap, util-linux, uv)"))?;
    found.canonicalize().map_err(|error| error.to_string())
}

fn print(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stderr(std::process::Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// Those that are at hand; the others are told.
fn interpreters(programs: &[PathBuf]) -> Result<Vec<Interpreter>, String> {
    let code =
        "import sys; print(*sys.version_info[:2], sep='.'); print(sys.base_prefix); print(sys.executable)";
    let mut found = Vec::new();
    for program in programs {
        let Some(text) = print(program, &["-c", code]) else {
            eprintln!("warning: {} does not run, left out", program.display());
            continue;
        };
        let [release, prefix, executable] = text.lines().collect::<Vec<_>>()[..] else {
            return Err(format!("{} printed {text:?}", program.display()));
        };
        found.push(Interpreter {
            release: release.into(),
            program: executable.into(),
            prefix: prefix.into(),
        });
    }
    // 3.10 is newer than 3.9.
    found.sort_by_key(|one: &Interpreter| report::number(&one.release));
    Ok(found)
}

fn compilers(toolchains: &[String]) -> Result<Vec<Compiler>, String> {
    let mut found = Vec::new();
    for toolchain in toolchains {
        let rustc = |what: &str| print(Path::new("rustup"), &["run", toolchain, "rustc", what]);
        let (Some(sysroot), Some(version)) = (rustc("--print=sysroot"), rustc("--version")) else {
            eprintln!("warning: rustup has no {toolchain}, left out");
            continue;
        };
        let release = version
            .split([' ', '.'])
            .skip(1)
            .take(2)
            .collect::<Vec<_>>()
            .join(".");
        found.push(Compiler {
            release,
            sysroot: sysroot.into(),
        });
    }
    Ok(found)
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

/// The newest, and those between from the oldest on.
fn order<T>(later: &[T]) -> impl Iterator<Item = &T> {
    let (between, newest) = later.split_at(later.len().saturating_sub(1));
    newest.iter().chain(between)
}

/// Nothing is left to try when the newest works, or when another is the first that does not.
fn is_last<T>(later: &[T], release: &str, name: impl Fn(&T) -> &String, ok: bool) -> bool {
    let newest = later.last().is_some_and(|one| name(one) == release);
    ok == newest
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let status = Command::new("cp")
        .arg("-a")
        .args([from, to])
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cannot copy {} to {}", from.display(), to.display()))
    }
}
