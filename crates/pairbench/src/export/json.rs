//! The summary itself.

use super::{Summary, pretty};

/// One object, or an array of them for several runs.
pub(super) fn text(summaries: &[&Summary]) -> String {
    match summaries {
        [one] => pretty(one),
        several => pretty(&several),
    }
}
