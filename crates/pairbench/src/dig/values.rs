//! Changes to single values, towards limits, ties and odd strings, and to sequences by their items.

use crate::registry::plain::Plain;
use num_bigint::BigInt;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// Inputs do not grow beyond this many values and characters.
pub(super) const LARGEST: usize = 300_000;

/// Characters and short strings that functions get wrong: white space of all kinds, letters whose case changes their
/// length, letters of two characters, ligatures, digits of other scripts, characters outside the basic plane.
pub(super) const TEXTS: [&str; 72] = [
    "",
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\u{b}",
    "\u{c}",
    "\u{1c}",
    "\u{1f}",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{ad}",
    "\u{2028}",
    "\u{2029}",
    "\u{200b}",
    "\u{200d}",
    "\u{3000}",
    "\u{feff}",
    "\u{fffd}",
    "\u{ffff}",
    "\u{10ffff}",
    "ß",
    "ẞ",
    "İ",
    "ı",
    "ſ",
    "ŉ",
    "ﬁ",
    "ﬃ",
    "Σ",
    "ς",
    "σ",
    "ΐ",
    "ǰ",
    "ǅ",
    "\u{212a}",
    "é",
    "e\u{301}",
    "\u{301}",
    "\u{345}",
    "Å",
    "日本",
    "한",
    "𝒂",
    "🦀",
    "👩\u{200d}🔬",
    "٣",
    "५",
    "²",
    "½",
    "Ⅷ",
    "一",
    "a",
    "A",
    "z",
    "0",
    "9",
    "-",
    "+",
    "_",
    ".",
    ",",
    ":",
    "'",
    "\"",
    "\\",
    "%",
];

const FLOATS: [f64; 26] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1.5,
    2.5,
    -0.5,
    -2.5,
    0.1,
    1e-5,
    1e-7,
    1e15,
    1e16,
    1e17,
    1e22,
    1e100,
    9_007_199_254_740_993.0,
    f64::MAX,
    f64::MIN_POSITIVE,
    5e-324,
    f64::EPSILON,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    1e308,
];
/// Keeps the first of equal keys, as a dict does; keys that cannot be compared are kept.
pub(super) fn unique(fields: &mut Vec<(Plain, Plain)>) {
    let mut at = 0;
    while at < fields.len() {
        match fields[..at].iter().any(|(key, _)| *key == fields[at].0) {
            true => drop(fields.remove(at)),
            false => at += 1,
        }
    }
}

pub(super) fn integer(number: &BigInt, rng: &mut StdRng) -> BigInt {
    match rng.random_range(0..10) {
        0 => 0.into(),
        1 => rng.random_range(-3..=3).into(),
        2 => rng.random_range(-1000..=1000).into(),
        3 => number + 1,
        4 => number - 1,
        5 => -number,
        6 => number * [2, 3, 10].choose(rng).copied().unwrap_or(2),
        7 => number / 2,
        _ => {
            let bits = [7, 8, 15, 16, 31, 32, 53, 62, 63, 64, 70, 127, 128];
            let limit = BigInt::from(1) << bits.choose(rng).copied().unwrap_or(8);
            let near: BigInt = limit + rng.random_range(-1..=1);
            if rng.random_bool(0.3) { -near } else { near }
        }
    }
}

pub(super) fn float(number: f64, rng: &mut StdRng) -> f64 {
    match rng.random_range(0..10) {
        0 => number.next_up(),
        1 => number.next_down(),
        2 => -number,
        3 => number / 2.0,
        4 => number * [10.0, 1e3, 1e-3].choose(rng).copied().unwrap_or(10.0),
        5 => number.round(),
        6 => number.trunc() + 0.5,
        7 => {
            f64::from(rng.random_range(-1000_i32..=1000))
                / [1.0, 2.0, 10.0, 100.0].choose(rng).copied().unwrap_or(1.0)
        }
        _ => FLOATS.choose(rng).copied().unwrap_or(0.0),
    }
}

/// Adds many items that are all different: quadratic time shows only then.
pub(super) fn many(items: &mut Vec<Plain>, rng: &mut StdRng) {
    let last = items[rng.random_range(0..items.len())].clone();
    for at in 0..[300, 3_000, 30_000].choose(rng).copied().unwrap_or(300) {
        let mut item = last.clone();
        number(&mut item, at);
        items.push(item);
    }
}

/// Makes a value different for each number, by changing the first part of it that can be changed.
fn number(value: &mut Plain, at: i64) -> bool {
    match value {
        Plain::Int(number) => *number = at.into(),
        Plain::Float(number) => *number = at as f64,
        Plain::Str(text) => *text += &at.to_string(),
        Plain::Bytes(bytes) => bytes.extend(at.to_le_bytes()),
        other => {
            return (0..other.children().len())
                .any(|child| other.child_mut(child).is_some_and(|child| number(child, at)));
        }
    }
    true
}

/// Changes the items of a sequence: none, one, many, duplicates, another order.
pub(super) fn sequence<T: Clone>(
    items: &mut Vec<T>,
    rng: &mut StdRng,
    mut new: impl FnMut(&mut StdRng) -> T,
) {
    let length = items.len();
    let range = |rng: &mut StdRng| {
        let from = rng.random_range(0..=length);
        from..(from + rng.random_range(1..=4)).min(length)
    };
    match rng.random_range(0..40) {
        0 => items.clear(),
        1..12 => items.insert(rng.random_range(0..=length), new(rng)),
        12..16 => drop(items.drain(range(rng))),
        16..22 if length > 0 => {
            let copy = items[rng.random_range(0..length)].clone();
            items.insert(rng.random_range(0..=length), copy);
        }
        22..26 if length > 0 => items[rng.random_range(0..length)] = new(rng),
        26..30 if length > 1 => items.swap(rng.random_range(0..length), rng.random_range(0..length)),
        30 => items.reverse(),
        31 => items.rotate_left(if length == 0 {
            0
        } else {
            rng.random_range(0..length)
        }),
        32 => items.truncate(1),
        33 => items.truncate(length / 2),
        34..36 => items.extend(items.clone()),
        36..38 => {
            let some: Vec<T> = (0..rng.random_range(2..40)).map(|_| new(rng)).collect();
            items.extend(some);
        }
        // Occasionally a lot: quadratic time shows only then.
        38 if length > 0 && rng.random_bool(0.2) => {
            let times = [20, 200, 2000].choose(rng).copied().unwrap_or(20);
            let more = items
                .iter()
                .cycle()
                .take((length * times).min(LARGEST))
                .cloned()
                .collect();
            *items = more;
        }
        _ => {
            let copy = items[range(rng)].to_vec();
            items.extend(copy);
        }
    }
}
