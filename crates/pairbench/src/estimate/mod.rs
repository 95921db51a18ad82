//! From samples to ratios with intervals: pure functions on numbers, no input or output.
//!
//! A launch gives one number ([`launch_log_ratio`]), launches an estimate with its interval ([`over_launches`],
//! [`IntervalRule`]), two runs a change ([`between_runs`], [`Family`]). [`Precision`] decides when launches suffice,
//! [`shape`] whether they look alike; [`tail`] is for single requests. [`Time`], [`Ratio`] and [`Estimate`] print
//! themselves.

mod dependence;
mod display;
mod family;
mod interval;
mod launch;
mod middle;
mod precision;
mod quantity;
mod rank_sum;
mod rule;
pub mod scaling;
pub mod shape;
mod share;
mod shift;
mod signed_rank;
mod step;
mod straight;
mod tail;

pub use dependence::{Dependence, Timed};
pub(crate) use family::launches_in_step;
pub use family::{Change, FALSE_ALARMS, FALSE_FAILURES, Family, STATE_FROM, State};
pub(crate) use interval::{CONFIDENCE, MINIMUM_LAUNCHES, SIGNED_RANKS_FROM, geometric_mean};
pub use interval::{Estimate, over_launches};
pub use launch::launch_log_ratio;
pub(crate) use launch::launch_log_time;
pub use middle::Middle;
pub(crate) use middle::{median, quantile};
pub use precision::Precision;
pub use quantity::{Ratio, Time};
pub use rule::IntervalRule;
pub(crate) use share::worth;
pub use share::{Ceiling, Share};
pub use shift::{INTEREST, Outcome, SMALLEST_CLAIM, Shift, between_runs, between_runs_at};
pub(crate) use step::{CHANGE, step};
pub(crate) use straight::slope;
pub use tail::tail;
pub(crate) use tail::{BEYOND, PROBABILITIES};
