//! Shortest paths in a sparse graph, with a heap and a dict of distances.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "finds shortest paths with a heap")
        .input(generate)
        .cases("nodes", &[20, 2_500, 10_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    nodes: u64,
    edges: Vec<(usize, usize, i64)>,
}

fn generate(nodes: u64, seed: u64) -> Input {
    Input {
        nodes,
        edges: edges(nodes, nodes * 36 / 10, seed),
    }
}

fn rust(input: &Input) -> Vec<i64> {
    let mut graph = vec![Vec::new(); input.nodes as usize];
    for &(a, b, weight) in &input.edges {
        graph[a].push((b, weight));
        graph[b].push((a, weight));
    }
    let mut distances = HashMap::from([(0, 0)]);
    let mut heap = BinaryHeap::from([Reverse((0, 0))]);
    while let Some(Reverse((distance, node))) = heap.pop() {
        if distance > distances[&node] {
            continue;
        }
        for &(other, weight) in &graph[node] {
            let next = distance + weight;
            if distances.get(&other).is_none_or(|&known| next < known) {
                distances.insert(other, next);
                heap.push(Reverse((next, other)));
            }
        }
    }
    (0..graph.len())
        .map(|node| distances.get(&node).copied().unwrap_or(-1))
        .collect()
}
