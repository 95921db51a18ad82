//! Sort records by two kinds of key.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "sorts records by two keys")
        .input(generate)
        .cases("records", &[20, 8_000, 30_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Person {
    id: u64,
    name: String,
    age: i64,
}

fn generate(size: u64, seed: u64) -> Vec<Person> {
    let mut rng = rng(seed);
    let mut person = |id| Person {
        id,
        name: word(&mut rng, 1..=4),
        age: rng.random_range(1..=99),
    };
    (0..size).map(&mut person).collect()
}

fn rust(people: &Vec<Person>) -> (Vec<u64>, Vec<u64>) {
    let mut a: Vec<&Person> = people.iter().collect();
    a.sort_by(|p, q| q.age.cmp(&p.age).then_with(|| p.name.cmp(&q.name)));
    let mut b: Vec<&Person> = people.iter().collect();
    b.sort_by_key(|person| person.name.len() as i64 * 1000 + person.age);
    let ids = |people: Vec<&Person>| people.iter().map(|person| person.id).collect();
    (ids(a), ids(b))
}
