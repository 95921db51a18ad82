//! Lines, crates and `unsafe` of a Rust file.

use super::tokens::{self, Kind, Language, Token, count_lines};
use super::{SourceFacts, in_name};
use std::collections::BTreeSet;

/// Names that paths begin with but that are not dependencies.
const NO_CRATES: &str = "clippy rustfmt crate self super std core alloc pairbench bool char str u8 u16 u32 u64 u128 usize \
                         i8 i16 i32 i64 i128 isize f32 f64";

pub(super) fn facts(text: &str) -> SourceFacts {
    let code = without_tests(&tokens::code(text, Language::Rust));
    let texts: Vec<&str> = code.iter().map(text_of).collect();
    SourceFacts {
        lines: count_lines(code),
        dependencies: crates(&texts),
        unsafes: texts.iter().filter(|text| **text == "unsafe").count(),
    }
}

/// The text of a token; for a string only its quote.
fn text_of<'a>(token: &Token<'a>) -> &'a str {
    match token.kind {
        Kind::String => "\"",
        _ => token.text,
    }
}

/// Code without the items that are compiled only for tests.
fn without_tests<'a>(mut code: &[Token<'a>]) -> Vec<Token<'a>> {
    const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::with_capacity(code.len());
    while let [first, rest @ ..] = code {
        if code.len() >= 7
            && ATTRIBUTE
                .iter()
                .zip(code)
                .all(|(text, token)| *text == token.text)
        {
            code = &code[item_end(code)..];
        } else {
            kept.push(*first);
            code = rest;
        }
    }
    kept
}

/// The end of the item that starts here with its attributes: of its block, or of its semicolon.
fn item_end(code: &[Token<'_>]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in code.iter().enumerate() {
        match token.text {
            "{" | "(" | "[" => depth += 1,
            "}" if depth <= 1 => {
                // In `use a::{b};` and the like the semicolon is part of the item.
                let semicolon = code.get(at + 1).is_some_and(|next| next.text == ";");
                return at + 1 + usize::from(semicolon);
            }
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Crates that `use` names, or that a path in the code begins with.
fn crates(tokens: &[&str]) -> Vec<String> {
    let (mut roots, mut bound) = (BTreeSet::new(), BTreeSet::new());
    let mut code = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let end = match tokens[at] {
            "use" => tokens[at..]
                .iter()
                .position(|t| *t == ";")
                .map(|length| at + length),
            "mod" | "crate" if at > 0 || tokens[at] == "mod" => {
                // `mod x` binds a name; in `extern crate x`, `x` is a root.
                let extern_crate = at > 0 && tokens[at - 1] == "extern";
                match tokens.get(at + 1).filter(|_| tokens[at] == "mod" || extern_crate) {
                    Some(name) if extern_crate => roots.insert((*name).to_string()),
                    Some(name) => bound.insert(*name),
                    None => false,
                };
                None
            }
            _ => None,
        };
        match end {
            Some(end) => {
                use_tree(&tokens[at + 1..end], &mut roots, &mut bound);
                at = end;
            }
            None => code.push(tokens[at]),
        }
        at += 1;
    }
    roots.extend(
        path_heads(&code)
            .filter(|head| !bound.contains(head))
            .map(String::from),
    );
    roots.retain(|root| !NO_CRATES.split(' ').any(|name| name == root) && !bound.contains(root.as_str()));
    roots.into_iter().collect()
}

/// The first name of the tree is a root, all others are names that it binds. `{a::b, c::d}` has two roots.
fn use_tree<'a>(tree: &[&'a str], roots: &mut BTreeSet<String>, bound: &mut BTreeSet<&'a str>) {
    let tree = match tree {
        ["::", rest @ ..] => rest,
        all => all,
    };
    if let ["{", inside @ .., "}"] = tree {
        let mut depth = 0;
        let parts = inside.split(|token| {
            match *token {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0 && *token == ","
        });
        parts.for_each(|part| use_tree(part, roots, bound));
    } else if let [root, rest @ ..] = tree {
        // A type whose variants are imported is not a crate.
        if !root.starts_with(char::is_uppercase) {
            roots.insert((*root).to_string());
        }
        let is_name = |token: &&&str| token.starts_with(in_name) && **token != *root;
        bound.extend(rest.iter().filter(is_name).copied());
    }
}

/// Lower-case names followed by `::` and not preceded by it. `f::<T>` is a function.
fn path_heads<'t, 'a: 't>(tokens: &'t [&'a str]) -> impl Iterator<Item = &'a str> + 't {
    tokens.windows(3).enumerate().filter_map(|(at, window)| {
        let &[name, "::", after] = window else { return None };
        let before = at.checked_sub(1).map_or("", |before| tokens[before]);
        let heads = !matches!(before, "::" | "." | "$") && after != "<";
        let lower = name.starts_with(|c: char| c.is_lowercase() || c == '_');
        (heads && lower).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_separated_from_comments_and_strings() {
        let text = r##"//! Docs.

/// More docs, with "a quote.
fn f<'a>(x: &'a str) -> char {
    /* unsafe { /* nested */ }
       still */ let y = r#"// no comment " unsafe
{"#;
    let z = "a \" // quote"; // real
    let q = ['"', '\'', '\u{1F600}', 'x'];
    unsafe { g(x, y, z, q) }
}
"##;
        // fn, let y on two lines, z, q, unsafe, the brace.
        let found = facts(text);
        assert_eq!((found.lines, found.unsafes), (7, 1), "{found:?}");
    }

    #[test]
    fn tests_are_left_out() {
        let text = "\
fn f() -> u8 { 1 }

#[cfg(test)]
use proptest::{
    prelude::*,
};

#[cfg(test)]
#[allow(clippy::all)]
mod tests {
    use super::*;
    #[test]
    fn g() { assert_eq!(f(), [1; 1][0]); unsafe { h() } }
}

fn after() {}
";
        let found = facts(text);
        assert_eq!((found.lines, found.unsafes), (2, 0));
        assert!(found.dependencies.is_empty(), "{found:?}");
    }

    #[test]
    fn crates_are_the_heads_of_paths() {
        let text = "\
#![forbid(unsafe_code)]
use pairbench::registry::prelude::*;
use rayon::prelude::*;
use std::{collections::HashMap, fmt::Write as _, mem};
use {rusqlite::Connection, ::regex::{Regex, bytes}};
use Shape::*;
extern crate flate2;
mod inner { pub fn f() {} }
enum Shape { A }
#[cfg_attr(feature = \"python\", pyo3::pyfunction)]
#[rustfmt::skip]
fn f(x: &[u8]) -> Shape {
    let n = mem::size_of::<u64>() + u64::MAX as usize + usize::from_str_radix::<>(0);
    let v = x.iter().collect::<Vec<_>>();
    inner::f();
    helper::<4>();
    bytes::Regex::new();
    serde_json::from_slice::<Shape>(x).unwrap();
    pairbench::native![f];
    crate::x::y(self::z())
}
";
        let found = facts(text);
        assert_eq!(
            found.dependencies,
            ["flate2", "pyo3", "rayon", "regex", "rusqlite", "serde_json"]
        );
        assert_eq!(found.unsafes, 0);
    }

    #[test]
    fn unfinished_texts_do_not_hang() {
        for text in [
            "",
            "\"",
            "r#\"",
            "'",
            "'\\",
            "/*",
            "//",
            "#[cfg(test)]",
            "use ",
            "use a",
            "#[cfg(test)] mod t {",
            "r#fn",
        ] {
            let _ = facts(text);
        }
    }
}
