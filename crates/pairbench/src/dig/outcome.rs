//! The outcomes of calls, and whether two of them are the same.

use super::Kind;
use crate::hosts::{Attempt, Attempted, Fault};
use crate::registry::Tolerance;
use crate::text::cut;
use crate::verify::{decode, first_difference, show};
use serde_pickle::{HashableValue, Value};
use std::time::Duration;

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Answer(Value),
    /// An exception, a panic, or an `Err`: the input was refused. The kind of the exception, and the text.
    Refused(String, String),
    /// It changed its input.
    Changed(String),
    /// Its answer is not a plain value.
    Odd(String),
    /// The process ended.
    Died(Fault),
    /// It took too long or too much memory.
    TooMuch,
    /// It was not called, since the input does not fit.
    NotCalled,
}

/// An outcome, and how long the call took.
#[derive(Debug, Clone)]
pub(super) struct Came {
    pub outcome: Outcome,
    pub took: Duration,
}

/// How two outcomes differ.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Differs {
    pub kind: Kind,
    /// Where, without the indices of items: another difference in the same place counts as the same difference.
    pub place: String,
}

/// A port that takes this many times as long as its baseline, and at least this long, uses another algorithm.
const SLOW: (u32, Duration) = (50, Duration::from_millis(300));

/// The kind of a refusal: by a panic, or by an `Err`.
const PANIC: &str = "panic";
const ERR: &str = "Err";

/// The reasons for which `dig.py` gives up on a call.
const TOO_MUCH: [&str; 2] = ["TooSlow", "MemoryError"];

impl From<Attempted> for Came {
    fn from(found: Attempted) -> Self {
        let outcome = if let Some(output) = found.output {
            decode(&output).map_or_else(Outcome::Odd, Outcome::Answer)
        } else if let Some((name, text)) = found.raised {
            Outcome::Refused(name, text)
        } else if let Some(text) = found.panic {
            Outcome::Refused(PANIC.into(), text)
        } else if let Some(text) = found.changed {
            Outcome::Changed(text)
        } else if let Some(text) = found.odd {
            Outcome::Odd(text)
        } else if found
            .gives_up
            .as_deref()
            .is_some_and(|why| TOO_MUCH.contains(&why))
        {
            Outcome::TooMuch
        } else {
            Outcome::NotCalled
        };
        Came {
            outcome,
            took: Duration::from_nanos(found.ns),
        }
    }
}

impl From<(Attempt, Duration)> for Came {
    fn from((found, took): (Attempt, Duration)) -> Self {
        let outcome = match found {
            Attempt::Answer(pickle) => decode(&pickle).map_or_else(Outcome::Odd, Outcome::Answer),
            Attempt::Panic(text) => Outcome::Refused(PANIC.into(), text),
            Attempt::Odd(text) => Outcome::Odd(text),
        };
        Came { outcome, took }
    }
}

impl Outcome {
    /// Unwraps the answer from a list with one answer, and the content of a Rust `Result`.
    pub fn of_call(self, listed: bool, is_rust: bool) -> Self {
        let Outcome::Answer(mut value) = self else {
            return self;
        };
        if listed && let Value::List(answers) = &mut value {
            value = answers.pop().unwrap_or(Value::None);
        }
        if is_rust
            && let Value::Dict(fields) = &mut value
            && fields.len() == 1
        {
            let key = |name: &str| HashableValue::String(name.into());
            if let Some(answer) = fields.remove(&key("Ok")) {
                value = answer;
            } else if let Some(error) = fields.remove(&key("Err")) {
                let text = match error {
                    Value::String(text) => text,
                    other => show(&other),
                };
                return Outcome::Refused(ERR.into(), text);
            }
        }
        Outcome::Answer(value)
    }

    /// A line for users.
    pub fn shown(&self) -> String {
        let line = |text: &str| cut(text.lines().next().unwrap_or_default(), 200);
        match self {
            Outcome::Answer(value) => cut(&show(value), 300),
            Outcome::Refused(kind, text) if kind == PANIC => format!("panics: {}", line(text)),
            Outcome::Refused(kind, text) if kind == ERR => format!("Err({})", line(text)),
            Outcome::Refused(kind, text) if text.is_empty() => format!("raises {kind}"),
            Outcome::Refused(kind, text) => format!("raises {kind}: {}", line(text)),
            Outcome::Changed(text) => format!("changes its input: {}", line(text)),
            Outcome::Odd(text) => line(text),
            Outcome::Died(fault) => line(&fault.to_string()),
            Outcome::TooMuch => "takes too long".into(),
            Outcome::NotCalled => "cannot be called".into(),
        }
    }

    fn answer(&self) -> Option<&Value> {
        match self {
            Outcome::Answer(value) => Some(value),
            _ => None,
        }
    }
}

/// How a variant's outcome differs from the baseline's; `None` if it does not, or if that cannot be decided. Two
/// refusals are the same, unless the pair declares which exceptions correspond to which messages.
pub(super) fn differs(
    baseline: &Came,
    other: &Came,
    tolerance: Tolerance,
    refusals: &[(String, String)],
) -> Option<Differs> {
    let differs = |kind, place: &str| {
        Some(Differs {
            kind,
            place: generalised(place),
        })
    };
    match (&baseline.outcome, &other.outcome) {
        (
            Outcome::TooMuch | Outcome::NotCalled | Outcome::Died(_) | Outcome::Odd(_) | Outcome::Changed(_),
            _,
        ) => None,
        (_, Outcome::NotCalled) => None,
        (_, Outcome::Changed(_)) => differs(Kind::Mutates, ""),
        (_, Outcome::Odd(text)) => differs(Kind::Odd, text),
        (_, Outcome::Died(fault)) => differs(kind_of(fault), ""),
        (_, Outcome::TooMuch) => differs(Kind::Hangs, ""),
        (Outcome::Refused(exception, _), Outcome::Refused(kind, text)) => {
            let known = refusals.is_empty()
                || exception == kind
                || refusals
                    .iter()
                    .any(|(name, part)| name == exception && text.contains(part.as_str()));
            match known {
                true => None,
                false => differs(Kind::Refusals, exception),
            }
        }
        (Outcome::Refused(exception, _), Outcome::Answer(_)) => differs(Kind::Accepts, exception),
        (Outcome::Answer(_), Outcome::Refused(kind, text)) if kind == PANIC => {
            // The place of a panic is at the end of its text.
            differs(
                Kind::Panics,
                text.rsplit_once(" at ").map_or(text, |(_, place)| place),
            )
        }
        (Outcome::Answer(_), Outcome::Refused(kind, _)) => differs(Kind::Refuses, kind),
        (Outcome::Answer(a), Outcome::Answer(b)) => match first_difference(a, b, tolerance) {
            Some(found) => differs(Kind::Differs, &found.path),
            None => {
                let (times, least) = SLOW;
                let slow = other.took >= least && other.took > baseline.took * times;
                slow.then_some(Differs {
                    kind: Kind::Slow,
                    place: String::new(),
                })
            }
        },
    }
}

/// Whether two calls of one variant differ.
pub(super) fn wavers(first: &Came, second: &Came) -> bool {
    match (first.outcome.answer(), second.outcome.answer()) {
        (Some(a), Some(b)) => first_difference(a, b, Tolerance::EXACT).is_some(),
        (Some(_), None) => matches!(second.outcome, Outcome::Refused(..)),
        (None, Some(_)) => matches!(first.outcome, Outcome::Refused(..)),
        (None, None) => false,
    }
}

/// The kind of difference that the end of a process counts as.
pub(crate) fn kind_of(fault: &Fault) -> Kind {
    match fault {
        Fault::Died { how, .. } if how.contains("got no memory") => Kind::Memory,
        Fault::Hang { .. } => Kind::Hangs,
        Fault::Memory { .. } => Kind::Memory,
        Fault::Floods { .. } => Kind::Floods,
        _ => Kind::Crashes,
    }
}

/// A place with `[]` instead of item indices.
fn generalised(place: &str) -> String {
    let mut text = String::new();
    let mut rest = place;
    while let Some(at) = rest.find('[') {
        let (before, after) = rest.split_at(at + 1);
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        text += before;
        rest = match after[digits..].starts_with(']') {
            true => &after[digits..],
            false => after,
        };
    }
    cut(&(text + rest), 120)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(outcome: Outcome) -> Came {
        let took = Duration::from_micros(1);
        Came { outcome, took }
    }

    fn answer(value: i64) -> Outcome {
        Outcome::Answer(Value::I64(value))
    }

    fn refused(kind: &str, text: &str) -> Outcome {
        Outcome::Refused(kind.into(), text.into())
    }

    fn kind(a: Outcome, b: Outcome) -> Option<Kind> {
        differs(&came(a), &came(b), Tolerance::EXACT, &[]).map(|found| found.kind)
    }

    #[test]
    fn outcomes_are_compared_and_not_only_answers() {
        assert_eq!(kind(answer(1), answer(1)), None);
        assert_eq!(kind(answer(1), answer(2)), Some(Kind::Differs));
        assert_eq!(
            kind(answer(1), refused("panic", "boom at a.rs:1")),
            Some(Kind::Panics)
        );
        assert_eq!(kind(answer(1), refused("Err", "boom")), Some(Kind::Refuses));
        assert_eq!(kind(refused("ValueError", ""), answer(1)), Some(Kind::Accepts));
        assert_eq!(kind(refused("ValueError", ""), refused("panic", "")), None);
        assert_eq!(
            kind(answer(1), Outcome::Died(Fault::Hang { limit_s: 1 })),
            Some(Kind::Hangs)
        );
        assert_eq!(kind(Outcome::TooMuch, answer(1)), None);
    }

    #[test]
    fn declared_refusals_have_to_fit() {
        let refusals = [("ValueError".to_string(), "no digit".to_string())];
        let with = |exception, text| {
            let (a, b) = (came(refused(exception, "")), came(refused("panic", text)));
            differs(&a, &b, Tolerance::EXACT, &refusals)
        };
        assert_eq!(with("ValueError", "there is no digit at 3"), None);
        assert!(with("ValueError", "index out of bounds").is_some());
        assert!(with("KeyError", "no digit").is_some());
    }

    #[test]
    fn a_result_of_rust_is_an_answer_or_a_refusal() {
        let result = |name: &str| {
            Outcome::Answer(Value::Dict(
                [(HashableValue::String(name.into()), Value::I64(1))].into(),
            ))
        };
        assert_eq!(result("Ok").of_call(false, true), answer(1));
        assert_eq!(result("Err").of_call(false, true), refused("Err", "1"));
        // Python has no `Result`.
        assert_eq!(result("Ok").of_call(false, false), result("Ok"));
    }

    #[test]
    fn places_have_no_numbers() {
        assert_eq!(generalised("[3][\"sums\"][12]"), "[][\"sums\"][]");
        assert_eq!(generalised("[\"[7]\"]"), "[\"[]\"]");
        assert_eq!(generalised("a.rs:3:4"), "a.rs:3:4");
    }
}
