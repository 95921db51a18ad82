//! Lists which of several calls have answers that differ, each as Python would write it.

use super::compare::{Difference, decode, first_difference};
use super::show::{arguments, both, show};
use crate::hosts::Fault;
use crate::registry::calls::{self, Element};
use crate::registry::{Entry, Form, Tolerance};
use crate::text::{cut, thousands};
use serde_pickle::{DeOptions, Value};

/// How many differing calls are listed.
const LISTED: usize = 5;

/// How many columns a call may take.
const WIDEST: usize = 160;

/// The calls that an input stands for; `None` if it is the argument of a single one.
pub(super) fn calls(entry: &Entry, input: &[u8]) -> Option<Vec<String>> {
    let function = entry.pair.variants()[0].function.as_deref();
    let function = function
        .and_then(|path| path.rsplit(':').next())
        .unwrap_or(entry.name);
    Some(match entry.pair.form() {
        Form::One | Form::Call => return None,
        Form::Each => match decode(input).ok()? {
            Value::List(items) => items
                .iter()
                .map(|item| written(function, arguments(item)))
                .collect(),
            _ => return None,
        },
        Form::Calls => {
            let elements: Vec<Element> = serde_pickle::from_slice(input, DeOptions::new()).ok()?;
            let call = |(at, element)| match calls::arguments(element) {
                Ok(all) => written(function, all.iter().map(|(name, value)| (name.clone(), value))),
                // The pickle may hold something other than plain values.
                Err(_) => format!("call {} of {function}", at + 1),
            };
            elements.iter().enumerate().map(call).collect()
        }
    })
}

fn written<'a>(function: &str, arguments: impl IntoIterator<Item = (String, &'a Value)>) -> String {
    let arguments = arguments.into_iter().map(|(name, value)| match name.is_empty() {
        true => show(value),
        false => format!("{name}={}", show(value)),
    });
    format!("{function}({})", arguments.collect::<Vec<_>>().join(", "))
}

/// A fault with the call in which it was raised.
pub(super) fn in_call(fault: Fault, calls: Option<Vec<String>>, at: usize) -> Fault {
    match (fault, calls) {
        (Fault::Panic { message }, Some(calls)) => Fault::Panic {
            message: format!("{message}, in {}", cut(&calls[at], WIDEST)),
        },
        (fault, _) => fault,
    }
}

/// Two answers that differ, as people see it.
pub(super) struct Differing {
    /// The place, and both values there.
    pub message: String,
    /// More of both answers.
    pub answers: String,
    /// Whether only floats differ.
    pub floats: bool,
}

/// The answers to several calls that differ, the shortest calls first because they are the easiest to read; `None` if
/// there is not one answer for each call.
pub(super) fn differing(
    calls: &[String],
    answers: [&Value; 2],
    names: [&str; 2],
    tolerance: Tolerance,
) -> Option<Differing> {
    let [Value::List(a), Value::List(b)] = answers else {
        return None;
    };
    if a.len() != calls.len() || b.len() != calls.len() {
        return None;
    }
    let all = (0..calls.len()).filter_map(|at| Some((at, first_difference(&a[at], &b[at], tolerance)?)));
    let mut all: Vec<(usize, Difference)> = all.collect();
    all.sort_by_key(|(at, _)| calls[*at].chars().count());
    let line = |(at, found): &(usize, Difference)| {
        let call = cut(&calls[*at], WIDEST);
        format!("{call}{}: {} against {}", found.path, found.baseline, found.other)
    };
    let number = |count: usize| thousands(count as f64);
    let (message, answers) = match all.as_slice() {
        [] => return None,
        [(at, found)] => {
            let answers = both(names, [&a[*at], &b[*at]], &Value::None, &found.steps);
            (line(&all[0]), answers)
        }
        several => {
            let (some, of) = (number(several.len()), number(calls.len()));
            let mut lines = vec![format!(
                "{} against {}, the shortest calls first:",
                names[0], names[1]
            )];
            lines.extend(several.iter().take(LISTED).map(line));
            if several.len() > LISTED {
                lines.push(format!("and {} more", number(several.len() - LISTED)));
            }
            (
                format!("{}; {some} of {of} calls differ", line(&several[0])),
                lines.join("\n"),
            )
        }
    };
    Some(Differing {
        message,
        answers,
        floats: all.iter().all(|(_, found)| found.floats),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::String(text.into())
    }

    #[test]
    fn the_shortest_calls_come_first_and_all_are_counted() {
        let calls: Vec<String> = (1..=9)
            .rev()
            .map(|at| format!("f({:?})", "a".repeat(at)))
            .collect();
        let a = Value::List((0..9).map(|_| text("x")).collect());
        let b = Value::List((0..9).map(|at| text(if at == 2 { "x" } else { "y" })).collect());
        let found = differing(&calls, [&a, &b], ["baseline", "this one"], Tolerance::EXACT).unwrap();
        assert_eq!(found.message, r#"f("a"): "x" against "y"; 8 of 9 calls differ"#);
        let lines: Vec<&str> = found.answers.lines().collect();
        assert_eq!(lines[0], "baseline against this one, the shortest calls first:");
        assert_eq!(
            (lines[2], lines[6]),
            (r#"f("aa"): "x" against "y""#, "and 3 more")
        );
    }

    #[test]
    fn a_single_differing_call_is_shown_whole() {
        let calls = ["f(1)".to_string(), "f(2)".to_string()];
        let lists = |last| {
            Value::List(vec![
                text("x"),
                Value::List(vec![Value::F64(1.0), Value::F64(last)]),
            ])
        };
        let found = differing(
            &calls,
            [&lists(1.0), &lists(2.0)],
            ["one", "other"],
            Tolerance::EXACT,
        )
        .unwrap();
        assert_eq!(found.message, "f(2)[1]: 1.0 against 2.0");
        assert_eq!(found.answers, "one: [1.0, 1.0]\nother: [1.0, 2.0]");
        assert!(found.floats);
        let short = Value::List(vec![text("x")]);
        assert!(differing(&calls, [&lists(1.0), &short], ["one", "other"], Tolerance::EXACT).is_none());
    }
}
