//! Files of inputs of every kind, and what a function gets from them.

use super::*;
use crate::registry::arguments::Function;

fn file(name: &str, text: &str) -> (tempfile::TempDir, CallFile) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    let file = CallFile::new(Path::new(name), false);
    file.place(folder.path());
    (folder, file)
}

/// What a function returns for the first call of a file.
fn first<A, F: Function<A>>(name: &str, text: &str, function: F) -> Result<F::Output, String> {
    let (_folder, file) = file(name, text);
    let calls = file.calls(u64::MAX)?;
    Ok(function.call(F::read(Given::of(&calls[0])?)?))
}

#[test]
fn elements_of_each_kind_of_file() {
    for (name, text, elements) in [
        ("a.jsonl", "1\n\n[2]\n{\"args\": [3]}\n", 3),
        ("a.json", "[1, 2, 3, 4]", 4),
        ("a.json", "{\"a\": 1}", 1),
        ("a.txt", "one\n\nthree\n", 3),
        ("a.csv", "name,price\na,1\n\"b, c\",2\n", 2),
    ] {
        assert_eq!(file(name, text).1.len(), elements, "{name}: {text}");
    }
    let row = |value: &serde_json::Value| value["name"].as_str().map(str::to_string);
    assert_eq!(
        first("a.csv", "name,price\n\"b, \"\"c\",2\n", row),
        Ok(Some("b, \"c".into()))
    );
    assert_eq!(
        first("a.txt", "a \"b\"\\\n", |line: &str| line.to_string()),
        Ok("a \"b\"\\".into())
    );
}

#[test]
fn arguments_come_in_the_order_of_the_call() {
    fn function(numbers: &[i64], name: &str, factor: f64, least: Option<u8>) -> String {
        format!("{numbers:?} {name} {factor} {least:?}")
    }
    let text = r#"{"kwargs": {"name": "z", "factor": 2}, "args": [[1, -2]]}"#;
    assert_eq!(first("a.jsonl", text, function), Ok("[1, -2] z 2 None".into()));
    assert_eq!(first("a.jsonl", "{\"args\": []}", || 7), Ok(7));
    assert_eq!(
        first("a.jsonl", "340282366920938463463374607431768211455", |n: u128| n),
        Ok(u128::MAX)
    );
}

#[test]
fn what_json_cannot_hold_comes_as_a_pickle() {
    // pickle.dumps(((b"\x00\xff", (1, 2)), {"z": float("inf"), "a": 3}), 3)
    let text = "{\"pickle\": \"gANDAgD/cQBLAUsChnEBhnECfXEDKFgBAAAAenEER3/wAAAAAAAAWAEAAABhcQVLA3WGcQYu\"}";
    let function = |bytes: &ByteBuf, pair: &(u8, u8), z: f64, a: i32| (bytes.len(), *pair, z, a);
    assert_eq!(
        first("a.jsonl", text, function),
        Ok((2, (1, 2), f64::INFINITY, 3))
    );
    let listed = |bytes: &[u8], _: &(u8, u8), _: f64, _: i32| bytes.to_vec();
    assert_eq!(first("a.jsonl", text, listed), Ok(vec![0, 255]));
}

#[test]
fn what_does_not_fit_is_named() {
    let number = |n: i64| n;
    for (name, text, words) in [
        ("a.jsonl", "\"x\"", "argument 1 is not a valid i64"),
        (
            "a.jsonl",
            "{\"kwargs\": {\"n\": \"x\"}}",
            "argument 1 (n) is not a valid i64",
        ),
        (
            "a.jsonl",
            "{\"args\": [1, 2]}",
            "a call has 2 arguments, and the Rust side takes 1",
        ),
        ("a.jsonl", "1\n{\n", "a.jsonl: line 2: "),
        ("a.jsonl", "", "holds no input"),
        ("a.jsonl", "{\"pickle\": \"?\"}", "no base64"),
        ("a.jsonl", "{\"args\": 1}", "line 1: not a call"),
        ("a.parquet", "", "\"parquet\""),
    ] {
        let error = first(name, text, number).unwrap_err();
        assert!(error.contains(words), "{error:?} has no {words:?}");
    }
    let missing = CallFile::new(Path::new("/nowhere/a.txt"), false);
    assert!(missing.calls(1).unwrap_err().starts_with("/nowhere/a.txt: "));
    assert_eq!(missing.len(), 0);
}

#[test]
fn one_call_takes_all_elements_or_the_whole_value() {
    for (name, text, whole) in [
        ("a.jsonl", "1\n2\n3\n", "[1,2]"),
        ("a.json", "{\"a\": 1}", "{\"a\": 1}"),
        ("a.json", "[[1]]", "[[1]]"),
    ] {
        let (_folder, mut file) = file(name, text);
        file.whole = true;
        assert_eq!(file.calls(2), Ok(vec![Element::Value(whole.into())]));
    }
    let (_folder, mut recorded) = file("a.jsonl", "{\"args\": [1]}");
    recorded.whole = true;
    assert!(recorded.calls(1).unwrap_err().contains("use .calls"));
}
