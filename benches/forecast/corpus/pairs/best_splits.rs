//! Split joined words into the cheapest known words, by recursion with functools.lru_cache.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "splits joined words")
        .input(generate)
        .cases("texts", &[3, 60, 240])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    costs: BTreeMap<String, u32>,
    texts: Vec<String>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let costs: BTreeMap<String, u32> = (0..400)
        .map(|_| (word(&mut rng, 1..=3), rng.random_range(1..=40)))
        .collect();
    let known: Vec<&String> = costs.keys().collect();
    let mut text = |_| {
        let words = rng.random_range(1..=14);
        (0..words)
            .map(|_| match rng.random_range(0..8) {
                0 => "xyz",
                _ => known.choose(&mut rng).unwrap().as_str(),
            })
            .collect()
    };
    let texts = (0..size).map(&mut text).collect();
    Input { costs, texts }
}

struct Split<'a> {
    costs: &'a HashMap<&'a str, u32>,
    longest: usize,
    text: &'a str,
    memo: HashMap<usize, (u32, u32)>,
}

impl Split<'_> {
    fn rest(&mut self, at: usize) -> (u32, u32) {
        if let Some(&known) = self.memo.get(&at) {
            return known;
        }
        let text = &self.text[at..];
        let mut least = (0, 0);
        if let Some(letter) = text.chars().next() {
            let after = self.rest(at + letter.len_utf8());
            least = (50 + after.0, 1 + after.1);
            for (start, letter) in text.char_indices().take(self.longest) {
                let length = start + letter.len_utf8();
                if let Some(cost) = self.costs.get(&text[..length]) {
                    let after = self.rest(at + length);
                    least = least.min((cost + after.0, 1 + after.1));
                }
            }
        }
        self.memo.insert(at, least);
        least
    }
}

fn rust(input: &Input) -> Vec<(u32, u32)> {
    let costs: HashMap<&str, u32> = input
        .costs
        .iter()
        .map(|(word, cost)| (word.as_str(), *cost))
        .collect();
    let longest = costs.keys().map(|word| word.chars().count()).max().unwrap();
    let split = |text: &String| {
        let mut split = Split {
            costs: &costs,
            longest,
            text,
            memo: HashMap::new(),
        };
        split.rest(0)
    };
    input.texts.iter().map(split).collect()
}
