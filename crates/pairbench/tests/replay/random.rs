//! Reproducible random numbers: the same on every machine and with every version of every crate.

use std::f64::consts::TAU;

/// SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Strictly between 0 and 1.
    pub fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.uniform() * n as f64) as usize
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (TAU * self.uniform()).cos()
    }
}

/// A made-up distribution of launches.
pub type Distribution = (&'static str, fn(&mut Random) -> f64);

/// What launches may look like; the bulk has deviation 1 and, except for the skewed one, its centre at 0.
pub const DISTRIBUTIONS: [Distribution; 6] = [
    ("normal", Random::normal),
    ("heavy-tailed (t with 3 degrees)", |random| {
        let square: f64 = (0..3).map(|_| random.normal().powi(2)).sum();
        random.normal() / (square / 3.0).sqrt()
    }),
    ("10 % ten times as wide", |random| {
        let wide = random.uniform() < 0.1;
        random.normal() * if wide { 10.0 } else { 1.0 }
    }),
    ("two states, 6 apart", |random| {
        let state = if random.uniform() < 0.5 { 3.0 } else { -3.0 };
        random.normal() + state
    }),
    ("skewed (gamma 2)", |random| {
        -(random.uniform() * random.uniform()).ln()
    }),
    ("10 % off to one side by 8", |random| {
        let off = random.uniform() < 0.1;
        random.normal() + if off { 8.0 } else { 0.0 }
    }),
];
