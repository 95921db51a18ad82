//! Find repetitions with a dict of the last places of four bytes.

use crate::draw::*;
use pairbench::registry::prelude::*;
use serde_bytes::ByteBuf;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "finds repetitions in bytes")
        .input(generate)
        .cases("sentences", &[5, 400, 1_600])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> ByteBuf {
    let mut rng = rng(seed);
    let text: String = (0..size).map(|_| sentence(&mut rng)).collect();
    ByteBuf::from(text)
}

fn rust(data: &ByteBuf) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut table: HashMap<&[u8], usize> = HashMap::new();
    let (mut at, end) = (0, data.len());
    while at < end {
        let key = &data[at..end.min(at + 4)];
        let before = table.insert(key, at);
        let mut length = 0;
        if let Some(before) = before {
            while at + length < end && data[before + length] == data[at + length] && length < 255 {
                length += 1;
            }
        }
        match before {
            Some(before) if length >= 4 => {
                out.push((at - before, length));
                at += length;
            }
            _ => {
                out.push((0, usize::from(data[at])));
                at += 1;
            }
        }
    }
    out
}
