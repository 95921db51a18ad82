//! Launches: fresh processes in which criterion takes samples of a variant right next to samples of the baseline.

pub(crate) mod clock;
pub mod launch;
mod sample;
mod sample_pair;
#[cfg(test)]
mod tests;

pub use sample::{Comparison, Failure, First, Launch, Series};
pub(crate) use sample::{OTHERS, SEVERAL_THREADS, prepares};
