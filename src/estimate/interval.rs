//! The interval over launches.

/// An estimate over launches of a positive quantity (a ratio, or a time in the unit that went in).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// The 95 % interval; `None` while there are too few launches for one.
    pub interval: Option<(f64, f64)>,
    /// The number of launches that went in.
    pub launches: u32,
}

/// Estimate and 95 % interval from one logarithm per launch; `None` without a launch.
pub fn over_launches(_logs: &[f64]) -> Option<Estimate> {
    None
}

/// Geometric mean of positive values; `None` when empty.
pub fn geometric_mean(_values: &[f64]) -> Option<f64> {
    None
}
