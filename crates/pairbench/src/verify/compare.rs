//! Whether two answers from two languages are the same.

use crate::hosts::pickle;
use crate::registry::Tolerance;
use crate::text::cut;
use serde_pickle::{DeOptions, HashableValue, Value, value_from_slice};
use std::fmt;

/// The first place where two answers differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The place, like `answer[3].total`; empty at the top.
    pub path: String,
    /// What the baseline has there.
    pub baseline: String,
    /// What the other has there.
    pub other: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answer{}: {} against {}", self.path, self.baseline, self.other)
    }
}

/// Compares two pickled answers; `None` when they are the same.
///
/// Types count: `1` is not `1.0`, `True` is not `1`, text is not bytes. Lists and tuples of equal items are the same
/// (Rust's tuples and Python's lists are written alike), and so are bytes and a list of their values. Floats may
/// differ by the tolerance.
///
/// # Errors
///
/// When a pickle holds something that is not a plain value.
pub fn difference(baseline: &[u8], other: &[u8], tolerance: Tolerance) -> Result<Option<Difference>, String> {
    Ok(compare(&decode(baseline)?, &decode(other)?, tolerance, &mut String::new()).err())
}

/// Whether two pickles hold the same value, to the last bit.
///
/// # Errors
///
/// When a pickle holds something that is not a plain value.
pub fn same(before: &[u8], after: &[u8]) -> Result<Option<Difference>, String> {
    difference(before, after, Tolerance::EXACT)
}

/// A short text of a pickled answer, for people.
pub(super) fn show_pickle(pickle: &[u8]) -> String {
    decode(pickle).map_or_else(|error| error, |value| cut(&show(&value), 800))
}

fn decode(pickle: &[u8]) -> Result<Value, String> {
    pickle::check(pickle).map_err(|why| format!("not plain values: the pickle {why}"))?;
    value_from_slice(pickle, DeOptions::new()).map_err(|error| format!("not made of plain values: {error}"))
}

fn compare(a: &Value, b: &Value, tolerance: Tolerance, path: &mut String) -> Result<(), Difference> {
    let differ = |path: &str| {
        Err(Difference {
            path: path.to_string(),
            baseline: cut(&show(a), 120),
            other: cut(&show(b), 120),
        })
    };
    match (a, b) {
        (Value::F64(x), Value::F64(y)) => {
            if tolerance.accepts(*x, *y) {
                Ok(())
            } else {
                differ(path)
            }
        }
        (Value::List(x) | Value::Tuple(x), Value::List(y) | Value::Tuple(y)) => {
            for (at, (x, y)) in x.iter().zip(y).enumerate() {
                within(path, &format!("[{at}]"), |path| compare(x, y, tolerance, path))?;
            }
            if x.len() == y.len() {
                return Ok(());
            }
            Err(Difference {
                path: path.clone(),
                baseline: format!("{} items", x.len()),
                other: format!("{} items", y.len()),
            })
        }
        (Value::Bytes(x), Value::List(y)) | (Value::List(y), Value::Bytes(x)) => {
            let values: Vec<_> = x.iter().map(|&byte| Value::I64(byte.into())).collect();
            if values == *y { Ok(()) } else { differ(path) }
        }
        (Value::Dict(x), Value::Dict(y)) => {
            let missing = |from: &str, key: &HashableValue| {
                let key = show(&key.clone().into_value());
                Difference {
                    path: format!("{path}[{key}]"),
                    baseline: if from == "baseline" {
                        "missing".into()
                    } else {
                        "present".into()
                    },
                    other: if from == "baseline" {
                        "present".into()
                    } else {
                        "missing".into()
                    },
                }
            };
            if let Some(key) = x.keys().find(|key| !y.contains_key(key)) {
                return Err(missing("other", key));
            }
            if let Some(key) = y.keys().find(|key| !x.contains_key(key)) {
                return Err(missing("baseline", key));
            }
            for (key, x) in x {
                // Equal keys of different types (1 and 1.0) are found by comparing the keys as values too.
                let (other_key, y) = y.get_key_value(key).expect("checked above");
                let step = format!("[{}]", show(&key.clone().into_value()));
                within(path, &step, |path| {
                    compare(
                        &key.clone().into_value(),
                        &other_key.clone().into_value(),
                        Tolerance::EXACT,
                        path,
                    )?;
                    compare(x, y, tolerance, path)
                })?;
            }
            Ok(())
        }
        _ if a == b => Ok(()),
        _ => differ(path),
    }
}

fn within<T>(path: &mut String, step: &str, run: impl FnOnce(&mut String) -> T) -> T {
    let length = path.len();
    path.push_str(step);
    let result = run(path);
    path.truncate(length);
    result
}

/// The value as Python would write it.
fn show(value: &Value) -> String {
    let list = |items: &[Value]| items.iter().take(200).map(show).collect::<Vec<_>>().join(", ");
    match value {
        Value::None => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::I64(n) => n.to_string(),
        Value::Int(n) => n.to_string(),
        Value::F64(x) => format!("{x:?}"),
        Value::Bytes(bytes) => format!(
            "b\"{}\"",
            bytes
                .iter()
                .take(400)
                .map(|b| b.escape_ascii().to_string())
                .collect::<String>()
        ),
        Value::String(text) => format!("{text:?}"),
        Value::List(items) => format!("[{}]", list(items)),
        Value::Tuple(items) => format!("({})", list(items)),
        Value::Set(items) | Value::FrozenSet(items) => {
            let items: Vec<_> = items
                .iter()
                .take(200)
                .map(|item| show(&item.clone().into_value()))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
        Value::Dict(items) => {
            let items: Vec<_> = items
                .iter()
                .take(200)
                .map(|(key, value)| format!("{}: {}", show(&key.clone().into_value()), show(value)))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    fn pickle<T: Serialize>(value: &T) -> Vec<u8> {
        serde_pickle::to_vec(value, serde_pickle::SerOptions::new()).unwrap()
    }

    fn differ<A: Serialize, B: Serialize>(a: &A, b: &B) -> Option<String> {
        difference(&pickle(a), &pickle(b), Tolerance::default())
            .unwrap()
            .map(|d| d.to_string())
    }

    #[derive(Serialize)]
    struct Total {
        name: &'static str,
        sums: Vec<f64>,
    }

    #[test]
    fn equal_answers_are_the_same() {
        assert_eq!(differ(&(1, 2), &vec![1, 2]), None);
        assert_eq!(
            differ(
                &Total {
                    name: "x",
                    sums: vec![0.1 + 0.2]
                },
                &Total {
                    name: "x",
                    sums: vec![0.3]
                }
            ),
            None
        );
        assert_eq!(differ(&vec![104u8, 105], &serde_bytes::Bytes::new(b"hi")), None);
        assert_eq!(differ(&f64::NAN, &f64::NAN), None);
        assert_eq!(differ(&u64::MAX, &u64::MAX), None);
    }

    #[test]
    fn the_first_difference_is_named_with_its_place() {
        let a = Total {
            name: "x",
            sums: vec![1.0, 2.0],
        };
        let b = Total {
            name: "x",
            sums: vec![1.0, 2.1],
        };
        assert_eq!(differ(&a, &b).unwrap(), "answer[\"sums\"][1]: 2.0 against 2.1");
        assert_eq!(
            differ(&vec![1, 2], &vec![1, 2, 3]).unwrap(),
            "answer: 2 items against 3 items"
        );
    }

    #[test]
    fn types_count() {
        assert!(differ(&1, &1.0).is_some());
        assert!(differ(&true, &1).is_some());
        assert!(differ(&"1", &1).is_some());
        assert!(differ(&Option::<u8>::None, &0).is_some());
        assert!(differ(&f64::INFINITY, &f64::MAX).is_some());
    }

    #[test]
    fn a_missing_key_is_a_difference_either_way() {
        let one: std::collections::BTreeMap<_, _> = [("a", 1)].into();
        let two: std::collections::BTreeMap<_, _> = [("a", 1), ("b", 2)].into();
        assert_eq!(
            differ(&one, &two).unwrap(),
            "answer[\"b\"]: missing against present"
        );
        assert_eq!(
            differ(&two, &one).unwrap(),
            "answer[\"b\"]: present against missing"
        );
    }

    #[test]
    fn bytes_that_are_no_pickle_are_an_error() {
        assert!(difference(b"", &pickle(&1), Tolerance::EXACT).is_err());
        assert!(difference(b"\x80\x03cos\nsystem\n.", &pickle(&1), Tolerance::EXACT).is_err());
    }
}
