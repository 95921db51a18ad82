//! What a run is going to do: which pairs, how much, in which order.

pub(crate) mod effort;
pub(crate) mod schedule;
pub(crate) mod select;
mod shard;
pub(crate) mod tasks;

pub(crate) use shard::chosen;
