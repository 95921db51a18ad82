//! Turns sentences from sources and verdicts into page text: paragraphs, and code between backticks.

use crate::record::RecordedSources;
use crate::text::next_code;
use maud::{Markup, html};

/// The author's description of a pair as paragraphs without line breaks: the docs at the head of the Rust file, or the
/// docstring of the Python file if there are none.
pub(crate) fn paragraphs(sources: &RecordedSources) -> Vec<String> {
    let docs = rust_docs(&sources.rust);
    match docs.is_empty() {
        true => python_docs(&sources.python),
        false => docs,
    }
}

fn rust_docs(text: &str) -> Vec<String> {
    let head = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    joined(head.map_while(|line| line.strip_prefix("//!")))
}

fn python_docs(text: &str) -> Vec<String> {
    let is_head = |line: &&str| line.trim().is_empty() || line.starts_with('#');
    let head: usize = text.split_inclusive('\n').take_while(is_head).map(str::len).sum();
    let docstring = text[head..].trim_start_matches(['r', 'R']);
    for quotes in ["\"\"\"", "'''"] {
        if let Some(rest) = docstring.strip_prefix(quotes) {
            let inside = rest.split_once(quotes).map_or(rest, |(inside, _)| inside);
            return joined(inside.lines());
        }
    }
    Vec::new()
}

/// Joins lines into paragraphs; empty lines separate them.
fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let last = all.last_mut().expect("one at least");
        match (words.is_empty(), last.is_empty()) {
            (true, true) => {}
            (true, false) => all.push(String::new()),
            (false, fresh) => {
                if !fresh {
                    last.push(' ');
                }
                last.push_str(&words.join(" "));
            }
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    all
}

/// Renders a sentence: text between single or double backticks is code, and nothing else is markup.
pub(crate) fn spans(text: &str) -> Markup {
    let (mut rest, mut pieces) = (text, Vec::new());
    while let Some((plain, code, after)) = next_code(rest) {
        pieces.push((plain, code));
        rest = after;
    }
    html! { @for (plain, code) in pieces { (plain) code { (code) } } (rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rust: &str, python: &str) -> Vec<String> {
        paragraphs(&RecordedSources {
            rust: rust.into(),
            python: python.into(),
            ..Default::default()
        })
    }

    #[test]
    fn the_head_of_the_rust_file_comes_first() {
        let rust =
            "\n//! One line.\n//!\n//! Two\n//!   lines.\n//!\n\n//! Not this.\nuse x;\n//! Nor this.\n";
        assert_eq!(of(rust, "\"\"\"Python.\"\"\""), ["One line.", "Two lines."]);
    }

    #[test]
    fn without_it_the_docstring_is_used() {
        let python = "#!/usr/bin/env python3\n# A remark.\n\n\"\"\"One line.\n\nTwo\nlines.\n\"\"\"\nx = \"\"\"no\"\"\"\n";
        assert_eq!(of("use x;\n", python), ["One line.", "Two lines."]);
        assert_eq!(of("", "r'''Raw.'''\n"), ["Raw."]);
        assert_eq!(of("", "'''Never closed"), ["Never closed"]);
        for none in ["", "import x\n\"\"\"no\"\"\"", "#", "\"no\""] {
            assert!(of("", none).is_empty(), "{none:?}");
        }
    }

    #[test]
    fn backticks_are_code_and_nothing_is_html() {
        let html = |text| spans(text).into_string();
        assert_eq!(
            html("a `b<i>` ``c`d`` e"),
            "a <code>b&lt;i&gt;</code> <code>c`d</code> e"
        );
        assert_eq!(html("<script>`x`"), "&lt;script&gt;<code>x</code>");
        assert_eq!(html("one ` alone"), "one ` alone");
        assert_eq!((html("``"), html("`")), ("``".into(), "`".into()));
        assert_eq!(html("é`ü`ß"), "é<code>ü</code>ß");
    }
}
