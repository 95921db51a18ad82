//! Inputs from files: real calls of a function as `pairbench record` keeps them, or values to call it with.
//!
//! | file | an element is |
//! |---|---|
//! | `.jsonl` | a line: a value that is the only argument, or `{"args": […], "kwargs": {…}}`, or `{"pickle": "…"}` with the pair of both in base64 |
//! | `.json` | an item of its list; anything other than a list is one element |
//! | `.txt` | a line, as a string without its end |
//! | `.csv` | a row, as a map from the column titles in the first line to strings |

use super::encode::{WorkloadError, encode};
use super::plain::Plain;
use data_encoding::BASE64;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_bytes::ByteBuf;
use serde_json::value::RawValue;
use serde_pickle::{DeOptions, Value};
use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// One element of a file. Python reads it from the same text or pickle as Rust, so that nothing is lost on the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Element {
    /// The only argument, as JSON.
    Value(String),
    /// `{"args": […], "kwargs": {…}}`, as JSON; either may be missing.
    Call(String),
    /// The pair of a tuple and a dict, as a pickle.
    Pickle(ByteBuf),
}

/// A file of inputs. It is read when an input is needed for the first time.
#[derive(Debug)]
pub(crate) struct CallFile {
    path: PathBuf,
    /// The folder that a relative path starts from.
    folder: OnceLock<PathBuf>,
    /// One call that has all elements as its argument, instead of a call for each.
    whole: bool,
    elements: OnceLock<Result<Vec<Element>, String>>,
}

impl CallFile {
    pub fn new(path: &Path, whole: bool) -> Self {
        CallFile {
            path: path.into(),
            folder: OnceLock::new(),
            whole,
            elements: OnceLock::new(),
        }
    }

    /// Makes a relative path start from this folder.
    pub fn place(&self, folder: &Path) {
        let _ = self.folder.set(folder.into());
    }

    fn path(&self) -> PathBuf {
        self.folder
            .get()
            .map_or_else(|| self.path.clone(), |folder| folder.join(&self.path))
    }

    /// How many elements there are; 0 if the file cannot be read.
    pub fn len(&self) -> usize {
        self.elements().map_or(0, Vec::len)
    }

    fn elements(&self) -> Result<&Vec<Element>, String> {
        let read = || read_calls(&self.path());
        self.elements.get_or_init(read).as_ref().map_err(String::clone)
    }

    /// The calls of a case: the first `size` elements.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or an element of it.
    pub fn calls(&self, size: u64) -> Result<Vec<Element>, String> {
        let all = self.elements()?;
        let some = &all[..all.len().min(usize::try_from(size).unwrap_or(usize::MAX))];
        if !self.whole {
            return Ok(some.to_vec());
        }
        let values = some.iter().map(|element| match element {
            Element::Value(text) => Ok(text.as_str()),
            _ => Err(format!(
                "{} has recorded calls: use .calls(…)",
                self.path.display()
            )),
        });
        let values: Vec<&str> = values.collect::<Result<_, _>>()?;
        Ok(vec![Element::Value(match is_one_value(&self.path, &values) {
            true => values[0].to_string(),
            false => format!("[{}]", values.join(",")),
        })])
    }

    /// The same for Python, as a pickle.
    pub fn pickle(&self, size: u64) -> Result<Vec<u8>, WorkloadError> {
        encode(&self.calls(size).map_err(WorkloadError)?)
    }
}

/// The elements of a file, at least one.
///
/// # Errors
///
/// When it cannot be read, has none, or is of an unknown kind; with its path.
pub(crate) fn read_calls(path: &Path) -> Result<Vec<Element>, String> {
    read(path).map_err(|why| format!("{}: {why}", path.display()))
}

/// Whether a `.json` file contains something other than a list.
pub(crate) fn is_one_value(path: &Path, values: &[&str]) -> bool {
    extension(path) == "json"
        && values.len() == 1
        && serde_json::from_str::<Vec<&RawValue>>(values[0]).is_err()
}

/// The extension of a file name, in lower case.
pub(crate) fn extension(path: &Path) -> String {
    path.extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase()
}

fn read(path: &Path) -> Result<Vec<Element>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let elements = match extension(path).as_str() {
        "jsonl" | "ndjson" => lines(text, line_of_calls)?,
        "txt" => lines(text, |line| Ok(Some(json(line))))?,
        "json" => match serde_json::from_str::<Vec<&RawValue>>(text) {
            Ok(items) => items
                .iter()
                .map(|item| Element::Value(item.get().into()))
                .collect(),
            Err(_) => vec![Element::Value(checked(text)?.into())],
        },
        "csv" => rows(text)?,
        other => {
            return Err(format!(
                "a file of inputs ends with .jsonl, .json, .txt or .csv, and not with {other:?}"
            ));
        }
    };
    match elements.is_empty() {
        true => Err("holds no input".into()),
        false => Ok(elements),
    }
}

fn lines(text: &str, read: impl Fn(&str) -> Result<Option<Element>, String>) -> Result<Vec<Element>, String> {
    let all = text
        .lines()
        .enumerate()
        .map(|(at, line)| read(line).map_err(|why| format!("line {}: {why}", at + 1)));
    all.filter_map(Result::transpose).collect()
}

fn json<T: Serialize + ?Sized>(value: &T) -> Element {
    Element::Value(serde_json::to_string(value).expect("texts are JSON"))
}

fn checked(text: &str) -> Result<&str, String> {
    let value: Result<&RawValue, _> = serde_json::from_str(text);
    value.map(RawValue::get).map_err(|error| error.to_string())
}

fn line_of_calls(line: &str) -> Result<Option<Element>, String> {
    if line.trim().is_empty() {
        return Ok(None);
    }
    let value = checked(line)?;
    let fields: Ordered<&RawValue> = serde_json::from_str(value).unwrap_or_default();
    let names: Vec<&str> = fields.0.iter().map(|(name, _)| name.as_str()).collect();
    Ok(Some(match names.as_slice() {
        ["pickle"] => {
            let text: &str = serde_json::from_str(fields.0[0].1.get()).map_err(|error| error.to_string())?;
            let bytes = BASE64
                .decode(text.as_bytes())
                .map_err(|error| format!("no base64: {error}"))?;
            Element::Pickle(ByteBuf::from(bytes))
        }
        ["args"] | ["kwargs"] | ["args", "kwargs"] | ["kwargs", "args"] => {
            Parts::of(value)?;
            Element::Call(value.into())
        }
        _ => Element::Value(value.into()),
    }))
}

fn rows(text: &str) -> Result<Vec<Element>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let titles = reader.headers().map_err(|error| error.to_string())?.clone();
    let rows = reader.records().map(|row| {
        let row = row.map_err(|error| error.to_string())?;
        let fields = titles.iter().zip(&row);
        let fields = fields.map(|(title, field)| format!("{}:{}", quoted(title), quoted(field)));
        Ok(Element::Value(format!(
            "{{{}}}",
            fields.collect::<Vec<_>>().join(",")
        )))
    });
    rows.collect()
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("texts are JSON")
}

/// The arguments of one call that have not been read yet, with their names if they have any.
#[derive(Debug)]
pub struct Given {
    rest: VecDeque<(String, Part)>,
    /// How many were read.
    read: usize,
}

#[derive(Debug)]
enum Part {
    Json(Box<RawValue>),
    Pickled(Plain),
}

#[derive(Debug, Deserialize)]
struct Parts {
    #[serde(default)]
    args: Vec<Box<RawValue>>,
    #[serde(default)]
    kwargs: Ordered<Box<RawValue>>,
}

impl Parts {
    fn of(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("not a call: {error}"))
    }
}

impl Given {
    pub(super) fn of(element: &Element) -> Result<Self, String> {
        let (positional, named) = match element {
            Element::Value(text) => (vec![Part::Json(raw(text)?)], Ordered::default()),
            Element::Call(text) => {
                let Parts { args, kwargs } = Parts::of(text)?;
                (args.into_iter().map(Part::Json).collect(), kwargs.map(Part::Json))
            }
            Element::Pickle(bytes) => {
                // Sets are not plain values; for Rust they become lists.
                let call = Plain::of_pickle(bytes).or_else(|_| {
                    let read = serde_pickle::value_from_slice(bytes, DeOptions::new());
                    read.map(Plain::from).map_err(|error| error.to_string())
                });
                let (args, kwargs) = parts(call).map_err(|error| {
                    format!("this call can only be used by Python variants, because its arguments are not plain values ({error})")
                })?;
                (
                    args.into_iter().map(Part::Pickled).collect(),
                    Ordered(kwargs).map(Part::Pickled),
                )
            }
        };
        let positional = positional.into_iter().map(|part| (String::new(), part));
        Ok(Given {
            rest: positional.chain(named.0).collect(),
            read: 0,
        })
    }

    pub(super) fn at_most(&self, number: usize) -> Result<(), String> {
        match self.rest.len() {
            more if more > number => Err(format!(
                "a call has {more} arguments, and the Rust side takes {number}"
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<T, String> {
        self.read += 1;
        let (name, read) = match self.rest.pop_front() {
            Some((name, Part::Json(text))) => (
                name,
                serde_json::from_str(text.get()).map_err(|error| error.to_string()),
            ),
            Some((name, Part::Pickled(value))) => (name, value.read().map_err(|error| error.to_string())),
            None => (
                String::new(),
                serde_json::from_str("null").map_err(|_| "the call leaves it out".to_string()),
            ),
        };
        read.map_err(|why| {
            let named = if name.is_empty() {
                name
            } else {
                format!(" ({name})")
            };
            format!(
                "argument {}{named} is not a valid {}: {why}",
                self.read,
                std::any::type_name::<T>()
            )
        })
    }
}

/// Positional and named arguments.
type Arguments = (Vec<Plain>, Vec<(String, Plain)>);

/// The arguments of a recorded call.
fn parts(call: Result<Plain, String>) -> Result<Arguments, String> {
    let no_call = || "not a pair of a tuple and a dict".to_string();
    let Plain::Tuple(parts) = call? else {
        return Err(no_call());
    };
    let Ok([Plain::Tuple(args) | Plain::List(args), Plain::Dict(kwargs)]) = <[Plain; 2]>::try_from(parts)
    else {
        return Err(no_call());
    };
    let named = kwargs.into_iter().map(|(name, value)| match name {
        Plain::Str(name) => Ok((name, value)),
        _ => Err(no_call()),
    });
    Ok((args, named.collect::<Result<_, _>>()?))
}

impl Element {
    /// The call as the pair of a tuple and a dict.
    ///
    /// # Errors
    ///
    /// When an argument is not a plain value.
    pub fn plain(&self) -> Result<Plain, String> {
        let call = |args, kwargs| Plain::Tuple(vec![Plain::Tuple(args), Plain::Dict(kwargs)]);
        let json = |text: &str| serde_json::from_str(text).map_err(|error| error.to_string());
        Ok(match self {
            Element::Value(text) => call(vec![json(text)?], Vec::new()),
            Element::Call(text) => {
                let Parts { args, kwargs } = Parts::of(text)?;
                let args = args.iter().map(|text| json(text.get()));
                let named = kwargs
                    .0
                    .iter()
                    .map(|(name, text)| Ok((Plain::Str(name.clone()), json(text.get())?)));
                call(
                    args.collect::<Result<_, String>>()?,
                    named.collect::<Result<_, String>>()?,
                )
            }
            Element::Pickle(bytes) => Plain::of_pickle(bytes)?,
        })
    }
}

/// The arguments of a call with their names, which are empty for positional ones.
///
/// # Errors
///
/// When an argument is not a plain value.
pub(crate) fn arguments(element: &Element) -> Result<Vec<(String, Value)>, String> {
    let arguments = Given::of(element)?
        .rest
        .into_iter()
        .map(|(name, part)| match part {
            Part::Json(text) => (serde_json::from_str(text.get()).map(|value| (name, value)))
                .map_err(|error| error.to_string()),
            Part::Pickled(value) => serde_pickle::value_from_slice(&value.pickle(), DeOptions::new())
                .map(|value| (name, value))
                .map_err(|error| error.to_string()),
        });
    arguments.collect()
}

fn raw(text: &str) -> Result<Box<RawValue>, String> {
    RawValue::from_string(text.into()).map_err(|error| error.to_string())
}

/// The entries of a map in the order of the text.
#[derive(Debug)]
struct Ordered<T>(Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<T> Ordered<T> {
    fn map<U>(self, change: impl Fn(T) -> U) -> Ordered<U> {
        Ordered(
            self.0
                .into_iter()
                .map(|(name, value)| (name, change(value)))
                .collect(),
        )
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from names to values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

#[cfg(test)]
mod tests;
