//! A port that uses two cores where Python uses one, and a step in processes of its own.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "counts binary ones in two threads")
        .input(|size, _| [(0, size), (size, 2 * size)])
        .cases("numbers", &[1_000, 60_000, 100_000])
        .python(&["processes"])
        .rust(|halves: &[(u64, u64); 2]| {
            std::thread::scope(|scope| {
                let threads = halves.map(|half| scope.spawn(move || count(half)));
                threads.map(|thread| thread.join().unwrap())
            })
        })
        .rust_variant("serial", |halves| halves.map(count))
        .build()
}

fn count((low, high): (u64, u64)) -> u64 {
    (low..high).map(|number| u64::from(number.count_ones())).sum()
}
