//! The launches of one variant as the shapes see them.

use crate::estimate::launch_log_ratio;
use crate::estimate::shape::Seen;
use crate::measure::{Comparison, First};
use crate::record::PairRecord;

/// A launch that brought a ratio of a variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LaunchRatio {
    /// Index of the launch.
    pub index: u32,
    /// Its log-ratio, when it started, and what was set up first.
    pub seen: Seen,
}

/// All launches with a ratio of this variant at this size, in the order taken.
pub fn launch_ratios(pair: &PairRecord, size: u64, variant: &str) -> Vec<LaunchRatio> {
    let one = pair.launches_of(size).filter_map(|launch| {
        let own = launch.comparison(variant)?;
        Some(LaunchRatio {
            index: launch.index,
            seen: Seen {
                log: log_ratio(own)?,
                at_s: launch.started_s,
                baseline_first: own.set_up_first == First::Baseline,
            },
        })
    });
    one.collect()
}

/// The log-ratio of one comparison; `None` when it has no couples.
pub fn log_ratio(own: &Comparison) -> Option<f64> {
    let baseline: Vec<f64> = own.baseline_samples.per_call().collect();
    let variant: Vec<f64> = own.variant_samples.per_call().collect();
    launch_log_ratio(&baseline, &variant)
}
