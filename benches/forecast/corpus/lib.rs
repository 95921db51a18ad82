//! Small pairs of many kinds of work. They are not an argument for or against a port, and not part of a plain `cargo bench`:
//! the gains of forecasts are fitted to them and scored on them (`cargo bench --bench forecast`).
//!
//! A port keeps the data structures of its Python side, since that is what a forecast assumes. A pair without a port waits
//! for a forecast that is written down first.
#![allow(
    clippy::ptr_arg,
    reason = "a port gets a reference to what the pair's input is"
)]

mod draw;

pairbench::pairs!();
