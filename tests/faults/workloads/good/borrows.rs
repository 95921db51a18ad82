//! Answers that borrow from the input, and from what was set up.

use pairbench::registry::prelude::*;

/// What both sides get.
#[derive(Debug, Serialize)]
pub struct Input {
    words: Vec<String>,
}

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "words that are followed by longer ones")
        .input(|size, seed| Input {
            words: (0..size)
                .map(|at| "a".repeat(((at * 7 + seed) % 11) as usize))
                .collect(),
        })
        .cases("words", &[10, 100, 1_000])
        .rust(rust)
        .rust_borrowing("kept", |_| String::new(), kept)
        .build()
}

fn rust(input: &Input) -> Vec<&str> {
    let longer = input.words.windows(2).filter(|two| two[1].len() > two[0].len());
    longer.map(|two| two[0].as_str()).collect()
}

fn kept<'a>(empty: &'a String, input: &'a Input) -> Vec<&'a str> {
    let answer = rust(input).into_iter();
    answer
        .map(|word| if word.is_empty() { empty } else { word })
        .collect()
}
