//! Encode blobs as base64 and decode them again.

use crate::draw::*;
use base64::prelude::*;
use pairbench::registry::prelude::*;
use serde_bytes::ByteBuf;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "encodes and decodes base64")
        .input(generate)
        .cases("blobs", &[10, 1_500, 6_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<ByteBuf> {
    let mut rng = rng(seed);
    let mut blob = |_| {
        let length = rng.random_range(20..=2000);
        ByteBuf::from((0..length).map(|_| rng.random()).collect::<Vec<u8>>())
    };
    (0..size).map(&mut blob).collect()
}

fn rust(blobs: &Vec<ByteBuf>) -> (usize, usize) {
    let mut count = 0;
    let mut lines = Vec::new();
    for blob in blobs {
        let text = BASE64_STANDARD.encode(blob);
        count += text.bytes().filter(|&byte| byte == b'A').count();
        lines.push(text);
    }
    let decoded = |text| BASE64_STANDARD.decode(text).unwrap().len();
    (count, lines.iter().map(decoded).sum())
}
