//! Many records of a name and a number sorted, whole or in chunks that are merged.
//!
//! Every report, index and join sorts; what is sorted is seldom bare numbers. Python's `sorted` is C from end to
//! end, the comparison of tuples and strings included, so this asks what is left to gain where Python already
//! runs C. The answer is the numbers in the order of the records, which is what an index keeps.
//!
//! It does not show records that don't fit into memory, nor a key that Python has to compute for each record. The
//! records are objects of each language, not columns: a program that holds columns would sort those.

use pairbench::registry::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

type Record = (String, i64);

/// The records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// In no order.
    records: Vec<Record>,
}

/// First the edges, then names of which each occurs some times.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let names: Vec<String> = (0..size.div_ceil(4)).map(|_| random_name(&mut rng)).collect();
    let records = (0..size)
        .map(|at| match EDGES.get(at as usize) {
            Some(&(name, number)) => (name.into(), number),
            None => (
                names.choose(&mut rng).expect("not empty").clone(),
                rng.random_range(-1_000_000_000..1_000_000_000),
            ),
        })
        .collect();
    Input { records }
}

/// Names that begin alike, equal names with numbers in and out of order, one record twice, no name; capitals, which come
/// before small letters; and characters of which UTF-16 would change the order.
const EDGES: [(&str, i64); 14] = [
    ("ann", 10),
    ("ann", 9),
    ("ann", -9),
    ("anna", 1),
    ("an", 2),
    ("Ann", 3),
    ("", 4),
    ("ann", 9),
    ("a\0", 5),
    ("a", 6),
    ("\u{ff5e}", 7),
    ("\u{1f980}", 8),
    ("ñ", i64::MIN),
    ("ñ", i64::MAX),
];

fn random_name(rng: &mut ChaCha8Rng) -> String {
    const SYLLABLES: [&str; 24] = [
        "ba", "be", "co", "da", "den", "e", "en", "fü", "ga", "ge", "in", "la", "le", "mé", "mo", "na",
        "ñor", "ra", "ren", "si", "straß", "ta", "ter", "un",
    ];
    let syllables = rng.random_range(2..=5_u32);
    (0..syllables)
        .map(|_| *SYLLABLES.choose(rng).expect("not empty"))
        .collect()
}

/// The numbers of the records, in their order.
fn numbers(records: &[&Record]) -> Vec<i64> {
    records.iter().map(|record| record.1).collect()
}

fn rust(input: &Input) -> Vec<i64> {
    // References, as Python's list has: sorting must leave the input as it is.
    let mut records: Vec<&Record> = input.records.iter().collect();
    records.sort();
    numbers(&records)
}

fn rayon(input: &Input) -> Vec<i64> {
    let mut records: Vec<&Record> = input.records.iter().collect();
    // It sorts chunks in threads and merges them, as the other side does.
    records.par_sort();
    numbers(&records)
}

/// What `native` calls: it takes the keys out of Python's records, sorts them without the interpreter's lock, so that
/// Python's threads run side by side, and returns the same records in their order.
#[cfg(feature = "python")]
mod objects {
    use pyo3::prelude::*;
    use pyo3::pybacked::PyBackedStr;
    use pyo3::types::PyList;

    #[pyfunction]
    pub(super) fn sort<'py>(
        py: Python<'py>,
        records: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let key = |(at, record): (usize, &Bound<'py, PyAny>)| {
            let (name, number): (PyBackedStr, i64) = record.extract()?;
            Ok((name, number, at))
        };
        let mut keys: Vec<_> = records.iter().enumerate().map(key).collect::<PyResult<_>>()?;
        py.detach(|| keys.sort());
        PyList::new(py, keys.iter().map(|&(_, _, at)| &records[at]))
    }
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Parallel,
        "records of a name and a number sorted in chunks and merged",
    )
    .input(generate)
    .digs(|_| true)
    .cases("records", &[60, 30_000, 100_000])
    .tolerance(Tolerance::EXACT)
    .python(&["threads", "processes", "subinterpreters", "native"])
    .native(pairbench::native![objects::sort])
    .replaces("sort")
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
    fn records_sorted_by_hand() {
        let records = EDGES.map(|(name, number)| (name.to_string(), number));
        let input = Input {
            records: records.into(),
        };
        // "", Ann, a, a\0, an, ann four times, anna, ñ twice, and by code point the full-width tilde before the crab.
        let expected = [4, 3, 6, 5, 2, -9, 9, 9, 10, 1, i64::MIN, i64::MAX, 7, 8];
        assert_eq!(rust(&input), expected);
        assert_eq!(rayon(&input), expected);
    }

    #[test]
    fn any_size_and_seed_gives_as_many_records() {
        for size in [1, 2, 14, 15, 1_000] {
            for seed in [0, 1, u64::MAX] {
                let input = generate(size, seed);
                let sorted = rust(&input);
                assert_eq!(sorted.len() as u64, size);
                assert_eq!(sorted, rayon(&input));
            }
        }
    }
}
