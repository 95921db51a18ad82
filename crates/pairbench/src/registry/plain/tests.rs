use super::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt::Debug;

fn back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let plain = Plain::of_pickle(&encode(value).unwrap()).unwrap();
    assert_eq!(&plain.read::<T>().unwrap(), value, "{plain:?}");
    assert_eq!(Plain::of_pickle(&plain.pickle()).unwrap(), plain);
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Point,
    Circle(f64),
    Box { width: u8, depth: Option<u8> },
    Line(i8, i8),
}

#[test]
fn rust_values_survive_a_round_trip() {
    back(&(true, -1_i8, 'é', "text".to_string(), Some(1.5), None::<u8>, ()));
    back(&vec![u64::MAX, 1 << 63, 0]);
    back(&(i128::MIN, u128::MAX, i64::MIN));
    back(&BTreeMap::from([
        ("a".to_string(), vec![1_u8]),
        (String::new(), vec![]),
    ]));
    back(&BTreeMap::from([(3_i32, serde_bytes::ByteBuf::from(*b"xyz"))]));
    back(&[Shape::Point, Shape::Circle(-0.0), Shape::Line(1, -1)]);
    back(&Shape::Box {
        width: 1,
        depth: None,
    });
    let long: Vec<u32> = (0..2500).collect();
    back(&long);
}

#[test]
fn what_a_type_does_not_take_is_refused() {
    assert!(Plain::int(256).read::<u8>().is_err());
    assert!(Plain::int(-1).read::<u64>().is_err());
    assert!(Plain::int(BigInt::from(1) << 64).read::<u64>().is_err());
    assert!(Plain::Str("a".into()).read::<i64>().is_err());
    assert!(Plain::List(vec![Plain::None]).read::<(u8, u8)>().is_err());
    assert!(Plain::Float(1.0).read::<i64>().is_err());
    assert_eq!(Plain::int(1).read::<f64>().unwrap(), 1.0);
    assert_eq!(Plain::Bytes(vec![1, 2]).read::<Vec<u8>>().unwrap(), [1, 2]);
}

/// What Python's `pickle.dumps` writes: shared items, short strings, tuples of up to three.
#[test]
fn pickles_of_python_are_read_in_the_order_of_the_dict() {
    // pickle.dumps(((s := "ab", s), {"b": [1], "a": 2**70}), 4)
    let pickle = b"\x80\x04\x95\x27\x00\x00\x00\x00\x00\x00\x00\x8c\x02ab\x94h\x00\x86\x94}\x94(\x8c\x01b\x94]\x94K\x01a\
                   \x8c\x01a\x94\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x40u\x86\x94.";
    let text = |text: &str| Plain::Str(text.into());
    let expected = Plain::Tuple(vec![
        Plain::Tuple(vec![text("ab"), text("ab")]),
        Plain::Dict(vec![
            (text("b"), Plain::List(vec![Plain::int(1)])),
            (text("a"), Plain::Int(BigInt::from(1) << 70)),
        ]),
    ]);
    assert_eq!(Plain::of_pickle(pickle).unwrap(), expected);
    assert_eq!(Plain::of_pickle(&expected.pickle()).unwrap(), expected);
}

#[test]
fn other_objects_are_not_plain_values() {
    assert!(Plain::of_pickle(b"\x80\x03cos\nsystem\n.").is_err());
    assert!(Plain::of_pickle(b"\x80\x04\x8f.").unwrap_err().contains("0x8f"));
    assert!(Plain::of_pickle(b"").is_err());
}

#[test]
fn literals_of_both_languages() {
    let value = Plain::Tuple(vec![
        Plain::Str("ß\u{301}\"\n".into()),
        Plain::Float(f64::NEG_INFINITY),
        Plain::Dict(vec![(Plain::int(1), Plain::Bytes(vec![0, b'a']))]),
        Plain::List(vec![Plain::None, Plain::Float(1e22)]),
    ]);
    assert_eq!(
        value.python(),
        r#"("ß\u0301\"\n", float("-inf"), {1: b"\x00a"}, [None, 1e22])"#
    );
    assert_eq!(
        value.rust(),
        r#"("ß\u{301}\"\n", f64::NEG_INFINITY, [(1, b"\x00a")].into(), vec![None, 1e22])"#
    );
}

#[test]
fn json_where_it_loses_nothing() {
    let text = Plain::Str("a".into());
    let kept = Plain::Dict(vec![(
        text.clone(),
        Plain::List(vec![Plain::Float(1.0), Plain::int(-1)]),
    )]);
    assert_eq!(kept.json().as_deref(), Some(r#"{"a":[1.0,-1]}"#));
    assert_eq!(
        serde_json::from_str::<Plain>(&kept.json().unwrap()).unwrap(),
        kept
    );
    for lost in [
        Plain::Tuple(vec![]),
        Plain::Bytes(vec![]),
        Plain::Float(f64::NAN),
        Plain::Dict(vec![(Plain::int(1), text)]),
        Plain::Int(BigInt::from(1) << 63),
    ] {
        assert_eq!(lost.json(), None, "{lost:?}");
    }
}
