//! Python's warnings of what it will remove.

use crate::hosts::Raised;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A warning by Python that something a pair uses will be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deprecation {
    /// Its class, like `DeprecationWarning`.
    pub category: String,
    /// Its text.
    pub message: String,
    /// The release of Python that removes what it is about, like `3.14`, if the text names one: see [`removed_in`].
    pub removed_in: Option<String>,
    /// The file that raised it: starting at the folder of the pairs, like `python/flat/x.py`, or as a library's file is
    /// imported, like `asyncio/events.py`.
    pub file: String,
    /// The line there, from 1; 0 if it has none.
    pub line: u32,
    /// The text of that line; empty if it is not known.
    pub source: String,
    /// The variant that was being set up, called or closed; empty while the pair's file was imported.
    pub variant: String,
}

impl Deprecation {
    /// Whether both have the same text on the same line, whichever interpreter found it.
    pub(crate) fn is_same(&self, other: &Deprecation) -> bool {
        (&self.category, &self.message, &self.file, self.line)
            == (&other.category, &other.message, &other.file, other.line)
    }
}

impl From<Raised> for Deprecation {
    fn from(raised: Raised) -> Self {
        Deprecation {
            removed_in: removed_in(&raised.message),
            category: raised.category,
            message: raised.message,
            file: raised.file,
            line: raised.line,
            source: raised.source,
            variant: raised.variant,
        }
    }
}

/// The release of Python that removes what a warning is about, as named in its text: `3.14`.
///
/// `None` if the text names no release, or that of a library. A number without the word Python is Python's if it can be
/// (`3.9` to `3.99`; anything older is in the past for an interpreter that is measured) and if no other name precedes a
/// version in the text, as in "deprecated in Matplotlib 3.7 and will be removed in 3.11".
pub fn removed_in(message: &str) -> Option<String> {
    let found = REMOVED.captures(message).or_else(|| STOPS.captures(message))?;
    let (major, minor) = (&found["major"], found.name("minor").map(|minor| minor.as_str()));
    let name = found.name("name").map_or("", |name| name.as_str());
    let release = match minor {
        Some(minor) => format!("{major}.{minor}"),
        None => major.to_string(),
    };
    if name.eq_ignore_ascii_case("python") {
        return Some(release);
    }
    let can_be =
        major == "3" && minor.is_some_and(|minor| minor != "0" && (minor.len() == 2 || minor == "9"));
    let others = NAMED.captures_iter(message).any(|named| {
        let name = named["name"].to_lowercase();
        name != "python" && !PLAIN.contains(&name.as_str())
    });
    (name.is_empty() && can_be && !others).then_some(release)
}

/// A release after a word of removal: `removal in Python 3.14`, `removed in version 3.14`, `become an error in 3.19`.
static REMOVED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:remov(?:ed|al|e)|disallowed|dropped|disappear|go\s+away|stop\s+working|keyword-only(?:\s+parameters?)?|error)
        \s+ (?:(?:from|with|as\s+of|starting\s+(?:in|with))\s+(?:in\s+)?|in\s+) RELEASE",
    )
});

/// A release before such words: `in 3.10 it will stop working`.
static STOPS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b in\s+ RELEASE \s+ (?:it|they|this)\s+will\s+(?:stop|be\s+(?:removed|an\s+error)|fail)")
});

/// A word followed by what looks like a version.
static NAMED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?<name>[A-Za-z][A-Za-z_-]*)\s+v?\d+\.\d").expect("a valid pattern"));

/// Words before a version that are not names.
const PLAIN: &[&str] = &[
    "after", "and", "as", "before", "by", "for", "from", "in", "of", "on", "or", "release", "since", "than",
    "to", "until", "version", "with",
];

fn pattern(text: &str) -> Regex {
    const RELEASE: &str = r"(?:the\s+)? (?:(?<name>[A-Za-z_][\w-]*?)\s+)?? (?:(?:version|release)\s+)? v?
        (?<major>\d+) (?:\.(?<minor>\d+))? (?:\.\d+)* \b";
    let text = format!("(?ix) {}", text.replace("RELEASE", RELEASE));
    Regex::new(&text).expect("a valid pattern")
}

#[cfg(test)]
mod tests {
    use super::removed_in;

    /// Texts of CPython 3.8 to 3.14 and of libraries, and the release of Python that they name.
    const TEXTS: &[(&str, Option<&str>)] = &[
        // 3.8 and 3.9
        (
            "'encoding' is ignored and deprecated. It will be removed in Python 3.9",
            Some("3.9"),
        ),
        (
            "The loop argument is deprecated since Python 3.8, and scheduled for removal in Python 3.10.",
            Some("3.10"),
        ),
        (
            "The reuse_address parameter has been deprecated as of 3.5.10 and is scheduled for removal in 3.11.",
            Some("3.11"),
        ),
        (
            "Using or importing the ABCs from 'collections' instead of from 'collections.abc' is deprecated since Python 3.3, and in 3.10 it will stop working",
            Some("3.10"),
        ),
        (
            "This method will be removed in a future version of Python. Use 'locale.format_string()' instead.",
            None,
        ),
        (
            "This method will be removed in future versions.  Use 'list(elem)' or iteration over elem instead.",
            None,
        ),
        (
            "Deprecated since Python 3.4. Use importlib.util.find_spec() instead.",
            None,
        ),
        (
            "the imp module is deprecated in favour of importlib; see the module's documentation for alternative uses",
            None,
        ),
        ("invalid escape sequence \\d", None),
        ("\"is\" with a literal. Did you mean \"==\"?", None),
        (
            "The *random* parameter to shuffle() has been deprecated\nsince Python 3.9 and will be removed in a subsequent version.",
            None,
        ),
        // 3.10 and 3.11
        (
            "the imp module is deprecated in favour of importlib and slated for removal in Python 3.12; see the module's documentation for alternative uses",
            Some("3.12"),
        ),
        (
            "The distutils package is deprecated and slated for removal in Python 3.12. Use setuptools or check PEP 632 for potential alternatives",
            Some("3.12"),
        ),
        (
            "Deprecated since Python 3.4 and slated for removal in Python 3.12; use importlib.util.find_spec() instead",
            Some("3.12"),
        ),
        (
            "typing.io is deprecated, import directly from typing instead. typing.io will be removed in Python 3.12.",
            Some("3.12"),
        ),
        ("There is no current event loop", None),
        (
            "'cgi' is deprecated and slated for removal in Python 3.13",
            Some("3.13"),
        ),
        (
            "unittest.makeSuite() is deprecated and will be removed in Python 3.13. Please use unittest.TestLoader.loadTestsFromTestCase() instead.",
            Some("3.13"),
        ),
        (
            "'locale.getdefaultlocale' is deprecated and slated for removal in Python 3.15. Use setlocale(), getencoding() and getlocale() instead.",
            Some("3.15"),
        ),
        (
            "It is deprecated to return a value that is not None from a test case (<bound method T.test of T>)",
            None,
        ),
        // 3.12 and 3.13
        (
            "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).",
            None,
        ),
        (
            "ast.Num is deprecated and will be removed in Python 3.14; use ast.Constant instead",
            Some("3.14"),
        ),
        (
            "'typing.ByteString' is deprecated and slated for removal in Python 3.14",
            Some("3.14"),
        ),
        (
            "'importlib.abc.ResourceReader' is deprecated and slated for removal in Python 3.14",
            Some("3.14"),
        ),
        (
            "'FastChildWatcher' is deprecated as of Python 3.12 and will be removed in Python 3.14.",
            Some("3.14"),
        ),
        (
            "This process (pid=7789) is multi-threaded, use of fork() may lead to deadlocks in the child.",
            None,
        ),
        (
            "Python 3.14 will, by default, filter extracted tar archives and reject files or modify their metadata. Use the filter argument to control this behavior.",
            None,
        ),
        (
            "Bitwise inversion '~' on bool is deprecated. This returns the bitwise inversion of the underlying int object and is usually not what you expect from the negation of a bool object.",
            None,
        ),
        (
            "Failing to pass a value for the 'fields' parameter is deprecated and will be disallowed in Python 3.15. To create a NamedTuple class with 0 fields using the functional syntax, pass an empty list, e.g. `A = NamedTuple('A', [])`.",
            Some("3.15"),
        ),
        (
            "Passing more than 1 positional argument to sqlite3.connect() is deprecated. Parameters 'timeout' and 'uri' will become keyword-only parameters in Python 3.15.",
            Some("3.15"),
        ),
        // 3.14
        (
            "'asyncio.iscoroutinefunction' is deprecated and slated for removal in Python 3.16; use inspect.iscoroutinefunction() instead",
            Some("3.16"),
        ),
        (
            "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object.",
            Some("3.16"),
        ),
        (
            "The implicit default is deprecated and slated to become an error in Python 3.19.",
            Some("3.19"),
        ),
        (
            "\"\\d\" is an invalid escape sequence. Such sequences will not work in the future. Did you mean \"\\\\d\"? A raw string is also an option.",
            None,
        ),
        ("codecs.open() is deprecated. Use open() instead.", None),
        // As others write it
        ("removed in version 3.14", Some("3.14")),
        ("deprecated since 3.12 and will be removed in 3.16", Some("3.16")),
        (
            "Support for this is going to be removed in Python version 3.15.2",
            Some("3.15"),
        ),
        ("will be removed from Python 4", Some("4")),
        ("will be removed in NumPy 3.0", None),
        (
            "`row_stack` alias is deprecated, and will be removed in numpy 3.14",
            None,
        ),
        (
            "Conversion of an array with ndim > 0 to a scalar is deprecated, and will error in future. (Deprecated NumPy 1.25.)",
            None,
        ),
        (
            "The get_cmap function was deprecated in Matplotlib 3.7 and will be removed in 3.11. Use ``matplotlib.colormaps[name]`` instead.",
            None,
        ),
        ("Support for Python 3.8 will be removed in 3.14", Some("3.14")),
        (
            "The alias was deprecated in scipy 1.12, and will be removed in 3.14",
            None,
        ),
        (
            "Deprecated. Since 3.12 it does nothing, and it is removed in 3.14",
            Some("3.14"),
        ),
        (
            "The alias is deprecated since version 1.1 and will be removed in 2.0.",
            None,
        ),
        (
            "pkg_resources is deprecated as an API. The pkg_resources package is slated for removal as early as 2025-11-30.",
            None,
        ),
        ("This option is removed in 3.0", None),
        ("", None),
    ];

    #[test]
    fn the_release_is_what_the_text_names_and_nothing_else() {
        for (text, release) in TEXTS {
            assert_eq!(removed_in(text).as_deref(), *release, "{text}");
        }
    }
}
