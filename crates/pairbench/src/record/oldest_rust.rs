//! The oldest Rust that the pairs support. Runs with several interpreters checked it in early schema 3; CI does now.

use serde::{Deserialize, Serialize};

/// The oldest compiler that the Rust sides support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldestRust {
    /// `rust-version` of the package that holds the pairs, like `1.89`.
    pub version: String,
    /// Whether the pairs compile with it.
    pub checked: Checked,
}

/// Whether code compiles with a compiler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Checked {
    /// It does.
    Compiles {
        /// `rustc --version` of it.
        rustc: String,
    },
    /// It does not.
    Fails {
        /// `rustc --version` of it.
        rustc: String,
        /// The first error.
        error: String,
    },
    /// It was not tried.
    Unchecked {
        /// Why, for example because the compiler is not installed.
        reason: String,
    },
}
