//! Plain Python values, which inputs and answers are made of, in Python's order and with Python's types.
//!
//! serde-pickle's own values sort dicts, and its readers reject Rust integers beyond `i64`.

mod literal;
mod read;
mod unpickle;

use super::encode::{Int, encode};
use num_bigint::BigInt;
use serde::ser::{SerializeMap, SerializeTuple};
use serde::{Serialize, Serializer};

/// A plain value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Plain {
    None,
    Bool(bool),
    Int(BigInt),
    Float(f64),
    Str(String),
    Bytes(Vec<u8>),
    List(Vec<Plain>),
    Tuple(Vec<Plain>),
    /// In the order of the dict.
    Dict(Vec<(Plain, Plain)>),
}

impl Plain {
    /// The value of a pickle that [`pickle::check`](crate::registry::pickle::check) finds harmless.
    ///
    /// # Errors
    ///
    /// When it contains anything other than plain values.
    pub fn of_pickle(pickle: &[u8]) -> Result<Self, String> {
        unpickle::unpickle(pickle)
    }

    /// As a pickle.
    pub fn pickle(&self) -> Vec<u8> {
        encode(self).expect("plain values have pickles")
    }

    /// The values in it, one level down; a dict's keys come before their values.
    pub fn children(&self) -> Vec<&Plain> {
        match self {
            Plain::List(items) | Plain::Tuple(items) => items.iter().collect(),
            Plain::Dict(fields) => fields.iter().flat_map(|(key, value)| [key, value]).collect(),
            _ => Vec::new(),
        }
    }

    /// The child at this index of [`children`](Self::children).
    pub fn child_mut(&mut self, at: usize) -> Option<&mut Plain> {
        match self {
            Plain::List(items) | Plain::Tuple(items) => items.get_mut(at),
            Plain::Dict(fields) => {
                let (key, value) = fields.get_mut(at / 2)?;
                Some(if at.is_multiple_of(2) { key } else { value })
            }
            _ => None,
        }
    }

    /// How many values it is made of, itself included; characters and bytes count as well.
    pub fn size(&self) -> usize {
        1 + match self {
            Plain::Str(text) => text.chars().count(),
            Plain::Bytes(bytes) => bytes.len(),
            other => other.children().into_iter().map(Plain::size).sum(),
        }
    }

    /// An integer, from any of Rust's integer types.
    pub fn int(number: impl Into<BigInt>) -> Self {
        Plain::Int(number.into())
    }
}

/// Sets become lists, and dicts are sorted.
impl From<serde_pickle::Value> for Plain {
    fn from(value: serde_pickle::Value) -> Self {
        use serde_pickle::{HashableValue, Value};
        let all = |values: Vec<Value>| values.into_iter().map(Plain::from).collect();
        match value {
            Value::None => Plain::None,
            Value::Bool(value) => Plain::Bool(value),
            Value::I64(number) => Plain::int(number),
            Value::Int(number) => Plain::Int(number),
            Value::F64(number) => Plain::Float(number),
            Value::Bytes(bytes) => Plain::Bytes(bytes),
            Value::String(text) => Plain::Str(text),
            Value::List(items) => Plain::List(all(items)),
            Value::Tuple(items) => Plain::Tuple(all(items)),
            Value::Set(items) | Value::FrozenSet(items) => {
                Plain::List(all(items.into_iter().map(HashableValue::into_value).collect()))
            }
            Value::Dict(fields) => Plain::Dict(
                fields
                    .into_iter()
                    .map(|(key, value)| (key.into_value().into(), value.into()))
                    .collect(),
            ),
        }
    }
}

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Plain::None => serializer.serialize_unit(),
            Plain::Bool(value) => serializer.serialize_bool(*value),
            Plain::Int(number) => match i64::try_from(number) {
                Ok(small) => serializer.serialize_i64(small),
                Err(_) => Int(number).serialize(serializer),
            },
            Plain::Float(number) => serializer.serialize_f64(*number),
            Plain::Str(text) => serializer.serialize_str(text),
            Plain::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Plain::List(items) => serializer.collect_seq(items),
            Plain::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                items.iter().try_for_each(|item| tuple.serialize_element(item))?;
                tuple.end()
            }
            Plain::Dict(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                fields
                    .iter()
                    .try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}

/// Writes a value in text formats as its pickle in base64.
pub(crate) mod base64 {
    use super::Plain;
    use data_encoding::BASE64;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &Plain, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&value.pickle()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Plain, D::Error> {
        let text = String::deserialize(deserializer)?;
        let pickle = BASE64.decode(text.as_bytes()).map_err(Error::custom)?;
        Plain::of_pickle(&pickle).map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests;
