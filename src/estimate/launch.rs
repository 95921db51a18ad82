//! The estimate of one launch.

/// Median of the logarithms of adjacent ratios baseline ÷ variant (per-call times); `None` without a couple.
pub fn launch_log_ratio(_baseline: &[f64], _variant: &[f64]) -> Option<f64> {
    None
}

/// Logarithm of the launch's typical time per call: the median of its samples. The unit is that of the samples.
pub fn launch_log_time(_per_call: &[f64]) -> Option<f64> {
    None
}
