//! Rust types for Python's annotations, or for the values of a call.

use super::signature::Annotation;
use serde_json::Value;

/// A type that is known on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    Unit,
    Bool,
    Integer,
    Float,
    Text,
    Bytes,
    List(Box<Type>),
    Tuple(Vec<Type>),
    /// With strings as keys.
    Map(Box<Type>),
    Option(Box<Type>),
}

impl Type {
    /// The annotated type; `None` if it has no single type in Rust.
    pub fn of_annotation(annotation: &Annotation) -> Option<Self> {
        let part = |at: usize| Type::of_annotation(annotation.of.get(at)?.as_ref()?);
        let boxed = |at: usize| part(at).map(Box::new);
        Some(match (annotation.name.as_str(), annotation.of.len()) {
            ("None", 0) => Type::Unit,
            ("bool", 0) => Type::Bool,
            ("int", 0) => Type::Integer,
            ("float", 0) => Type::Float,
            ("str", 0) => Type::Text,
            ("bytes" | "bytearray", 0) => Type::Bytes,
            ("list" | "List" | "Sequence" | "MutableSequence" | "Iterable" | "Collection", 1) => {
                Type::List(boxed(0)?)
            }
            ("tuple" | "Tuple", 2) if annotation.of[1].as_ref().is_some_and(|last| last.name == "...") => {
                Type::List(boxed(0)?)
            }
            ("tuple" | "Tuple", parts @ 1..) => Type::Tuple((0..parts).map(part).collect::<Option<_>>()?),
            ("dict" | "Dict" | "Mapping" | "MutableMapping", 2) if part(0)? == Type::Text => {
                Type::Map(boxed(1)?)
            }
            ("Optional", 1) => Type::Option(boxed(0)?),
            ("Union", 2) => match (part(0)?, part(1)?) {
                (one, Type::Unit) | (Type::Unit, one) => Type::Option(Box::new(one)),
                // Python accepts an `int` as a `float`.
                (Type::Integer, Type::Float) | (Type::Float, Type::Integer) => Type::Float,
                (one, other) => Some(one).filter(|one| *one == other)?,
            },
            _ => return None,
        })
    }

    /// The type of a value; `None` for `null`, empty values, and items of several types.
    pub fn of_value(value: &Value) -> Option<Self> {
        fn all<'a>(values: impl Iterator<Item = &'a Value>) -> Option<Box<Type>> {
            let types = values.map(Type::of_value).collect::<Option<Vec<_>>>()?;
            let mixed = |one: Type, other: Type| match (one, other) {
                (Type::Integer, Type::Float) | (Type::Float, Type::Integer) => Some(Type::Float),
                (one, other) => Some(one).filter(|one| *one == other),
            };
            let mut types = types.into_iter();
            let first = types.next()?;
            types.try_fold(first, mixed).map(Box::new)
        }
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Type::Bool,
            Value::Number(number) if number.is_f64() => Type::Float,
            Value::Number(number) if number.is_i64() => Type::Integer,
            Value::Number(_) => return None,
            Value::String(_) => Type::Text,
            Value::Array(items) => Type::List(all(items.iter())?),
            Value::Object(fields) => Type::Map(all(fields.values())?),
        })
    }

    /// As an owned value.
    pub fn owned(&self) -> String {
        match self {
            Type::Unit => "()".into(),
            Type::Bool => "bool".into(),
            Type::Integer => "i64".into(),
            Type::Float => "f64".into(),
            Type::Text => "String".into(),
            Type::Bytes => "Vec<u8>".into(),
            Type::List(item) => format!("Vec<{}>", item.owned()),
            Type::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(Type::owned).collect();
                let end = if parts.len() == 1 { "," } else { "" };
                format!("({}{end})", parts.join(", "))
            }
            Type::Map(item) => format!("std::collections::HashMap<String, {}>", item.owned()),
            Type::Option(inner) => format!("Option<{}>", inner.owned()),
        }
    }

    /// As an argument: numbers and options of numbers by value, everything else by reference.
    pub fn argument(&self) -> String {
        match self {
            Type::Option(inner) if matches!(**inner, Type::Bool | Type::Integer | Type::Float) => {
                self.owned()
            }
            Type::Unit | Type::Bool | Type::Integer | Type::Float => self.owned(),
            Type::Text => "&str".into(),
            Type::Bytes => "&[u8]".into(),
            Type::List(item) => format!("&[{}]", item.owned()),
            Type::Tuple(_) | Type::Map(_) | Type::Option(_) => format!("&{}", self.owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_type_that_holds_all_of_their_items() {
        for (value, wanted) in [
            ("1", Some("i64")),
            ("18446744073709551615", None),
            ("1.0", Some("f64")),
            ("\"a\"", Some("&str")),
            ("true", Some("bool")),
            ("null", None),
            ("[]", None),
            ("[1, 2]", Some("&[i64]")),
            ("[1, 2.5]", Some("&[f64]")),
            ("[1, \"a\"]", None),
            ("[[\"a\"]]", Some("&[Vec<String>]")),
            (
                "{\"a\": [1]}",
                Some("&std::collections::HashMap<String, Vec<i64>>"),
            ),
            ("{\"a\": 1, \"b\": \"x\"}", None),
        ] {
            let found = Type::of_value(&serde_json::from_str(value).unwrap());
            assert_eq!(found.map(|one| one.argument()).as_deref(), wanted, "{value}");
        }
    }
}
