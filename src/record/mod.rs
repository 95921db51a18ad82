//! Records: what is kept of a run, and how it reaches the disk whole.

#[cfg(test)]
pub(crate) mod fixture;
mod machine;
mod schema;
mod store;

pub use machine::{build, load, machine};
pub use schema::*;
pub use store::{ReadError, parse, read, write};
