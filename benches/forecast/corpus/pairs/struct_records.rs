//! Unpack binary records, sum them by kind, and pack the sums.

use crate::draw::*;
use pairbench::registry::prelude::*;
use serde_bytes::ByteBuf;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "unpacks binary records and sums them")
        .input(generate)
        .cases("records", &[20, 25_000, 100_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> ByteBuf {
    let mut rng = rng(seed);
    let mut data = ByteBuf::new();
    for _ in 0..size {
        data.extend(rng.random::<u32>().to_le_bytes());
        data.extend(rng.random_range(0..50_u16).to_le_bytes());
        data.extend(rng.random_range(-100..=100_i16).to_le_bytes());
        data.extend(rng.random::<f64>().to_le_bytes());
    }
    data
}

fn rust(data: &ByteBuf) -> Vec<u8> {
    let mut totals: HashMap<u16, (i64, f64, u32)> = HashMap::new();
    for record in data.chunks_exact(16) {
        let id = u32::from_le_bytes(record[0..4].try_into().unwrap());
        let kind = u16::from_le_bytes(record[4..6].try_into().unwrap());
        let delta = i16::from_le_bytes(record[6..8].try_into().unwrap());
        let value = f64::from_le_bytes(record[8..16].try_into().unwrap());
        let (count, total, largest) = totals.entry(kind).or_default();
        *count += 1;
        *total += value * f64::from(delta);
        *largest = id.max(*largest);
    }
    let mut totals: Vec<_> = totals.into_iter().collect();
    totals.sort_unstable_by_key(|(kind, _)| *kind);
    let mut out = Vec::with_capacity(totals.len() * 16);
    for (kind, (count, total, largest)) in totals {
        out.extend(largest.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(((count % 30_000) as i16).to_le_bytes());
        out.extend(total.to_le_bytes());
    }
    out
}
