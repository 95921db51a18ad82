//! Take apart packets of fields of type, length and value, and check their sums.

use crate::draw::*;
use pairbench::registry::prelude::*;
use serde_bytes::ByteBuf;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "takes packets of fields apart")
        .input(generate)
        .cases("packets", &[10, 2_000, 8_000])
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
