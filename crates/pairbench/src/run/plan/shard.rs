//! `--shard K/N`: which pairs of a run are in which part.
//!
//! Every machine must come to the same division without hearing from the others, so it depends only on the names and
//! the declared variants of the chosen pairs, never on what a machine has: the parts are the same if NumPy or an
//! interpreter is missing.

use crate::record::Shard;
use crate::registry::Registry;
use crate::run::options::Options;
use crate::run::plan::select::{Selected, select};
use std::cmp::Reverse;

/// A pair to be assigned to a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Load<'a> {
    name: &'a str,
    /// What measuring it costs, in comparisons: see [`cost`].
    cost: usize,
}

/// The selected pairs of a run; with `--shard`, only those of its part.
///
/// # Errors
///
/// Those of [`select`].
pub(crate) fn chosen<'a>(registry: &'a Registry, options: &Options) -> Result<Vec<Selected<'a>>, String> {
    let selected = select(registry, options)?;
    Ok(match options.shard {
        Some(shard) => part(selected, shard),
        None => selected,
    })
}

/// The pairs of the part, in their order. Parts beyond the number of pairs have none.
fn part<'a>(selected: Vec<Selected<'a>>, shard: Shard) -> Vec<Selected<'a>> {
    let loads: Vec<Load<'_>> = selected
        .iter()
        .map(|pair| Load {
            name: pair.entry.name,
            cost: cost(pair.variants.len() - 1, pair.cases.len()),
        })
        .collect();
    let parts = divide(&loads, shard.of);
    let own = selected
        .into_iter()
        .zip(parts)
        .filter(|(_, part)| *part == shard.part);
    own.map(|(pair, _)| pair).collect()
}

/// Each ratio of a launch costs about the same, and its start costs about as much as one ratio. Each case has launches
/// of its own.
fn cost(ratios: usize, cases: usize) -> usize {
    cases * (ratios + 1)
}

/// The part of each, from 1. The most expensive come first, and each goes to the cheapest part so far: Graham's rule
/// (1969), whose dearest part costs at most 4/3 of the best division's. Names break ties, then the first part.
fn divide(loads: &[Load<'_>], of: u32) -> Vec<u32> {
    let mut order: Vec<usize> = (0..loads.len()).collect();
    order.sort_by_key(|&at| (Reverse(loads[at].cost), loads[at].name));
    // Parts beyond the number of pairs stay empty.
    let mut costs = vec![0; loads.len().min(of as usize)];
    let mut parts = vec![0; loads.len()];
    for at in order {
        let least = (0..costs.len())
            .min_by_key(|&part| costs[part])
            .expect("a part at the least");
        costs[least] += loads[at].cost;
        parts[at] = least as u32 + 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn loads(costs: &[(String, usize)]) -> Vec<Load<'_>> {
        costs
            .iter()
            .map(|(name, cost)| Load { name, cost: *cost })
            .collect()
    }

    /// Pairs with unique names and a cost each, sorted by name as a registry is.
    fn pairs() -> impl Strategy<Value = Vec<(String, usize)>> {
        proptest::collection::btree_map("[a-z]{1,6}", 1_usize..40, 0..40)
            .prop_map(|pairs| pairs.into_iter().collect())
    }

    #[test]
    fn the_most_expensive_go_first_and_names_break_ties() {
        let pairs =
            [("a", 2), ("b", 2), ("c", 5), ("d", 2), ("e", 2)].map(|(name, cost)| (name.into(), cost));
        assert_eq!(divide(&loads(&pairs), 2), [2, 2, 1, 2, 1]);
        assert_eq!(divide(&loads(&pairs), 1), [1; 5]);
        assert_eq!(divide(&loads(&pairs), 9), [2, 3, 1, 4, 5]);
        assert!(divide(&[], 3).is_empty());
    }

    #[test]
    fn each_case_and_each_ratio_costs() {
        assert!(cost(3, 1) > cost(2, 1));
        assert_eq!(cost(2, 3), 3 * cost(2, 1));
        assert!(cost(0, 1) > 0, "the baseline alone is measured, too");
    }

    proptest! {
        #[test]
        fn every_pair_is_in_just_one_part(pairs in pairs(), of in 1_u32..60) {
            let loads = loads(&pairs);
            let parts = divide(&loads, of);
            prop_assert_eq!(parts.len(), loads.len());
            prop_assert!(parts.iter().all(|part| (1..=of).contains(part)), "{:?}", parts);
            // No part is empty while another has two.
            let size = |part| parts.iter().filter(|own| **own == part).count();
            let sizes: Vec<usize> = (1..=of).map(size).collect();
            prop_assert_eq!(sizes.iter().sum::<usize>(), loads.len());
            prop_assert!(!sizes.contains(&0) || sizes.iter().all(|size| *size < 2), "{:?}", sizes);
        }

        #[test]
        fn the_order_of_pairs_does_not_change_the_parts(pairs in pairs(), of in 1_u32..20, by in 0_usize..40) {
            let expected = divide(&loads(&pairs), of);
            let mut turned: Vec<usize> = (0..pairs.len()).collect();
            turned.rotate_left(by % pairs.len().max(1));
            let others: Vec<(String, usize)> = turned.iter().map(|&at| pairs[at].clone()).collect();
            let parts = divide(&loads(&others), of);
            for (place, at) in turned.into_iter().enumerate() {
                prop_assert_eq!(parts[place], expected[at]);
            }
        }

        #[test]
        fn parts_cost_about_the_same(pairs in pairs(), of in 1_u32..20) {
            let loads = loads(&pairs);
            let parts = divide(&loads, of);
            let cost = |part: u32| -> usize {
                loads.iter().zip(&parts).filter(|(_, own)| **own == part).map(|(load, _)| load.cost).sum()
            };
            let dearest = loads.iter().map(|load| load.cost).max().unwrap_or(0);
            let costs: Vec<usize> = (1..=of).map(cost).collect();
            let spread = costs.iter().max().unwrap() - costs.iter().min().unwrap();
            prop_assert!(spread <= dearest, "{:?}", costs);
        }
    }
}
