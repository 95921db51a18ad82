//! **Know before you port.** Put a Python function beside its Rust port; pairbench proves that both return the same
//! answer, measures both fairly, and shows with intervals how much faster the port is.
//!
//! The modules are listed in the order in which data flows. Each may use the modules above it and none below; `text`
//! comes before all others, `terminal` before `run`:
//!
//! | module | what it does |
//! |---|---|
//! | [`registry`] | the pairs: two files with the same stem, joined by the build |
#![cfg_attr(
    feature = "harness",
    doc = "
| `hosts` | what runs a variant: a Python worker, the embedded interpreter, Rust itself |
| `verify` | proves that all variants agree on all cases; only what passes is measured |
| `measure` | launches: fresh processes in which criterion takes adjacent samples of baseline and variant |
| [`estimate`] | pure functions from samples to ratios with intervals |
| `dig` | looks for inputs on which a variant and its baseline differ |
| [`diagnose`] | separate passes that explain: profiles, allocations, scaling, start-up |
| [`forecast`] | what a port would gain, before it is written |
| [`record`] | one JSON file per run, raw samples included |
| [`analyse`] | every figure that is shown, and warnings about them |
| [`compare`] | records against earlier ones: what became faster or slower, and a pair over all records |
| [`export`] | results for other programs: the summary of a run, and the formats that other tools read |
| [`report`] | static HTML from records alone |
| `run` | one run: the plan, its stages, the processes it launches, what is saved and resumed |
| [`cli`] | `cargo bench` and `pairbench`: arguments, progress, tables |
"
)]
//! A crate with its own pairs declares them with [`pairs!`] and hands its registry to `cli::bench_main`.

#[cfg(feature = "harness")]
mod text;

/// The imports of a bench file that declares its own pairs.
#[cfg(feature = "harness")]
pub mod prelude {
    pub use crate::registry::{Int, Kind, Pair, Profile, Tolerance};
    pub use crate::suite;
    pub use std::process::ExitCode;
}

pub mod registry;

#[cfg(feature = "harness")]
pub mod analyse;
#[cfg(feature = "harness")]
pub mod cli;
#[cfg(feature = "harness")]
pub mod compare;
#[cfg(feature = "harness")]
pub mod diagnose;
#[cfg(feature = "harness")]
mod dig;
#[cfg(all(test, feature = "harness"))]
mod documents;
#[cfg(feature = "harness")]
pub mod estimate;
#[cfg(feature = "harness")]
pub mod export;
#[cfg(feature = "harness")]
pub mod forecast;
#[cfg(feature = "harness")]
#[doc(hidden)]
pub mod hosts;
#[cfg(feature = "harness")]
#[doc(hidden)]
pub mod measure;
#[cfg(feature = "harness")]
pub mod record;
#[cfg(feature = "harness")]
pub mod report;
#[cfg(feature = "harness")]
mod run;
#[cfg(feature = "harness")]
mod terminal;
#[cfg(feature = "harness")]
#[doc(hidden)]
pub mod verify;
