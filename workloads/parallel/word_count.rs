//! The most frequent words of many documents: mapped to counts, reduced to one table.
//!
//! The first example of every system for large data, and the inside of indexing and log analysis. Nearly all
//! it does is make and look up small strings, so allocation and hashing are the cost; and what the workers
//! send back is as big as the work.
//!
//! It does not show reading files, nor what splitting text by the rules of a language would cost. A word is a
//! longest run of letters and digits in the lower-cased text. Python and Rust differ on some characters there
//! (combining marks, the final sigma, the dotted capital I), so the generated text keeps to ASCII and a few
//! letters of Western European languages on which they agree.

use pairbench::registry::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::collections::HashMap;

/// The text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// Some sentences each.
    documents: Vec<String>,
    /// How many of the most frequent words to return.
    top: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    distinct: usize,
    once: usize,
    top: Vec<(String, u64)>,
    total: u64,
}

/// First the edges, then words of which a few are frequent and many rare, with capitals and punctuation as in
/// prose.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let vocabulary: Vec<String> = (0..4_000).map(|_| random_word(&mut rng)).collect();
    let documents = (0..size)
        .map(|at| {
            if let Some(&edge) = EDGES.get(at as usize) {
                return edge.into();
            }
            let sentences = rng.random_range(5..=25_u32);
            (0..sentences).map(|_| sentence(&vocabulary, &mut rng)).collect()
        })
        .collect();
    Input { documents, top: 50 }
}

/// A word that is nowhere else at the very beginning, no text, no words, digits and letters side by side,
/// underscores, one word in three cases, and words that occur almost equally often.
const EDGES: [&str; 6] = [
    "solo",
    "",
    " \n—…_.",
    "a1b2 3c _d_e__f",
    "ÉTÉ été Été",
    "z z z z z z z z z y y y y y y y y y x",
];

fn random_word(rng: &mut ChaCha8Rng) -> String {
    const SYLLABLES: [&str; 24] = [
        "ba", "be", "co", "da", "den", "e", "en", "fü", "ga", "ge", "in", "la", "le", "mé", "mo", "na",
        "ñor", "ra", "ren", "si", "straß", "ta", "ter", "un",
    ];
    let syllables = rng.random_range(1..=4_u32);
    (0..syllables)
        .map(|_| *SYLLABLES.choose(rng).expect("not empty"))
        .collect()
}

fn sentence(vocabulary: &[String], rng: &mut ChaCha8Rng) -> String {
    const BETWEEN: [&str; 10] = [" ", " ", " ", " ", " ", " ", ", ", "; ", "-", " — "];
    const AT_END: [&str; 5] = [". ", ". ", "! ", "? ", " …\n"];
    let mut text = String::new();
    let words = rng.random_range(5..=21_u32);
    for i in 0..words {
        // The cube makes low numbers frequent: the first hundredth of the words makes up a fifth of the text.
        let rank = rng.random::<f64>().powi(3) * vocabulary.len() as f64;
        let word = &vocabulary[rank as usize];
        match rng.random_range(0..40_u32) {
            0 => text.push_str(&rng.random_range(0..3000_u32).to_string()),
            1 => text.push_str(&word.to_uppercase()),
            2 => text.push_str(&format!("«{word}»")),
            3 => text.push_str(&format!("{word}'s")),
            _ if i == 0 => {
                let mut letters = word.chars();
                text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                text.push_str(letters.as_str());
            }
            _ => text.push_str(word),
        }
        let end = if i + 1 < words { &BETWEEN[..] } else { &AT_END };
        text.push_str(end.choose(rng).expect("not empty"));
    }
    text
}

type Counts = HashMap<String, u64>;

/// Adds the words of one document to the counts.
fn count(mut counts: Counts, text: &str) -> Counts {
    let text = text.to_lowercase();
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        // The entry API would want a String for every word, not only for new ones.
        match counts.get_mut(word) {
            Some(n) => *n += 1,
            None => {
                counts.insert(word.to_owned(), 1);
            }
        }
    }
    counts
}

/// What `native` calls: [`count`] for some documents without the interpreter's lock, so that Python's threads run side
/// by side.
#[cfg(feature = "python")]
#[pyo3::pyfunction(name = "count")]
fn count_detached(py: pyo3::Python<'_>, documents: Vec<pyo3::pybacked::PyBackedStr>) -> Counts {
    py.detach(|| {
        documents
            .iter()
            .fold(Counts::new(), |counts, text| count(counts, text))
    })
}

/// Adds the smaller table to the larger one.
fn merge(a: Counts, b: Counts) -> Counts {
    let (mut into, from) = if a.len() < b.len() { (b, a) } else { (a, b) };
    for (word, n) in from {
        *into.entry(word).or_default() += n;
    }
    into
}

/// The most frequent words come first, words of equal counts by the alphabet (both by code point, as Python
/// does).
fn summarize(counts: Counts, top: usize) -> Output {
    let (once, total) = (
        counts.values().filter(|&&n| n == 1).count(),
        counts.values().sum(),
    );
    let mut ranked: Vec<(String, u64)> = counts.into_iter().collect();
    ranked.sort_unstable_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    let distinct = ranked.len();
    ranked.truncate(top);
    Output {
        distinct,
        once,
        top: ranked,
        total,
    }
}

fn rust(input: &Input) -> Output {
    summarize(
        input
            .documents
            .iter()
            .fold(Counts::new(), |counts, text| count(counts, text)),
        input.top,
    )
}

fn rayon(input: &Input) -> Output {
    let tables = input
        .documents
        .par_iter()
        .fold(Counts::new, |counts, text| count(counts, text));
    summarize(tables.reduce(Counts::new, merge), input.top)
}

/// Refuses letters and digits beyond the Latin ones: Python and Rust differ on what is one.
fn valid(input: &Input) -> bool {
    let agreed = |c: char| c < '\u{300}' || !c.is_alphanumeric();
    input.documents.iter().all(|text| text.chars().all(agreed))
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(Profile::Parallel, "the most frequent words of many documents")
        .input(generate)
        .digs(valid)
        .cases("documents", &[40, 320, 3_200])
        .tolerance(Tolerance::EXACT)
        .python(&["threads", "processes", "subinterpreters", "native"])
        .native(pairbench::native![count_detached])
        .replaces("count")
        .rust(rust)
        .rust_variant_with(
            "rayon",
            || rayon::ThreadPoolBuilder::new().build().unwrap(),
            |pool, input| pool.install(|| rayon(input)),
        )
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_counted_by_hand() {
        let documents = [
            "The cat, the dog — THE END.",
            "",
            "l'été: Été-2024; «été» straße_x",
        ];
        let input = Input {
            documents: documents.map(String::from).into(),
            top: 3,
        };
        let output = rust(&input);
        // the 3, été 3, and once each: 2024, cat, dog, end, l, straße, x.
        let top = [("the", 3), ("été", 3), ("2024", 1)];
        assert_eq!(output.top, top.map(|(word, n)| (word.to_string(), n)));
        assert_eq!((output.total, output.distinct, output.once), (13, 9, 7));
        assert_eq!(output, rayon(&input));
    }

    #[test]
    fn any_size_and_seed_gives_as_many_documents() {
        for size in [1, 2, 33] {
            for seed in [0, 1, u64::MAX] {
                let input = generate(size, seed);
                assert_eq!(input.documents.len() as u64, size);
                assert_eq!(rust(&input), rayon(&input));
            }
        }
    }
}
