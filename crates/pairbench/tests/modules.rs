//! The modules of `src/lib.rs` use only those before them, and no files use each other in a cycle.
//!
//! It reads the sources: every path that begins with `crate`, `super` or a child module. Tests inside the sources may use
//! what they like. A path through a re-export leads to the file that has the item; and what a file uses of its own parent is
//! not a cycle, since the two are one module.

#![allow(missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The order in which data flows.
const ORDER: [&str; 18] = [
    "documents",
    "text",
    "registry",
    "hosts",
    "verify",
    "dig",
    "estimate",
    "measure",
    "forecast",
    "diagnose",
    "record",
    "analyse",
    "compare",
    "export",
    "report",
    "terminal",
    "run",
    "cli",
];

#[derive(Default)]
struct File {
    /// Paths that the code takes, from the crate's root.
    uses: BTreeSet<Vec<String>>,
    /// Paths of what its `use` items name, by the last part.
    imports: BTreeMap<String, Vec<String>>,
    /// Those of them that it re-exports.
    exports: BTreeMap<String, Vec<String>>,
    /// Modules of which it re-exports everything.
    all_of: Vec<Vec<String>>,
    /// The names of its types, functions and constants.
    items: BTreeSet<String>,
}

/// The library, by module path: `["run", "plan", "tasks"]`.
struct Library(BTreeMap<Vec<String>, File>);

impl Library {
    fn read() -> Self {
        let mut sources = BTreeMap::new();
        read_folder(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &[],
            &mut sources,
        );
        Library::of(sources)
    }

    fn of(sources: BTreeMap<Vec<String>, String>) -> Self {
        let modules: BTreeSet<Vec<String>> = sources.keys().cloned().collect();
        let files = sources
            .into_iter()
            .map(|(module, code)| {
                let file = File::of(&module, &code, &modules);
                (module, file)
            })
            .collect();
        Library(files)
    }

    /// The file that a path leads to, through re-exports.
    fn file_of(&self, path: &[String]) -> Vec<String> {
        let length = (0..=path.len())
            .rev()
            .find(|&end| self.0.contains_key(&path[..end]));
        let (module, rest) = path.split_at(length.unwrap_or(0));
        let (Some(name), file) = (rest.first(), &self.0[module]) else {
            return module.to_vec();
        };
        if let Some(export) = file.exports.get(name) {
            return self.file_of(&[export, &rest[1..]].concat());
        }
        let mut all_of = file.all_of.iter();
        all_of
            .find(|of| self.0.get(*of).is_some_and(|file| file.items.contains(name)))
            .map_or_else(|| module.to_vec(), Clone::clone)
    }

    /// The files that each file uses, except for its parents.
    fn edges(&self) -> BTreeMap<String, BTreeSet<String>> {
        let edges = self.0.iter().map(|(module, file)| {
            let targets = file.uses.iter().map(|path| self.file_of(path));
            let others = targets.filter(|target| !module.starts_with(target));
            (
                module.join("::"),
                others.map(|target| target.join("::")).collect(),
            )
        });
        edges.collect()
    }
}

impl File {
    fn of(module: &[String], code: &str, modules: &BTreeSet<Vec<String>>) -> Self {
        let mut file = File::default();
        let mut words = tokens(code).into_iter();
        while let Some(word) = words.next() {
            if ["struct", "enum", "trait", "fn", "const", "static", "type"].contains(&word.as_str()) {
                file.items.extend(words.next());
            }
        }
        let (imports, code): (Vec<_>, Vec<_>) = statements(code)
            .into_iter()
            .partition(|one| one.starts_with("use ") || (one.starts_with("pub") && one.contains(" use ")));
        for statement in imports {
            let exports = statement.starts_with("pub");
            for path in paths(&statement) {
                let Some(path) = absolute(module, path, modules) else {
                    continue;
                };
                let name = path.last().expect("a path has a name").clone();
                file.imports.insert(name.clone(), path.clone());
                if exports {
                    if modules.contains(&path) && statement.contains("::*") {
                        file.all_of.push(path.clone());
                    }
                    // What is re-exported by a module inside the file is there already.
                    if path != [module, std::slice::from_ref(&name)].concat() {
                        file.exports.insert(name, path.clone());
                    }
                }
                // A module that is imported is used if a path begins with it; re-exporting a child is not using it.
                if !(modules.contains(&path) || exports && path.starts_with(module)) {
                    file.uses.insert(path);
                }
            }
        }
        for path in code.iter().flat_map(|code| paths(code)) {
            let import = file.imports.get(&path[0]);
            let path = match import {
                Some(import) => Some([import, &path[1..]].concat()),
                None => absolute(module, path, modules),
            };
            file.uses.extend(path);
        }
        file
    }
}

/// The path from the root; `None` for one that leaves the crate.
fn absolute(module: &[String], path: Vec<String>, modules: &BTreeSet<Vec<String>>) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    let child = [module, &path[..1]].concat();
    let base = match path[0].as_str() {
        "crate" => return Some(path[1..].to_vec()),
        "super" => &module[..module.len() - supers],
        _ if modules.contains(&child) && !module.is_empty() => module,
        _ => return None,
    };
    Some([base, &path[supers..]].concat())
}

/// The code of each file, by module; without comments and tests.
fn read_folder(folder: &Path, module: &[String], into: &mut BTreeMap<Vec<String>, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        let own = match name.as_str() {
            "tests" | "fixture" | "main" => continue,
            "mod" | "lib" => module.to_vec(),
            _ => [module, &[name]].concat(),
        };
        if path.is_dir() {
            read_folder(&path, &own, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.insert(own, code(&std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn code(text: &str) -> String {
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut code = String::new();
    while let Some(line) = lines.next() {
        let words = line.trim_start();
        if words != "#[cfg(test)]" && !words.starts_with("#[cfg(all(test,") {
            code += line;
            code.push('\n');
            continue;
        }
        // Skips the item that follows, which rustfmt ends at the same indentation.
        let indentation = line.len() - line.trim_start().len();
        let end = format!("{:indentation$}}}", "");
        let _ =
            lines.find(|line| *line == end || (line.ends_with(';') && !line[indentation..].starts_with(' ')));
    }
    code
}

/// The `use` statements, each in one line; and whatever is between them.
fn statements(code: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut in_use = false;
    for line in code.lines() {
        let words = line.trim_start();
        let begins = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "]
            .iter()
            .any(|start| words.starts_with(start));
        if begins || (!in_use && all.last().is_some_and(|last| last.ends_with(";\n"))) {
            all.push(String::new());
        }
        in_use = (in_use || begins) && !words.ends_with(';');
        let last = all.last_mut().expect("never empty");
        *last += words;
        last.push('\n');
    }
    all
}

/// All paths of two or more parts, with braces expanded.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut tokens = tokens(code).into_iter().peekable();
    let mut before = String::new();
    while let Some(token) = tokens.next() {
        let begins = token.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if begins && before != "$" && before != "::" && tokens.peek().is_some_and(|next| next == "::") {
            tail(vec![token.clone()], &mut tokens, &mut found);
        }
        before = token;
    }
    found
}

/// What follows the beginning of a path.
fn tail(
    start: Vec<String>,
    tokens: &mut std::iter::Peekable<std::vec::IntoIter<String>>,
    found: &mut Vec<Vec<String>>,
) {
    if tokens.next_if(|token| token == "::").is_none() {
        found.push(start);
        return;
    }
    match tokens.next().as_deref() {
        Some("{") => {
            while let Some(token) = tokens.next().filter(|token| token != "}") {
                match token.as_str() {
                    "," => {}
                    "as" => drop(tokens.next()),
                    "self" => found.push(start.clone()),
                    _ => tail([&start[..], &[token]].concat(), tokens, found),
                }
            }
        }
        Some(name) if name.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
            tail([&start[..], &[name.to_string()]].concat(), tokens, found);
        }
        _ => found.push(start),
    }
}

/// Names, `::`, and single characters.
fn tokens(code: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let in_name = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            _ if in_name(first) => rest.find(|c| !in_name(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        if !first.is_whitespace() {
            all.push(rest[..length].to_string());
        }
        rest = &rest[length..];
    }
    all
}

fn reachable<'a>(edges: &'a BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&str> = edges[from].iter().map(String::as_str).collect();
    while let Some(next) = waiting.pop() {
        if seen.insert(next) {
            waiting.extend(edges[next].iter().map(String::as_str));
        }
    }
    seen
}

#[test]
fn modules_use_those_before_them() {
    let library = Library::read();
    let names: BTreeSet<&str> = library
        .0
        .keys()
        .filter_map(|module| Some(module.first()?.as_str()))
        .collect();
    assert_eq!(names, BTreeSet::from(ORDER), "ORDER names all modules");
    let place = |path: &[String]| {
        ORDER
            .iter()
            .position(|name| Some(*name) == path.first().map(String::as_str))
    };
    let mut upward = BTreeSet::new();
    for (module, file) in library.0.iter().filter(|(module, _)| !module.is_empty()) {
        let above = file.uses.iter().chain(file.exports.values());
        let above = above.filter(|path| place(module) < place(path));
        upward.extend(above.map(|path| (module.join("::"), path.join("::"))));
    }
    assert!(upward.is_empty(), "{upward:#?}");
}

#[test]
fn no_files_use_each_other_in_a_cycle() {
    let edges = Library::read().edges();
    assert!(
        edges.values().map(BTreeSet::len).sum::<usize>() > edges.len(),
        "the sources are read"
    );
    let reached: BTreeMap<&str, BTreeSet<&str>> = edges
        .keys()
        .map(|from| (from.as_str(), reachable(&edges, from)))
        .collect();
    let circle = |from: &&str| {
        let both = reached[*from].iter().filter(|to| reached[*to].contains(*from));
        both.copied().collect::<Vec<_>>()
    };
    let circles: BTreeSet<Vec<&str>> = reached.keys().map(circle).filter(|all| !all.is_empty()).collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn paths_are_read_in_all_their_forms() {
    let code = code(
        "// crate::no\nuse super::{a::B, c::{self, D as E}};\npub(crate) use x::{Y};\n#[cfg(test)]\nmod tests {\n    use crate::not;\n}\n\
         fn f() -> crate::g::H { $crate::i(super::j::K::l()) }\n",
    );
    let all: Vec<String> = statements(&code)
        .iter()
        .flat_map(|one| paths(one))
        .map(|path| path.join("::"))
        .collect();
    assert_eq!(
        all,
        [
            "super::a::B",
            "super::c",
            "super::c::D",
            "x::Y",
            "crate::g::H",
            "super::j::K::l"
        ]
    );
}

#[test]
fn names_lead_to_the_files_that_define_them() {
    let sources = [
        ("", "pub mod a; pub mod b;"),
        (
            "a",
            "mod kinds;\nmod user;\npub use kinds::*;\npub use crate::b::Thing;\n",
        ),
        ("a::kinds", "pub struct Kind;\npub(crate) fn sort() {}\n"),
        (
            "a::user",
            "use super::Kind;\nuse crate::b;\nfn f(_: Kind) { b::deep::g() }\n",
        ),
        ("b", "pub mod deep;\nmod other;\npub use deep::Thing;\n"),
        ("b::deep", "pub struct Thing;\npub fn g() {}\n"),
        ("b::other", "use crate::a::{sort, Thing};\n"),
    ];
    let sources = sources.map(|(module, code)| {
        let module = module.split("::").filter(|part| !part.is_empty());
        (module.map(String::from).collect(), code.to_string())
    });
    let edges = Library::of(BTreeMap::from(sources)).edges();
    let found: Vec<String> = edges
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| format!("{from} -> {to}")))
        .collect();
    assert_eq!(
        found,
        [
            "a -> b::deep",
            "a::user -> a::kinds",
            "a::user -> b::deep",
            "b::other -> a::kinds",
            "b::other -> b::deep"
        ]
    );
}
