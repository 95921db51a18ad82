use super::*;
use serde_pickle::{DeOptions, SerOptions, Value, value_from_slice};
use std::collections::BTreeMap;

fn value<T: Serialize>(of: &T) -> Value {
    value_from_slice(&encode(of).unwrap(), DeOptions::new()).unwrap()
}

#[derive(Serialize)]
enum Shape {
    Empty,
    Newtype(i8),
    Tuple(i16, char),
    Struct { long: Vec<u16>, none: Option<()> },
}

#[derive(Serialize)]
struct Wrapped(f32);

#[test]
fn values_read_the_same_as_those_that_serde_pickle_writes() {
    #[derive(Serialize)]
    struct All {
        shapes: Vec<Shape>,
        wrapped: Wrapped,
        numbers: (i8, i16, i32, i64, u8, u16, u32, u64),
        edges: Vec<i64>,
        floats: [f64; 3],
        texts: BTreeMap<String, Option<bool>>,
        bytes: [serde_bytes::ByteBuf; 2],
        many: BTreeMap<u32, ()>,
        long: Vec<i32>,
        nothing: (Vec<u8>, BTreeMap<u8, u8>, ()),
    }
    let all = All {
        shapes: vec![
            Shape::Empty,
            Shape::Newtype(-3),
            Shape::Tuple(-300, 'ß'),
            Shape::Struct {
                long: vec![65_535],
                none: None,
            },
        ],
        wrapped: Wrapped(0.1),
        numbers: (
            i8::MIN,
            i16::MIN,
            i32::MIN,
            i64::MIN,
            u8::MAX,
            u16::MAX,
            u32::MAX,
            u64::MAX,
        ),
        edges: vec![i64::MAX, 1 << 31, (1 << 31) - 1, -(1 << 31) - 1, 0],
        floats: [0.5, f64::INFINITY, -1e-300],
        texts: [("é".into(), Some(true)), (String::new(), None)].into(),
        bytes: [vec![7; 255], vec![9; 256]].map(serde_bytes::ByteBuf::from),
        many: (0..2_500).map(|n| (n, ())).collect(),
        long: (0..3_000).collect(),
        nothing: (vec![], BTreeMap::new(), ()),
    };
    let theirs = serde_pickle::to_vec(&all, SerOptions::new()).unwrap();
    assert_eq!(value(&all), value_from_slice(&theirs, DeOptions::new()).unwrap());
}

#[test]
fn integers_of_any_size_are_integers() {
    for text in [
        u128::MAX.to_string(),
        i128::MIN.to_string(),
        "0".into(),
        "-1".into(),
        format!("-1{}", "0".repeat(5_000)),
    ] {
        let expected = match text.parse() {
            Ok(small) => Value::I64(small),
            Err(_) => Value::Int(text.parse().unwrap()),
        };
        assert_eq!(value(&Int(&text)), expected);
    }
    assert_eq!(value(&u128::MAX), Value::Int(u128::MAX.into()));
    assert_eq!(value(&i128::MIN), Value::Int(i128::MIN.into()));
    assert_eq!(value(&(5_u128, -5_i128)), value(&(5, -5)));
    let error = encode(&Int(0.5)).unwrap_err();
    assert!(
        error.0.contains("Int holds \"0.5\", which is not an integer"),
        "{error}"
    );
}
