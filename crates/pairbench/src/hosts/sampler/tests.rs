//! Which looks at a process are samples of the pair.

use super::*;

fn name(owner: Owner, name: &str, line: u32) -> CodeName {
    CodeName {
        owner,
        name: name.into(),
        line,
    }
}

#[test]
fn only_calls_of_the_pair_remain() {
    let codes = [1, 2, 3, 4, 5, 6];
    let names = [
        name(Owner::Harness, "serve", 9),
        name(Owner::Loop, "repeat", 8),
        name(Owner::Pair, "f", 1),
        name(Owner::Pair, "f", 2),
        name(Owner::Inlined, "<listcomp>", 0),
        name(Owner::Pair, "json:loads", 7),
    ];
    let found: [&[u64]; 7] = [
        &[3, 4, 2, 1],
        // A comprehension belongs to its enclosing function.
        &[5, 3, 2, 1],
        // Between two calls, before the first, and unknown code.
        &[2, 1],
        &[1],
        &[99],
        // Cut off.
        &[6, 3, 3],
        // A function of a library that the harness itself uses.
        &[6, 1],
    ];
    let tick = |is_main: bool, codes: &[u64]| Tick {
        look: Look {
            codes: codes.to_vec(),
            instruction: None,
        },
        is_main,
    };
    let mut found: Vec<Tick> = found.map(|codes| tick(true, codes)).into();
    // Another thread of the pair, and one of the harness.
    found.extend([tick(false, &[4, 3]), tick(false, &[3, 1])]);
    let sampled = resolve(5, 0.1, &codes, &names, &found);
    assert_eq!(
        sampled.stacks,
        [vec![0, 1], vec![0], vec![], vec![2, 0, 0], vec![1, 0]]
    );
    let met: Vec<_> = sampled
        .functions
        .iter()
        .map(|f| (f.name.as_str(), f.line))
        .collect();
    assert_eq!(met, [("f", 1), ("f", 2), ("json:loads", 7)]);
}
