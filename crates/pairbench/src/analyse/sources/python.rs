//! Lines and imports of a Python file.

use super::{Mask, SourceFacts, in_name, lines};
use std::collections::BTreeSet;

/// Top-level modules of CPython 3.8 to 3.14 that are no implementation details: `sys.stdlib_module_names` of 3.11, and those
/// that versions before had and versions after have.
const STANDARD: &str = include_str!("standard_library.txt");

/// The extension module that the harness builds from the Rust side is no dependency of its own.
const OWN: &str = crate::registry::Variant::NATIVE_MODULE;

pub(super) fn facts(text: &str) -> SourceFacts {
    let code = masked(text);
    SourceFacts {
        lines: lines(&code),
        dependencies: imports(&code),
        unsafes: 0,
    }
}

/// The text with comments and docstrings blank, and strings unreadable.
fn masked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut mask = Mask::with_room(text);
    let (mut at, mut depth) = (0, 0_usize);
    // Where the logical line begins.
    let mut begin = 0;
    while at < chars.len() {
        match chars[at] {
            '#' => {
                let end = line_end(&chars, at);
                mask.blank(&chars[at..end]);
                at = end;
            }
            quote @ ('"' | '\'') => {
                let end = string_end(&chars, at, quote);
                let before: String = chars[begin..at].iter().collect();
                let prefix = before.trim_start();
                let alone = depth == 0 && prefix.len() <= 2 && prefix.chars().all(|c| "rRbBuUfF".contains(c));
                if alone && nothing_follows(&chars, end) {
                    // The prefix was written as code.
                    let kept = mask.code.trim_end_matches(in_name).len();
                    let prefix: String = " ".repeat(mask.code.len() - kept);
                    mask.code.truncate(kept);
                    mask.code.push_str(&prefix);
                    mask.blank(&chars[at..end]);
                } else {
                    mask.quoted(&chars[at..end]);
                }
                at = end;
            }
            c => {
                match c {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth = depth.saturating_sub(1),
                    '\n' if depth == 0 && chars[begin..at].last() != Some(&'\\') => begin = at + 1,
                    _ => {}
                }
                mask.code.push(c);
                at += 1;
            }
        }
    }
    mask.code
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|c| *c == '\n')
        .map_or(chars.len(), |length| at + length)
}

/// Where the string that begins with this quote ends, quotes included. One that nobody closes ends with its line, or with
/// the file.
fn string_end(chars: &[char], start: usize, quote: char) -> usize {
    let triple = chars[start..].starts_with(&[quote; 3]);
    let length = if triple { 3 } else { 1 };
    let mut at = start + length;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '\n' if !triple => return at,
            _ if chars[at..].starts_with(&[quote; 3][..length]) => return at + length,
            _ => at += 1,
        }
    }
    chars.len()
}

fn nothing_follows(chars: &[char], at: usize) -> bool {
    let rest = &chars[at..line_end(chars, at)];
    rest.iter().find(|c| !c.is_whitespace()).is_none_or(|c| *c == '#')
}

/// Modules imported anywhere that do not come with Python. Relative ones are the pair's own.
fn imports(code: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    let statements = code.lines().flat_map(|line| line.split(';')).map(str::trim);
    for statement in statements {
        let modules = match (statement.strip_prefix("import "), statement.strip_prefix("from ")) {
            (Some(all), _) => all.split(',').collect(),
            (_, Some(from)) => vec![from],
            _ => Vec::new(),
        };
        let top = |module: &str| module.trim().split(|c| !in_name(c)).next().map(String::from);
        found.extend(modules.into_iter().filter_map(top));
    }
    let standard = |name: &str| STANDARD.lines().any(|known| known == name);
    found.retain(|name| !name.is_empty() && name != OWN && !standard(name));
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_comments_and_docstrings() {
        let text = r##"#!/usr/bin/env python3
"""A module.

import nothing_of_this
"""

import os  # a comment

TEXT = """
two lines

import neither
"""
HASH = "# no comment"


def f(x):
    r'''Raw docs.'''
    # only a comment
    y = (  # begins
        "not a docstring"
    )
    return x + len(y) \
        + 1
"##;
        // import, 4 of TEXT (its blank line is none), HASH, def, 3 of y, 2 of return.
        let facts = facts(text);
        assert_eq!(facts.lines, 12, "{}", masked(text));
        assert_eq!((facts.dependencies, facts.unsafes), (Vec::new(), 0));
    }

    #[test]
    fn only_what_does_not_come_with_python_is_a_dependency() {
        let text = "\
from __future__ import annotations
import os.path as path, json, yaml
from collections import Counter
from . import sibling
try:
    import numpy as np
    from pairbench_native import trees as ext
    from lxml.etree import (
        parse,
    )
except ImportError:
    np = None
x = 'import nothing'; import attr
imported = 3
";
        assert_eq!(facts(text).dependencies, ["attr", "lxml", "numpy", "yaml"]);
    }

    #[test]
    fn any_text_ends() {
        for text in [
            "",
            "'",
            "\"\"\"",
            "'''\\",
            "x = 'a\\",
            "# no end",
            ")]}",
            "f\"",
            "ü = 'é'\n'ß'",
        ] {
            let masked = masked(text);
            assert_eq!(
                masked.matches('\n').count(),
                text.matches('\n').count(),
                "{text:?}"
            );
        }
    }
}
