//! What a bench executable hands to a run.

use crate::registry::Registry;

/// What one bench executable measures.
#[derive(Debug)]
pub struct Suite {
    /// The pairs.
    pub registry: Registry,
    /// Puts the extension module into the embedded interpreter, before that starts.
    pub register_extension: Option<fn()>,
}
