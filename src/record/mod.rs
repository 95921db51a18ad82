//! Records: what is kept of a run, and how it reaches the disk whole.

mod schema;

pub use schema::*;
