//! What a call from Python into Rust costs, by the types that cross.

use serde::{Deserialize, Serialize};

/// What crossing costs, by the type of the argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Boundary {
    /// By type.
    pub crossings: Vec<Crossing>,
}

/// One type of argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// The type, in Python's words: `int`, `list of float`, `bytes`.
    pub argument: String,
    /// Elements in the argument, and seconds per call, one value a sample.
    pub points: Vec<(u64, Vec<f64>)>,
}
