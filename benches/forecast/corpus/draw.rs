//! What the inputs are drawn from.

pub use rand::seq::{IndexedRandom, SliceRandom};
pub use rand::{Rng, SeedableRng};
use std::ops::RangeInclusive;

/// Gives the same numbers on every machine.
pub type Draws = rand_chacha::ChaCha8Rng;

pub fn rng(seed: u64) -> Draws {
    Draws::seed_from_u64(seed)
}

/// A word; `syllables` limits their number.
pub fn word(rng: &mut Draws, syllables: RangeInclusive<u32>) -> String {
    const SYLLABLES: [&str; 25] = [
        "ba", "be", "co", "da", "den", "e", "en", "fo", "ga", "ge", "in", "la", "le", "me", "mo", "na", "no",
        "ra", "ren", "si", "stra", "ta", "ter", "un", "o",
    ];
    let count = rng.random_range(syllables);
    (0..count).map(|_| *SYLLABLES.choose(rng).unwrap()).collect()
}

/// Words, and now and then a date or an address, with a full stop and a space at the end.
pub fn sentence(rng: &mut Draws) -> String {
    let count = rng.random_range(5..=15);
    let words: Vec<String> = (0..count)
        .map(|_| match rng.random_range(0..100) {
            0..8 => format!(
                "20{}-{:02}-{:02}",
                rng.random_range(10..=29),
                rng.random_range(1..=12),
                rng.random_range(1..=28)
            ),
            8..15 => {
                let domain = *["com", "org", "net"].choose(rng).unwrap();
                format!("{}@{}.{domain}", word(rng, 1..=4), word(rng, 1..=4))
            }
            _ => word(rng, 1..=4),
        })
        .collect();
    words.join(" ") + ". "
}

/// Edges of a graph, each from a node to a node with a weight.
pub fn edges(nodes: u64, number: u64, seed: u64) -> Vec<(usize, usize, i64)> {
    let mut rng = rng(seed);
    let edge = |_| {
        (
            rng.random_range(0..nodes) as usize,
            rng.random_range(0..nodes) as usize,
            rng.random_range(1..=1000),
        )
    };
    (0..number).map(edge).collect()
}
