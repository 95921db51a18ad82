//! A tokeniser by byte pairs: learn the most frequent pairs of a text, and encode its words.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::cmp::Reverse;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "learns and applies byte pairs")
        .input(generate)
        .cases("sentences", &[3, 12, 60])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    text: String,
    merges: u32,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    Input {
        text: (0..size).map(|_| sentence(&mut rng)).collect(),
        merges: 40,
    }
}

type Rule<'a> = (&'a str, &'a str);

fn letters(word: &str) -> Vec<&str> {
    word.char_indices()
        .map(|(at, letter)| &word[at..at + letter.len_utf8()])
        .collect()
}

/// The symbols are the word in slices, so two that are joined are a slice of it too.
fn merge<'a>(word: &'a str, symbols: &[&'a str], pair: Rule<'_>) -> Vec<&'a str> {
    let mut out = Vec::new();
    let (mut i, mut at) = (0, 0);
    while i < symbols.len() {
        let symbol = if i + 1 < symbols.len() && (symbols[i], symbols[i + 1]) == pair {
            i += 2;
            &word[at..at + pair.0.len() + pair.1.len()]
        } else {
            i += 1;
            symbols[i - 1]
        };
        at += symbol.len();
        out.push(symbol);
    }
    out
}

fn learn<'a>(words: &HashMap<&'a str, u64>, count: u32) -> Vec<Rule<'a>> {
    let mut parts: HashMap<&str, Vec<&str>> = words.keys().map(|&word| (word, letters(word))).collect();
    let mut merges = Vec::new();
    for _ in 0..count {
        let mut pairs: HashMap<Rule<'_>, u64> = HashMap::new();
        for (word, symbols) in &parts {
            let count = words[word];
            for pair in symbols.windows(2) {
                *pairs.entry((pair[0], pair[1])).or_default() += count;
            }
        }
        let best = pairs
            .into_iter()
            .min_by_key(|&(pair, count)| (Reverse(count), pair));
        let Some((best, _)) = best else {
            break;
        };
        merges.push(best);
        for (word, symbols) in &mut parts {
            if symbols.contains(&best.0) {
                *symbols = merge(word, symbols, best);
            }
        }
    }
    merges
}

type Learnt = Vec<(String, String)>;
type Counts = Vec<(String, u64)>;

fn rust(input: &Input) -> (Learnt, Counts) {
    let mut words: HashMap<&str, u64> = HashMap::new();
    for word in input.text.split_whitespace() {
        *words.entry(word).or_default() += 1;
    }
    let rules = learn(&words, input.merges);
    let mut tokens: HashMap<&str, u64> = HashMap::new();
    for (word, count) in words {
        let mut symbols = letters(word);
        for &rule in &rules {
            if symbols.contains(&rule.0) {
                symbols = merge(word, &symbols, rule);
            }
        }
        for symbol in symbols {
            *tokens.entry(symbol).or_default() += count;
        }
    }
    let mut tokens: Vec<_> = tokens.into_iter().collect();
    tokens.sort_unstable();
    (
        rules
            .into_iter()
            .map(|(a, b)| (a.to_string(), b.to_string()))
            .collect(),
        tokens
            .into_iter()
            .map(|(token, count)| (token.to_string(), count))
            .collect(),
    )
}
