//! Pairs that fail.
fn main() {}
