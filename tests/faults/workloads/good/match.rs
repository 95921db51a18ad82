//! A good pair of all plain types, with a word of Rust as its name and set-ups that get the input.

use pairbench::registry::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "writes values")
        .input(|size, seed| Input {
            numbers: crate::numbers(size, seed),
            large: -(1 << 100),
            larger: Int(format!("1{}", "0".repeat(60))),
            zero: 0.0,
        })
        .cases("numbers", &[10, 100, 1_000])
        .rust_variant_from(
            "rust",
            |input: &Input| crate::sum(&input.numbers),
            |&whole, input| rust(whole, input),
        )
        .build()
}

/// The input, with integers beyond 64 bits.
#[derive(Serialize)]
pub struct Input {
    numbers: Vec<u64>,
    large: i128,
    larger: Int<String>,
    zero: f64,
}

/// The answer.
#[derive(Serialize)]
pub struct Answer {
    large: (Int<String>, u128, Int<String>),
    zero: f64,
    decimal: [String; 2],
    fraction: (u64, u64),
    moment: [&'static str; 2],
    set: BTreeSet<BTreeSet<u64>>,
    words: BTreeSet<String>,
    total: Total,
    by_set: BTreeMap<(u8, u8), Vec<u8>>,
}

/// A dataclass of Python.
#[derive(Serialize)]
pub struct Total {
    whole: u64,
    colour: &'static str,
}

fn rust(whole: u64, input: &Input) -> Answer {
    Answer {
        large: (
            Int("1606938044258990275541962092341162602522202993782792835301376".into()),
            input.large.unsigned_abs(),
            Int(format!("{}0", input.larger.0)),
        ),
        zero: -input.zero,
        decimal: [format!("{}", whole as f64 / 100.0), "100".into()],
        fraction: (1, 3),
        moment: ["2024-01-02T03:04:05", "2024-01-02"],
        set: [input.numbers[..1].iter().copied().collect(), BTreeSet::new()].into(),
        words: input
            .numbers
            .iter()
            .map(|number| format!("{number:03}"))
            .collect(),
        total: Total { whole, colour: "red" },
        by_set: [((1, 2), b"ab".to_vec())].into(),
    }
}
