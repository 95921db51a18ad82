//! A lexer for both languages, used for highlighting, for counting lines and for finding imports.
//!
//! It recognises comments, strings, numbers and names, but no grammar. No character is ever lost.

use std::collections::BTreeSet;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Comment,
    /// A string or a character, with prefix and quotes.
    String,
    Number,
    /// A name or a keyword.
    Word,
    /// A Rust lifetime, or a Python decorator.
    Mark,
    /// One character, or Rust's `::`.
    Other,
}

/// A token and the line it starts on, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub line: usize,
}

/// All tokens of a source; their texts together are the source.
pub(crate) fn tokens(source: &str, language: Language) -> impl Iterator<Item = Token<'_>> {
    let (mut rest, mut line) = (source, 0);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (length, kind) = first(rest, language);
        let (text, after) = rest.split_at(length);
        let token = Token { kind, text, line };
        line += text.matches('\n').count();
        rest = after;
        Some(token)
    })
}

/// The tokens that are code: no comments and no white space.
pub(super) fn code(source: &str, language: Language) -> Vec<Token<'_>> {
    let all = tokens(source, language);
    all.filter(|token| token.kind != Kind::Comment && !token.text.trim().is_empty())
        .collect()
}

/// Lines that hold any of these tokens; blank lines inside a string do not count.
pub(super) fn count_lines<'a>(tokens: impl IntoIterator<Item = Token<'a>>) -> usize {
    let mut lines = BTreeSet::new();
    for token in tokens {
        let own = token.text.lines().enumerate();
        let own = own.filter(|(_, text)| !text.trim().is_empty());
        lines.extend(own.map(|(at, _)| token.line + at));
    }
    lines.len()
}

/// Length in bytes of the token that `rest` begins with (at least one character), and its kind.
fn first(rest: &str, language: Language) -> (usize, Kind) {
    if let Some(length) = comment(rest, language) {
        return (length, Kind::Comment);
    }
    if let Some(length) = string(rest, language) {
        return (length, Kind::String);
    }
    let first = rest.chars().next().unwrap_or(' ');
    match (language, first) {
        (_, '0'..='9') => (number(rest), Kind::Number),
        (_, c) if c.is_alphabetic() || c == '_' => (word(rest), Kind::Word),
        (Language::Rust, '\'') => (1 + word(&rest[1..]), Kind::Mark),
        (Language::Python, '@') if !rest[1..].starts_with(['=', ' ']) => (1 + word(&rest[1..]), Kind::Mark),
        (Language::Rust, ':') if rest.starts_with("::") => (2, Kind::Other),
        (_, c) => (c.len_utf8(), Kind::Other),
    }
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len())
}

fn comment(rest: &str, language: Language) -> Option<usize> {
    let starts = match language {
        Language::Rust => rest.starts_with("//"),
        Language::Python => rest.starts_with('#'),
    };
    if starts {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if language == Language::Python || !rest.starts_with("/*") {
        return None;
    }
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    Some(rest.len())
}

fn string(rest: &str, language: Language) -> Option<usize> {
    match language {
        Language::Rust => rust_string(rest),
        Language::Python => python_string(rest),
    }
}

fn rust_string(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""]
        .into_iter()
        .find(|p| rest.starts_with(p))?;
    let body = &rest[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let text = body[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        let length = text.find(&end).map_or(text.len(), |at| at + end.len());
        return Some(prefix.len() + hashes + 1 + length);
    }
    if let Some(text) = body.strip_prefix('"') {
        return Some(prefix.len() + 1 + quoted(text, "\"", true));
    }
    // A character, not a lifetime: 'a' or '\n'.
    let inner = body.strip_prefix('\'').filter(|_| prefix != "c")?;
    let one = inner.chars().next().filter(|c| *c != '\'')?;
    match one {
        '\\' => Some(prefix.len() + 1 + quoted(inner, "'", false)),
        c if inner[c.len_utf8()..].starts_with('\'') => Some(prefix.len() + c.len_utf8() + 2),
        _ => None,
    }
}

fn python_string(rest: &str) -> Option<usize> {
    let prefix = rest
        .find(|c: char| !"rRbBuUfFtT".contains(c))
        .filter(|length| *length <= 2)?;
    let body = &rest[prefix..];
    for (quote, lines) in [("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)] {
        if let Some(text) = body.strip_prefix(quote) {
            return Some(prefix + quote.len() + quoted(text, quote, lines));
        }
    }
    None
}

/// Bytes up to and including the closing quote; if it is missing, up to the end of the line or the text.
fn quoted(text: &str, quote: &str, lines: bool) -> usize {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if text[at..].starts_with(quote) {
            return at + quote.len();
        }
        match c {
            '\\' => drop(chars.next()),
            '\n' if !lines => return at,
            _ => {}
        }
    }
    text.len()
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        let next_is_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        let goes_on = match bytes[at] {
            c if c.is_ascii_alphanumeric() || c == b'_' => true,
            b'.' => next_is_digit,
            b'+' | b'-' => next_is_digit && matches!(bytes[at - 1], b'e' | b'E') && !rest.starts_with("0x"),
            _ => false,
        };
        if !goes_on {
            break;
        }
        at += 1;
    }
    at
}
