//! The stages of a run: build, verify, measure, diagnose.

mod deprecations;
mod diagnose;
mod extensions;
mod measure;
mod progress;
mod turn;
mod verify;

pub(crate) use diagnose::diagnose;
pub(crate) use measure::measure;
pub(crate) use verify::verify;
