//! Values cross between the sides as Python pickles: ints of any size, floats, strings and bytes keep their types.
//!
//! serde-pickle, which reads them, writes neither `u128` nor larger integers.

use num_bigint::BigInt;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};
use std::fmt;

/// An integer of any size in an input or an answer, of any type that prints itself in decimal, such as num-bigint's. It
/// is not converted before the value crosses, so not in the timed part.
///
/// Rust integers up to `u128` and `i128` do not need it. num-bigint's own types would arrive as lists of their digits.
///
/// ```
/// # use pairbench::registry::{Int, Pair, Profile};
/// # let pair = Pair::new(Profile::HotLoop, "two to a power").input(|size, _| size).cases("bits", &[200])
/// .rust(|&bits: &u64| Int(num_bigint::BigUint::from(1_u8) << bits))
/// # .build();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Int<T>(pub T);

impl<T: fmt::Display> Serialize for Int<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(INT, &self.0.to_string())
    }
}

/// The name by which the serializer below distinguishes the digits of an [`Int`] from a string.
const INT: &str = "$pairbench::Int";

/// An input or output that cannot cross to the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadError(pub String);

impl fmt::Display for WorkloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WorkloadError {}

impl serde::ser::Error for WorkloadError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        WorkloadError(format!("the value cannot be given to Python: {why}"))
    }
}

/// The value as a pickle of protocol 3.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, WorkloadError> {
    let mut pickle = Pickle(b"\x80\x03".to_vec());
    value.serialize(&mut pickle)?;
    pickle.0.push(b'.');
    Ok(pickle.0)
}

/// The opcodes so far.
struct Pickle(Vec<u8>);

impl Pickle {
    /// An opcode and what follows it.
    fn code(&mut self, code: u8, rest: &[u8]) -> Result<(), WorkloadError> {
        self.0.push(code);
        self.0.extend_from_slice(rest);
        Ok(())
    }

    /// Bytes prefixed with their length, in one byte if it fits and an opcode for that is given.
    fn counted(&mut self, short: Option<u8>, long: u8, bytes: &[u8]) -> Result<(), WorkloadError> {
        match (short, u8::try_from(bytes.len()), u32::try_from(bytes.len())) {
            (Some(short), Ok(length), _) => self.code(short, &[length])?,
            (_, _, Ok(length)) => self.code(long, &length.to_le_bytes())?,
            _ => return Err(serde::ser::Error::custom("a text or bytes of more than 4 GB")),
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn long(&mut self, number: &BigInt) -> Result<(), WorkloadError> {
        self.counted(Some(b'\x8a'), b'\x8b', &number.to_signed_bytes_le())
    }

    /// `{variant: …`, whose value is still to come.
    fn tagged(&mut self, variant: &str) -> Result<(), WorkloadError> {
        self.code(b'}', b"")?;
        self.serialize_str(variant)
    }
}

/// A list, tuple or dict whose items are still to come.
struct Compound<'a> {
    pickle: &'a mut Pickle,
    /// The opcodes that gather the items since the mark.
    end: &'static [u8],
    /// Items since the mark; the unpickler holds them on its stack.
    items: u32,
}

impl<'a> Compound<'a> {
    fn new(pickle: &'a mut Pickle, start: &[u8], end: &'static [u8]) -> Result<Self, WorkloadError> {
        pickle.0.extend_from_slice(start);
        Ok(Compound {
            pickle,
            end,
            items: 0,
        })
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WorkloadError> {
        value.serialize(&mut *self.pickle)?;
        self.items += 1;
        // Python's own pickler gathers the same number at a time.
        if self.items == 1000 && self.end != b"t" {
            self.items = 0;
            self.pickle.code(self.end[0], b"(")?;
        }
        Ok(())
    }

    fn pair<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), WorkloadError> {
        key.serialize(&mut *self.pickle)?;
        self.item(value)
    }

    fn finish(self) -> Result<(), WorkloadError> {
        self.pickle.0.extend_from_slice(self.end);
        Ok(())
    }
}

impl<'a> Serializer for &'a mut Pickle {
    type Ok = ();
    type Error = WorkloadError;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Compound<'a>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Compound<'a>;

    fn serialize_bool(self, value: bool) -> Result<(), WorkloadError> {
        self.code(if value { b'\x88' } else { b'\x89' }, b"")
    }

    fn serialize_i8(self, value: i8) -> Result<(), WorkloadError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), WorkloadError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), WorkloadError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), WorkloadError> {
        match i32::try_from(value) {
            Ok(value) => self.code(b'J', &value.to_le_bytes()),
            Err(_) => self.counted(Some(b'\x8a'), b'\x8b', &value.to_le_bytes()),
        }
    }

    fn serialize_i128(self, value: i128) -> Result<(), WorkloadError> {
        self.long(&value.into())
    }

    fn serialize_u8(self, value: u8) -> Result<(), WorkloadError> {
        self.code(b'K', &[value])
    }

    fn serialize_u16(self, value: u16) -> Result<(), WorkloadError> {
        self.code(b'M', &value.to_le_bytes())
    }

    fn serialize_u32(self, value: u32) -> Result<(), WorkloadError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), WorkloadError> {
        match i64::try_from(value) {
            Ok(value) => self.serialize_i64(value),
            Err(_) => self.long(&value.into()),
        }
    }

    fn serialize_u128(self, value: u128) -> Result<(), WorkloadError> {
        self.long(&value.into())
    }

    fn serialize_f32(self, value: f32) -> Result<(), WorkloadError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), WorkloadError> {
        self.code(b'G', &value.to_be_bytes())
    }

    fn serialize_char(self, value: char) -> Result<(), WorkloadError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), WorkloadError> {
        self.counted(None, b'X', value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), WorkloadError> {
        self.counted(Some(b'C'), b'B', value)
    }

    fn serialize_none(self) -> Result<(), WorkloadError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WorkloadError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), WorkloadError> {
        self.code(b'N', b"")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), WorkloadError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _at: u32,
        variant: &'static str,
    ) -> Result<(), WorkloadError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), WorkloadError> {
        if name != INT {
            return value.serialize(self);
        }
        // The digits are taken from the opcodes of their string: code, length of four bytes, text.
        let start = self.0.len();
        value.serialize(&mut *self)?;
        let digits = String::from_utf8(self.0.split_off(start).split_off(5)).unwrap_or_default();
        let number: BigInt = digits.parse().map_err(|_| {
            serde::ser::Error::custom(format!("Int holds {digits:?}, which is not an integer"))
        })?;
        self.long(&number)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _at: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), WorkloadError> {
        self.tagged(variant)?;
        value.serialize(&mut *self)?;
        self.code(b's', b"")
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Compound<'a>, WorkloadError> {
        Compound::new(self, b"](", b"e")
    }

    fn serialize_tuple(self, _length: usize) -> Result<Compound<'a>, WorkloadError> {
        Compound::new(self, b"(", b"t")
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<Compound<'a>, WorkloadError> {
        self.serialize_tuple(length)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _at: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Compound<'a>, WorkloadError> {
        self.tagged(variant)?;
        Compound::new(self, b"](", b"es")
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Compound<'a>, WorkloadError> {
        Compound::new(self, b"}(", b"u")
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Compound<'a>, WorkloadError> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _at: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Compound<'a>, WorkloadError> {
        self.tagged(variant)?;
        Compound::new(self, b"}(", b"us")
    }
}

/// serde's traits that take one item after another.
macro_rules! items {
    ($($of:ident::$item:ident),*) => {$(
        impl $of for Compound<'_> {
            type Ok = ();
            type Error = WorkloadError;

            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WorkloadError> {
                self.item(value)
            }

            fn end(self) -> Result<(), WorkloadError> {
                self.finish()
            }
        }
    )*};
}

/// Those that take a name with each item.
macro_rules! fields {
    ($($of:ident),*) => {$(
        impl $of for Compound<'_> {
            type Ok = ();
            type Error = WorkloadError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), WorkloadError> {
                self.pair(key, value)
            }

            fn end(self) -> Result<(), WorkloadError> {
                self.finish()
            }
        }
    )*};
}

items!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);
fields!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = WorkloadError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WorkloadError> {
        key.serialize(&mut *self.pickle)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WorkloadError> {
        self.item(value)
    }

    fn end(self) -> Result<(), WorkloadError> {
        self.finish()
    }
}

#[cfg(test)]
mod tests;
