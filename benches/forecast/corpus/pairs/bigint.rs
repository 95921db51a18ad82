//! Integers of many digits: Fibonacci numbers and a factorial.

use num_bigint::BigUint;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "computes with integers of many digits")
        .input(generate)
        .cases("Fibonacci numbers", &[100, 8_000, 16_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    n: u64,
    m: u64,
}

fn generate(size: u64, seed: u64) -> Input {
    Input {
        n: size,
        m: size / 7 + seed % 100,
    }
}

fn rust(input: &Input) -> (String, String) {
    let (mut a, mut b) = (BigUint::ZERO, BigUint::from(1_u32));
    for _ in 0..input.n {
        a += &b;
        std::mem::swap(&mut a, &mut b);
    }
    let mut factorial = BigUint::from(1_u32);
    for i in 2..input.m {
        factorial *= i;
    }
    (a.to_string(), (factorial % (&a + 1_u32)).to_string())
}
