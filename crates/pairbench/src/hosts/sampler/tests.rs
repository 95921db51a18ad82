//! Which looks at a process are samples of the pair.

use super::*;

fn name(owner: Owner, name: &str, line: u32) -> CodeName {
    CodeName {
        owner,
        name: name.into(),
        line,
        calls: Vec::new(),
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
            instructions: vec![None; codes.len()],
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

/// `g` calls `f` at 8, `f` and `h` at 16, and something in C, which calls `f`, at 4.
#[test]
fn what_a_function_leaves_counts_for_it() {
    let (serve, lop, g, f, h) = (1, 2, 3, 4, 5);
    let codes = [serve, lop, g, f, h];
    let mut names = [
        name(Owner::Harness, "serve", 9),
        name(Owner::Loop, "repeat", 8),
        name(Owner::Pair, "g", 1),
        name(Owner::Pair, "f", 2),
        name(Owner::Pair, "h", 3),
    ];
    names[2].calls = vec![8, 16];
    let tick = |stack: &[(u64, u64)]| Tick {
        look: Look {
            codes: stack.iter().map(|one| one.0).chain([lop, serve]).collect(),
            instructions: (stack.iter().map(|one| Some(one.1)))
                .chain([None, None])
                .collect(),
        },
        is_main: true,
    };
    let found = [
        tick(&[(f, 2), (g, 8)]),
        tick(&[(g, 8)]),
        // The work of the C code itself, and before the call.
        tick(&[(f, 2), (g, 4)]),
        tick(&[(g, 4)]),
        tick(&[(g, 6)]),
        // A place that calls one or the other.
        tick(&[(f, 2), (g, 16)]),
        tick(&[(h, 2), (g, 16)]),
        tick(&[(g, 16)]),
    ];
    let sampled = resolve(5, 0.1, &codes, &names, &found);
    let (f, g, h) = (0, 1, 2);
    let wanted = [
        vec![f, g],
        vec![f, g],
        vec![f, g],
        vec![g],
        vec![g],
        vec![f, g],
        vec![h, g],
        vec![g],
    ];
    assert_eq!((sampled.stacks, sampled.freeing), (wanted.to_vec(), Some(1)));
    // The processor was still in the caller's code.
    assert_eq!(
        (sampled.places[1].code, sampled.places[1].instruction),
        (3, Some(8))
    );
    // Before 3.11 frames do not show where they are.
    let bare = Tick {
        look: Look {
            codes: vec![4, 3, lop, serve],
            instructions: vec![None; 4],
        },
        is_main: true,
    };
    assert_eq!(resolve(5, 0.1, &codes, &names, &[bare]).freeing, None);
}
