//! Search a text for words with count, find and rfind.

use crate::draw::*;
use memchr::memmem::{self, Finder};
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "searches a text for words")
        .input(generate)
        .cases("sentences", &[10, 3_000, 12_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    text: String,
    words: Vec<String>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let text = (0..size).map(|_| sentence(&mut rng)).collect();
    let mut words: Vec<String> = (0..15).map(|_| word(&mut rng, 2..=4)).collect();
    words.extend(["qqq".to_string(), "zebra".to_string()]);
    Input { text, words }
}

fn rust(input: &Input) -> Vec<(usize, i64, i64)> {
    let text = input.text.as_bytes();
    let place = |found: Option<usize>| found.map_or(-1, |at| at as i64);
    let search = |word: &String| {
        let finder = Finder::new(word);
        (
            finder.find_iter(text).count(),
            place(finder.find(text)),
            place(memmem::rfind(text, word.as_bytes())),
        )
    };
    input.words.iter().map(search).collect()
}
