//! Near duplicates: fingerprints of texts (SimHash), and which of them differ in few bits.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "finds near duplicates by fingerprints")
        .input(generate)
        .cases("texts", &[5, 150, 500])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    texts: Vec<String>,
    distance: u32,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut texts: Vec<String> = Vec::new();
    for _ in 0..size {
        let text = match texts.choose(&mut rng) {
            Some(copied) if rng.random_bool(0.2) => format!("{copied} {}", word(&mut rng, 1..=4)),
            _ => sentence(&mut rng),
        };
        texts.push(text);
    }
    Input { texts, distance: 12 }
}

fn fnv(word: &str) -> u64 {
    let mut value = 0xCBF2_9CE4_8422_2325;
    for byte in word.bytes() {
        value = (value ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    value
}

fn fingerprint(text: &str) -> u64 {
    let mut weights = [0_i64; 64];
    for word in text.split_whitespace() {
        let value = fnv(word);
        for (bit, weight) in weights.iter_mut().enumerate() {
            *weight += if value >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    weights
        .iter()
        .enumerate()
        .filter(|(_, weight)| **weight > 0)
        .map(|(bit, _)| 1 << bit)
        .sum()
}

fn rust(input: &Input) -> (Vec<(usize, usize)>, Vec<u64>, Vec<u64>) {
    let prints: Vec<u64> = input.texts.iter().map(|text| fingerprint(text)).collect();
    let mut near = Vec::new();
    for (i, a) in prints.iter().enumerate() {
        for (j, b) in prints[..i].iter().enumerate() {
            if (a ^ b).count_ones() <= input.distance {
                near.push((j, i));
            }
        }
    }
    (
        near,
        prints.iter().map(|value| value >> 32).collect(),
        prints.iter().map(|value| value & 0xFFFF_FFFF).collect(),
    )
}
