//! Lines and imports of a Python file.

use super::SourceFacts;
use super::tokens::{self, Kind, Language, Token, count_lines};
use std::collections::BTreeSet;

/// Public top-level modules of CPython 3.8 to 3.14: `sys.stdlib_module_names` of 3.11, and those of the earlier and later
/// versions.
const STANDARD: &str = include_str!("standard_library.txt");

/// The extension module that the harness builds from the Rust side; not a dependency.
const OWN: &str = crate::registry::Variant::NATIVE_MODULE;

pub(super) fn facts(text: &str) -> SourceFacts {
    let code = without_docstrings(text);
    SourceFacts {
        lines: count_lines(code.iter().copied()),
        dependencies: imports(&code),
        unsafes: 0,
    }
}

/// The tokens of code: no comments, and no strings that are a whole statement.
fn without_docstrings(text: &str) -> Vec<Token<'_>> {
    let all = tokens::tokens(text, Language::Python).filter(|token| token.kind != Kind::Comment);
    let all: Vec<Token<'_>> = all.collect();
    let is_space = |token: &&Token<'_>| token.text != "\n" && token.text.trim().is_empty();
    let mut code = Vec::with_capacity(all.len());
    let mut depth = 0_usize;
    // Whether the logical line has no token yet.
    let mut at_start = true;
    for (at, token) in all.iter().enumerate() {
        let ends = || {
            let next = all[at + 1..].iter().find(|token| !is_space(token));
            next.is_none_or(|next| next.text == "\n")
        };
        let is_docstring = token.kind == Kind::String && depth == 0 && at_start && ends();
        if !is_docstring {
            code.push(*token);
        }
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if token.text == "\n" {
            let goes_on = depth > 0 || at.checked_sub(1).is_some_and(|before| all[before].text == "\\");
            at_start |= !goes_on;
        } else {
            at_start &= is_space(&token);
        }
    }
    code
}

/// Modules imported anywhere that do not come with Python. Relative ones are the pair's own.
fn imports(code: &[Token<'_>]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for statement in code.split(|token| matches!(token.text, "\n" | ";")) {
        let words = statement.iter().filter(|token| !token.text.trim().is_empty());
        let words: Vec<&Token<'_>> = words.collect();
        let Some((first, rest)) = words.split_first() else {
            continue;
        };
        let modules: Vec<_> = match first.text {
            "import" => rest.split(|token| token.text == ",").collect(),
            "from" => vec![rest],
            _ => continue,
        };
        let names = modules.into_iter().filter_map(|module| module.first());
        found.extend(
            names
                .filter(|name| name.kind == Kind::Word)
                .map(|name| name.text.to_string()),
        );
    }
    let standard = |name: &str| STANDARD.lines().any(|known| known == name);
    found.retain(|name| name != OWN && !standard(name));
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_separated_from_comments_and_docstrings() {
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
        // import, 4 of TEXT (its blank line does not count), HASH, def, 3 of y, 2 of return.
        let facts = facts(text);
        assert_eq!(facts.lines, 12, "{facts:?}");
        assert_eq!((facts.dependencies, facts.unsafes), (Vec::new(), 0));
    }

    #[test]
    fn only_modules_outside_the_standard_library_are_dependencies() {
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
}
