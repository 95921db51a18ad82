//! From raw results to the table: pure functions, tested by `cargo test` (`tests/accuracy.rs`).

pub mod count;
pub mod figures;
pub mod ours;
pub mod peers;
pub mod results;
pub mod table;
pub mod text;
