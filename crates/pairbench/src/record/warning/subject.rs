//! What a warning concerns.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A pair, or a variant of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subject {
    /// Name of the pair, or of the null pair.
    pub pair: String,
    /// Name of the variant; `None` if it concerns the whole pair.
    #[serde(default)]
    pub variant: Option<String>,
    /// Size of the case, if it is not the one that stands for the pair.
    #[serde(default)]
    pub size: Option<u64>,
}

impl Subject {
    /// A pair as a whole.
    pub(crate) fn pair(name: &str) -> Self {
        Subject {
            pair: name.into(),
            variant: None,
            size: None,
        }
    }
}

/// `pair`, `pair/variant`, `pair/variant at 4000`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pair)?;
        if let Some(variant) = &self.variant {
            write!(f, "/{variant}")?;
        }
        match self.size {
            Some(size) => write!(f, " at {size}"),
            None => Ok(()),
        }
    }
}
