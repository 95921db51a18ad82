//! From samples to ratios with intervals: pure functions on numbers, no input or output.
//!
//! A launch gives one number ([`launch_log_ratio`]), launches give an estimate and its interval ([`over_launches`]),
//! [`Precision`] says when there are enough of them and [`shape`] whether they look alike, and [`Time`], [`Ratio`] and
//! [`Estimate`] print themselves.

mod display;
mod interval;
mod launch;
mod precision;
mod quantity;
pub mod shape;
mod signed_rank;

pub use interval::{
    CONFIDENCE, Estimate, MINIMUM_LAUNCHES, SIGNED_RANKS_FROM, geometric_mean, over_launches,
    over_launches_at,
};
pub use launch::{launch_log_ratio, launch_log_time};
pub use precision::Precision;
pub use quantity::{Ratio, Time};
