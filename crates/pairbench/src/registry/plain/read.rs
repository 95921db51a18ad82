//! Reads Rust values from plain ones, with serde.

use super::Plain;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;

/// Why a Rust type does not accept a value.
#[derive(Debug)]
pub(crate) struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl de::Error for Refused {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Refused(why.to_string())
    }
}

impl Plain {
    /// The value as a Rust type. Bytes can also be read as a list of them.
    ///
    /// # Errors
    ///
    /// When the type does not accept it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        T::deserialize(self)
    }
}

/// Reads JSON and similar formats, which have neither tuples nor bytes.
impl<'de> de::Deserialize<'de> for Plain {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'de> Visitor<'de> for Values {
            type Value = Plain;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a plain value")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Plain, E> {
                Ok(Plain::None)
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Plain, E> {
                Ok(Plain::Bool(value))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Plain, E> {
                Ok(Plain::int(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Plain, E> {
                Ok(Plain::int(number))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Plain, E> {
                Ok(Plain::Float(number))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Plain, E> {
                Ok(Plain::Str(text.into()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Plain, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element()? {
                    all.push(item);
                }
                Ok(Plain::List(all))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut fields: A) -> Result<Plain, A::Error> {
                let mut all = Vec::new();
                while let Some(field) = fields.next_entry()? {
                    all.push(field);
                }
                Ok(Plain::Dict(all))
            }
        }

        deserializer.deserialize_any(Values)
    }
}

impl<'de> IntoDeserializer<'de, Refused> for &'de Plain {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn sequence<'de, V: Visitor<'de>>(items: &'de [Plain], visitor: V) -> Result<V::Value, Refused> {
    let mut sequence = SeqDeserializer::new(items.iter());
    let value = visitor.visit_seq(&mut sequence)?;
    sequence.end()?;
    Ok(value)
}

impl<'de> de::Deserializer<'de> for &'de Plain {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self {
            Plain::None => visitor.visit_unit(),
            Plain::Bool(value) => visitor.visit_bool(*value),
            Plain::Int(number) => {
                if let Ok(number) = i64::try_from(number) {
                    visitor.visit_i64(number)
                } else if let Ok(number) = u64::try_from(number) {
                    visitor.visit_u64(number)
                } else if let Ok(number) = i128::try_from(number) {
                    visitor.visit_i128(number)
                } else if let Ok(number) = u128::try_from(number) {
                    visitor.visit_u128(number)
                } else {
                    Err(de::Error::custom("an integer of more than 128 bits"))
                }
            }
            Plain::Float(number) => visitor.visit_f64(*number),
            Plain::Str(text) => visitor.visit_borrowed_str(text),
            Plain::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Plain::List(items) | Plain::Tuple(items) => sequence(items, visitor),
            Plain::Dict(fields) => {
                let mut map = MapDeserializer::new(fields.iter().map(|(key, value)| (key, value)));
                let value = visitor.visit_map(&mut map)?;
                map.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self {
            Plain::None => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self {
            Plain::Bytes(bytes) => {
                let mut sequence = SeqDeserializer::new(bytes.iter().copied());
                let value = visitor.visit_seq(&mut sequence)?;
                sequence.end()?;
                Ok(value)
            }
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        visitor.visit_newtype_struct(self)
    }

    /// A name is a variant without content, `{name: content}` one with it, as written by [`encode`](super::encode).
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        match self {
            Plain::Str(name) => {
                visitor.visit_enum(IntoDeserializer::<Refused>::into_deserializer(name.as_str()))
            }
            Plain::Dict(fields) if fields.len() == 1 => {
                visitor.visit_enum(de::value::MapAccessDeserializer::new(MapDeserializer::new(
                    fields.iter().map(|(key, value)| (key, value)),
                )))
            }
            _ => Err(de::Error::custom("no variant of an enum")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map struct identifier ignored_any
    }
}
