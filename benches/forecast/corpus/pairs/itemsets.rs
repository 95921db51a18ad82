//! Which goods are bought together: frequent sets of up to three, by intersections.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::{HashMap, HashSet};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "finds goods bought together")
        .input(generate)
        .cases("baskets", &[20, 4_000, 16_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    baskets: Vec<Vec<String>>,
    least: u64,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let goods: Vec<String> = (0..40)
        .map(|number| format!("{}{number}", word(&mut rng, 1..=3)))
        .collect();
    let mut basket = |_| {
        let count = rng.random_range(1..=8);
        // The square prefers the first of them.
        let mut good = |_| goods[(rng.random::<f64>().powi(2) * 40.0) as usize].clone();
        (0..count).map(&mut good).collect()
    };
    Input {
        baskets: (0..size).map(&mut basket).collect(),
        least: 2 + size / 50,
    }
}

type Rule = (String, String, usize);
type Triple = (String, String, String, usize);

fn rust(input: &Input) -> (usize, Vec<Rule>, Vec<Triple>, usize) {
    let least = input.least as usize;
    let mut places: HashMap<&str, HashSet<usize>> = HashMap::new();
    for (number, basket) in input.baskets.iter().enumerate() {
        for item in basket {
            places.entry(item).or_default().insert(number);
        }
    }
    let frequent: HashMap<&str, HashSet<usize>> = places
        .into_iter()
        .filter(|(_, found)| found.len() >= least)
        .collect();
    let mut items: Vec<&str> = frequent.keys().copied().collect();
    items.sort_unstable();
    let mut pairs: HashMap<(&str, &str), HashSet<usize>> = HashMap::new();
    for (i, &a) in items.iter().enumerate() {
        for &b in &items[i + 1..] {
            let both = &frequent[a] & &frequent[b];
            if both.len() >= least {
                pairs.insert((a, b), both);
            }
        }
    }
    let mut triples = Vec::new();
    for (&(a, b), both) in &pairs {
        for &c in &items {
            if c > b && pairs.contains_key(&(a, c)) && pairs.contains_key(&(b, c)) {
                let count = (both & &frequent[c]).len();
                if count >= least {
                    triples.push((a, b, c, count));
                }
            }
        }
    }
    let mut alone: HashSet<usize> = (0..input.baskets.len()).collect();
    for number in pairs.values().flatten() {
        alone.remove(number);
    }
    let mut rules: Vec<_> = pairs.iter().map(|(&(a, b), both)| (a, b, both.len())).collect();
    rules.sort_unstable();
    triples.sort_unstable();
    let rule = |(a, b, count): (&str, &str, usize)| (a.to_string(), b.to_string(), count);
    let triple =
        |(a, b, c, count): (&str, &str, &str, usize)| (a.to_string(), b.to_string(), c.to_string(), count);
    (
        items.len(),
        rules.into_iter().map(rule).collect(),
        triples.into_iter().map(triple).collect(),
        alone.len(),
    )
}
