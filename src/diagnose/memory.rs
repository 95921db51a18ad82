//! What variants allocate, what their processes hold, and what the garbage collector does.

use super::{Finding, Setting, Step};
use crate::hosts::{Fault, Hosts};
use crate::registry::Entry;
use serde::{Deserialize, Serialize};

/// What one variant allocates and holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantMemory {
    /// The variant.
    pub variant: String,
    /// What one call asks the allocator for; `None` where it cannot be counted.
    pub counts: Option<Counts>,
    /// Largest resident size of a process of its own, in bytes, workers included.
    pub resident_peak: Option<u64>,
    /// The same before the input was made.
    pub resident_before: Option<u64>,
    /// What the collector did; Python only.
    pub collections: Option<Collections>,
}

/// What one call asks the allocator for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Allocations, those that move or grow a block included.
    pub allocations: u64,
    /// Bytes asked for.
    pub bytes: u64,
    /// Most bytes held at one time, above what was held before the call.
    pub peak: u64,
}

/// What the garbage collector does in a call.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Collections {
    /// Collections per call, over all generations.
    pub number: f64,
    /// Seconds per call.
    pub seconds: f64,
}

/// Counts one call of the variant, and weighs its process.
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
