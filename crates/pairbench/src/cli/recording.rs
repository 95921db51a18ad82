//! Merges, writes and summarises what the processes of a recorded program left in their folder.

use crate::text::{count, thousands};
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A Python function: the module, and its name there.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub module: String,
    pub function: String,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_identifier = |name: &str| {
            !name.starts_with(|c: char| c.is_ascii_digit())
                && !name.is_empty()
                && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        let parts = text.split_once(':').filter(|(module, function)| {
            let mut names = module.split('.').chain(function.split('.'));
            names.all(is_identifier) && !module.ends_with(".py")
        });
        let (module, function) = parts.ok_or(
            "name the module as it is imported and the function in it, as shop.pricing:total or shop.cart:Cart.total",
        )?;
        Ok(Target {
            module: module.into(),
            function: function.into(),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.module, self.function)
    }
}

/// What happens to a call, in the order of the counters in `recorder.py`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Json,
    Plain,
    Pickled,
    Repeated,
    Nested,
    Large,
    Unpicklable,
    Wrong,
    Subclass,
    Unread,
}

/// Outcomes that `recorder.py` counts.
const OUTCOMES: usize = Outcome::Unread as usize + 1;

/// A call that a process wrote down.
#[derive(Debug)]
struct Row {
    /// Start time in nanoseconds.
    time: u128,
    kind: Outcome,
    digest: String,
    file: PathBuf,
    /// Offset and length of its line.
    place: (u64, u64),
}

/// What all processes recorded.
#[derive(Debug, Default)]
pub(super) struct Recording {
    /// Distinct calls to keep, in the order of their first occurrence.
    rows: Vec<Row>,
    /// Distinct calls that were written down.
    distinct: u64,
    counts: [u64; OUTCOMES],
    /// Processes that called the function, and those that wrapped it.
    calling: usize,
    wrapping: usize,
    /// Why processes recorded nothing, or not everything: kind and text.
    notes: BTreeSet<(String, String)>,
}

impl Recording {
    /// Reads what the processes left, and keeps the first `limit` distinct calls.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn read(folder: &Path, limit: usize) -> io::Result<Self> {
        let mut recording = Recording::default();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("rows") => recording.read_rows(path)?,
                Some("counts") => recording.add_counts(&fs::read(path)?),
                _ => {}
            }
        }
        recording.rows.sort_by_key(|row| row.time);
        let mut seen = HashSet::new();
        recording.rows.retain(|row| seen.insert(row.digest.clone()));
        recording.distinct = recording.rows.len() as u64;
        recording.rows.truncate(limit);
        Ok(recording)
    }

    fn add_counts(&mut self, bytes: &[u8]) {
        let (counts, _) = bytes.as_chunks();
        let mut calls = 0;
        for (sum, count) in self.counts.iter_mut().zip(counts) {
            let count = u64::from_ne_bytes(*count);
            *sum += count;
            calls += count;
        }
        self.wrapping += 1;
        self.calling += usize::from(calls > 0);
    }

    /// Takes in a file of rows: time, kind, digest and text.
    fn read_rows(&mut self, path: PathBuf) -> io::Result<()> {
        let mut reader = BufReader::new(File::open(&path)?);
        let (mut at, mut line) = (0, Vec::new());
        // The last one is incomplete if its process was killed while it wrote.
        while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            let text = String::from_utf8_lossy(&line);
            let mut parts = text.trim_end_matches('\n').splitn(4, '\t');
            let mut part = || parts.next().unwrap_or_default();
            let (time, kind, digest, text) = (part().parse(), part(), part().to_string(), part());
            let end = at + line.len() as u64;
            let length = text.len() as u64;
            let outcome = match kind {
                "json" => Some(Outcome::Json),
                "plain" => Some(Outcome::Plain),
                "pickled" => Some(Outcome::Pickled),
                _ => None,
            };
            match outcome {
                Some(kind) => self.rows.push(Row {
                    time: time.unwrap_or_default(),
                    kind,
                    digest,
                    file: path.clone(),
                    place: (end - 1 - length, length),
                }),
                None => drop(self.notes.insert((kind.into(), text.into()))),
            }
            at = end;
            line.clear();
        }
        Ok(())
    }

    /// Writes the calls, one a line.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for row in &self.rows {
            let mut file = File::open(&row.file)?;
            file.seek(SeekFrom::Start(row.place.0))?;
            io::copy(&mut file.take(row.place.1), out)?;
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    /// Whether there is no call to write.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many calls are kept.
    pub fn kept(&self) -> u64 {
        self.rows.len() as u64
    }

    fn count(&self, outcome: Outcome) -> u64 {
        self.counts[outcome as usize]
    }

    /// The calls made, kept and left out; `large` and `late` describe those that were too large or came too late.
    pub fn summary(&self, large: &str, late: &str) -> String {
        let calls: u64 = self.counts.iter().sum();
        let written: u64 = self.counts[..=Outcome::Pickled as usize].iter().sum();
        let kept = |kind| self.rows.iter().filter(|row| row.kind == kind).count() as u64;
        let kinds = phrases(&[
            (kept(Outcome::Json), "as JSON"),
            (kept(Outcome::Plain), "as pickles that Rust reads too"),
            (
                kept(Outcome::Pickled),
                "as pickles of objects, for Python variants only",
            ),
        ]);
        let repeated = self.count(Outcome::Repeated) + written.saturating_sub(self.distinct);
        let left_out = phrases(&[
            (repeated, "repeated"),
            (self.count(Outcome::Unread) + self.distinct - self.kept(), late),
            (self.count(Outcome::Nested), "made by the function itself"),
            (self.count(Outcome::Large), large),
            (self.count(Outcome::Unpicklable), &self.unpicklable()),
            (self.count(Outcome::Wrong), "whose arguments do not fit"),
            (self.count(Outcome::Subclass), "on another class"),
        ]);
        let kept = match self.is_empty() {
            true => kinds,
            false => format!("{} ({kinds})", count_of(self.kept(), "distinct call")),
        };
        format!(
            "was called {} in {}\nkept: {kept}\nleft out: {left_out}",
            count_of(calls, "time"),
            count(self.calling, "process"),
        )
    }

    /// What could not be pickled, with the first reason.
    fn unpicklable(&self) -> String {
        let why = self.texts("failed").next().map(|why| format!(" ({why})"));
        format!("that cannot be pickled{}", why.unwrap_or_default())
    }

    /// The texts of the notes of a kind.
    fn texts(&self, kind: &str) -> impl Iterator<Item = &str> {
        let notes = self.notes.iter().filter(move |(known, _)| known == kind);
        notes.map(|(_, text)| text.as_str())
    }

    /// Why there is no call to write, by the process that came closest to it, and what to do.
    pub fn why_empty(&self, target: &Target) -> String {
        let Target { module, function } = target;
        if self.calling > 0 {
            return format!(
                "{target} {}",
                self.summary("larger than --max-size", "after --max-time")
            );
        }
        let texts = |kind| self.texts(kind).collect::<Vec<_>>();
        if let [first, ..] = texts("refused")[..] {
            return first.into();
        }
        if self.wrapping > 0 {
            return format!(
                "{module} was imported, but {function} was never called. Calls by a reference that was taken while \
                 {module} was being imported, as by a decorator that registers the function, cannot be seen"
            );
        }
        if let [first, ..] = texts("raised")[..] {
            return format!("{module} could not be imported: {first}");
        }
        if !texts("main").is_empty() {
            return format!(
                "{module} is the program itself (__main__), which nothing imports. Run a program that imports it: \
                 python -c 'import {module}; {module}.main()'"
            );
        }
        let absent = texts("absent").join(" and ");
        if self.notes.iter().any(|(kind, _)| kind == "unimported") {
            let names = texts("unimported");
            let names: BTreeSet<_> = names
                .iter()
                .flat_map(|text| text.split(", "))
                .filter(|name| !name.is_empty())
                .collect();
            let package = module.split('.').next().unwrap_or(module);
            return match names.is_empty() {
                true => format!("{module} was never imported, nor was anything else of {package}"),
                false => format!(
                    "{module} was never imported. Of {package} these were: {}",
                    names.into_iter().collect::<Vec<_>>().join(", ")
                ),
            };
        }
        if !absent.is_empty() {
            return format!(
                "no module {module} was found by {absent}. Is it installed there, and spelled so?"
            );
        }
        "the program started no Python that could record. It may start Python with -I, -E or -S, clear PYTHONPATH (for \
         tox: pass_env = PYTHONPATH), or run a Python older than 3.8"
            .into()
    }
}

/// The phrases whose number is not 0.
fn phrases(all: &[(u64, &str)]) -> String {
    let there = all.iter().filter(|(n, _)| *n > 0);
    let texts: Vec<_> = there
        .map(|(n, text)| format!("{} {text}", thousands(*n as f64)))
        .collect();
    if texts.is_empty() {
        "nothing".into()
    } else {
        texts.join(", ")
    }
}

/// `1 call`, `1,000 calls`.
fn count_of(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(n as f64), if n == 1 { "" } else { "s" })
}
