//! The pure parts of `cargo bench --bench accuracy`: that sides are slowed as stated, verdicts parsed from the peers'
//! output, counts, and the table.

#![allow(missing_docs, dead_code, reason = "the bench uses the rest")]

#[path = "../benches/accuracy/report/mod.rs"]
mod report;
#[path = "../benches/accuracy/workloads.rs"]
mod workloads;

#[path = "accuracy/figures.rs"]
mod figures;
#[path = "accuracy/sides.rs"]
mod sides;
#[path = "accuracy/table.rs"]
mod table;
#[path = "accuracy/text.rs"]
mod text;
