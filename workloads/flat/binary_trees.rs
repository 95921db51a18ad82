//! Many small binary trees, and one that outlives them: built, walked and dropped.
//!
//! The idea is that of the well-known benchmark of the same name, itself after Hans Boehm's GCBench. Syntax
//! trees, scene graphs, document models and most object-oriented code look like this: a small object a node,
//! reached through another. Time goes into making objects, following references, calling functions and giving
//! memory back, and into no single one.
//!
//! It does not show what an arena or a flat array of nodes would gain: both sides allocate each node by
//! itself. At least one forest has to be there, whose depth is that of the tree that outlives the others.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Which trees to build.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// The value in the root of the first tree of each forest.
    seed: u64,
    /// Forests, as a number of trees and their depth, by depth.
    forests: Vec<(u64, u32)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    long_lived: u64,
    sums: Vec<u64>,
}

fn nodes(depth: u32) -> u64 {
    (1 << (depth + 1)) - 1
}

/// Forests of even depths that have about the same number of nodes each, `size` in all.
fn generate(size: u64, seed: u64) -> Input {
    let mut depths: Vec<u32> = (2..)
        .step_by(2)
        .take_while(|&depth| nodes(depth) <= size / 8)
        .collect();
    if depths.is_empty() {
        depths.push(0);
    }
    let share = size / depths.len() as u64;
    let forests = depths
        .into_iter()
        .map(|depth| ((share / nodes(depth)).max(1), depth))
        .collect();
    Input {
        // Small, so that the values far down stay small integers.
        seed: ChaCha8Rng::seed_from_u64(seed).random_range(1..1000),
        forests,
    }
}

struct Node {
    value: u64,
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
}

/// Makes a full tree whose nodes are numbered from `value` as in a heap.
fn build(depth: u32, value: u64) -> Box<Node> {
    let (left, right) = if depth == 0 {
        (None, None)
    } else {
        (
            Some(build(depth - 1, 2 * value)),
            Some(build(depth - 1, 2 * value + 1)),
        )
    };
    Box::new(Node { value, left, right })
}

/// The largest prime below 2²⁴. A power of two would drop what is far down: a value there counts 31 or 17 times for
/// each level, but both children hold it twice, and a few levels of even factors leave nothing of it.
const MODULUS: u64 = 16_777_213;

/// Sums up a tree so that every value and its place count.
fn check(node: &Node) -> u64 {
    match (&node.left, &node.right) {
        (Some(left), Some(right)) => combine(node.value, check(left), check(right)),
        _ => node.value,
    }
}

fn combine(value: u64, left: u64, right: u64) -> u64 {
    (value + 31 * left + 17 * right) % MODULUS
}

/// Swaps left and right everywhere, in place.
fn mirror(node: &mut Node) {
    std::mem::swap(&mut node.left, &mut node.right);
    for child in [&mut node.left, &mut node.right].into_iter().flatten() {
        mirror(child);
    }
}

/// What `native` calls: [`build`], with nodes that are Python objects of the class that it is given.
#[cfg(feature = "python")]
mod objects {
    use pyo3::prelude::*;

    #[pyfunction]
    pub(super) fn build<'py>(
        node: &Bound<'py, PyAny>,
        depth: u32,
        value: u64,
    ) -> PyResult<Bound<'py, PyAny>> {
        if depth == 0 {
            return node.call1((value, None::<u64>, None::<u64>));
        }
        let left = build(node, depth - 1, 2 * value)?;
        let right = build(node, depth - 1, 2 * value + 1)?;
        node.call1((value, left, right))
    }
}

fn rust(input: &Input) -> Output {
    let deepest = input.forests.last().map_or(0, |&(_, depth)| depth);
    let long_lived = build(deepest, input.seed);
    let sums = input
        .forests
        .iter()
        .map(|&(count, depth)| {
            (0..count)
                .map(|i| {
                    let mut tree = build(depth, input.seed + i);
                    let before = check(&tree);
                    mirror(&mut tree);
                    before + 3 * check(&tree)
                })
                .sum()
        })
        .collect();
    Output {
        long_lived: check(&long_lived),
        sums,
    }
}

/// Refuses no forest at all, more nodes than take some milliseconds, and values that are not small.
fn valid(Input { seed, forests }: &Input) -> bool {
    // The last forest has a tree that stays, be it empty or not.
    let of = |&(count, depth): &(u64, u32)| count.clamp(1, 10_000) * nodes(depth.min(20));
    !forests.is_empty() && *seed <= 1 << 32 && forests.iter().map(of).sum::<u64>() <= 8_000
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Flat,
        "small binary trees built, walked, mirrored and dropped",
    )
    .input(generate)
    .digs(valid)
    .cases("nodes", &[6_000, 30_000, 600_000])
    .tolerance(Tolerance::EXACT)
    .python(&["mypyc", "native"])
    .native(pairbench::native![objects::build])
    .replaces("build")
    .rust(rust)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_worked_out_by_hand() {
        assert_eq!(check(&build(0, 7)), 7);
        // 5 over 10 and 11.
        let mut tree = build(1, 5);
        assert_eq!(check(&tree), 5 + 31 * 10 + 17 * 11);
        mirror(&mut tree);
        assert_eq!(check(&tree), 5 + 31 * 11 + 17 * 10);
        // 1 over (2 over 4 and 5) and (3 over 6 and 7).
        let (left, right) = (2 + 31 * 4 + 17 * 5, 3 + 31 * 6 + 17 * 7);
        assert_eq!(check(&build(2, 1)), 1 + 31 * left + 17 * right);
    }

    #[test]
    fn what_is_far_down_counts() {
        let sums: Vec<u64> = (0..18).map(|depth| check(&build(depth, 5))).collect();
        for (depth, sum) in sums.iter().enumerate() {
            assert!(!sums[..depth].contains(sum), "{depth}");
        }
    }

    #[test]
    fn forests_worked_out_by_hand() {
        let input = Input {
            seed: 5,
            forests: vec![(2, 0), (1, 1)],
        };
        let output = rust(&input);
        assert_eq!(output.long_lived, 502);
        assert_eq!(output.sums, [(5 + 6) * 4, 502 + 3 * 516]);
    }

    #[test]
    fn any_size_gives_about_as_many_nodes() {
        for size in (1..500).chain([6_000, 30_000, 600_000]) {
            let total: u64 = generate(size, 1)
                .forests
                .iter()
                .map(|&(count, depth)| count * nodes(depth))
                .sum();
            assert!(total <= size && 2 * total >= size, "{size} {total}");
        }
    }
}
