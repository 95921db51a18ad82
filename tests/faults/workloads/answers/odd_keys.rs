//! Takes a map whose keys cannot name arguments.

use pairbench::registry::prelude::*;
use std::collections::BTreeMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "counts keys")
        .input(|size, _| (0..size).map(|key| (key, key)).collect::<BTreeMap<u64, u64>>())
        .cases("keys", &[10, 100, 1_000])
        .rust(|map: &BTreeMap<u64, u64>| map.len())
        .build()
}
