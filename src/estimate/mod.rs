//! From samples to ratios with intervals: pure functions on numbers, no input or output.

mod interval;
mod launch;
mod quantity;

pub use interval::{Estimate, geometric_mean, over_launches};
pub use launch::{launch_log_ratio, launch_log_time};
pub use quantity::{Ratio, Time};
