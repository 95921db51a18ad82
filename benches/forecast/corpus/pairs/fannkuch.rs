//! Flip prefixes of all permutations.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "flips prefixes of permutations")
        .input(generate)
        .cases("elements", &[4, 7, 8])
        .rust(rust)
        .build()
}

fn generate(size: u64, _: u64) -> u64 {
    size.min(8)
}

fn rust(&n: &u64) -> (i64, i64) {
    let n = n as usize;
    let mut permutation: Vec<usize> = (0..n).collect();
    let mut count = vec![0; n];
    let (mut most, mut checksum, mut sign, mut r) = (0, 0, 1, n);
    loop {
        while r != 1 {
            count[r - 1] = r;
            r -= 1;
        }
        let mut flips = 0;
        let mut flipped = permutation.clone();
        while flipped[0] != 0 {
            let last = flipped[0];
            flipped[..=last].reverse();
            flips += 1;
        }
        most = most.max(flips);
        checksum += sign * flips;
        sign = -sign;
        loop {
            if r == n {
                return (checksum, most);
            }
            permutation[..=r].rotate_left(1);
            count[r] -= 1;
            if count[r] > 0 {
                break;
            }
            r += 1;
        }
    }
}
