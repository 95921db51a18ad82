//! A cache that forgets what was used least recently, by an OrderedDict.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "keeps a cache of the most recently used")
        .input(generate)
        .cases("look-ups", &[100, 40_000, 160_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    capacity: usize,
    keys: Vec<u64>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let keys = size as f64 * 0.075;
    let mut key = |_| (rng.random::<f64>().powi(2) * keys) as u64;
    Input {
        capacity: size as usize / 50 + 1,
        keys: (0..size).map(&mut key).collect(),
    }
}

struct Entry {
    key: u64,
    value: u64,
    before: usize,
    after: usize,
}

/// A hash map of places in a doubly linked ring, as an `OrderedDict` is inside. Entry 0 is the head of the ring.
struct Cache {
    places: HashMap<u64, usize>,
    entries: Vec<Entry>,
    capacity: usize,
    hits: u64,
    misses: u64,
}

impl Cache {
    fn new(capacity: usize) -> Cache {
        let head = Entry {
            key: 0,
            value: 0,
            before: 0,
            after: 0,
        };
        Cache {
            places: HashMap::new(),
            entries: vec![head],
            capacity,
            hits: 0,
            misses: 0,
        }
    }

    fn unlink(&mut self, at: usize) {
        let (before, after) = (self.entries[at].before, self.entries[at].after);
        self.entries[before].after = after;
        self.entries[after].before = before;
    }

    fn link_last(&mut self, at: usize) {
        let before = self.entries[0].before;
        self.entries[at].before = before;
        self.entries[at].after = 0;
        self.entries[before].after = at;
        self.entries[0].before = at;
    }

    fn get(&mut self, key: u64) -> u64 {
        if let Some(&at) = self.places.get(&key) {
            self.unlink(at);
            self.link_last(at);
            self.hits += 1;
            return self.entries[at].value;
        }
        self.misses += 1;
        let value = key * 31 % 1000;
        let at = if self.places.len() == self.capacity {
            let oldest = self.entries[0].after;
            self.unlink(oldest);
            let entry = &mut self.entries[oldest];
            self.places.remove(&entry.key);
            entry.key = key;
            entry.value = value;
            oldest
        } else {
            self.entries.push(Entry {
                key,
                value,
                before: 0,
                after: 0,
            });
            self.entries.len() - 1
        };
        self.places.insert(key, at);
        self.link_last(at);
        value
    }
}

fn rust(input: &Input) -> (u64, u64, u64) {
    let mut cache = Cache::new(input.capacity);
    let mut total = 0;
    for &key in &input.keys {
        total += cache.get(key);
    }
    (cache.hits, cache.misses, total)
}
