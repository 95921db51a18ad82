//! An MD5 sum for each of many short lines.

use crate::draw::*;
use md5::{Digest, Md5};
use pairbench::registry::prelude::*;
use std::fmt::Write;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "computes the MD5 of lines")
        .input(generate)
        .cases("lines", &[20, 8_000, 30_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    (0..size).map(|_| sentence(&mut rng)).collect()
}

fn rust(lines: &Vec<String>) -> Vec<String> {
    let digest = |line| {
        let mut text = String::with_capacity(8);
        for byte in &Md5::digest(line)[..4] {
            write!(text, "{byte:02x}").unwrap();
        }
        text
    };
    lines.iter().map(digest).collect()
}
