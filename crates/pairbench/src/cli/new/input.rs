//! Reads the input file of a new pair, as far as the types of the arguments need it.

use super::types::Type;
use crate::registry::calls::{Element, extension, is_one_value, read_calls};
use serde_json::{Map, Value};
use std::path::Path;

/// How the pair uses the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// One call for each of its elements.
    Calls,
    /// One call with all of it.
    Whole,
}

/// The first call of a file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Call {
    pub positional: Vec<Value>,
    pub keywords: Map<String, Value>,
    /// A pickled call, whose arguments only Python can read.
    pub pickled: bool,
}

/// How to use the file, and its first call. `first` is the annotated type of the first argument.
///
/// # Errors
///
/// If it cannot be read, has no call, or is of an unknown kind.
pub(super) fn first_call(path: &Path, first: Option<&Type>) -> Result<(Use, Call), String> {
    let elements = read_calls(path).map_err(|error| format!("--input {error}"))?;
    let values = elements.iter().filter_map(|element| match element {
        Element::Value(text) => Some(text.as_str()),
        _ => None,
    });
    let values: Vec<&str> = values.collect();
    if is_one_value(path, &values) {
        return Ok((Use::Whole, one(parsed(values[0]))));
    }
    let takes_list = matches!(first, Some(Type::List(_)));
    // Each recorded call and each list is one call.
    let are_calls = matches!(extension(path).as_str(), "jsonl" | "ndjson") || parsed(values[0]).is_array();
    if takes_list && !are_calls {
        return Ok((Use::Whole, one(values.into_iter().map(parsed).collect())));
    }
    // A call whose arguments can be read, if there is one.
    let readable = elements.iter().find_map(|element| match element {
        Element::Value(text) => Some(one(parsed(text))),
        Element::Call(text) => Some(call_of(parsed(text))),
        Element::Pickle(_) => None,
    });
    let pickled = Call {
        pickled: true,
        ..Call::default()
    };
    Ok((Use::Calls, readable.unwrap_or(pickled)))
}

/// A value of a file, whose text was read before.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("the text of an element is JSON")
}

fn one(value: Value) -> Call {
    Call {
        positional: vec![value],
        ..Call::default()
    }
}

/// The call in an object of `args` and `kwargs`.
fn call_of(mut call: Value) -> Call {
    Call {
        positional: match call["args"].take() {
            Value::Array(items) => items,
            _ => Vec::new(),
        },
        keywords: match call["kwargs"].take() {
            Value::Object(fields) => fields,
            _ => Map::new(),
        },
        pickled: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(name: &str, text: &str, first: Option<&Type>) -> Result<(Use, Call), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        first_call(&path, first)
    }

    fn of(name: &str, text: &str, first: Option<Type>) -> (Use, Vec<Value>, Vec<String>) {
        let (how, call) = read(name, text, first.as_ref()).unwrap();
        (
            how,
            call.positional,
            call.keywords.into_iter().map(|(key, _)| key).collect(),
        )
    }

    #[test]
    fn each_kind_of_file_has_its_first_call() {
        let list = || Some(Type::List(Box::new(Type::Integer)));
        let one = |how: Use, value: Value| (how, vec![value], Vec::new());
        for (name, text, first, wanted) in [
            ("a.jsonl", "\n[1, 2]\n[3]\n", None, one(Use::Calls, json!([1, 2]))),
            (
                "a.jsonl",
                "{\"pickle\": \"gA==\"}\n{\"args\": [4]}\n",
                None,
                one(Use::Calls, json!(4)),
            ),
            (
                "a.jsonl",
                "{\"args\": [4], \"x\": 1}",
                None,
                one(Use::Calls, json!({"args": [4], "x": 1})),
            ),
            ("a.json", "[1, 2]", None, one(Use::Calls, json!(1))),
            ("a.json", "[1, 2]", list(), one(Use::Whole, json!([1, 2]))),
            ("a.json", "[[1], [2]]", list(), one(Use::Calls, json!([1]))),
            ("a.json", "{\"a\": 1}", None, one(Use::Whole, json!({"a": 1}))),
            (
                "a.txt",
                "one\ntwo\n",
                Some(Type::Text),
                one(Use::Calls, json!("one")),
            ),
            (
                "a.txt",
                "one\ntwo\n",
                list(),
                one(Use::Whole, json!(["one", "two"])),
            ),
            (
                "a.csv",
                "a,b\n1,\"x,y\"\n",
                None,
                one(Use::Calls, json!({"a": "1", "b": "x,y"})),
            ),
        ] {
            assert_eq!(of(name, text, first), wanted, "{name} {text}");
        }
        let both = "{\"args\": [1, \"a\"], \"kwargs\": {\"rate\": 0.5}}";
        assert_eq!(
            of("a.jsonl", both, None),
            (Use::Calls, vec![json!(1), json!("a")], vec!["rate".into()])
        );
    }

    #[test]
    fn a_file_without_a_call_is_refused() {
        for (name, text) in [
            ("a.jsonl", "\n"),
            ("a.jsonl", "{"),
            ("a.json", "[]"),
            ("a.txt", ""),
            ("a.csv", "a,b\n"),
            ("a.toml", "x"),
        ] {
            assert!(read(name, text, None).is_err(), "{name} {text:?}");
        }
    }
}
