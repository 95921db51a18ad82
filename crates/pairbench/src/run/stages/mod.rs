//! The stages of a run: build, verify, measure, diagnose.

mod deprecations;
mod diagnose;
mod dig;
mod extensions;
mod in_step;
mod measure;
mod progress;
mod recheck;
mod steps;
mod turn;
mod verify;

pub(crate) use diagnose::diagnose;
pub(crate) use dig::dig;
pub(crate) use in_step::measure_in_step;
pub(crate) use measure::measure;
pub(crate) use recheck::{recheck, shrink_disagreements};
pub(crate) use verify::verify;
