//! Records: what is kept of a run, and how it reaches the disk whole.

mod baseline;
mod conditions;
#[cfg(test)]
pub(crate) mod fixture;
mod machine;
mod oldest_rust;
mod schema;
mod shard;
mod store;
mod views;
mod warning;

pub use crate::hosts::cgroups::Throttled;
pub use baseline::{BaselineName, baseline_names, read_baseline, save_baseline};
pub use conditions::Conditions;
pub use machine::{build, load, machine};
pub use oldest_rust::{Checked, OldestRust};
pub use schema::*;
pub use store::{ReadError, UNFINISHED, parse, read, write};
pub use views::views;
pub use warning::{Severity, Subject, Warning, WarningKind};
