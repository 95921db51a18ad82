//! Values as Python writes them, and the part of a value around a place in it.

use crate::text::cut;
use serde_pickle::{HashableValue, Value};

/// One step into a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// An index of a list, a tuple, a text or bytes.
    Item(usize),
    /// A key of a dict.
    Key(HashableValue),
}

/// The steps as Python would write them.
pub(super) fn path_text(steps: &[Step]) -> String {
    let texts = steps.iter().map(|step| match step {
        Step::Item(at) => format!("[{at}]"),
        Step::Key(key) => format!("[{}]", cut(&show_key(key), 60)),
    });
    texts.collect()
}

/// Two answers that differ, as shown to people: both whole if they are short, otherwise the part around the first
/// difference, and the part of the input at that place.
pub(super) fn both(names: [&str; 2], answers: [&Value; 2], input: &Value, steps: &[Step]) -> String {
    const SHORT: usize = 200;
    let whole = answers.map(show);
    if whole.iter().all(|text| text.chars().count() <= SHORT) {
        return format!("{}: {}\n{}: {}", names[0], whole[0], names[1], whole[1]);
    }
    let mut lines: Vec<String> = std::iter::zip(names, answers)
        .map(|(name, answer)| {
            let (place, text, _) = around("answer", answer, steps);
            format!("{name}: {place}: {text}")
        })
        .collect();
    lines.extend(parts_of_input(input, steps));
    lines.join("\n")
}

/// The parts of the input to which the steps, or the last of them, lead: often the item that the answer is about. If an
/// input becomes keyword arguments, each is tried.
fn parts_of_input(input: &Value, steps: &[Step]) -> Vec<String> {
    const MOST: usize = 3;
    let arguments = arguments(input);
    let parts = arguments.iter().filter_map(|(name, value)| {
        let name = if name.is_empty() { "input" } else { name };
        (0..steps.len()).find_map(|from| {
            let (place, text, depth) = around(name, value, &steps[from..]);
            (depth > 0).then(|| format!("input: {place}: {text}"))
        })
    });
    parts.take(MOST).collect()
}

/// Follows the steps as far as they lead: the place where they end, what is around it, and how many were taken.
fn around(name: &str, value: &Value, steps: &[Step]) -> (String, String, usize) {
    let (mut outer, mut value, mut taken) = (value, value, 0);
    for step in steps {
        let Some(inner) = inside(value, step) else {
            break;
        };
        (outer, value, taken) = (value, inner, taken + 1);
    }
    // The last step may lead into a text, or past the end of a list.
    if let Some(&Step::Item(at)) = steps.get(taken)
        && length(value).is_some_and(|length| at <= length && taken + 1 == steps.len())
    {
        let (range, text) = window(value, at);
        return (
            format!("{name}{}{range}", path_text(&steps[..taken])),
            text,
            taken + 1,
        );
    }
    match steps[..taken].last() {
        Some(&Step::Item(at)) => {
            let (range, text) = window(outer, at);
            (
                format!("{name}{}{range}", path_text(&steps[..taken - 1])),
                text,
                taken,
            )
        }
        _ => (
            format!("{name}{}", path_text(&steps[..taken])),
            cut(&show(value), 200),
            taken,
        ),
    }
}

/// The arguments that an input becomes: a map's values with their names, otherwise the input itself without a name.
pub(super) fn arguments(input: &Value) -> Vec<(String, &Value)> {
    match input {
        Value::Dict(fields) => fields
            .iter()
            .map(|(name, value)| match name {
                HashableValue::String(name) => (name.clone(), value),
                other => (show_key(other), value),
            })
            .collect(),
        other => vec![(String::new(), other)],
    }
}

fn inside<'a>(value: &'a Value, step: &Step) -> Option<&'a Value> {
    match (value, step) {
        (Value::List(items) | Value::Tuple(items), Step::Item(at)) => items.get(*at),
        (Value::Dict(items), Step::Key(key)) => items.get(key),
        _ => None,
    }
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::List(items) | Value::Tuple(items) => Some(items.len()),
        Value::String(text) => Some(text.chars().count()),
        Value::Bytes(bytes) => Some(bytes.len()),
        _ => None,
    }
}

/// The items around the one at a place, with their range as Python writes it.
pub(super) fn window(value: &Value, at: usize) -> (String, String) {
    let reach = match value {
        Value::List(_) | Value::Tuple(_) => 2,
        _ => 20,
    };
    let all = length(value).unwrap_or_default();
    let (from, to) = (at.saturating_sub(reach).min(all), (at + reach + 1).min(all));
    let text = match value {
        Value::List(items) | Value::Tuple(items) => {
            let items: Vec<_> = items[from..to].iter().map(|item| cut(&show(item), 120)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => quoted(&text.chars().skip(from).take(to - from).collect::<String>()),
        Value::Bytes(bytes) => show(&Value::Bytes(bytes[from..to].to_vec())),
        other => cut(&show(other), 200),
    };
    (format!("[{from}:{to}]"), text)
}

fn show_key(key: &HashableValue) -> String {
    show(&key.clone().into_value())
}

/// A text in quotation marks. Combining marks are escaped, so that a letter of two characters differs from the same
/// letter of one.
fn quoted(text: &str) -> String {
    let mut written = String::from('"');
    for c in text.chars() {
        match c {
            '\'' => written.push(c),
            c if c.is_ascii() => written.extend(c.escape_debug()),
            c if c.escape_debug().len() == 1 => written.push(c),
            c if c <= '\u{ff}' => written += &format!("\\x{:02x}", u32::from(c)),
            c if c <= '\u{ffff}' => written += &format!("\\u{:04x}", u32::from(c)),
            c => written += &format!("\\U{:08x}", u32::from(c)),
        }
    }
    written.push('"');
    written
}

/// The value as Python would write it.
pub(crate) fn show(value: &Value) -> String {
    const MOST: usize = 200;
    let join = |texts: &mut dyn Iterator<Item = String>| texts.take(MOST).collect::<Vec<_>>().join(", ");
    match value {
        Value::None => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::I64(n) => n.to_string(),
        Value::Int(n) => n.to_string(),
        Value::F64(x) => format!("{x:?}"),
        Value::Bytes(bytes) => format!("b\"{}\"", bytes[..bytes.len().min(400)].escape_ascii()),
        Value::String(text) => quoted(text),
        Value::List(items) => format!("[{}]", join(&mut items.iter().map(show))),
        Value::Tuple(items) => format!("({})", join(&mut items.iter().map(show))),
        Value::Set(items) | Value::FrozenSet(items) => {
            format!("{{{}}}", join(&mut items.iter().map(show_key)))
        }
        Value::Dict(items) => {
            let mut items = items
                .iter()
                .map(|(key, value)| format!("{}: {}", show_key(key), show(value)));
            format!("{{{}}}", join(&mut items))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(from: i64, to: i64) -> Value {
        Value::List((from..to).map(Value::I64).collect())
    }

    fn dict(fields: Vec<(&str, Value)>) -> Value {
        let fields = fields.into_iter();
        Value::Dict(
            fields
                .map(|(name, value)| (HashableValue::String(name.into()), value))
                .collect(),
        )
    }

    #[test]
    fn texts_that_look_alike_are_written_differently() {
        let shown = ["\u{e9}", "e\u{301}", "it's \"so\"\n\u{200b}"].map(quoted);
        assert_eq!(
            shown,
            ["\"\u{e9}\"", "\"e\\u0301\"", "\"it's \\\"so\\\"\\n\\u200b\""]
        );
    }

    #[test]
    fn short_answers_are_shown_whole() {
        let [a, b] = [numbers(0, 3), numbers(0, 4)];
        let text = both(["one", "other"], [&a, &b], &Value::None, &[Step::Item(3)]);
        assert_eq!(text, "one: [0, 1, 2]\nother: [0, 1, 2, 3]");
    }

    #[test]
    fn long_answers_are_shown_around_the_place_with_the_input_there() {
        let [mut a, b] = [numbers(0, 10_000), numbers(0, 10_000)];
        let Value::List(items) = &mut a else { panic!() };
        items[7_000] = Value::F64(0.5);
        let answer = |list| dict(vec![("count", Value::I64(5)), ("sums", list)]);
        let [a, b] = [answer(a), answer(b)];
        let steps = [Step::Key(HashableValue::String("sums".into())), Step::Item(7_000)];
        let input = dict(vec![("few", numbers(0, 9)), ("words", numbers(20_000, 30_000))]);
        let text = both(["one", "other"], [&a, &b], &input, &steps);
        assert_eq!(
            text,
            "one: answer[\"sums\"][6998:7003]: [6998, 6999, 0.5, 7001, 7002]\n\
             other: answer[\"sums\"][6998:7003]: [6998, 6999, 7000, 7001, 7002]\n\
             input: words[6998:7003]: [26998, 26999, 27000, 27001, 27002]"
        );
    }

    #[test]
    fn a_difference_in_length_is_shown_where_the_shorter_one_ends() {
        let [a, b] = [numbers(0, 1_000), numbers(0, 1_001)];
        let text = both(["one", "other"], [&a, &b], &Value::None, &[Step::Item(1_000)]);
        assert_eq!(
            text,
            "one: answer[998:1000]: [998, 999]\nother: answer[998:1001]: [998, 999, 1000]"
        );
    }
}
