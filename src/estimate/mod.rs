//! From samples to ratios with intervals: pure functions on numbers, no input or output.
//!
//! A launch gives one number ([`launch_log_ratio`]), launches give an estimate and its interval ([`over_launches`]), the
//! launches of two runs give a change ([`between_runs`]), and [`Time`], [`Ratio`] and [`Estimate`] print themselves.

mod display;
mod interval;
mod launch;
mod quantity;
mod rank_sum;
mod shift;
mod signed_rank;

pub use interval::{Estimate, MINIMUM_LAUNCHES, geometric_mean, over_launches};
pub use launch::{launch_log_ratio, launch_log_time};
pub use quantity::{Ratio, Time};
pub use shift::{CONFIDENCE, INTEREST, Outcome, SMALLEST_CLAIM, Shift, between_runs, between_runs_at};
