//! What a launch returns: raw samples, and how they were taken.

use crate::hosts::Fault;
use serde::{Deserialize, Serialize};

/// One fresh process that measured one case of one pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Launch {
    /// Index among the launches of this pair and case, from 0.
    pub index: u32,
    /// Size of the case.
    pub size: u64,
    /// Seconds from the start of the run to the start of the process.
    pub started_s: f64,
    /// Wall time of the process in seconds.
    pub wall_s: f64,
    /// Seconds of that spent in warm-up and timed calls.
    pub timed_s: f64,
    /// Seed of every random choice made in the launch: order of variants, of set-up, of samples.
    pub order_seed: u64,
    /// `PYTHONHASHSEED` of its interpreters.
    pub hash_seed: u32,
    /// One per variant measured, in the order in which they were measured.
    pub comparisons: Vec<Comparison>,
    /// Variants that failed in this launch.
    pub failures: Vec<Failure>,
    /// Cores' worth of CPU time that processes other than ours used meanwhile: 1.0 is one core all the time.
    #[serde(default)]
    pub others: Option<f64>,
    /// Cores' worth of CPU time that the hypervisor gave to other machines meanwhile.
    #[serde(default)]
    pub stolen: Option<f64>,
}

/// A process that uses at least this many threads on average counts as using several. Fewer may be those of a runtime
/// beside the one that works.
pub(crate) const SEVERAL_THREADS: f64 = 1.25;

/// The share of the machine's cores that others may use beside a side that uses several. With half of that a ratio of
/// one core is unchanged and one of two cores moves by several percent, because the scheduler then has to divide them.
pub(crate) const OTHERS: f64 = 0.1;

impl Launch {
    /// The share of the machine's cores that other processes, and other machines, used.
    pub(crate) fn others_share(&self, cores: u32) -> f64 {
        let others = self.others.unwrap_or_default() + self.stolen.unwrap_or_default();
        others / f64::from(cores.max(1))
    }

    /// What was measured of a variant, if it took part and did not fail.
    pub fn comparison(&self, variant: &str) -> Option<&Comparison> {
        self.comparisons.iter().find(|own| own.variant == variant)
    }
}

/// A variant that failed in a launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Its name; empty when the launch failed before any variant was set up.
    pub variant: String,
    /// What happened.
    pub fault: Fault,
}

/// The adjacent samples of one variant and of the baseline in one launch.
///
/// The baseline itself is sampled beside the [reference](crate::registry::Variant::REFERENCE), whose samples are then
/// in `baseline_samples`; in records of version 1 it was sampled alone, and they are empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Name of the variant; `embedded` is the baseline's function inside the bench process.
    pub variant: String,
    /// Which side was set up first.
    pub set_up_first: First,
    /// Nanoseconds that setting up what the variant needs (a pool of processes, say) took, outside every sample.
    pub setup_ns: u64,
    /// Samples of the baseline.
    pub baseline_samples: Series,
    /// Samples of the variant; the i-th is adjacent to the baseline's i-th.
    pub variant_samples: Series,
    /// For each sample pair, which side came first: `b` or `v`.
    pub order: String,
    /// How often all samples were taken again because the ratio changed among them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retaken: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum First {
    /// The baseline.
    Baseline,
    /// The variant.
    Variant,
}

/// Samples of one side, criterion's raw values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Calls inside each sample (criterion: iterations; sampling is flat).
    pub calls: u64,
    /// Nanoseconds of each sample, all calls together.
    pub ns: Vec<u64>,
    /// CPU time of all samples together, over all threads of the process and of its child processes, in nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_ns: Option<u64>,
    /// Nanoseconds of the first call after the set-up, long before the samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_ns: Option<u64>,
    /// Nanoseconds of the first two calls on another case, after all samples, if the [first call](Self::first_ns) did
    /// work for the later ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere_ns: Option<[u64; 2]>,
}

/// Whether a first call did work for the later ones, all in seconds: it took 10 times longer and 1 ms more, which no cold
/// cache, page fault or start of threads costs, or 100 times longer and 0.1 ms more.
pub(crate) fn prepares(first: f64, later: f64) -> bool {
    let beyond = |factor: f64, more: f64| first >= factor * later && first - later >= more;
    beyond(10.0, 1e-3) || beyond(100.0, 1e-4)
}

impl Series {
    /// Threads in use on average, those of child processes too: CPU time ÷ wall time.
    pub fn threads(&self) -> Option<f64> {
        let wall: u64 = self.ns.iter().sum();
        (wall > 0)
            .then(|| self.cpu_ns.map(|cpu| cpu as f64 / wall as f64))
            .flatten()
    }

    /// Seconds per call, over all samples; `None` without samples.
    pub(crate) fn call_s(&self) -> Option<f64> {
        let calls = self.calls as f64 * self.ns.len() as f64;
        (calls > 0.0).then(|| self.ns.iter().sum::<u64>() as f64 * 1e-9 / calls)
    }

    /// Nanoseconds per call, in the order taken.
    pub fn per_call(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        let calls = self.calls.max(1) as f64;
        self.ns.iter().map(move |&ns| ns as f64 / calls)
    }
}
