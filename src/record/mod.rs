//! Records: what is kept of a run, and how it reaches the disk whole.

mod baseline;
#[cfg(test)]
pub(crate) mod fixture;
mod machine;
mod schema;
mod store;

pub use baseline::{BaselineName, baseline_names, read_baseline, save_baseline};
pub use machine::{build, load, machine};
pub use schema::*;
pub use store::{ReadError, parse, read, write};
