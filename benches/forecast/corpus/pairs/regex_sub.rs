//! Replace dates and addresses in a text by a function for each match.

use crate::draw::*;
use pairbench::registry::prelude::*;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "replaces matches of a regular expression")
        .input(generate)
        .cases("sentences", &[10, 700, 3_000])
        .rust(rust)
        .build()
}

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let date = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)";
    Regex::new(&format!(r"{date}|\b(?P<user>[a-z]+)@[a-z]+\.(?:com|org)\b")).unwrap()
});

fn generate(size: u64, seed: u64) -> String {
    let mut rng = rng(seed);
    (0..size).map(|_| sentence(&mut rng)).collect()
}

fn rust(text: &String) -> String {
    let replacement = |found: &Captures<'_>| match found.name("user") {
        Some(user) => format!("{} at ...", user.as_str()),
        None => format!("{}.{}.{}", &found["day"], &found["month"], &found["year"]),
    };
    PATTERN.replace_all(text, replacement).into_owned()
}
