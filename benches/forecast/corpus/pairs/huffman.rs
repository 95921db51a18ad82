//! The Huffman code of a text, and the text in that code.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "builds a Huffman code and encodes a text")
        .input(generate)
        .cases("sentences", &[5, 2_500, 8_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> String {
    let mut rng = rng(seed);
    (0..size).map(|_| sentence(&mut rng)).collect()
}

enum Tree {
    Leaf(char),
    Node(Box<Tree>, Box<Tree>),
}

struct Item {
    count: usize,
    number: usize,
    tree: Tree,
}

/// The smallest first, since `BinaryHeap` takes the largest.
impl Ord for Item {
    fn cmp(&self, other: &Item) -> Ordering {
        (other.count, other.number).cmp(&(self.count, self.number))
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Item) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Item) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Item {}

fn walk(tree: &Tree, code: &mut String, codes: &mut HashMap<char, String>) {
    match tree {
        Tree::Leaf(letter) => {
            codes.insert(*letter, code.clone());
        }
        Tree::Node(left, right) => {
            for (bit, child) in [('0', left), ('1', right)] {
                code.push(bit);
                walk(child, code, codes);
                code.pop();
            }
        }
    }
}

fn rust(text: &String) -> (usize, usize, Vec<(char, String)>) {
    let mut counts: HashMap<char, usize> = HashMap::new();
    for letter in text.chars() {
        *counts.entry(letter).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    let leaf = |(number, (letter, count))| Item {
        count,
        number,
        tree: Tree::Leaf(letter),
    };
    let mut heap: BinaryHeap<Item> = counts.into_iter().enumerate().map(leaf).collect();
    let mut number = heap.len();
    while heap.len() > 1 {
        let (a, b) = (heap.pop().unwrap(), heap.pop().unwrap());
        heap.push(Item {
            count: a.count + b.count,
            number,
            tree: Tree::Node(Box::new(a.tree), Box::new(b.tree)),
        });
        number += 1;
    }
    let mut codes = HashMap::new();
    walk(&heap.pop().unwrap().tree, &mut String::new(), &mut codes);
    let mut bits = String::new();
    for letter in text.chars() {
        bits.push_str(&codes[&letter]);
    }
    let ones = bits.bytes().filter(|&bit| bit == b'1').count();
    let mut sorted: Vec<_> = codes.into_iter().collect();
    sorted.sort_unstable();
    (bits.len(), ones, sorted)
}
