//! Plain values as they are written in a program.

use super::Plain;
use std::fmt::Write as _;

/// A string literal of Python or Rust, with escapes for all invisible characters; `code` writes such an escape.
fn quoted(text: &str, code: impl Fn(u32) -> String) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => written.extend(['\\', c]),
            '\n' => written += "\\n",
            '\r' => written += "\\r",
            '\t' => written += "\\t",
            ' '..='~' => written.push(c),
            c if c.is_alphanumeric() && c.escape_debug().len() == 1 => written.push(c),
            c => written += &code(c.into()),
        }
    }
    written.push('"');
    written
}

fn joined(items: &[Plain], write: impl Fn(&Plain) -> String) -> String {
    items.iter().map(write).collect::<Vec<_>>().join(", ")
}

impl Plain {
    /// As a Python expression.
    pub fn python(&self) -> String {
        let escape = |code: u32| match code {
            0..=0xff => format!("\\x{code:02x}"),
            0x100..=0xffff => format!("\\u{code:04x}"),
            _ => format!("\\U{code:08x}"),
        };
        match self {
            Plain::None => "None".into(),
            Plain::Bool(true) => "True".into(),
            Plain::Bool(false) => "False".into(),
            Plain::Int(number) => number.to_string(),
            Plain::Float(number) if number.is_finite() => format!("{number:?}"),
            Plain::Float(number) => format!("float(\"{number}\")").to_lowercase(),
            Plain::Str(text) => quoted(text, escape),
            Plain::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
            Plain::List(items) => format!("[{}]", joined(items, Plain::python)),
            Plain::Tuple(items) if items.len() == 1 => format!("({},)", items[0].python()),
            Plain::Tuple(items) => format!("({})", joined(items, Plain::python)),
            Plain::Dict(fields) => {
                let fields = fields
                    .iter()
                    .map(|(key, value)| format!("{}: {}", key.python(), value.python()));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// As a Rust expression; its types may still have to be adapted.
    pub fn rust(&self) -> String {
        match self {
            Plain::None => "None".into(),
            Plain::Bool(value) => value.to_string(),
            Plain::Int(number) => number.to_string(),
            Plain::Float(number) if number.is_nan() => "f64::NAN".into(),
            Plain::Float(number) if number.is_infinite() => if *number > 0.0 {
                "f64::INFINITY"
            } else {
                "f64::NEG_INFINITY"
            }
            .into(),
            Plain::Float(number) => format!("{number:?}"),
            Plain::Str(text) => quoted(text, |code| format!("\\u{{{code:x}}}")),
            Plain::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
            Plain::List(items) => format!("vec![{}]", joined(items, Plain::rust)),
            Plain::Tuple(items) => match items.as_slice() {
                [one] => format!("({},)", one.rust()),
                all => format!("({})", joined(all, Plain::rust)),
            },
            Plain::Dict(fields) => {
                let mut text = String::from("[");
                for (at, (key, value)) in fields.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    let _ = write!(text, "{comma}({}, {})", key.rust(), value.rust());
                }
                text + "].into()"
            }
        }
    }

    /// As JSON, if that loses nothing: no tuples, bytes, NaN, or keys that are not strings.
    pub fn json(&self) -> Option<String> {
        self.is_json().then(|| serde_json::to_string(self).ok())?
    }

    fn is_json(&self) -> bool {
        match self {
            Plain::None | Plain::Bool(_) | Plain::Str(_) => true,
            Plain::Int(number) => i64::try_from(number).is_ok(),
            Plain::Float(number) => number.is_finite(),
            Plain::List(items) => items.iter().all(Plain::is_json),
            Plain::Dict(fields) => {
                let is_field =
                    |(key, value): &(Plain, Plain)| matches!(key, Plain::Str(_)) && value.is_json();
                fields.iter().all(is_field)
            }
            Plain::Tuple(_) | Plain::Bytes(_) => false,
        }
    }
}
