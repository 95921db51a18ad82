//! Insert words into a trie of dicts, and look queries up.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "looks words up in a trie")
        .input(generate)
        .cases("words", &[20, 3_000, 12_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    words: Vec<String>,
    queries: Vec<String>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let words: Vec<String> = (0..size).map(|_| word(&mut rng, 1..=4)).collect();
    let mut query = |_| {
        let ending = *["", "s", "en", "xyz"].choose(&mut rng).unwrap();
        words.choose(&mut rng).unwrap().clone() + ending
    };
    let queries = (0..size * 2).map(&mut query).collect();
    Input { words, queries }
}

#[derive(Default)]
struct Node<'a> {
    children: HashMap<char, Node<'a>>,
    word: Option<&'a str>,
}

fn rust(input: &Input) -> (u64, String) {
    let mut root = Node::default();
    for word in &input.words {
        let mut node = &mut root;
        for letter in word.chars() {
            node = node.children.entry(letter).or_default();
        }
        node.word = Some(word);
    }
    let mut hits = 0;
    let mut longest = "";
    for query in &input.queries {
        let mut node = &root;
        for letter in query.chars() {
            let Some(next) = node.children.get(&letter) else {
                break;
            };
            node = next;
            if let Some(word) = node.word {
                hits += 1;
                if word.len() > longest.len() {
                    longest = word;
                }
            }
        }
    }
    (hits, longest.to_string())
}
