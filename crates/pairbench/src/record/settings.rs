//! The settings of a run.

use crate::diagnose::Diagnoser;
use crate::hosts::limits::Bytes;
use serde::{Deserialize, Serialize};

/// The settings of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The arguments after `cargo bench --`.
    pub arguments: Vec<String>,
    /// Seed of the inputs.
    pub seed: u64,
    /// Seed from which the seeds of all launches come.
    pub order_seed: u64,
    /// Launches per pair and case; with a precision, the minimum.
    pub launches: u32,
    /// Half-width at which a ratio's interval is narrow enough, as a share of the ratio: 0.02 for ±2 %. Without it
    /// every pair gets exactly its launches.
    #[serde(default)]
    pub precision: Option<f64>,
    /// Samples per variant in a launch.
    pub sample_size: u32,
    /// Milliseconds of warm-up per variant in a launch.
    pub warm_up_ms: u64,
    /// Target time for the samples of a variant in a launch, in milliseconds, including the baseline's adjacent ones.
    pub measurement_ms: u64,
    /// Limit for one launch in seconds.
    pub timeout_s: u64,
    /// Limit for the memory of one launch's processes together, if there is one.
    #[serde(default)]
    pub memory_limit: Option<Bytes>,
    /// Limit for what one launch prints.
    #[serde(default)]
    pub output_limit: Option<Bytes>,
    /// The budget in seconds, if there is one: no launch starts that would end after it.
    pub budget_s: Option<u64>,
    /// Variables that measuring processes inherited besides the usual ones: `--inherit-environ`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inherit_environ: Vec<String>,
    /// `--quick`.
    pub quick: bool,
    /// Diagnosers of the run: `--diagnose`.
    #[serde(default)]
    pub diagnosers: Vec<Diagnoser>,
    /// Whether they ran with all interpreters, not only with the first: `--diagnose-every`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub diagnose_every: bool,
    /// Name under which the record is kept for later runs to be compared with: `--save-baseline`.
    #[serde(default)]
    pub save_baseline: Option<String>,
    /// The earlier record that the run is compared with: `--baseline`.
    #[serde(default)]
    pub baseline: Option<BaselineUsed>,
    /// The other revision that was measured in the same run: `--against`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<OtherRevision>,
    /// Changes from that record that fail the run: `--fail-if`, as written.
    #[serde(default)]
    pub fail_if: Vec<String>,
    /// The part of a divided run that this is: `--shard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
}

/// The earlier record that a run is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineUsed {
    /// The name under which it was kept.
    pub name: String,
    /// Its [`Record::id`](super::Record::id), because another may be kept under that name later.
    pub record: String,
}

/// Another revision, whose launches were each taken next to one of the run's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OtherRevision {
    /// The name that the user gave it.
    pub name: String,
    /// Its commit.
    pub commit: String,
    /// The [`Record::id`](super::Record::id) of its measurements. Launches of the two records that were taken next to
    /// each other have the same `order_seed`.
    pub record: String,
}

/// A part of a run that is divided over several machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which part, from 1.
    pub part: u32,
    /// How many parts there are.
    pub of: u32,
}
