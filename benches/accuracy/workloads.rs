//! What all three tools measure: the same work in rounds, so that a side is slowed by a known amount by doing 101, 102 or
//! 105 rounds instead of 100.
//!
//! Every round does the same on the same input, and nothing is kept from one to the next: the work is strictly
//! proportional to the rounds. Everything else is the same for all of them, down to the machine code: rounds are an
//! argument that the compiler cannot see.

use pairbench::registry::{Pair, Profile, Registry, Side, Sources};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;

/// Rounds of the side that is not slowed.
pub const ROUNDS: u64 = 100;
/// By how many percent sides are slowed. 0 is the null pair.
pub const SLOWED: [u32; 4] = [0, 1, 2, 5];
/// Seed of the words. The same in every run, as with `cargo bench`.
pub const SEED: u64 = 1;

/// The kinds of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Integer arithmetic in a loop: hardly anything but the clock can change its speed.
    HotLoop,
    /// Words grouped in a hash map: allocation, hashing and placement in memory differ from process to process.
    HashMap,
}

impl Work {
    /// Both kinds.
    pub const ALL: [Work; 2] = [Work::HotLoop, Work::HashMap];

    /// Name of the pair and of the Python file.
    pub fn name(self) -> &'static str {
        match self {
            Work::HotLoop => "hot_loop",
            Work::HashMap => "hash_map",
        }
    }

    /// Size of a round: steps, or words. A call takes one to five milliseconds in either language.
    pub fn size(self, side: Side) -> u64 {
        match (self, side) {
            (Work::HotLoop, Side::Python) => 150,
            (Work::HotLoop, Side::Rust) => 5_000,
            (Work::HashMap, Side::Python) => 100,
            (Work::HashMap, Side::Rust) => 400,
        }
    }

    /// The work itself in Rust, on an input of its own.
    pub fn rust(self) -> Box<dyn Fn(u64) -> u64> {
        let size = self.size(Side::Rust);
        match self {
            Work::HotLoop => Box::new(move |rounds| hot_loop(&steps(size, SEED), rounds)),
            Work::HashMap => {
                let words = words(size, SEED);
                Box::new(move |rounds| hash_map(&words, rounds))
            }
        }
    }

    fn pair(self) -> Pair {
        match self {
            Work::HotLoop => pair("integer arithmetic in a loop", steps, hot_loop),
            Work::HashMap => pair("words grouped in a hash map", words, hash_map),
        }
    }
}

/// The variant of a pair slowed by a percentage; 0 is the baseline.
pub fn variant(side: Side, slowed: u32) -> String {
    match (side, slowed) {
        (Side::Python, 0) => "python".into(),
        (Side::Rust, 0) => "rust".into(),
        (Side::Python, _) => format!("slowed_{slowed}"),
        (Side::Rust, _) => format!("rust_slowed_{slowed}"),
    }
}

/// Rounds that slow a side by a percentage.
pub fn rounds(slowed: u32) -> u64 {
    ROUNDS * u64::from(100 + slowed) / 100
}

/// The pairs, as `pairbench` measures them: Rust files and Python files like those of any other crate.
pub fn registry() -> Registry {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/accuracy");
    let mut registry = Registry::new("pairbench-catalogue", env!("CARGO_MANIFEST_DIR"));
    for work in Work::ALL {
        let sources = Sources {
            rust_path: folder.join("workloads.rs"),
            rust_text: include_str!("workloads.rs").into(),
            python_root: folder.join("python"),
            python_path: folder.join(format!("python/{}.py", work.name())),
            module: work.name().into(),
        };
        registry.add(work.name(), work.pair(), sources);
    }
    registry
}

fn pair<I: Serialize + 'static>(
    about: &'static str,
    input: fn(u64, u64) -> I,
    work: fn(&I, u64) -> u64,
) -> Pair {
    let slowed = || SLOWED.into_iter().filter(|&percent| percent > 0);
    let names: Vec<_> = slowed().map(|percent| variant(Side::Python, percent)).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let pair = Pair::new(Profile::HotLoop, about)
        .input(input)
        .cases("in a round", &[100])
        .python(&names)
        .rust(move |input: &I| work(input, black_box(rounds(0))));
    slowed()
        .fold(pair, |pair, percent| {
            let name = variant(Side::Rust, percent);
            pair.rust_variant(&name, move |input| work(input, black_box(rounds(percent))))
        })
        .build()
}

/// Start of the loop, and its steps in a round.
#[derive(Debug, Clone, Serialize)]
pub struct Steps {
    start: u32,
    steps: u64,
}

fn steps(size: u64, seed: u64) -> Steps {
    let start = u32::try_from(seed).unwrap_or(1);
    Steps { start, steps: size }
}

/// Numerical Recipes' linear congruential generator, for a number of steps in each round.
#[inline(never)]
fn hot_loop(input: &Steps, rounds: u64) -> u64 {
    let mut total = 0;
    for _ in 0..rounds {
        let mut x = black_box(input.start);
        for _ in 0..input.steps {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        }
        total += u64::from(x);
    }
    total
}

/// Words, about every third of which is new.
#[derive(Debug, Clone, Serialize)]
pub struct Words {
    words: Vec<String>,
}

fn words(size: u64, seed: u64) -> Words {
    let mut x = u32::try_from(seed).unwrap_or(1);
    let mut next = || {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u64::from(x >> 8)
    };
    Words {
        words: (0..size)
            .map(|_| format!("word-{}", next() % (size / 2 + 1)))
            .collect(),
    }
}

/// Positions of words, grouped in a new map in each round. As in Python, every key and every position is an object of
/// its own.
#[inline(never)]
fn hash_map(input: &Words, rounds: u64) -> u64 {
    let mut total = 0;
    for _ in 0..rounds {
        let mut places: HashMap<String, Vec<Box<u64>>> = HashMap::new();
        for (at, word) in black_box(&input.words).iter().enumerate() {
            places.entry(word.clone()).or_default().push(Box::new(at as u64));
        }
        total += places
            .values()
            .map(|places| places.len() as u64 * *places[0])
            .sum::<u64>();
    }
    total
}
