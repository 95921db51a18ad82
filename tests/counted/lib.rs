//! A pair whose variants make known allocations; `tests/counts.rs` counts them.

pairbench::pairs!();

#[cfg(feature = "python")]
pairbench::extension_module!();
