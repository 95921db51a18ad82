//! Syntax highlighting of the two languages that a pair has.
//!
//! A lexer of our own, since a thousand pairs must render in two seconds: it knows comments, strings, numbers,
//! keywords and names being defined, and nothing of grammar. Where it is wrong, a colour is wrong; no character is
//! ever lost or left unescaped.

use maud::{Markup, PreEscaped};

const RUST_KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
    "self", "Self", "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
];
const PYTHON_KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];
/// The next name is being defined.
const DEFINERS: &[&str] = &[
    "fn", "struct", "enum", "trait", "type", "mod", "const", "static", "def", "class",
];

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
}

/// The source as HTML: escaped, with `<span class=…>` around what has a colour.
pub fn highlight(source: &str, language: Language) -> Markup {
    let mut html = String::with_capacity(source.len() * 2);
    let mut rest = source;
    let mut previous = "";
    while !rest.is_empty() {
        let (length, class) = token(rest, language, previous);
        let (text, after) = rest.split_at(length);
        if let Some(class) = class {
            html.push_str("<span class=\"");
            html.push_str(class);
            html.push_str("\">");
        }
        escape_into(&mut html, text);
        if class.is_some() {
            html.push_str("</span>");
        }
        if !text.trim().is_empty() {
            previous = text;
        }
        rest = after;
    }
    PreEscaped(html)
}

fn escape_into(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

/// Bytes of the token that `rest` begins with, at least one character, and its class.
fn token(rest: &str, language: Language, previous: &str) -> (usize, Option<&'static str>) {
    let first = rest.chars().next().unwrap_or(' ');
    if let Some(length) = comment(rest, language) {
        return (length, Some("c"));
    }
    if let Some(length) = string(rest, language) {
        return (length, Some("s"));
    }
    if first.is_ascii_digit() {
        return (number(rest), Some("n"));
    }
    if first.is_alphabetic() || first == '_' {
        let length = word(rest);
        let (name, after) = rest.split_at(length);
        let keywords = match language {
            Language::Rust => RUST_KEYWORDS,
            Language::Python => PYTHON_KEYWORDS,
        };
        let class = if keywords.contains(&name) {
            Some("k")
        } else if DEFINERS.contains(&previous) {
            Some("d")
        } else if language == Language::Rust && after.starts_with('!') && !after.starts_with("!=") {
            Some("m")
        } else if first.is_uppercase() {
            Some("t")
        } else {
            None
        };
        return (length, class);
    }
    let marks_name = match language {
        Language::Rust => first == '\'',
        Language::Python => first == '@' && !rest[1..].starts_with(['=', ' ']),
    };
    match marks_name {
        true => (1 + word(&rest[1..]), Some("m")),
        false => (first.len_utf8(), None),
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

/// Bytes up to and with the closing quote; up to the end of the line or the text where it is missing.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(source: &str, language: Language) -> String {
        let html = highlight(source, language).into_string();
        html.replace("<span class=\"", "[")
            .replace("\">", ":")
            .replace("</span>", "]")
    }

    fn stripped(source: &str, language: Language) -> String {
        let html = highlight(source, language).into_string();
        let mut text = String::new();
        for part in html.split('<') {
            text.push_str(part.split_once('>').map_or(part, |(_, after)| after));
        }
        let unescaped = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"");
        unescaped.replace("&amp;", "&")
    }

    #[test]
    fn rust() {
        let is = |source: &str, want: &str| assert_eq!(marked(source, Language::Rust), want);
        is("fn hot(x: &'a u8)", "[k:fn] [d:hot](x: &amp;[m:'a] u8)");
        is("'a' '\\'' b'x'", "[s:'a'] [s:'\\''] [s:b'x']");
        is("r#\"a\"b\"# c", "[s:r#&quot;a&quot;b&quot;#] c");
        is("\"a\\\"b\nc\" d", "[s:&quot;a\\&quot;b\nc&quot;] d");
        is("1e-9..0x1e-2 1..2", "[n:1e-9]..[n:0x1e]-[n:2] [n:1]..[n:2]");
        is(
            "/* a /* b */ c */ d // e\nf",
            "[c:/* a /* b */ c */] d [c:// e]\nf",
        );
        is("vec![x != y]", "[m:vec]![x != y]");
        is("r#type Vec rest", "r#[k:type] [d:Vec] rest");
    }

    #[test]
    fn python() {
        let is = |source: &str, want: &str| assert_eq!(marked(source, Language::Python), want);
        is("def f(x): # y\n", "[k:def] [d:f](x): [c:# y]\n");
        is("rb'\\'' f\"{a}\" b", "[s:rb'\\''] [s:f&quot;{a}&quot;] b");
        is("'''a\n'b''' c", "[s:'''a\n'b'''] c");
        is("'open\nx", "[s:'open]\nx");
        is("@cache\na @ b", "[m:@cache]\na @ b");
        is("buff = 1_000j", "buff = [n:1_000j]");
    }

    proptest! {
        #[test]
        fn no_character_is_lost(source in "([a-z0-9rbf'\"#/*\\\\\n<>&@!. é]|'''|\"\"\"|r#|/\\*|\\PC){0,60}") {
            for language in [Language::Rust, Language::Python] {
                prop_assert_eq!(&stripped(&source, language), &source);
            }
        }
    }
}
