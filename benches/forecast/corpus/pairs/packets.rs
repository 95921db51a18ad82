//! Take apart packets of fields of type, length and value, and check their sums.

use crate::draw::*;
use pairbench::registry::prelude::*;
use serde_bytes::ByteBuf;
use std::collections::{HashMap, HashSet};
use std::iter;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "takes packets of fields apart")
        .input(generate)
        .cases("packets", &[10, 2_000, 8_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> ByteBuf {
    let mut rng = rng(seed);
    let mut data = ByteBuf::new();
    for _ in 0..size {
        let mut body = Vec::new();
        let count = rng.random_range(1..=4_u8);
        for _ in 0..count {
            let value = match rng.random_range(1..=4_u8) {
                1 => rng.random_range(0..200_u32).to_be_bytes().to_vec(),
                2 => {
                    let readings = rng.random_range(1..=12);
                    (0..readings)
                        .flat_map(|_| rng.random::<f32>().to_be_bytes())
                        .collect()
                }
                3 => word(&mut rng, 1..=2).into_bytes(),
                _ => Vec::new(),
            };
            let kind: u8 = match value.len() {
                0 => 9,
                4 if rng.random_bool(0.5) => 1,
                length if length % 4 == 0 => 2,
                _ => 3,
            };
            body.push(kind);
            body.push(value.len() as u8);
            body.extend(value);
        }
        let mut sum: u32 = body.iter().map(|&byte| u32::from(byte)).sum();
        sum += u32::from(rng.random_bool(0.01));
        data.extend((body.len() as u16).to_be_bytes());
        data.extend([1, count]);
        data.extend(sum.to_be_bytes());
        data.extend(body);
    }
    data
}

fn fields(body: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = body;
    iter::from_fn(move || {
        let (&[kind, length], after) = rest.split_first_chunk()?;
        let (value, after) = after.split_at(usize::from(length));
        rest = after;
        Some((kind, value))
    })
}

type Summary = (u64, Vec<(u32, u64)>, usize, f64, Vec<String>);

fn rust(data: &ByteBuf) -> Summary {
    let mut broken = 0;
    let mut sources: HashMap<u32, u64> = HashMap::new();
    let mut readings = 0;
    let mut total = 0.0;
    let mut names = HashSet::new();
    let mut rest = data.as_slice();
    while let Some((&[high, low, version, count, checksum @ ..], after)) = rest.split_first_chunk::<8>() {
        let length = u16::from_be_bytes([high, low]);
        let (body, after) = after.split_at(usize::from(length));
        rest = after;
        let sum: u32 = body.iter().map(|&byte| u32::from(byte)).sum();
        if sum != u32::from_be_bytes(checksum) || version != 1 {
            broken += 1;
            continue;
        }
        let mut found = 0;
        for (kind, value) in fields(body) {
            found += 1;
            match kind {
                1 => {
                    let source = u32::from_be_bytes(value[..4].try_into().unwrap());
                    *sources.entry(source).or_default() += 1;
                }
                2 => {
                    let values = value
                        .chunks_exact(4)
                        .map(|bytes| f64::from(f32::from_be_bytes(bytes.try_into().unwrap())));
                    readings += values.len();
                    total += values.sum::<f64>();
                }
                3 => {
                    names.insert(str::from_utf8(value).unwrap());
                }
                _ => {}
            }
        }
        if found != u32::from(count) {
            broken += 1;
        }
    }
    let mut sources: Vec<_> = sources.into_iter().collect();
    sources.sort_unstable();
    let mut names: Vec<String> = names.into_iter().map(str::to_string).collect();
    names.sort_unstable();
    (broken, sources, readings, total, names)
}
