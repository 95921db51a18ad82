//! How far a pair was dug for differences.

use serde::{Deserialize, Serialize};

/// How far a pair was dug, and which of its findings still differ.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dug {
    /// When it was dug last, RFC 3339, UTC.
    pub made: String,
    /// Inputs tried in all digs.
    pub inputs: u64,
    /// Duration of all digs, in seconds.
    pub seconds: f64,
    /// Lines of the Python side that were reached, and all lines of the functions that were called.
    pub lines: (u64, u64),
    /// Stored findings that agree now.
    pub closed: u32,
    /// Stored findings that still differ.
    pub open: Vec<OpenFinding>,
}

/// A stored finding that still differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OpenFinding {
    /// The variant.
    pub variant: String,
    /// How it differs, such as "gives another answer".
    pub kind: String,
    /// The call in Python.
    pub call: String,
    /// The outcome of the baseline's call.
    pub baseline: String,
    /// The outcome of the variant's call.
    pub other: String,
    /// How many inputs differed in this way when it was found.
    pub count: u64,
}
