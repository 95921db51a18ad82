//! The interpreters of this machine.

use pairbench::hosts::discovery::{Surroundings, everywhere};
use pairbench::hosts::interpreter::Python;
use std::sync::LazyLock;
use std::time::Duration;

/// All that are installed; environments are left out, since they behave like what they are made of.
pub static PYTHONS: LazyLock<Vec<Python>> = LazyLock::new(|| {
    let found = everywhere(&Surroundings::of_this_process(), Duration::from_secs(10)).found;
    let pythons = found.into_iter().map(|found| found.python);
    let pythons: Vec<_> = pythons.filter(|python| !python.about.virtual_env).collect();
    assert!(!pythons.is_empty());
    pythons
});
