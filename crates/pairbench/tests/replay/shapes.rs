//! What the shapes of launches say of real ones: two kinds where there are two, and one where there is one.

use crate::random::Random;
use crate::series::{Draw, Series};
use pairbench::estimate::shape::{Cause, Seen, two_kinds};

/// The share of runs of `n` launches that are called two kinds, and of these the share that the cause is given to.
fn share(pair: &str, how: Draw, n: usize, cause: Cause) -> (f64, f64) {
    const RUNS: usize = 1_000;
    let all = Series::load();
    let series = all.iter().find(|series| series.pair == pair).unwrap();
    let mut random = Random(n as u64);
    let (mut raised, mut caused) = (0, 0);
    for _ in 0..RUNS {
        let run = series.draw(how, n, &mut random).unwrap();
        let seen: Vec<Seen> = run
            .iter()
            .map(|launch| Seen {
                log: launch.log,
                at_s: launch.at_s,
                baseline_first: !launch.b_set_up_first,
            })
            .collect();
        if let Some(kinds) = two_kinds(&seen) {
            raised += 1;
            caused += usize::from(kinds.cause == cause);
        }
    }
    println!("{pair}, {how:?}, {n} launches: two kinds in {raised} of {RUNS}, by {cause:?} in {caused}");
    (raised as f64 / RUNS as f64, caused as f64 / raised.max(1) as f64)
}

#[test]
fn a_hash_map_set_up_first_or_second_is_of_two_kinds() {
    for (n, least) in [(10, 0.5), (20, 0.9)] {
        let (raised, by_order) = share("rust_hash_map / itself", Draw::Spread, n, Cause::SetUpOrder);
        assert!(
            raised >= least && by_order >= 0.95,
            "{n} launches: {raised}, {by_order}"
        );
    }
}

#[test]
fn a_hash_map_always_set_up_alike_is_of_one_kind() {
    for n in [10, 20] {
        let (raised, _) = share("rust_hash_map / itself", Draw::SameOrder, n, Cause::Process);
        assert!(raised <= 0.03, "{n} launches: {raised}");
    }
}

#[test]
fn python_objects_are_of_one_kind() {
    for n in [6, 10, 20] {
        let (raised, _) = share("python_objects / itself", Draw::Spread, n, Cause::Process);
        assert!(raised <= 0.03, "{n} launches: {raised}");
    }
}
