//! A pair whose variants allocate what is known beforehand; `tests/counts.rs` counts them.

pairbench::pairs!();

#[cfg(feature = "python")]
pairbench::extension_module!();
