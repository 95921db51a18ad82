//! How long single requests of a concurrent pair take.

use super::{Finding, Setting, Step};
use crate::hosts::{Fault, Hosts};
use crate::registry::Entry;
use serde::{Deserialize, Serialize};

/// How long requests of one variant took, all calls together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantLatency {
    /// The variant.
    pub variant: String,
    /// Requests that were timed.
    pub requests: u64,
    /// Quantiles, as (probability, seconds), by probability; the last is the maximum, at 1.
    pub quantiles: Vec<(f64, f64)>,
}

/// Times the requests of the variant.
///
/// # Errors
///
/// The fault of the variant.
pub(super) fn run(
    _step: &Step,
    _entry: &Entry,
    _hosts: &mut Hosts<'_>,
    _setting: Setting<'_>,
    _tell: &mut dyn FnMut(Finding),
) -> Result<(), Fault> {
    Ok(())
}
