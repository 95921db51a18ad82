//! Records: what is kept of a run, and how it is written to disk atomically.

mod baseline;
mod conditions;
mod disturbance;
mod dug;
mod environment;
#[cfg(test)]
pub(crate) mod fixture;
mod machine;
mod oldest_rust;
mod project;
mod schema;
mod settings;
mod shard;
mod store;
mod views;
mod warning;

pub use crate::hosts::Fault;
pub use crate::hosts::cgroups::Throttled;
pub use crate::hosts::interpreter::Jit;
pub use crate::measure::{Comparison, Failure, First, Launch, Series};
pub(crate) use baseline::read_baseline;
pub use baseline::{BaselineName, save_baseline};
pub use conditions::Conditions;
pub use disturbance::{Disturbance, Happening, Session};
pub use dug::{Dug, OpenFinding};
pub(crate) use environment::NO_EMBEDDING;
pub use environment::{Build, Embedding, Machine, NativeModule, Project};
pub use machine::{build, load, machine};
pub use oldest_rust::{Checked, OldestRust};
pub use schema::*;
pub use settings::{BaselineUsed, OtherRevision, Settings, Shard};
pub use store::{ReadError, is_record, is_summary, parse, read, write};
pub(crate) use store::{UNFINISHED, write_summary};
pub use views::views;
pub use warning::{Severity, Subject, Warning, WarningKind};
