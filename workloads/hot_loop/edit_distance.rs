//! Levenshtein distances of many pairs of words.
//!
//! Fuzzy search, spell checking, record linkage and the comparison of short sequences all end in this loop:
//! two rows of a table, small integers, one comparison of characters a cell. Nearly all of the time is spent
//! in one function, and each call of it does enough work to be worth a call into an extension.
//!
//! It does not show what a better algorithm would gain (bit-parallel ones beat this table many times over, in
//! any language); both sides fill the same cells in the same order.

use pairbench::registry::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The words to compare.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// Pairs of words, some of them empty.
    pairs: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    distances: Vec<usize>,
    histogram: Vec<usize>,
}

/// First the edges; of the others half are a word and a misspelling of it, half are two words that have nothing to
/// do with each other.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let pairs = (0..size)
        .map(|at| {
            if let Some(&(a, b)) = EDGES.get(at as usize) {
                return (a.into(), b.into());
            }
            let word = random_word(&mut rng);
            let other = if rng.random_bool(0.5) {
                misspell(&word, &mut rng)
            } else {
                random_word(&mut rng)
            };
            (word.into_iter().collect(), other.into_iter().collect())
        })
        .collect();
    Input { pairs }
}

/// Empty and equal words, words that share nothing, and characters of one to four bytes that look alike.
const EDGES: [(&str, &str); 10] = [
    ("", ""),
    ("", "abc"),
    ("abc", ""),
    ("same", "same"),
    ("aaaa", "bbbb"),
    ("aaaa", "aa"),
    ("abcdef", "bcdefa"),
    ("é", "e\u{301}"),
    ("日本語", "日本"),
    ("𝒂🦀", "a🦀"),
];

/// Characters beyond ASCII are there so that a port that compares bytes does not pass.
fn random_char(rng: &mut ChaCha8Rng) -> char {
    let alphabet: &[char] = if rng.random_bool(0.05) {
        &['é', 'ü', 'ß', 'ø', 'ł', '語']
    } else {
        &[
            'a', 'b', 'c', 'd', 'e', 'i', 'l', 'm', 'n', 'o', 'r', 's', 't', 'u',
        ]
    };
    *alphabet.choose(rng).expect("not empty")
}

fn random_word(rng: &mut ChaCha8Rng) -> Vec<char> {
    let length = rng.random_range(0..=22_u32);
    (0..length).map(|_| random_char(rng)).collect()
}

fn misspell(word: &[char], rng: &mut ChaCha8Rng) -> Vec<char> {
    let mut word = word.to_vec();
    for _ in 0..rng.random_range(1..=3_u32) {
        let at = rng.random_range(0..=word.len() as u32) as usize;
        let in_word = at < word.len();
        match rng.random_range(0..3_u32) {
            0 if in_word => word[at] = random_char(rng),
            1 if in_word => {
                word.remove(at);
            }
            _ => word.insert(at, random_char(rng)),
        }
    }
    word
}

/// Counts the insertions, deletions and substitutions that turn `a` into `b`.
#[cfg_attr(feature = "python", pyo3::pyfunction)]
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    let mut current = vec![0; b.len() + 1];
    for (i, x) in a.chars().enumerate() {
        // `cell` is the one to the left of the next cell; `diagonal` the one above that.
        let mut cell = i + 1;
        let mut diagonal = i;
        current[0] = cell;
        for ((&y, &above), slot) in b.iter().zip(&previous[1..]).zip(&mut current[1..]) {
            cell = if x == y {
                diagonal
            } else {
                1 + cell.min(above).min(diagonal)
            };
            *slot = cell;
            diagonal = above;
        }
        std::mem::swap(&mut previous, &mut current);
    }
    previous[b.len()]
}

fn rust(input: &Input) -> Output {
    let distances: Vec<usize> = input.pairs.iter().map(|(a, b)| distance(a, b)).collect();
    let mut histogram = vec![0; distances.iter().max().map_or(0, |largest| largest + 1)];
    for &distance in &distances {
        histogram[distance] += 1;
    }
    Output { distances, histogram }
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "Levenshtein distances of pairs of words")
        .input(generate)
        .digs(|_| true)
        .cases("pairs of words", &[200, 900, 18_000])
        .tolerance(Tolerance::EXACT)
        .python(&["numba", "mypyc", "native"])
        .native(pairbench::native![distance])
        .replaces("distance")
        .rust(rust)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_from_the_textbook() {
        for (a, b, expected) in [
            ("kitten", "sitting", 3),
            ("saturday", "sunday", 3),
            ("flaw", "lawn", 2),
            ("intention", "execution", 5),
            ("", "abc", 3),
            ("abc", "", 3),
            ("", "", 0),
            ("straße", "strasse", 2),
            ("日本語", "日本", 1),
        ] {
            assert_eq!(distance(a, b), expected, "{a:?} {b:?}");
            assert_eq!(distance(b, a), expected, "{b:?} {a:?}");
        }
    }

    #[test]
    fn distances_are_counted() {
        let pairs = [("kitten", "sitting"), ("flaw", "lawn"), ("a", "a"), ("", "abc")];
        let input = Input {
            pairs: pairs.map(|(a, b)| (a.into(), b.into())).into(),
        };
        let output = rust(&input);
        assert_eq!(output.distances, [3, 2, 0, 3]);
        assert_eq!(output.histogram, [1, 0, 1, 2]);
    }

    #[test]
    fn any_size_and_seed_gives_as_many_pairs() {
        for size in [1, 2, 65] {
            for seed in [0, 1, u64::MAX] {
                assert_eq!(generate(size, seed).pairs.len() as u64, size);
            }
        }
    }
}
