//! `cargo bench`: verifies, measures and reports all shipped pairs.

fn main() {}
