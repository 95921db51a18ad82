//! Syntax highlighting of Python and Rust.
//!
//! We have our own lexer, since a thousand pairs must render in half a second. A mistake in it can make a colour wrong;
//! it never loses a character or leaves one unescaped.

use crate::analyse::sources::tokens::{Kind, tokens};
use maud::{Markup, PreEscaped};

pub(crate) use crate::analyse::sources::tokens::Language;

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
/// Keywords before a name that is being defined.
const DEFINERS: &[&str] = &[
    "fn", "struct", "enum", "trait", "type", "mod", "const", "static", "def", "class",
];

/// The source as HTML: escaped, with `<span class=…>` around what has a colour.
pub(crate) fn highlight(source: &str, language: Language) -> Markup {
    let mut html = String::with_capacity(source.len() * 2);
    let (mut previous, mut rest) = ("", source);
    for token in tokens(source, language) {
        rest = &rest[token.text.len()..];
        let class = match token.kind {
            Kind::Comment => Some("c"),
            Kind::String => Some("s"),
            Kind::Number => Some("n"),
            Kind::Mark => Some("m"),
            Kind::Word => word_class(token.text, language, previous, rest),
            Kind::Other => None,
        };
        if let Some(class) = class {
            html.push_str("<span class=\"");
            html.push_str(class);
            html.push_str("\">");
        }
        escape_into(&mut html, token.text);
        if class.is_some() {
            html.push_str("</span>");
        }
        if !token.text.trim().is_empty() {
            previous = token.text;
        }
    }
    PreEscaped(html)
}

fn escape_into(html: &mut String, text: &str) {
    if !text.contains(['<', '>', '&', '"']) {
        return html.push_str(text);
    }
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

/// The class of a word: a keyword, a name being defined, a macro, a type, or nothing.
fn word_class(word: &str, language: Language, previous: &str, after: &str) -> Option<&'static str> {
    let keywords = match language {
        Language::Rust => RUST_KEYWORDS,
        Language::Python => PYTHON_KEYWORDS,
    };
    if keywords.contains(&word) {
        Some("k")
    } else if DEFINERS.contains(&previous) {
        Some("d")
    } else if language == Language::Rust && after.starts_with('!') && !after.starts_with("!=") {
        Some("m")
    } else if word.starts_with(char::is_uppercase) {
        Some("t")
    } else {
        None
    }
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
