//! Tarjan's strongly connected components of packages that import one another, without recursion.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::{HashMap, HashSet};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "finds circles of imports")
        .input(generate)
        .cases("packages", &[20, 3_000, 12_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    names: Vec<String>,
    imports: Vec<(String, String)>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let names: Vec<String> = (0..size)
        .map(|number| format!("{}_{number}", word(&mut rng, 1..=3)))
        .collect();
    let mut import = |_| {
        // Most packages import older ones; the others close circles.
        let a = rng.random_range(0..names.len());
        let b = rng.random_range(0..names.len());
        let older = rng.random_bool(0.97);
        let (from, to) = if older { (a.max(b), a.min(b)) } else { (a, b) };
        (names[from].clone(), names[to].clone())
    };
    let imports = (0..size * 2).map(&mut import).collect();
    Input { names, imports }
}

#[derive(Default)]
struct Search<'a> {
    index: HashMap<&'a str, usize>,
    low: HashMap<&'a str, usize>,
    on_stack: HashSet<&'a str>,
    stack: Vec<&'a str>,
    found: Vec<Vec<&'a str>>,
}

impl<'a> Search<'a> {
    fn enter(&mut self, node: &'a str) {
        let number = self.index.len();
        self.index.insert(node, number);
        self.low.insert(node, number);
        self.stack.push(node);
        self.on_stack.insert(node);
    }

    fn lower(&mut self, node: &str, to: usize) {
        let low = self.low.get_mut(node).unwrap();
        *low = to.min(*low);
    }

    fn leave(&mut self, node: &str) {
        if self.low[node] != self.index[node] {
            return;
        }
        let mut component = Vec::new();
        while let Some(member) = self.stack.pop() {
            self.on_stack.remove(member);
            component.push(member);
            if member == node {
                break;
            }
        }
        component.sort_unstable();
        self.found.push(component);
    }
}

fn components<'a>(names: &'a [String], graph: &HashMap<&str, Vec<&'a str>>) -> Vec<Vec<&'a str>> {
    let mut search = Search::default();
    for root in names {
        let root = root.as_str();
        if search.index.contains_key(root) {
            continue;
        }
        search.enter(root);
        let mut work = vec![(root, graph[root].iter())];
        'work: while let Some((node, successors)) = work.last_mut() {
            let node = *node;
            for &successor in successors {
                match search.index.get(successor) {
                    None => {
                        search.enter(successor);
                        work.push((successor, graph[successor].iter()));
                        continue 'work;
                    }
                    Some(&number) if search.on_stack.contains(successor) => search.lower(node, number),
                    Some(_) => {}
                }
            }
            work.pop();
            if let Some((parent, _)) = work.last() {
                search.lower(parent, search.low[node]);
            }
            search.leave(node);
        }
    }
    search.found
}

fn rust(input: &Input) -> (usize, Vec<Vec<String>>, usize) {
    let mut graph: HashMap<&str, Vec<&str>> = HashMap::new();
    for name in &input.names {
        graph.insert(name, Vec::new());
    }
    for (importer, imported) in &input.imports {
        graph.get_mut(importer.as_str()).unwrap().push(imported);
    }
    let found = components(&input.names, &graph);
    let mut circles: Vec<_> = found.iter().filter(|component| component.len() > 1).collect();
    circles.sort_unstable();
    let owned = |circle: &Vec<&str>| circle.iter().map(|name| name.to_string()).collect();
    let first = circles.into_iter().take(20).map(owned).collect();
    let largest = found.iter().map(Vec::len).max();
    (found.len(), first, largest.unwrap())
}
