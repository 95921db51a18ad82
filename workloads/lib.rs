//! The Rust sides of the shipped pairs, one module a pair, and the extension module that their `native` variants call.
//!
//! A pair is two files: `workloads/…/NAME.rs` here and `python/…/NAME.py` beside. Nothing else names it.

pairbench::pairs!();

#[cfg(feature = "python")]
pairbench::extension_module!();
