//! The minimum spanning forest of a graph.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "finds a minimum spanning forest")
        .input(generate)
        .cases("nodes", &[20, 4_000, 16_000])
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
        edges: edges(nodes, nodes * 3, seed),
    }
}

fn find(parents: &mut [usize], mut x: usize) -> usize {
    while parents[x] != x {
        parents[x] = parents[parents[x]];
        x = parents[x];
    }
    x
}

fn rust(input: &Input) -> (i64, u64) {
    let mut parents: Vec<usize> = (0..input.nodes as usize).collect();
    let mut edges: Vec<_> = input.edges.iter().map(|&(a, b, weight)| (weight, a, b)).collect();
    edges.sort_unstable();
    let (mut total, mut used) = (0, 0);
    for (weight, a, b) in edges {
        let (a, b) = (find(&mut parents, a), find(&mut parents, b));
        if a != b {
            parents[a] = b;
            total += weight;
            used += 1;
        }
    }
    (total, used)
}
