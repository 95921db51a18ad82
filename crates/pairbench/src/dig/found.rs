//! The file beside a pair that holds its findings and how far it was dug.

use super::{Found, Group, Kept};
use crate::hosts::new_beside;
use crate::registry::plain::{self, Plain};
use crate::registry::{Entry, Form, Side};
use serde::{Deserialize, Serialize};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A finding as stored in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    #[serde(flatten)]
    pub group: Group,
    /// The call, as it would be written in Python.
    pub call: String,
    /// The outcome of the baseline's call.
    pub baseline: String,
    /// The outcome of the variant's call.
    pub other: String,
    /// How many inputs of the dig differed in this way.
    pub count: u64,
    /// Seconds of digging until it was found.
    pub seconds: f64,
    input: Written,
}

/// An input, as JSON if that loses nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Written {
    /// What a generator would have made.
    Value(Plain),
    /// The arguments of a call.
    Call {
        args: Plain,
        #[serde(default, skip_serializing_if = "is_empty")]
        kwargs: Option<Plain>,
    },
    /// In base64.
    Pickle(#[serde(with = "plain::base64")] Plain),
}

fn is_empty(kwargs: &Option<Plain>) -> bool {
    kwargs.as_ref().is_none_or(|kwargs| kwargs.children().is_empty())
}

/// How far a pair was dug.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Dug {
    /// When it was dug last, RFC 3339, UTC.
    pub made: String,
    /// The interpreter, such as `CPython 3.12.1`.
    pub interpreter: String,
    /// Inputs of all digs.
    pub inputs: u64,
    /// Seconds of all digs.
    pub seconds: f64,
    /// Lines of the Python side that were reached, and all lines of the functions that were called.
    pub lines: (u64, u64),
    /// Inputs that reached new lines, for the next dig to start with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Kept>,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Dug(Dug),
    Found(Stored),
}

impl Stored {
    pub fn of(entry: &Entry, found: &Found, count: u64) -> Self {
        let input = match (&found.input, entry.pair.form()) {
            (Plain::Tuple(parts), Form::Call | Form::Calls) => match parts.as_slice() {
                [Plain::Tuple(args), kwargs] if kwargs.json().is_some() => Some(Plain::List(args.clone()))
                    .filter(|args| args.json().is_some())
                    .map(|args| Written::Call {
                        args,
                        kwargs: Some(kwargs.clone()),
                    }),
                _ => None,
            },
            (input, _) => input.json().map(|_| Written::Value(input.clone())),
        };
        Stored {
            group: found.group.clone(),
            call: call(entry, &found.input),
            baseline: found.baseline.clone(),
            other: found.other.clone(),
            count,
            seconds: found.seconds,
            input: input.unwrap_or_else(|| Written::Pickle(found.input.clone())),
        }
    }

    /// The input.
    ///
    /// # Errors
    ///
    /// When somebody has changed the file.
    pub fn input(&self) -> Result<Plain, String> {
        match &self.input {
            Written::Value(value) | Written::Pickle(value) => Ok(value.clone()),
            Written::Call { args, kwargs } => match args {
                Plain::List(args) => Ok(Plain::Tuple(vec![
                    Plain::Tuple(args.clone()),
                    kwargs.clone().unwrap_or(Plain::Dict(Vec::new())),
                ])),
                _ => Err("args is not a list".into()),
            },
        }
    }
}

/// Where the findings of a pair are: in the folder, or beside the pair.
pub(crate) fn path(entry: &Entry, folder: Option<&Path>) -> PathBuf {
    let name = format!("{}.found.jsonl", entry.name);
    match folder {
        Some(folder) => folder.join(name),
        None => entry.sources.rust_path.with_file_name(name),
    }
}

/// The findings in a file, and how far the pair was dug; nothing if it never was.
///
/// # Errors
///
/// When the file cannot be read, with its path.
pub(crate) fn read(path: &Path) -> Result<(Option<Dug>, Vec<Stored>), String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok((None, Vec::new())),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let (mut dug, mut found) = (None, Vec::new());
    for (at, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        match serde_json::from_str(line) {
            Ok(Line::Dug(read)) => dug = Some(read),
            Ok(Line::Found(read)) => found.push(read),
            Err(error) => return Err(format!("{}, line {}: {error}", path.display(), at + 1)),
        }
    }
    Ok((dug, found))
}

/// Replaces the file: writes a new one beside it and renames that.
///
/// # Errors
///
/// Those of the file system.
pub(crate) fn write(path: &Path, dug: Dug, found: &[Stored]) -> io::Result<()> {
    let mut file = new_beside(path)?;
    let lines = std::iter::once(Line::Dug(dug)).chain(found.iter().cloned().map(Line::Found));
    for line in lines {
        serde_json::to_writer(&mut file, &line)?;
        file.write_all(b"\n")?;
    }
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// The arguments of a call, in the syntax of a language.
fn arguments(entry: &Entry, input: &Plain, write: impl Fn(&Plain) -> String, named: bool) -> String {
    let mut all = Vec::new();
    let mut fields = |fields: &[(Plain, Plain)]| {
        for (name, value) in fields {
            all.push(match name {
                Plain::Str(name) if named => format!("{name}={}", write(value)),
                _ => write(value),
            });
        }
    };
    match (input, entry.pair.form()) {
        (Plain::Tuple(parts), Form::Call | Form::Calls) => {
            let mut texts: Vec<String> = parts[0].children().into_iter().map(&write).collect();
            if let Some(Plain::Dict(kwargs)) = parts.get(1) {
                fields(kwargs);
            }
            texts.extend(all);
            return texts.join(", ");
        }
        (Plain::Dict(known), _) => fields(known),
        (other, _) => all.push(write(other)),
    }
    all.join(", ")
}

/// The baseline's function: its module, its name there, and the module's folder unless the module can be imported.
fn function(entry: &Entry) -> (String, String, Option<PathBuf>) {
    let declared = entry.pair.variants()[0].function.as_deref();
    match declared.and_then(|function| function.split_once(':')) {
        Some((module, name)) => match module.strip_suffix(".py") {
            Some(file) => {
                let folder = entry.sources.rust_path.parent().map(Path::to_path_buf);
                (file.into(), name.into(), folder)
            }
            None => (module.into(), name.into(), None),
        },
        None => {
            let sources = &entry.sources;
            (
                sources.module.clone(),
                "python".into(),
                Some(sources.python_root.clone()),
            )
        }
    }
}

/// The call in Python: `slug("ß")`.
pub(crate) fn call(entry: &Entry, input: &Plain) -> String {
    let (_, name, _) = function(entry);
    format!("{name}({})", arguments(entry, input, Plain::python, true))
}

/// A shell command that makes the call in Python, and, if the variant is in Rust, a Rust expression that makes the
/// call.
pub(crate) fn reproducers(entry: &Entry, variant: &str, input: &Plain) -> (String, Option<String>) {
    let (module, name, folder) = function(entry);
    let here = std::env::current_dir().unwrap_or_default();
    let path = folder.map(|folder| {
        folder
            .strip_prefix(&here)
            .map(Path::to_path_buf)
            .unwrap_or(folder)
    });
    let path = path.map_or(String::new(), |path| format!("PYTHONPATH={} ", path.display()));
    // The quote that would end the shell's argument, escaped as in a Python string.
    let arguments_text = arguments(entry, input, Plain::python, true).replace('\'', "\\x27");
    let top = name.split('.').next().unwrap_or(&name);
    let python = format!("{path}python3 -c 'from {module} import {top}; print({name}({arguments_text}))'");
    let is_rust = |known: &&crate::registry::Variant| known.side == Side::Rust;
    let rust = entry
        .pair
        .variants()
        .iter()
        .filter(is_rust)
        .position(|known| known.name == variant);
    let rust = rust.map(|at| {
        let function = entry
            .pair
            .places()
            .get(at)
            .map_or(variant, |place| place.function);
        // A closure has no name of its own.
        let function = match function.contains("{{") {
            true => variant,
            false => function.split_once("::").map_or(function, |(_, inner)| inner),
        };
        format!("{function}({})", arguments(entry, input, Plain::rust, false))
    });
    (python, rust)
}
