//! What a build script does for pairbench: find the pairs of a crate and refuse orphans ([`registry`]), and tell
//! a user what is missing before PyO3's own build fails less kindly ([`preflight`]).
//!
//! A crate with pairs of its own calls both from its build script:
//!
//! ```no_run
//! pairbench_build::registry("workloads", "python");
//! ```
//!
//! and takes the result in with `pairbench::pairs!()`. One with `native` variants sets the linker up with
//! [`extension_module`].

mod discover;
mod generate;
mod link;
mod locked;
mod preflight;

pub use discover::{FoundPair, Problem, discover};
pub use generate::registry;
pub use link::extension_module;
pub use preflight::preflight;
