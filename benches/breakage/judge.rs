//! The rule: what counts, what is broken, and by what. It was written before the study ran, and is the same for both sides.

use super::results::{Row, Side};
use std::collections::BTreeMap;
use std::fmt;

/// One package at the version of a day, with all that was tried.
#[derive(Debug)]
pub struct Package<'a> {
    /// The day.
    pub day: &'a str,
    /// Its language.
    pub side: Side,
    /// Its name.
    pub name: &'a str,
    /// The version of the day.
    pub version: &'a str,
    rows: Vec<&'a Row>,
}

/// What became of a package with one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// As with the release of the day.
    Works,
    /// Its metadata, or that of what it needs, does not allow this release.
    Bound,
    /// It needs a compiled package that has no file for this release.
    Compiled,
    /// It has no wheel, and the build tools of the day do not build it.
    Unbuilt,
    /// It worked with the release of the day, and does not any more.
    Broken(Cause),
    /// It could not be tried.
    Untried,
}

/// By what it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A module of the standard library is gone.
    ModuleRemoved,
    /// New environments no longer have setuptools.
    Setuptools,
    /// A name in a module is gone.
    NameRemoved,
    /// The source does not parse.
    Syntax,
    /// More than one item fits now, since the standard library has more.
    Ambiguous,
    /// The compiler accepts it no longer.
    Rejected,
    /// Undefined behaviour that is caught now.
    Undefined,
    /// Any other.
    Behaviour,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Cause::ModuleRemoved => "module removed",
            Cause::Setuptools => "setuptools not in new environments",
            Cause::NameRemoved => "name removed",
            Cause::Syntax => "syntax",
            Cause::Ambiguous => "ambiguous since an addition",
            Cause::Rejected => "no longer accepted",
            Cause::Undefined => "undefined behaviour that is caught now",
            Cause::Behaviour => "changed behaviour",
        })
    }
}

/// Modules of the standard library that releases after 3.8 no longer have: *What's New in Python* of each, and PEP 594.
const REMOVED: [&str; 37] = [
    "_bootlocale",
    "aifc",
    "asynchat",
    "asyncore",
    "audioop",
    "binhex",
    "cgi",
    "cgitb",
    "chunk",
    "crypt",
    "distutils",
    "dummy_threading",
    "_dummy_thread",
    "_dummy_threading",
    "formatter",
    "imghdr",
    "imp",
    "lib2to3",
    "macpath",
    "mailcap",
    "msilib",
    "nis",
    "nntplib",
    "ossaudiodev",
    "parser",
    "pipes",
    "smtpd",
    "sndhdr",
    "spwd",
    "sre_compile",
    "sre_constants",
    "sre_parse",
    "sunau",
    "symbol",
    "telnetlib",
    "uu",
    "xdrlib",
];

/// Said of the newest version of the day, where only an older one resolves.
pub const WITHDRAWN: &str = "needs what was withdrawn since";

/// The rows of each package, in the order of days, sides and names.
pub fn packages(rows: &[Row]) -> Vec<Package<'_>> {
    let mut all: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        all.entry((row.day.as_str(), row.side, row.package.as_str()))
            .or_default()
            .push(row);
    }
    (all.into_iter())
        .map(|((day, side, name), rows)| {
            let mut versions = rows.iter().map(|row| row.version.as_str());
            let version = versions.find(|version| !version.is_empty()).unwrap_or("");
            Package {
                day,
                side,
                name,
                version,
                rows,
            }
        })
        .collect()
}

impl<'a> Package<'a> {
    /// The step with this release.
    pub fn row(&self, release: &str, step: &str) -> Option<&'a Row> {
        self.rows
            .iter()
            .find(|row| row.runtime == release && row.step == step)
            .copied()
    }

    /// Why it does not count; `None` when it worked with the release of the day.
    pub fn left_out(&self) -> Option<&'static str> {
        let first = super::days::release(self.day, self.side);
        let failed = |step| self.row(first, step).is_none_or(|row| !row.ok);
        let install = self.row(first, "install");
        if install.is_some_and(|row| row.timed_out || unreachable(&row.text)) {
            return Some("could not be downloaded or installed in time");
        }
        if install.is_some_and(|row| row.text.contains(WITHDRAWN)) {
            return Some(WITHDRAWN);
        }
        if failed("install") {
            return Some("does not install with the release of the day");
        }
        if self.side == Side::Rust {
            return failed("check").then_some("does not build with the release of the day");
        }
        if failed("pure") {
            return Some("has compiled files");
        }
        (failed("compile") || failed("import"))
            .then_some("does not compile or import with the release of the day")
    }

    /// Whether it installs, compiles and imports, or builds, with this one of the later releases. Where it was not tried, the
    /// newest release works, or an earlier one does not work: so does this one.
    pub fn state(&self, release: &str, later: &[String]) -> State {
        let before = later.iter().take_while(|one| *one != release);
        let (Some(newest), earlier) = (later.last(), before.map(|one| self.tried(one))) else {
            return State::Untried;
        };
        let known = |state: State| (state != State::Untried).then_some(state);
        known(self.tried(release))
            .or_else(|| earlier.filter_map(known).find(|state| *state != State::Works))
            .unwrap_or_else(|| match self.tried(newest) {
                State::Works => State::Works,
                _ => State::Untried,
            })
    }

    fn tried(&self, release: &str) -> State {
        let steps: &[&str] = match self.side {
            Side::Python => &["install", "compile", "import"],
            Side::Rust => &["check"],
        };
        for step in steps {
            let Some(row) = self.row(release, step) else {
                return State::Untried;
            };
            if !row.ok {
                return if *step == "install" {
                    not_installed(row)
                } else {
                    failed(row)
                };
            }
        }
        State::Works
    }

    /// Whether all tests that passed with the release of the day pass with this one.
    pub fn tests(&self, release: &str) -> State {
        match self.row(release, "tests") {
            _ if self.tested() <= Some(0) => State::Untried,
            None => State::Untried,
            Some(row) if row.ok => State::Works,
            Some(row) => failed(row),
        }
    }

    /// How many of its tests passed with the release of the day; none when they did not end in time.
    pub fn tested(&self) -> Option<usize> {
        let row = self.row(super::days::release(self.day, self.side), "tests")?;
        // What passed before the time was over is not all that would.
        Some(if row.timed_out { 0 } else { row.passed })
    }

    /// Whether the release of the day warned of a removal.
    pub fn warned(&self) -> bool {
        let first = super::days::release(self.day, self.side);
        self.rows.iter().any(|row| {
            row.runtime == first && ["compile", "import", "check"].contains(&row.step.as_str()) && {
                row.names
                    .iter()
                    .any(|name| name.contains("Warning: ") || name.contains("will be"))
            }
        })
    }
}

fn failed(row: &Row) -> State {
    if row.timed_out {
        State::Untried
    } else {
        State::Broken(cause(row.side, &row.text))
    }
}

fn not_installed(row: &Row) -> State {
    let text = row.text.as_str();
    let without_file = [
        "no usable wheels",
        "has no wheels",
        "no wheels with",
        "--no-build",
        "only-binary",
    ];
    if row.timed_out || unreachable(text) {
        State::Untried
    } else if text.contains("does not satisfy Python") || text.contains("requires a different Python") {
        State::Bound
    } else if !row.names.is_empty() && without_file.iter().any(|mark| text.contains(mark)) {
        State::Compiled
    } else if text.contains("build backend returned an error") {
        State::Unbuilt
    } else {
        State::Broken(cause(row.side, text))
    }
}

fn unreachable(text: &str) -> bool {
    [
        "error sending request",
        "Failed to download",
        "Failed to fetch",
        "failed to download",
        "Could not connect",
    ]
    .iter()
    .any(|mark| text.contains(mark))
}

/// By what, from what was printed; the first that fits.
pub fn cause(side: Side, text: &str) -> Cause {
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    if side == Side::Rust {
        return if has(&[
            "attempted to leave type",
            "attempted to zero-initialize",
            "unsafe precondition",
            "misaligned pointer",
        ]) {
            Cause::Undefined
        } else if has(&["error[E0034]", "error[E0282]", "error[E0283]", "error[E0284]"]) {
            Cause::Ambiguous
        } else if text
            .lines()
            .any(|line| line.starts_with("error[E") || line.starts_with("error: "))
        {
            Cause::Rejected
        } else {
            Cause::Behaviour
        };
    }
    let missing: Vec<&str> = text
        .split("No module named ")
        .skip(1)
        .filter_map(|rest| {
            rest.trim_start_matches(['\'', '"'])
                .split(['\'', '"', ' ', '\n'])
                .next()
        })
        .collect();
    if missing
        .iter()
        .any(|name| REMOVED.contains(&name.split('.').next().unwrap_or_default()))
    {
        Cause::ModuleRemoved
    } else if missing
        .iter()
        .any(|name| ["pkg_resources", "setuptools"].contains(name))
    {
        Cause::Setuptools
    } else if has(&["SyntaxError", "IndentationError", "TabError"]) {
        Cause::Syntax
    } else if has(&["cannot import name", "has no attribute", "six.moves"]) {
        Cause::NameRemoved
    } else {
        Cause::Behaviour
    }
}
