//! What has to happen before there is a first answer: builds, starts, imports.

use super::{Finding, Setting};
use crate::hosts::{Fault, Hosts};
use crate::registry::Entry;
use serde::{Deserialize, Serialize};

/// From the start of a process to its first answer, in seconds. Several values each, one a process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StartUp {
    /// The interpreter, until it runs a program that does nothing.
    pub interpreter: Vec<f64>,
    /// Importing the pair's module, in an interpreter that runs.
    pub import: Vec<f64>,
    /// The baseline's first call.
    pub python_first_call: Vec<f64>,
    /// A Rust process, until it runs a program that does nothing.
    pub process: Vec<f64>,
    /// Rust's first call.
    pub rust_first_call: Vec<f64>,
}

/// What the Rust sides of all pairs take to build, in a target folder of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BuildTimes {
    /// Seconds from nothing, dependencies included.
    pub clean_s: f64,
    /// Seconds after a change in one file of a pair, by pair.
    pub incremental_s: Vec<(String, f64)>,
    /// Packages that were built from nothing.
    pub packages: u32,
}

/// Times the starts of a pair.
///
/// # Errors
///
/// The fault of a variant.
pub(super) fn run(
    _entry: &Entry,
    _hosts: &mut Hosts<'_>,
    _setting: Setting<'_>,
    _tell: &mut dyn FnMut(Finding),
) -> Result<(), Fault> {
    Ok(())
}
