//! The file with the input of a new pair, as far as the types of the arguments need it.

use super::types::Type;
use serde_json::{Map, Value};
use std::path::Path;

/// How the pair uses the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A call for each of its elements.
    Calls,
    /// One call with all of it.
    Whole,
}

/// The first call of a file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Call {
    pub positional: Vec<Value>,
    pub keywords: Map<String, Value>,
    /// A pickled call, of which only Python knows the arguments.
    pub pickled: bool,
}

/// How to use the file, and its first call. `first` is the annotated type of the first argument.
///
/// # Errors
///
/// When it cannot be read, has no call, or is of no known kind.
pub(super) fn first_call(path: &Path, first: Option<&Type>) -> Result<(Use, Call), String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("--input {}: {error}", path.display()))?;
    read(path, &text, first).map_err(|error| format!("--input {}: {error}", path.display()))
}

fn read(path: &Path, text: &str, first: Option<&Type>) -> Result<(Use, Call), String> {
    let takes_list = matches!(first, Some(Type::List(_)));
    let kind = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (how, value) = match kind {
        "jsonl" => {
            let mut values = lines.map(|line| serde_json::from_str(line).map_err(|error| error.to_string()));
            let first = values.next().ok_or("it has no line")??;
            // A call whose arguments can be read, if there is one.
            let readable = |value: &Value| value.get("pickle").is_none();
            match readable(&first) {
                true => (Use::Calls, first),
                false => (Use::Calls, values.flatten().find(readable).unwrap_or(first)),
            }
        }
        "json" => match serde_json::from_str(text).map_err(|error| error.to_string())? {
            Value::Array(items) if takes_list && !items.first().is_some_and(Value::is_array) => {
                (Use::Whole, Value::Array(items))
            }
            Value::Array(items) => (Use::Calls, items.into_iter().next().ok_or("its list is empty")?),
            value => (Use::Whole, value),
        },
        "txt" => {
            let line = Value::from(lines.next().ok_or("it has no line")?);
            match takes_list {
                true => (Use::Whole, Value::from(vec![line])),
                false => (Use::Calls, line),
            }
        }
        "csv" => {
            let mut rows = csv::Reader::from_reader(text.as_bytes());
            let row = rows
                .deserialize()
                .next()
                .ok_or("it has no row below its header")?;
            let row: Map<String, Value> = row
                .map(|row: std::collections::BTreeMap<String, String>| {
                    row.into_iter()
                        .map(|(key, text)| (key, Value::from(text)))
                        .collect()
                })
                .map_err(|error| error.to_string())?;
            match takes_list {
                true => (Use::Whole, Value::from(vec![Value::Object(row)])),
                false => (Use::Calls, Value::Object(row)),
            }
        }
        _ => return Err("its name ends in none of .jsonl, .json, .txt and .csv".into()),
    };
    let call = match how {
        Use::Calls => call_of(value),
        Use::Whole => Call {
            positional: vec![value],
            ..Call::default()
        },
    };
    Ok((how, call))
}

/// An object with `args`, `kwargs` or both and nothing else is a call; any other value is the one argument of one.
fn call_of(value: Value) -> Call {
    let Value::Object(mut fields) = value else {
        return Call {
            positional: vec![value],
            ..Call::default()
        };
    };
    let only =
        |allowed: &[&str]| !fields.is_empty() && fields.keys().all(|key| allowed.contains(&key.as_str()));
    if only(&["pickle"]) {
        return Call {
            pickled: true,
            ..Call::default()
        };
    }
    if !only(&["args", "kwargs"]) {
        return Call {
            positional: vec![Value::Object(fields)],
            ..Call::default()
        };
    }
    Call {
        positional: match fields.remove("args") {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        },
        keywords: match fields.remove("kwargs") {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        },
        pickled: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(name: &str, text: &str, first: Option<Type>) -> (Use, Vec<Value>, Vec<String>) {
        let (how, call) = read(Path::new(name), text, first.as_ref()).unwrap();
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
                "{\"pickle\": \"x\"}\n{\"args\": [4]}\n",
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
            ("a.txt", "one\ntwo\n", list(), one(Use::Whole, json!(["one"]))),
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
    fn what_has_no_call_is_refused() {
        for (name, text) in [
            ("a.jsonl", "\n"),
            ("a.jsonl", "{"),
            ("a.json", "[]"),
            ("a.txt", ""),
            ("a.csv", "a,b\n"),
            ("a.toml", "x"),
        ] {
            assert!(read(Path::new(name), text, None).is_err(), "{name} {text:?}");
        }
    }
}
