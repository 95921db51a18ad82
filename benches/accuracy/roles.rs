//! The names of the roles in which this executable starts itself, and the limits of its processes.

use pairbench::hosts::limits::Limits;
use std::time::Duration;

/// One launch of pairbench; the next argument is its description.
pub const LAUNCH: &str = "__launch";
/// One process of criterion; the next argument is its description.
pub const CRITERION: &str = "__criterion";
/// Another program, with its arguments.
pub const PROGRAM: &str = "__program";
/// The busy neighbour; the next argument is its seed.
pub const NEIGHBOUR: &str = "__neighbour";

/// A time limit, and a pair's limit of output. Memory is not watched, because watching takes time, too.
pub fn limits(time: Duration) -> Limits {
    Limits {
        time,
        output: Limits::OUTPUT,
        memory: None,
    }
}
