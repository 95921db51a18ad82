//! `cargo run`: scaffold a pair, render records.

fn main() {}
