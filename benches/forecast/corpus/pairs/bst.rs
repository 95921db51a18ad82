//! Insert keys into an unbalanced binary search tree, and walk it in order.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::cmp::Ordering;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "inserts keys into a search tree and walks it")
        .input(generate)
        .cases("keys", &[50, 4_000, 16_000])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<i64> {
    let mut rng = rng(seed);
    (0..size).map(|_| rng.random_range(0..=1_000_000)).collect()
}

struct Node {
    key: i64,
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
}

impl Node {
    fn new(key: i64) -> Box<Node> {
        Box::new(Node {
            key,
            left: None,
            right: None,
        })
    }
}

fn insert(root: &mut Option<Box<Node>>, key: i64) {
    let mut place = root;
    while let Some(node) = place {
        place = match key.cmp(&node.key) {
            Ordering::Less => &mut node.left,
            Ordering::Greater => &mut node.right,
            Ordering::Equal => return,
        };
    }
    *place = Some(Node::new(key));
}

fn walk(node: Option<&Node>, out: &mut Vec<i64>) {
    if let Some(node) = node {
        walk(node.left.as_deref(), out);
        out.push(node.key);
        walk(node.right.as_deref(), out);
    }
}

fn rust(keys: &Vec<i64>) -> Vec<i64> {
    let mut root = None;
    for &key in keys {
        insert(&mut root, key);
    }
    let mut out = Vec::new();
    walk(root.as_deref(), &mut out);
    out
}
