//! Encode runs of equal letters as letter and length, and read the lengths again.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::fmt::Write;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "encodes runs of letters and reads the encoding")
        .input(generate)
        .cases("runs", &[20, 8_000, 30_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> String {
    let mut rng = rng(seed);
    let mut text = String::new();
    for _ in 0..size {
        let letter = rng.random_range('a'..='f');
        text.extend(std::iter::repeat_n(letter, rng.random_range(1..=9)));
    }
    text
}

fn rust(text: &String) -> (String, u64) {
    let mut encoded = String::new();
    let mut previous = None;
    let mut count = 0;
    for letter in text.chars() {
        if Some(letter) == previous {
            count += 1;
        } else {
            if let Some(previous) = previous {
                write!(encoded, "{previous}{count}").unwrap();
            }
            previous = Some(letter);
            count = 1;
        }
    }
    write!(encoded, "{}{count}", previous.unwrap()).unwrap();
    let (mut total, mut number) = (0, 0);
    for byte in encoded.bytes() {
        if byte.is_ascii_digit() {
            number = number * 10 + u64::from(byte - b'0');
        } else {
            total += number;
            number = 0;
        }
    }
    (encoded, total + number)
}
