//! The sources that a record keeps: the functions that each pair compares.

use super::Suite;
use crate::analyse::sources::tokens::{Kind, Language, Token, tokens};
use crate::hosts::{self, PythonSource};
use crate::record::RecordedSources;
use crate::registry::{Entry, Registry};
use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The sources of these pairs, in the same order. The interpreter locates functions that are named by reference.
pub(crate) fn recorded(
    suite: &Suite,
    entries: &[&Entry],
    python: &hosts::Python,
    inherit: &[String],
) -> Vec<RecordedSources> {
    let root = top(&suite.registry);
    let declared: Vec<&Entry> = entries
        .iter()
        .copied()
        .filter(|entry| entry.is_declared())
        .collect();
    let mut found = hosts::python_sources(python, inherit, &declared).into_iter();
    let rust = LazyCell::new(|| Package::of(&suite.registry));
    let both = entries.iter().map(|entry| match entry.is_declared() {
        true => of_functions(entry, found.next().flatten(), &rust, &root),
        false => of_files(entry, &root),
    });
    both.collect()
}

/// The folder that shown paths are relative to: the workspace's if the package is part of one.
fn top(registry: &Registry) -> PathBuf {
    let own = registry.manifest_dir();
    let above = own.parent().filter(|above| above.join("Cargo.toml").exists());
    above.unwrap_or(own).to_path_buf()
}

fn short(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}

fn of_files(entry: &Entry, root: &Path) -> RecordedSources {
    RecordedSources {
        rust_path: short(&entry.sources.rust_path, root),
        rust: entry.sources.rust_text.to_string(),
        python_path: short(&entry.sources.python_path, root),
        // As it is now: this is what the workers will import.
        python: std::fs::read_to_string(&entry.sources.python_path).unwrap_or_default(),
    }
}

fn of_functions(entry: &Entry, python: Option<PythonSource>, rust: &Package, root: &Path) -> RecordedSources {
    let (python_path, python) = match python {
        Some(found) => (
            format!("{}:{}", short(Path::new(&found.file), root), found.line),
            found.text,
        ),
        None => (entry.python_side(), String::new()),
    };
    let (rust_path, rust) = rust.functions_of(entry, root);
    RecordedSources {
        rust_path,
        rust,
        python_path,
        python,
    }
}

/// The Rust files of the package, with their texts.
struct Package(Vec<(PathBuf, String)>);

impl Package {
    fn of(registry: &Registry) -> Self {
        let mut files = Vec::new();
        let mut open = vec![registry.manifest_dir().join("src")];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap_or_default();
                    files.push((path, text));
                }
            }
        }
        files.sort();
        Package(files)
    }

    /// The declarations of a pair's Rust variants in the bench, and the functions of the package that they call. Without
    /// such functions, the declarations are all there is.
    fn functions_of(&self, entry: &Entry, root: &Path) -> (String, String) {
        let bench = &entry.sources.rust_text;
        let mut names = BTreeSet::new();
        let mut declarations = String::new();
        for place in entry.pair.places() {
            let declaration = call_at(bench, place.line);
            names.extend(called(declaration));
            if place.function.contains("{{closure}}") {
                declarations.push_str(declaration.trim());
                declarations.push('\n');
            }
        }
        let mut found: Vec<(&Path, &str)> = Vec::new();
        for name in &names {
            let own = self
                .0
                .iter()
                .find_map(|(path, text)| Some((path.as_path(), definition(text, name)?)));
            found.extend(own.or_else(|| Some((entry.sources.rust_path.as_path(), definition(bench, name)?))));
        }
        let path = match found.as_slice() {
            [(path, _), ..] => short(path, root),
            [] => short(&entry.sources.rust_path, root),
        };
        let texts = found.iter().map(|(_, text)| text.trim_end());
        let own = (!declarations.is_empty()).then_some(declarations.trim_end());
        (path, texts.chain(own).collect::<Vec<_>>().join("\n\n") + "\n")
    }
}

/// The method call that starts on this line, counted from 1, with its arguments.
fn call_at(text: &str, line: u32) -> &str {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1) as usize)
        .map(str::len)
        .sum();
    let rest = &text[start..];
    let from = rest.find(".rust").unwrap_or(0);
    let rest = &rest[from..];
    &rest[..end_of(rest, "(", ")").unwrap_or(rest.len())]
}

/// Names in a text that are called, or passed as the last part of a path.
fn called(text: &str) -> BTreeSet<&str> {
    let code: Vec<Token<'_>> = tokens(text, Language::Rust)
        .filter(|token| !token.text.trim().is_empty())
        .collect();
    let last = |at: usize| !matches!(code.get(at + 1), Some(next) if next.text == "::");
    let words = code
        .iter()
        .enumerate()
        .filter(|(at, token)| token.kind == Kind::Word && last(*at));
    words.map(|(_, token)| token.text).collect()
}

/// The definition of a function with its documentation and attributes.
fn definition<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let all: Vec<Token<'_>> = tokens(text, Language::Rust).collect();
    let code: Vec<usize> = (0..all.len())
        .filter(|&at| all[at].kind != Kind::Comment && !all[at].text.trim().is_empty())
        .collect();
    let pair = code
        .windows(2)
        .find(|pair| all[pair[0]].text == "fn" && all[pair[1]].text == name)?;
    let offset = |at: usize| -> usize { all[..at].iter().map(|token| token.text.len()).sum() };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut first = all[pair[0]].line;
    while first > 0 && is_about_the_next(lines[first - 1]) {
        first -= 1;
    }
    let start: usize = lines[..first].iter().map(|line| line.len()).sum();
    let from = offset(pair[0]);
    let end = from + end_of(&text[from..], "{", "}")?;
    Some(&text[start..end])
}

/// Whether a line is documentation or an attribute.
fn is_about_the_next(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("///") || line.starts_with("#[") || line.starts_with("//")
}

/// The offset just after the bracket that closes the first one of this kind.
fn end_of(text: &str, open: &str, close: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    for token in tokens(text, Language::Rust) {
        at += token.text.len();
        if token.text == open {
            depth += 1;
        } else if token.text == close {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str = "//! A crate.\n\nuse a::total;\n\n/// Adds.\n#[inline]\npub fn total(x: &[f64]) -> f64 {\n    x.iter().sum() // }\n}\n\n\
                       fn other() {}\n";

    #[test]
    fn a_definition_has_its_documentation_and_ends_with_its_block() {
        let found = definition(LIB, "total").unwrap();
        assert!(
            found.starts_with("/// Adds.\n#[inline]\npub fn total") && found.ends_with("// }\n}"),
            "{found}"
        );
        assert_eq!(definition(LIB, "other"), Some("fn other() {}"));
        assert_eq!(definition(LIB, "sum"), None);
    }

    #[test]
    fn a_declaration_is_found_by_its_line_and_names_what_it_calls() {
        let bench = "suite!()\n    .pair(\"a\", Pair::of(\"m:f\").calls(\"x\").rust(|s: &str| shop::total(&parse(s))))\n    .run()\n";
        let declaration = call_at(bench, 2);
        assert_eq!(declaration, ".rust(|s: &str| shop::total(&parse(s)))");
        let names = called(declaration);
        assert!(names.contains("total") && names.contains("parse") && !names.contains("shop"));
    }
}
