//! Records put into six orders: by date, amount, weight, name, name without case, and by two keys.
//!
//! Lists, reports and pages of results are sorted like this in every program that shows records to people.
//! `sorted` is C in Python, and so are the keys that `itemgetter` takes out of a row: the interpreter itself
//! has next to nothing to do. Both sides take each key once and put references to the records in order; equal
//! ones stay as they were.
//!
//! It does not show sorting by a rule that has to be a Python function, which is called for every record, nor
//! large arrays of bare numbers, for which there is NumPy, nor the order of letters that people of one language
//! expect: letters are compared by code point. Weights are numbers, and capitals are Latin letters: newer ones may
//! have small letters in one language's tables only.

use pairbench::registry::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::borrow::Borrow;
use std::cmp::Reverse;

/// The records, in the order in which they were entered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    rows: Vec<Order>,
}

/// What somebody has ordered. Python gets a tuple, as a database would give it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
struct Order {
    id: u32,
    customer: String,
    city: String,
    cents: i64,
    kilos: f64,
    placed: String,
}

type Row = (u32, String, String, i64, f64, String);

impl From<Order> for Row {
    fn from(order: Order) -> Row {
        let Order {
            id,
            customer,
            city,
            cents,
            kilos,
            placed,
        } = order;
        (id, customer, city, cents, kilos, placed)
    }
}

impl From<Row> for Order {
    fn from((id, customer, city, cents, kilos, placed): Row) -> Order {
        Order {
            id,
            customer,
            city,
            cents,
            kilos,
            placed,
        }
    }
}

const CITIES: [&str; 9] = [
    "Aarhus",
    "Basel",
    "Bern",
    "Göteborg",
    "Graz",
    "København",
    "Łódź",
    "Zürich",
    "Århus",
];

/// Orders of a year as they came in, a few of them entered late; many from the same customers, and many amounts
/// that occur more than once. Some names have capitals where others have none, some letters are beyond ASCII.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let customers: Vec<String> = (0..size / 4 + 2).map(|_| customer(&mut rng)).collect();
    let rows = (0..size).map(|at| {
        let late = if rng.random_bool(0.05) {
            rng.random_range(0..500_000_u64)
        } else {
            0
        };
        let second = at * 31_000_000 / size + 600_000 - late;
        Order {
            // Numbers that say nothing about the order.
            id: ((at * 7919 + 13) % (size * 4 + 1)) as u32,
            customer: edge(at).map_or_else(
                || customers.choose(&mut rng).expect("not empty").clone(),
                String::from,
            ),
            city: (*CITIES.choose(&mut rng).expect("not empty")).into(),
            cents: match rng.random_range(0..8_u32) {
                0 => 0,
                1 => -990,
                _ => rng.random_range(1..=400) * 50 - 1,
            },
            kilos: match rng.random_range(0..10_u32) {
                0 => 0.0,
                1 => -0.0,
                _ => f64::from(rng.random_range(1..=90_000_u32)) / 1000.0,
            },
            placed: format!(
                "2024-{:02}-{:02}T{:02}:{:02}:{:02}",
                second / 2_678_400 + 1,
                second / 86_400 % 31 + 1,
                second / 3600 % 24,
                second / 60 % 60,
                second % 60
            ),
        }
    });
    Input { rows: rows.collect() }
}

/// Names that a wrong comparison would put elsewhere: none, a prefix, only case, and code points that UTF-16 orders
/// differently.
fn edge(at: u64) -> Option<&'static str> {
    const EDGES: [&str; 10] = ["b", "", "B", "bb", "Ö", "ö", "\u{ff5e}", "\u{1d538}", "z", "\0"];
    EDGES.get(at as usize).copied()
}

fn customer(rng: &mut ChaCha8Rng) -> String {
    const FIRST: [&str; 8] = [
        "anna", "Anna", "Jonas", "José", "maria", "Maria", "Øyvind", "ANNA",
    ];
    const MIDDLE: [&str; 6] = ["", "van ", "de la ", "K. ", "von ", "Mc"];
    const LAST: [&str; 8] = [
        "Berg",
        "berg",
        "Müller",
        "Muller",
        "Sørensen",
        "Żak",
        "Smith",
        "Smithson",
    ];
    let [first, last] = [FIRST, LAST].map(|names| *names.choose(rng).expect("not empty"));
    let middle = *MIDDLE.choose(rng).expect("not empty");
    format!("{first} {middle}{last}")
}

/// The references in the order of a key, which is taken once for each record, as Python does; equal ones stay as they
/// were.
fn by_key<'a, R: Borrow<Order>, K: Ord>(rows: &'a [R], key: impl Fn(&'a Order) -> K) -> Vec<&'a R> {
    let mut sorted: Vec<&R> = rows.iter().collect();
    sorted.sort_by_cached_key(|&row| key(row.borrow()));
    sorted
}

/// Floats are no keys, because not all of them have an order.
fn by_kilos<R: Borrow<Order>>(rows: &[R]) -> Vec<&R> {
    let mut sorted: Vec<&R> = rows.iter().collect();
    let kilos = |row: &R| row.borrow().kilos;
    // Unlike `total_cmp`, it takes 0.0 and -0.0 for equal, as Python does.
    sorted.sort_by(|a, b| kilos(a).partial_cmp(&kilos(b)).expect("a weight is a number"));
    sorted
}

/// The rows in each order.
fn orders<R: Borrow<Order>>(rows: &[R]) -> [Vec<&R>; 6] {
    [
        by_key(rows, |order| &*order.placed),
        by_key(rows, |order| Reverse(order.cents)),
        by_kilos(rows),
        by_key(rows, |order| (&*order.customer, order.id)),
        by_key(rows, |order| order.customer.to_lowercase()),
        by_key(rows, |order| (&*order.city, Reverse(order.cents))),
    ]
}

fn rust(input: &Input) -> Vec<Vec<u32>> {
    orders(&input.rows)
        .iter()
        .map(|ordered| ordered.iter().map(|order| order.id).collect())
        .collect()
}

/// What `native` calls: the same orders of Python's rows, each of which is read once.
#[cfg(feature = "python")]
mod objects {
    use super::Order;
    use pyo3::prelude::*;
    use pyo3::types::PyList;
    use std::borrow::Borrow;

    /// A row, and what is in it.
    struct Known<'py>(Order, Bound<'py, PyAny>);

    impl Borrow<Order> for Known<'_> {
        fn borrow(&self) -> &Order {
            &self.0
        }
    }

    #[pyfunction]
    pub(super) fn orders<'py>(
        py: Python<'py>,
        rows: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyList>>> {
        let known = |row: Bound<'py, PyAny>| Ok(Known(row.extract::<super::Row>()?.into(), row));
        let rows: Vec<Known<'_>> = rows.into_iter().map(known).collect::<PyResult<_>>()?;
        super::orders(&rows)
            .into_iter()
            .map(|ordered| PyList::new(py, ordered.into_iter().map(|Known(_, row)| row)))
            .collect()
    }
}

/// Refuses weights that are no numbers, which have no order, and capitals beyond the Latin ones.
fn valid(input: &Input) -> bool {
    let agreed = |c: char| c < '\u{300}' || c.to_lowercase().eq([c]);
    let mut rows = input.rows.iter();
    rows.all(|order| !order.kilos.is_nan() && order.customer.chars().all(agreed))
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "records put into six orders")
        .input(generate)
        .digs(valid)
        .cases("records", &[300, 6_000, 30_000])
        .tolerance(Tolerance::EXACT)
        .python(&["native"])
        .native(pairbench::native![objects::orders])
        .replaces("orders")
        .rust(rust)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_worked_out_by_hand() {
        let row = |id, customer: &str, city: &str, cents, kilos, placed: &str| Order {
            id,
            customer: customer.into(),
            city: city.into(),
            cents,
            kilos,
            placed: placed.into(),
        };
        let rows = vec![
            row(1, "bob", "Graz", 5, 0.0, "2024-03-01"),
            row(2, "Ann", "Bern", 5, -0.0, "2024-02-01"),
            row(3, "Bob", "Bern", 7, -1.5, "2024-02-01"),
            row(4, "ann", "Graz", 6, 0.0, "2023-12-31"),
        ];
        assert_eq!(
            rust(&Input { rows }),
            [
                [4, 2, 3, 1],
                [3, 4, 1, 2],
                [3, 1, 2, 4],
                [2, 3, 4, 1],
                [2, 4, 1, 3],
                [3, 2, 4, 1],
            ]
        );
    }

    #[test]
    fn any_size_and_seed_gives_as_many_records_with_numbers_of_their_own() {
        for size in [0, 1, 2, 3, 300, 1_000, 3_000] {
            for seed in [0, 1, u64::MAX] {
                let rows = generate(size, seed).rows;
                assert_eq!(rows.len() as u64, size);
                let mut ids: Vec<u32> = rows.iter().map(|order| order.id).collect();
                ids.sort_unstable();
                ids.dedup();
                assert_eq!(ids.len() as u64, size, "{size}");
            }
        }
    }

    #[test]
    fn every_order_is_another_one_and_has_ties() {
        let input = generate(300, 1);
        let mut orders = rust(&input);
        orders.sort_unstable();
        orders.dedup();
        assert_eq!(orders.len(), 6);
        let mut kilos: Vec<u64> = input.rows.iter().map(|order| order.kilos.to_bits()).collect();
        kilos.sort_unstable();
        kilos.dedup();
        assert!(kilos.len() < 290, "{}", kilos.len());
    }
}
