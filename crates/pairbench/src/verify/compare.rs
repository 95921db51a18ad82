//! Whether two answers from two languages are the same.

use super::show::{Step, path_text, show};
use crate::registry::{Tolerance, pickle};
use crate::text::cut;
use serde_pickle::{DeOptions, HashableValue, Value, value_from_slice};
use std::fmt;

/// The first place where two answers differ.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// The place, like `[3]["total"]`; empty at the top.
    pub path: String,
    /// What the baseline has there.
    pub baseline: String,
    /// What the other has there.
    pub other: String,
    /// Whether these are two floats, which a wider tolerance would make equal.
    pub floats: bool,
    pub(super) steps: Vec<Step>,
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
    Ok(first_difference(&decode(baseline)?, &decode(other)?, tolerance))
}

/// [`difference`] of answers that are already decoded.
pub(crate) fn first_difference(baseline: &Value, other: &Value, tolerance: Tolerance) -> Option<Difference> {
    compare(baseline, other, Rule::Within(tolerance), &mut Vec::new()).err()
}

/// Compares a pickled input with what it became; `None` when it is unchanged to the last bit: `0.0` is not `-0.0`, a
/// list is not a tuple, and even the bits of a NaN count.
///
/// # Errors
///
/// When a pickle holds something that is not a plain value.
pub fn unchanged(before: &[u8], after: &[u8]) -> Result<Option<Difference>, String> {
    Ok(compare(
        &decode(before)?,
        &decode(after)?,
        Rule::Unchanged,
        &mut Vec::new(),
    )
    .err())
}

pub(crate) fn decode(pickle: &[u8]) -> Result<Value, String> {
    pickle::check(pickle).map_err(|why| format!("not plain values: the pickle {why}"))?;
    value_from_slice(pickle, DeOptions::new()).map_err(|error| format!("not made of plain values: {error}"))
}

/// What counts as the same.
#[derive(Clone, Copy)]
enum Rule {
    /// Answers: two languages may write equal values in different ways.
    Within(Tolerance),
    /// An input before and after a call.
    Unchanged,
}

fn compare(a: &Value, b: &Value, rule: Rule, steps: &mut Vec<Step>) -> Result<(), Difference> {
    let differ = |steps: &[Step], baseline: String, other: String| {
        Err(Difference {
            path: path_text(steps),
            baseline,
            other,
            floats: false,
            steps: steps.to_vec(),
        })
    };
    match (a, b, rule) {
        (Value::F64(x), Value::F64(y), Rule::Within(tolerance)) if tolerance.accepts(*x, *y) => Ok(()),
        (Value::F64(x), Value::F64(y), Rule::Unchanged) if x.to_bits() == y.to_bits() => Ok(()),
        (Value::F64(x), Value::F64(y), _) => {
            let shown = |x: &f64| match x.is_nan() {
                true => format!("NaN ({:#x})", x.to_bits()),
                false => format!("{x:?}"),
            };
            let found = differ(steps, shown(x), shown(y));
            found.map_err(|found| Difference {
                floats: true,
                ..found
            })
        }
        (Value::List(x), Value::List(y), _)
        | (Value::Tuple(x), Value::Tuple(y), _)
        | (Value::List(x), Value::Tuple(y), Rule::Within(_))
        | (Value::Tuple(x), Value::List(y), Rule::Within(_)) => {
            for (at, (x, y)) in x.iter().zip(y).enumerate() {
                within(steps, Step::Item(at), |steps| compare(x, y, rule, steps))?;
            }
            if x.len() == y.len() {
                return Ok(());
            }
            let found = differ(steps, format!("{} items", x.len()), format!("{} items", y.len()));
            found.map_err(|mut found| {
                // Where the shorter one ends.
                found.steps.push(Step::Item(x.len().min(y.len())));
                found
            })
        }
        (Value::Bytes(x), Value::List(_), Rule::Within(_))
        | (Value::List(_), Value::Bytes(x), Rule::Within(_)) => {
            let values = Value::List(x.iter().map(|&byte| Value::I64(byte.into())).collect());
            match matches!(a, Value::Bytes(_)) {
                true => compare(&values, b, rule, steps),
                false => compare(a, &values, rule, steps),
            }
        }
        (Value::String(x), Value::String(y), _) if x != y => {
            let at = x.chars().zip(y.chars()).take_while(|(x, y)| x == y).count();
            late(steps, at, a, b)
        }
        (Value::Bytes(x), Value::Bytes(y), _) if x != y => {
            let at = x.iter().zip(y).take_while(|(x, y)| x == y).count();
            late(steps, at, a, b)
        }
        (Value::Dict(x), Value::Dict(y), _) => {
            let mut all = x.keys().chain(y.keys());
            if let Some(key) = all.find(|key| x.contains_key(key) != y.contains_key(key)) {
                let word = |there: bool| if there { "present" } else { "missing" }.to_string();
                return within(steps, Step::Key(key.clone()), |steps| {
                    differ(steps, word(x.contains_key(key)), word(y.contains_key(key)))
                });
            }
            for (key, x) in x {
                // Equal keys of different types (1 and 1.0) are found by comparing the keys as values too.
                let (other_key, y) = y.get_key_value(key).expect("checked above");
                within(steps, Step::Key(key.clone()), |steps| {
                    let keys = [key, other_key].map(|key: &HashableValue| key.clone().into_value());
                    compare(&keys[0], &keys[1], Rule::Unchanged, steps)?;
                    compare(x, y, rule, steps)
                })?;
            }
            Ok(())
        }
        _ if a == b => Ok(()),
        _ => differ(steps, cut(&show(a), 120), cut(&show(b), 120)),
    }
}

/// The difference of two texts, or bytes, from this position on; the part before it does not help.
fn late(steps: &[Step], at: usize, a: &Value, b: &Value) -> Result<(), Difference> {
    let mut steps = steps.to_vec();
    let [baseline, other] = [a, b].map(show);
    let short = baseline.len().max(other.len()) <= 120;
    let path = path_text(&steps);
    steps.push(Step::Item(at));
    let shown = |text: String, value: &Value| match short {
        true => text,
        false => super::show::window(value, at).1,
    };
    Err(Difference {
        path: if short { path } else { path_text(&steps) },
        baseline: shown(baseline, a),
        other: shown(other, b),
        floats: false,
        steps,
    })
}

fn within<T>(steps: &mut Vec<Step>, step: Step, run: impl FnOnce(&mut Vec<Step>) -> T) -> T {
    steps.push(step);
    let result = run(steps);
    steps.pop();
    result
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

    /// If one of a million items differs, the first hundreds do not help.
    #[test]
    fn a_late_difference_of_texts_is_shown_from_there() {
        let text = |end: &str| format!("{}{end}", "é".repeat(5_000));
        let found = differ(&vec![text("abc")], &vec![text("abd")]).unwrap();
        assert!(found.starts_with("answer[0][5002]: "), "{found}");
        assert!(found.contains("abc") && found.contains("abd"), "{found}");
        assert!(found.len() < 300, "{found}");
        let bytes = |last| {
            let mut bytes = vec![65; 900];
            bytes.push(last);
            serde_bytes::ByteBuf::from(bytes)
        };
        let found = differ(&bytes(66), &bytes(67)).unwrap();
        assert!(found.starts_with("answer[900]: "), "{found}");
        assert!(found.contains("AB\"") && found.contains("AC\""), "{found}");
    }

    #[test]
    fn an_input_is_unchanged_to_the_last_bit_and_an_answer_need_not_be() {
        let payload = f64::from_bits(f64::NAN.to_bits() | 1);
        let changed = |a: Vec<u8>, b: Vec<u8>| {
            assert_eq!(unchanged(&a, &a), Ok(None));
            assert_eq!(difference(&a, &b, Tolerance::EXACT), Ok(None));
            unchanged(&a, &b).unwrap().unwrap().to_string()
        };
        assert_eq!(
            changed(pickle(&(1, 0.0)), pickle(&(1, -0.0))),
            "answer[1]: 0.0 against -0.0"
        );
        let bits = changed(pickle(&f64::NAN), pickle(&payload));
        assert_eq!(
            bits,
            "answer: NaN (0x7ff8000000000000) against NaN (0x7ff8000000000001)"
        );
        assert_eq!(
            changed(pickle(&(1, 2)), pickle(&vec![1, 2])),
            "answer: (1, 2) against [1, 2]"
        );
        assert_eq!(
            changed(pickle(&vec![65_u8]), pickle(&serde_bytes::Bytes::new(b"A"))),
            "answer: [65] against b\"A\""
        );
    }

    #[test]
    fn only_floats_are_a_matter_of_tolerance() {
        let floats = |a: &[u8], b: &[u8]| difference(a, b, Tolerance::EXACT).unwrap().unwrap().floats;
        assert!(floats(&pickle(&vec![1.0]), &pickle(&vec![1.5])));
        assert!(!floats(&pickle(&vec![1.0]), &pickle(&vec![1])));
        assert!(!floats(&pickle(&vec![1.0]), &pickle(&vec![1.0, 2.0])));
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
    fn bytes_that_are_not_a_pickle_are_an_error() {
        assert!(difference(b"", &pickle(&1), Tolerance::EXACT).is_err());
        assert!(difference(b"\x80\x03cos\nsystem\n.", &pickle(&1), Tolerance::EXACT).is_err());
    }
}
