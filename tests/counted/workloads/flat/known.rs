//! Allocations whose number and sizes are known beforehand, in every way that a program can ask for them.
//!
//! It is not a pair to be timed: all variants return the size, and differ in what they allocate meanwhile.

use pairbench::registry::prelude::*;
use std::hint::black_box;

/// What Python needs in order to allocate nothing that is not wanted.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// Places to keep objects in.
    pub slots: Vec<Option<u64>>,
    /// The place of each.
    pub indices: Vec<u64>,
    /// An empty list.
    pub pile: Vec<u64>,
}

/// Both sides of this pair; its twin is the Python file of the same name.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "allocations that are known beforehand")
        .input(|size, _| Input {
            slots: vec![None; size as usize],
            indices: (0..size).collect(),
            pile: Vec::new(),
        })
        .cases("blocks", &[250])
        .python(&[
            "nothing",
            "loops",
            "large",
            "grown",
            "raw",
            "raw_wider",
            "cycles",
            "heavy",
            "native",
        ])
        .native(pairbench::native![boxed])
        .rust(rust)
        .rust_variant("rust_nothing", |input| input.indices.len())
        .rust_variant("rust_grown", grown)
        .rust_variant("rust_zeroed", zeroed)
        .rust_variant("rust_thread", |input| in_thread(input, 1))
        .rust_variant("rust_thread_twice", |input| in_thread(input, 2))
        .rust_variant("rust_heavy", heavy)
        .build()
}

type Block = Box<[u8; 24]>;

/// A vector of so many blocks: one allocation more than that.
fn boxes(number: usize) -> usize {
    let mut blocks: Vec<Block> = Vec::with_capacity(number);
    for _ in 0..number {
        blocks.push(black_box(Box::new([0; 24])));
    }
    black_box(&blocks).len()
}

fn rust(input: &Input) -> usize {
    boxes(input.indices.len())
}

/// One allocation, then a reallocation for each further element.
fn grown(input: &Input) -> usize {
    let mut numbers = Vec::new();
    for &index in &input.indices {
        numbers.reserve_exact(1);
        numbers.push(index);
    }
    black_box(&numbers).len()
}

/// One zeroed allocation.
fn zeroed(input: &Input) -> usize {
    let number = input.indices.len();
    black_box(vec![0_u8; 100 * number]).len() / 100
}

/// So many times as many boxes as `rust` has, in another thread.
fn in_thread(input: &Input, times: usize) -> usize {
    let number = times * input.indices.len();
    std::thread::scope(|scope| scope.spawn(|| boxes(number)).join().unwrap());
    input.indices.len()
}

/// 64 MiB of which every page is touched.
fn heavy(input: &Input) -> usize {
    black_box(vec![1_u8; 64 << 20]);
    input.indices.len()
}

/// The same blocks as `rust`, called from Python.
#[cfg(feature = "python")]
#[pyo3::pyfunction]
fn boxed(number: usize) -> usize {
    boxes(number)
}
