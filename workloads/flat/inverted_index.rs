//! A search engine in memory: documents indexed by their words, and queries with ranked answers.
//!
//! The search box over a shop's articles, a wiki, mails or the files of a project. Building the index is
//! splitting text and filling dictionaries of dictionaries of lists; a query is parsed, documents are found by
//! set operations and by the places of words, and ranked by BM25 (Robertson and others, 1994).
//!
//! It does not show an index on disk, compressed lists of documents, or what skipping those that cannot reach
//! the top would gain: what sets a search engine apart from this. Words lose the endings of English plurals by
//! Harman's S stemmer (1991), and the most frequent ones are left out. Letters are Latin ones: Python and Rust
//! differ on what else is a letter.

use pairbench::registry::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// What to index, and what to look for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// Some sentences each.
    documents: Vec<String>,
    /// Words and phrases, some with signs.
    queries: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Output {
    answers: Vec<Answer>,
    distinct: usize,
    terms: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Answer {
    hits: usize,
    top: Vec<(usize, f64)>,
}

/// First the edges, then words of which a few are frequent and many rare; queries are made of what the documents
/// say. Letters are those of English and a few more on which both languages agree.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let vocabulary: Vec<String> = (0..2_500).map(|_| random_word(&mut rng)).collect();
    let mut documents: Vec<String> = DOCUMENTS.map(String::from).into();
    documents.truncate(size as usize);
    while (documents.len() as u64) < size {
        documents.push(random_document(&vocabulary, &mut rng));
    }
    let mut queries: Vec<String> = QUERIES.map(String::from).into();
    while (queries.len() as u64) < size {
        let document = documents.choose(&mut rng).expect("at least one");
        queries.push(random_query(document, &vocabulary, &mut rng));
    }
    Input { documents, queries }
}

/// Nothing, nothing but stop words, the same twice, one word again and again, plurals, and strange letters in a text that
/// is as long.
const DOCUMENTS: [&str; 10] = [
    "Solo.",
    "",
    "The of and — a, TO it!",
    "Rivers and towns: the river, the town.",
    "Rivers and towns: the river, the town.",
    "echo echo echo Echo ECHO",
    "Cities buses glasses heroes days boss virus aloes trees zombies beies",
    "l'été à Zürich: naïve_straße 42nd 2024, 8 août",
    "town river town by the river; river of towns",
    "s es ies us ss",
];

/// Every form, alone and combined; words and phrases that occur nowhere; equal scores, of which the first term finds the
/// later document; and what is hardly a query.
const QUERIES: [&str; 26] = [
    "",
    "the",
    "\"\"",
    "zürich virus",
    "SOLOS",
    "nowhere",
    "river town",
    "+river town",
    "+river -town",
    "+river +echo",
    "-river",
    "river -river",
    "river river town",
    "\"river town\"",
    "\"rivers of the towns\"",
    "\"town river town\"",
    "-\"river town\" town",
    "+\"town river\" solo",
    "\"echo echo\" river",
    "\"echo nowhere\" echo",
    "\"solo echo\"",
    "\"town river",
    "+ - \" + town -",
    "city bus glass hero day boss virus aloe tree zombie beie",
    "été zürich naïve straße 42nd",
    "s es ies us ss e y",
];

fn random_word(rng: &mut ChaCha8Rng) -> String {
    const SYLLABLES: [&str; 24] = [
        "ba", "ber", "co", "da", "den", "el", "en", "fi", "ga", "ge", "in", "la", "le", "mo", "na", "or",
        "pu", "ra", "ren", "si", "sto", "ta", "ter", "é",
    ];
    const ENDINGS: [&str; 8] = ["", "", "", "", "s", "es", "y", "us"];
    let syllables = rng.random_range(1..=3_u32);
    let mut word: String = (0..syllables)
        .map(|_| *SYLLABLES.choose(rng).expect("some"))
        .collect();
    word.push_str(ENDINGS.choose(rng).expect("some"));
    word
}

fn random_document(vocabulary: &[String], rng: &mut ChaCha8Rng) -> String {
    const BETWEEN: [&str; 8] = [" ", " ", " ", " ", " ", ", ", "-", ". "];
    const SMALL: [&str; 6] = ["the", "of", "and", "a", "in", "to"];
    let words = rng.random_range(20..=120_u32);
    let mut text = String::new();
    for _ in 0..words {
        // The cube makes low numbers frequent: the first hundredth of the words makes up a fifth of the text.
        let rank = rng.random::<f64>().powi(3) * vocabulary.len() as f64;
        let word = &vocabulary[rank as usize];
        match rng.random_range(0..40_u32) {
            0..8 => text.push_str(SMALL.choose(rng).expect("some")),
            8 => text.push_str(&word.to_uppercase()),
            9 => text.push_str(&rng.random_range(0..3_000_u32).to_string()),
            _ => text.push_str(word),
        }
        text.push_str(BETWEEN.choose(rng).expect("some"));
    }
    text
}

fn random_query(document: &str, vocabulary: &[String], rng: &mut ChaCha8Rng) -> String {
    let said: Vec<&str> = document.split_whitespace().collect();
    let some = |rng: &mut ChaCha8Rng| match said.choose(rng) {
        Some(word) if rng.random_bool(0.7) => (*word).to_string(),
        _ => vocabulary.choose(rng).expect("some").clone(),
    };
    let (a, b, c) = (some(rng), some(rng), some(rng));
    match rng.random_range(0..6_u32) {
        0 => a,
        1 => format!("{a} {b} {c}"),
        2 => format!("+{a} {b} -{c}"),
        3 => format!("{a} {b} -{c}"),
        4 => format!("+{a} +{b}"),
        _ => {
            let start = rng.random_range(0..=said.len() as u32) as usize;
            let end = said.len().min(start + rng.random_range(2..=3_u32) as usize);
            format!("\"{}\" {a}", said[start..end].join(" "))
        }
    }
}

const K1: f64 = 1.2;
const B: f64 = 0.75;
const TOP: usize = 10;

/// The words of a text in lower case, in order and without the most frequent ones.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !is_stop_word(word))
}

#[rustfmt::skip]
fn is_stop_word(word: &str) -> bool {
    matches!(
        word,
        "a" | "and" | "as" | "at" | "by" | "for" | "from" | "in" | "is" | "it" | "of" | "on" | "or" | "the" | "to"
    )
}

/// Cuts off the ending of a plural.
fn stem(word: &str) -> Cow<'_, str> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let shorter = || Cow::Borrowed(&word[..word.len() - 1]);
    if !word.ends_with('s') {
        return Cow::Borrowed(word);
    }
    match word.strip_suffix("ies") {
        Some(start) if !ends(&["eies", "aies"]) => Cow::Owned(format!("{start}y")),
        _ if ends(&["es"]) && !ends(&["aes", "ees", "oes"]) => shorter(),
        _ if ends(&["us", "ss"]) => Cow::Borrowed(word),
        _ => shorter(),
    }
}

fn terms_of(text: &str) -> Vec<String> {
    words(&text.to_lowercase())
        .map(|word| stem(word).into_owned())
        .collect()
}

/// Documents by number, each with places.
type Documents = HashMap<usize, Vec<usize>>;

/// Where each term stands: its documents, and its places in each of them.
#[derive(Default)]
struct Index {
    postings: HashMap<String, Documents>,
    lengths: Vec<usize>,
}

impl Index {
    /// Adds the next document.
    fn add(&mut self, text: &str) {
        let number = self.lengths.len();
        let mut length = 0;
        for (place, term) in words(&text.to_lowercase()).map(stem).enumerate() {
            // The entry API would want a String for every term, not only for new ones.
            match self.postings.get_mut(&*term) {
                Some(documents) => documents.entry(number).or_default().push(place),
                None => {
                    let documents = HashMap::from([(number, vec![place])]);
                    self.postings.insert(term.into_owned(), documents);
                }
            }
            length = place + 1;
        }
        self.lengths.push(length);
    }

    /// The documents that have these terms one after another.
    fn matching(&self, terms: &[String]) -> HashSet<usize> {
        let postings: Option<Vec<&Documents>> = terms.iter().map(|term| self.postings.get(term)).collect();
        let Some((first, others)) = postings.as_ref().and_then(|postings| postings.split_first()) else {
            return HashSet::new();
        };
        first
            .iter()
            .filter(|(number, starts)| {
                let places: Option<Vec<_>> = others.iter().map(|documents| documents.get(number)).collect();
                places.is_some_and(|places| follows(starts, &places))
            })
            .map(|(&number, _)| number)
            .collect()
    }

    /// The score of each candidate that has one of the terms.
    fn rank(&self, terms: &[String], candidates: &HashSet<usize>) -> HashMap<usize, f64> {
        let total = self.lengths.len() as f64;
        let average = self.lengths.iter().sum::<usize>() as f64 / total;
        let mut scores = HashMap::new();
        for documents in terms.iter().filter_map(|term| self.postings.get(term)) {
            let found = documents.len() as f64;
            let rarity = (1.0 + (total - found + 0.5) / (found + 0.5)).ln();
            for (number, places) in documents {
                if candidates.contains(number) {
                    let often = places.len() as f64;
                    let norm = K1 * (1.0 - B + B * self.lengths[*number] as f64 / average);
                    *scores.entry(*number).or_insert(0.0) += rarity * often * (K1 + 1.0) / (often + norm);
                }
            }
        }
        scores
    }
}

/// Whether the other terms follow one another behind one of these places.
fn follows(starts: &[usize], others: &[&Vec<usize>]) -> bool {
    starts.iter().any(|start| {
        let mut behind = others.iter().zip(start + 1..);
        behind.all(|(places, place)| places.contains(&place))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Required,
    Excluded,
    Optional,
}

/// The clauses of a query: a phrase in quotes or a word, with a sign or without. Phrases are required.
fn parse(query: &str) -> Vec<(Sign, Vec<String>)> {
    let mut clauses = Vec::new();
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        let (sign, after) = match first {
            '+' => (Some(Sign::Required), &rest[1..]),
            '-' => (Some(Sign::Excluded), &rest[1..]),
            _ => (None, rest),
        };
        let phrase = after.strip_prefix('"').and_then(|inner| inner.split_once('"'));
        let word = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
        let (sign, text) = match phrase {
            Some((phrase, behind)) => {
                rest = behind;
                (sign.unwrap_or(Sign::Required), phrase)
            }
            None if word > 0 => {
                rest = &after[word..];
                (sign.unwrap_or(Sign::Optional), &after[..word])
            }
            None => {
                rest = &rest[first.len_utf8()..];
                continue;
            }
        };
        let terms = terms_of(text);
        if !terms.is_empty() {
            clauses.push((sign, terms));
        }
    }
    clauses
}

/// How many documents a query finds, and the best of them with their scores.
fn search(index: &Index, query: &str) -> Answer {
    let mut required: Option<HashSet<usize>> = None;
    let mut optional = HashSet::new();
    let mut excluded = HashSet::new();
    let mut wanted = Vec::new();
    for (sign, terms) in parse(query) {
        let documents = index.matching(&terms);
        match sign {
            Sign::Excluded => {
                excluded.extend(documents);
                continue;
            }
            Sign::Required => match &mut required {
                Some(required) => required.retain(|number| documents.contains(number)),
                None => required = Some(documents),
            },
            Sign::Optional => optional.extend(documents),
        }
        wanted.extend(terms);
    }
    let mut candidates = required.unwrap_or(optional);
    candidates.retain(|number| !excluded.contains(number));
    let mut ranked: Vec<(usize, f64)> = index.rank(&wanted, &candidates).into_iter().collect();
    ranked.sort_unstable_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
    let hits = ranked.len();
    ranked.truncate(TOP);
    Answer { hits, top: ranked }
}

fn rust(input: &Input) -> Output {
    let mut index = Index::default();
    for text in &input.documents {
        index.add(text);
    }
    Output {
        answers: input.queries.iter().map(|query| search(&index, query)).collect(),
        distinct: index.postings.len(),
        terms: index.lengths.iter().sum(),
    }
}

/// What `native` calls: [`words`](super::words), as a list.
#[cfg(feature = "python")]
mod lists {
    use pyo3::prelude::*;
    use pyo3::types::PyList;

    #[pyfunction]
    pub(super) fn words_of<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyList>> {
        let text = text.to_lowercase();
        PyList::new(py, super::words(&text).collect::<Vec<_>>())
    }
}

/// Refuses letters and digits beyond the Latin ones: Python and Rust differ on what is one.
fn valid(input: &Input) -> bool {
    let agreed = |c: char| c < '\u{300}' || !c.is_alphanumeric();
    let mut texts = input.documents.iter().chain(&input.queries);
    texts.all(|text| text.chars().all(agreed))
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Flat,
        "documents indexed by their words, and queries answered",
    )
    .input(generate)
    .digs(valid)
    .cases("documents", &[40, 150, 1_000])
    .python(&["mypyc", "native"])
    .native(pairbench::native![lists::words_of])
    .replaces("words_of")
    .rust(rust)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documents that a query finds, the best first.
    fn found(documents: &[&str], query: &str) -> Vec<usize> {
        let mut index = Index::default();
        documents.iter().for_each(|text| index.add(text));
        let Answer { hits, top } = search(&index, query);
        assert_eq!(hits.min(TOP), top.len());
        top.into_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn plurals_lose_their_endings() {
        for (word, expected) in [
            ("rivers", "river"),
            ("cities", "city"),
            ("houses", "house"),
            ("boss", "boss"),
            ("virus", "virus"),
            ("aloes", "aloe"),
            ("trees", "tree"),
            ("ies", "y"),
            ("s", ""),
            ("river", "river"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }

    #[test]
    fn queries_are_cut_into_clauses() {
        let clause = |sign, terms: &[&str]| (sign, terms.iter().map(|&term| term.into()).collect::<Vec<_>>());
        let expected = [
            clause(Sign::Optional, &["été"]),
            clause(Sign::Required, &["river"]),
            clause(Sign::Excluded, &["town"]),
            clause(Sign::Required, &["town", "river"]),
            clause(Sign::Excluded, &["echo", "echo"]),
            clause(Sign::Optional, &["open"]),
        ];
        let query = "Été +rivers, the -town \"Town of rivers\" -\"echo echo\" \"\" + - \"open";
        assert_eq!(parse(query), expected);
    }

    #[test]
    fn documents_are_found_by_words_phrases_and_signs() {
        let documents = [
            "red apple",
            "green apple and red pear",
            "",
            "apple apple apples",
            "pear of red",
        ];
        for (query, expected) in [
            ("apple", &[3, 0, 1][..]),
            ("+red +apple", &[0, 1]),
            ("red -apple", &[4]),
            ("\"red apple\"", &[0]),
            ("\"pear red\"", &[4]),
            ("\"apple red\"", &[1]),
            ("\"apple apple apple\"", &[3]),
            ("-\"red apple\" red", &[4, 1]),
            ("-apple", &[]),
            ("plum", &[]),
            ("\"apple plum\"", &[]),
            ("the", &[]),
        ] {
            assert_eq!(found(&documents, query), expected, "{query}");
        }
    }

    #[test]
    fn a_score_worked_out_by_hand() {
        let mut index = Index::default();
        ["a b c c", "b d", ""].iter().for_each(|text| index.add(text));
        // Two of three documents are found; both contain the term once, and lengths are 3 and 2 (a is a stop
        // word), 5 ÷ 3 on average.
        let rarity = (1.0 + 1.5 / 2.5_f64).ln();
        let score = |length: f64| rarity * 2.2 / (1.0 + 1.2 * (0.25 + 0.75 * length * 3.0 / 5.0));
        let Answer { hits, top } = search(&index, "b");
        assert_eq!(hits, 2);
        for ((number, found), (expected, length)) in top.into_iter().zip([(1, 2.0), (0, 3.0)]) {
            assert_eq!(number, expected);
            assert!((found / score(length) - 1.0).abs() < 1e-12, "{found}");
        }
    }

    #[test]
    fn most_queries_find_something_and_few_find_everything() {
        let output = rust(&generate(300, 1));
        let hits: Vec<usize> = output.answers.iter().map(|answer| answer.hits).collect();
        assert!(hits.iter().filter(|&&hits| hits > 0).count() > 200);
        assert!(hits.iter().filter(|&&hits| hits > 150).count() < 90);
        assert!(
            output.terms > 12_000 && output.distinct > 1_200,
            "{} {}",
            output.terms,
            output.distinct
        );
    }

    #[test]
    fn any_size_and_seed_gives_as_many_documents() {
        for size in [1, 2, 65] {
            for seed in [0, 1, u64::MAX] {
                let input = generate(size, seed);
                assert_eq!(input.documents.len() as u64, size);
                assert_eq!(rust(&input).answers.len(), input.queries.len());
            }
        }
    }
}
